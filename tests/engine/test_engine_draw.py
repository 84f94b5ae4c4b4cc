"""Which samples a step with a `sample` is asked of."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pure_ops
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws import RECIPE, cook, samples_of
from shisaku.core.recipe import Keep, Recipe, Rule, Step, Subsample
from shisaku.core.sample import Part, Sample
from shisaku.engine.draw import Stratum, draw, drawn
from shisaku.engine.estimate import estimate
from shisaku.engine.plan import Flow
from shisaku.errors import DataError, RecipeError
from shisaku.registry.check import check_recipe
from shisaku.store.cache import StepCache
from shisaku.store.datasets import SampleList
from shisaku.store.run import Run

SIZES = st.lists(st.integers(1, 30), min_size=1, max_size=8)


def _strata(sizes: list[int]) -> dict[str, Stratum]:
    return {f"{place}-{i}": (str(place),) for place, size in enumerate(sizes) for i in range(size)}


def _shares(sizes: list[int], n: int) -> list[int]:
    strata = _strata(sizes)
    found = Counter(strata[id_] for id_ in draw(strata, n, 1, "step"))
    return [found[(str(place),)] for place in range(len(sizes))]


def _seat_by_seat(sizes: list[int], n: int) -> list[Fraction]:
    """Webster's method as books tell it: the quotients that got a seat, one after the other."""
    seats = [0] * len(sizes)
    quotients = []
    for _ in range(min(n, sum(sizes))):
        first = [place for place, taken in enumerate(seats) if not taken] or range(len(sizes))
        best = max(first, key=lambda place: Fraction(sizes[place], 2 * seats[place] + 1))
        quotients.append(Fraction(sizes[best], 2 * seats[best] + 1))
        seats[best] += 1
    return quotients


@given(SIZES, st.integers(1, 260))
def test_shares_are_those_of_websters_method_after_one_of_each(sizes: list[int], n: int) -> None:
    shares = _shares(sizes, n)
    assert sum(shares) == min(n, sum(sizes))
    if n >= len(sizes):
        assert min(shares) >= 1
    taken = [Fraction(size, 2 * seat + 1) for size, share in zip(sizes, shares, strict=True) for seat in range(share)]
    assert sorted(taken) == sorted(_seat_by_seat(sizes, n))


def test_shares_are_proportional() -> None:
    assert _shares([600, 300, 100], 60) == [36, 18, 6]
    assert _shares([1000, 1, 1], 60) == [58, 1, 1]
    assert _shares([10, 20, 30], 2) == [0, 1, 1], "where not each can have one, the large ones do"
    assert _shares([3, 4], 100) == [3, 4]


@given(SIZES, st.integers(1, 100), st.randoms())
def test_neither_order_nor_others_decide_and_more_hold_the_fewer(sizes: list[int], n: int, chance: Any) -> None:
    strata = _strata(sizes)
    shuffled = list(strata.items())
    chance.shuffle(shuffled)
    assert draw(dict(shuffled), n, 1, "step") == draw(strata, n, 1, "step")
    assert draw(strata, n, 1, "step") <= draw(strata, n + 1, 1, "step")


def test_another_seed_or_step_draws_others() -> None:
    strata = _strata([200])
    draws = [draw(strata, 20, seed, step) for seed in (1, 2) for step in ("a", "b")]
    assert len(set(draws)) == 4
    assert len(frozenset[str].union(*draws)) > 60, "80 draws of 200 meet seldom"


def _flow(samples: list[Sample], name: str = "task", key: str = "k") -> Flow:
    data = SampleList(samples)
    return Flow(name, key, data, tuple(data.ids()))


def _speakers() -> list[Sample]:
    voices = ["slt"] * 8 + ["rms"] * 4
    return [Sample(f"s{i:02d}", labels={"class": "x"}, facts={"voice": voice}) for i, voice in enumerate(voices)]


def _step(**more: Any) -> Step:
    return Step("asked", "pure.rank", ("task",), line=3, sample=Subsample(**more))


def test_strata_are_the_values_of_facts_and_labels() -> None:
    (flow,) = drawn(_step(n=6, by=("voice", "class")), 1, [_flow(_speakers())])
    assert len([id_ for id_ in flow.ids if id_ >= "s08"]) == 2
    assert flow.ids == tuple(sorted(flow.ids))
    assert flow.key == "k", "who is asked does not change what is made of them"


def test_a_label_goes_before_a_fact_and_those_without_are_a_stratum() -> None:
    samples = [replace(s, labels={"voice": "one" if s.id < "s02" else "two"}) for s in _speakers()[:4]]
    (flow,) = drawn(_step(n=2, by=("voice",)), 1, [_flow(samples)])
    assert [id_ < "s02" for id_ in flow.ids] == [True, False]
    (flow,) = drawn(_step(n=2, by=("voice",)), 1, [_flow([*_speakers()[:8], Sample("silent")])])
    assert "silent" in flow.ids


