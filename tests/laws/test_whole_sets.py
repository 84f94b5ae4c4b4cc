"""Judges of whole sets keep the reference in every state: few shards, and the same result in any number of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pure_ops
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laws import RECIPE, cook, law_merge, law_nothing_vanishes, law_sharding, run_fingerprint, samples_of
from shisaku.core.recipe import Recipe, Step
from shisaku.core.sample import Part, Sample
from shisaku.engine import drive, plan

SETS = Recipe(
    "sets", RECIPE.data, select=RECIPE.select, steps=(Step("beside", "pure.beside", ("task",), reference="scenes"),)
)


def test_ten_thousand_samples_are_ten_copies_of_the_reference(tmp_path: Path) -> None:
    n = 10_000
    run = cook(SETS, samples_of(n), tmp_path, size=32)
    asked = [len(ids) for name, ids in pure_ops.CALLS if name == "pure.beside"]
    assert sorted(asked, reverse=True) == [1024] * 9 + [n - 9 * 1024]
    assert len(run.read_rows("scores")) == n
    law_nothing_vanishes(SETS, run)


def test_an_op_that_looks_at_samples_one_by_one_gets_small_shards() -> None:
    assert plan._size(pure_ops.Near(), 32) == plan._size(pure_ops.Spread(), 32) == 32
    assert plan._size(pure_ops.Beside(), 5000) == 5000


@settings(max_examples=12, deadline=None)
@given(
    least=st.integers(1, 9),
    ways=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(0, 9)), min_size=2, max_size=3),
)
def test_sharding_does_not_matter_to_them(least: int, ways: list[tuple[int, int, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "WHOLE_SETS", least)
        law_sharding(SETS, samples_of(10), ways)


def test_the_whole_is_the_merge_of_its_pieces() -> None:
    law_merge(pure_ops.Beside(), pure_ops.numbers(9), [2, 5], pure_ops.numbers(4))


def test_media_that_it_does_not_read_are_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the parts it reads come from a large shard; what comes out is the same."""

    def bearing(sample: Sample) -> Sample:
        return replace(sample, parts={**sample.parts, "picture": Part("image", b"large")})

    monkeypatch.setattr(drive, "SHARD", 4)
    plain = cook(SETS, samples_of(11), tmp_path / "plain")
    with_media = cook(SETS, [bearing(sample) for sample in samples_of(11)], tmp_path / "media")
    assert plain.read_rows("scores") == with_media.read_rows("scores")
    assert run_fingerprint(plain) != run_fingerprint(with_media)