def test_a_sample_is_of_all_sources_together() -> None:
    whole = _flow(_speakers())
    half = replace(whole, name="half", ids=whole.ids[:6])
    flows = drawn(_step(n=5), 1, [half, whole])
    (at_once,) = drawn(_step(n=5), 1, [whole])
    assert sorted(id_ for flow in flows for id_ in flow.ids) == list(at_once.ids)


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(DataError, match="line 3: No sample that asked reads has a label or fact voise"):
        drawn(_step(n=5, by=("voise",)), 1, [_flow(_speakers())])
    assert drawn(_step(n=5, by=("voise",)), 1, [_flow([])])[0].ids == ()
    with pytest.raises(RecipeError, match="two forms"):
        drawn(_step(n=1), 1, [_flow(_speakers()), _flow(_speakers(), "view", "other")])


def test_a_metric_scores_those_asked_and_the_others_are_no_drops(tmp_path: Path) -> None:
    run = cook(RECIPE, samples_of(8), tmp_path)
    (row,) = [row for row in run.read_rows("counts") if row["step"] == "looked"]
    assert {name: row[name] for name in ("asked", "of", "made", "kept", "dropped")} == {
        "asked": 7,
        "of": 16,
        "made": 7,
        "kept": 7,
        "dropped": 0,
    }
    assert len([row for row in run.read_rows("scores") if row["step"] == "looked"]) == 7


def test_a_transform_makes_something_of_those_asked(tmp_path: Path) -> None:
    run = cook(RECIPE, samples_of(8), tmp_path)
    parents = {sample.parents[0] for sample in run.stream("few")}
    labels = {sample.id: sample.labels["class"] for name in ("mixed", "grown") for sample in run.stream(name)}
    assert Counter(labels[parent] for parent in parents) in ({"even": 3, "odd": 2}, {"even": 2, "odd": 3})
    (row,) = [row for row in run.read_rows("counts") if row["step"] == "few"]
    assert (row["asked"], row["of"], row["made"]) == (5, 32, 10)
    assert {row["of"] for row in run.read_rows("counts") if row["step"] == "kept"} == {16}


def test_a_keep_rule_on_a_sample_is_refused() -> None:
    steps = (Step("rank", "pure.rank", ("task",), sample=Subsample(3)),)
    keep = (Keep("kept", "task", (Rule("rank", minimum=0.2),)),)
    with pytest.raises(RecipeError, match="rank scores a sample of 3; a rule needs a score of all"):
        check_recipe(replace(RECIPE, steps=steps, keep=keep))


def test_asking_everyone_is_another_recipe_and_costs_only_the_rest(tmp_path: Path) -> None:
    """Steps that have no `sample` are not made again when one is taken away elsewhere."""
    cache = StepCache(tmp_path / "cache")
    cook(RECIPE, samples_of(8), tmp_path / "some", cache)
    everyone = replace(RECIPE, steps=tuple(replace(step, sample=None) for step in RECIPE.steps))
    run = cook(everyone, samples_of(8), tmp_path / "all", cache)
    assert {row["step"] for row in run.read_rows("timings") if row["cached"] < row["items"]} == {"few", "looked"}
    assert all(row["asked"] == row["of"] for row in run.read_rows("counts"))


def test_an_estimate_counts_what_is_asked_and_knows_what_is_done(tmp_path: Path) -> None:
    samples, cache = SampleList(samples_of(20)), StepCache(tmp_path / "cache")
    rows = {row["step"]: row for row in estimate(RECIPE, samples, tmp_path / "cache")["steps"]}
    assert [(rows[step]["items"], rows[step]["left"]) for step in ("few", "looked")] == [(10, 10), (7, 7)]
    cook(RECIPE, samples, tmp_path, cache, size=32)
    rows = {row["step"]: row for row in estimate(RECIPE, samples, tmp_path / "cache")["steps"]}
    assert [(rows[step]["items"], rows[step]["left"]) for step in ("few", "looked")] == [(10, 0), (7, 0)]
    for shard in (tmp_path / "cache" / "steps").rglob("*.shard"):
        data = bytearray(shard.read_bytes())
        data[len(data) // 4] ^= 1
        shard.write_bytes(data)
    assert estimate(RECIPE, samples, tmp_path / "cache")["steps"], "damaged results are no reason to fail"


def test_media_are_read_for_strata_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (Step("asked", "pure.rank", ("data",), sample=Subsample(3)),)

    def never(self: Any) -> Any:
        raise AssertionError("every sample was read")

    with monkeypatch.context() as patch:
        patch.setattr(SampleList, "__iter__", never)
        (flow,) = drawn(steps[0], 1, [_flow(_speakers())])
    assert len(flow.ids) == 3


def test_a_dataset_of_media_may_be_sampled_by_what_a_step_noted(tmp_path: Path) -> None:
    """Facts that only the made samples have, as the voice of a recording."""
    samples = [Sample(f"s{i}", {"number": Part.from_text(str(i))}, facts={"odd": str(i % 2)}) for i in range(20)]
    recipe = Recipe(
        "r",
        RECIPE.data,
        steps=(
            Step("grown", "pure.grow", ("data",)),
            Step("asked", "pure.rank", ("grown",), sample=Subsample(4, ("odd",))),
        ),
    )
    run: Run = cook(recipe, samples, tmp_path)
    scored = [row["sample"] for row in run.read_rows("scores")]
    assert Counter(int(sample[1:].split("/")[0]) % 2 for sample in scored) == {0: 2, 1: 2}
    assert pure_ops.CALLS
