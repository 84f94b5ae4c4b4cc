"""The laws of cooking, each beside a mutant of the engine under which it must fail."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pure_ops
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from laws import (
    RECIPE,
    cook,
    law_merge,
    law_nothing_vanishes,
    law_random_by_id,
    law_sample_by_id,
    law_sharding,
    law_thresholds_cost_nothing,
    run_fingerprint,
    samples_of,
    scratch,
)
from shisaku.core.drop import Drop
from shisaku.core.recipe import Keep, Recipe, Rule, Step, Subsample
from shisaku.core.sample import Part, Sample
from shisaku.engine import draw, drive, kitchen, plan, shard
from shisaku.message import say
from shisaku.store.cache import StepCache

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
IDS = [sample.id for sample in samples_of(12)]
SOME_IDS = st.lists(st.sampled_from(IDS[:12]), max_size=4, unique=True)


def poisoned(**bad: list[str]) -> Recipe:
    """The recipe of the laws with a first step that misbehaves on these ids."""
    first, *others = RECIPE.steps
    return replace(RECIPE, steps=(replace(first, params={**first.params, **bad}), *others))


@FEW
@given(
    tasks=st.integers(1, 14),
    ways=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(0, 14)), min_size=2, max_size=3),
    raises=SOME_IDS,
)
def test_sharding_workers_and_order_do_not_matter(
    tasks: int, ways: list[tuple[int, int, int]], raises: list[str]
) -> None:
    law_sharding(poisoned(raises=raises), samples_of(tasks), ways)


@FEW
@given(raises=SOME_IDS, short=SOME_IDS, fails=SOME_IDS, nothing=SOME_IDS, foreign=SOME_IDS, twins=st.integers(1, 2))
def test_nothing_vanishes(twins: int, **bad: list[str]) -> None:
    recipe = poisoned(**bad)
    first = replace(recipe.steps[0], params={**recipe.steps[0].params, "twins": twins})
    recipe = replace(recipe, steps=(first, *recipe.steps[1:]))
    with scratch() as folder:
        run = cook(recipe, samples_of(12), Path(folder))
        law_nothing_vanishes(recipe, run)
        dropped = {row["sample"] for row in run.read_rows("drops") if row["step"] == "grown"}
        assert dropped == set().union(*bad.values())


@FEW
@given(raises=SOME_IDS, skips=SOME_IDS, wild=SOME_IDS)
def test_no_sample_vanishes_from_a_metric(**bad: list[str]) -> None:
    steps = (Step("rank", "pure.rank", ("task",), params=bad),)
    recipe = replace(RECIPE, steps=steps, keep=(Keep("kept", "task", (Rule("rank", minimum=0.3),)),))
    with scratch() as folder:
        run = cook(recipe, samples_of(12), Path(folder))
        law_nothing_vanishes(recipe, run)
        bad_ones = set().union(*bad.values())
        assert {row["sample"] for row in run.read_rows("drops") if row["step"] == "rank"} == bad_ones
        assert not bad_ones & set(run.stream("kept").ids()), "who has no score is not kept"


@MANY
@given(st.integers(0, 20), st.lists(st.integers(0, 20), max_size=4))
def test_a_whole_measure_is_the_merge_of_its_pieces(n: int, cuts: list[int]) -> None:
    samples = pure_ops.numbers(n)
    law_merge(pure_ops.Rank(), samples, cuts)
    law_merge(pure_ops.Spread(), samples, cuts)
    law_merge(pure_ops.Near(), samples, cuts, pure_ops.numbers(3))


@FEW
@given(st.sets(st.integers(0, 40), min_size=1, max_size=12), st.sets(st.integers(0, 40), min_size=1, max_size=12))
def test_randomness_is_keyed_by_the_sample(here: set[int], coming: set[int]) -> None:
    everyone = pure_ops.numbers(41, role="task")
    scenes = samples_of(0)
    samples = [*scenes, *(everyone[i] for i in sorted(here))]
    law_random_by_id(RECIPE, samples, [everyone[i] for i in sorted(coming - here)], "mixed")


def test_another_seed_or_round_gives_other_samples() -> None:
    found: dict[str, set[int]] = {}
    for seed in (7, 8):
        with scratch() as folder:
            run = cook(replace(RECIPE, seed=seed), samples_of(12), Path(folder))
            for sample in run.stream("grown"):
                found.setdefault(sample.parents[0], set()).add(pure_ops.value_of(sample))
    assert np.mean([len(values) for values in found.values()]) > 3.9, "two seeds by two rounds are four draws"


def _of_class(name: str, n: int, first: int) -> list[Sample]:
    """Samples of a class of their own, whose ids are spread among all others."""
    return [
        Sample(f"s{i:02d}{name}", {"number": Part.from_text(str(i))}, {"class": name}, facts={"role": "task"})
        for i in range(first, first + n)
    ]


SAMPLED = Recipe(
    "sampled",
    RECIPE.data,
    seed=3,
    steps=(Step("asked", "pure.grow", ("data",), sample=Subsample(6, ("class",))),),
)


@FEW
@given(st.integers(3, 12), st.integers(3, 12), st.integers(1, 30))
def test_a_sample_of_one_stratum_is_nothing_to_another(here: int, there: int, coming: int) -> None:
    samples = [*_of_class("a", here, 0), *_of_class("b", there, 0)]
    law_sample_by_id(SAMPLED, samples, _of_class("b", coming, 40), "asked")


def _threshold(recipe: Recipe, minimum: float) -> Recipe:
    (keep,) = recipe.keep
    return replace(recipe, keep=(replace(keep, rules=(Rule("rank", minimum=minimum), keep.rules[1])),))


@FEW
@given(st.floats(0, 1))
def test_a_threshold_makes_nothing_anew_upstream(minimum: float) -> None:
    law_thresholds_cost_nothing(lambda recipe: _threshold(recipe, minimum), RECIPE, samples_of(9))


def test_a_cached_run_equals_a_fresh_one() -> None:
    with scratch() as folder:
        cache = StepCache(Path(folder) / "cache")
        one = cook(RECIPE, samples_of(9), Path(folder) / "one", cache)
        pure_ops.CALLS.clear()
        two = cook(RECIPE, samples_of(9), Path(folder) / "two", cache)
        assert pure_ops.CALLS == []
        assert run_fingerprint(one) == run_fingerprint(two)


# --- mutants: every law can fail --------------------------------------------------------------------------


def test_the_law_notices_a_drop_that_is_let_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    right = shard.cook_shard

    def forgetful(*args: Any, **kwargs: Any) -> Any:
        result = right(*args, **kwargs)
        return replace(result, drops=result.drops[1:])

    monkeypatch.setattr(drive, "cook_shard", forgetful)
    recipe = poisoned(raises=["s03"])
    with scratch() as folder, pytest.raises(AssertionError, match="vanished"):
        law_nothing_vanishes(recipe, cook(recipe, samples_of(6), Path(folder)))


def test_the_law_notices_a_batch_that_dies_with_its_poison_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other engines do: the whole batch is gone."""

    def impatient(work: Any, samples: Any) -> Any:
        try:
            return [(samples, work(samples))]
        except ZeroDivisionError:
            return []

    monkeypatch.setattr(shard, "_patiently", impatient)
    recipe = poisoned(raises=["s03"])
    with scratch() as folder, pytest.raises(AssertionError, match="vanished"):
        law_nothing_vanishes(recipe, cook(recipe, samples_of(6), Path(folder)))


def test_the_law_notices_a_sample_that_was_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kitchen, "drawn", lambda step, seed, sources: sources)
    with scratch() as folder, pytest.raises(AssertionError, match="was asked of"):
        law_nothing_vanishes(RECIPE, cook(RECIPE, samples_of(6), Path(folder)))


def test_the_law_notices_those_not_asked_as_drops(monkeypatch: pytest.MonkeyPatch) -> None:
    right = shard.cook_shard

    def strict(op: Any, step: Any, *args: Any, **kwargs: Any) -> Any:
        result = right(op, step, *args, **kwargs)
        gone = (Drop("s00", step.name, op.name, say("It was not asked")),) if step.sample else ()
        return replace(result, drops=(*result.drops, *gone))

    monkeypatch.setattr(drive, "cook_shard", strict)
    with scratch() as folder, pytest.raises(AssertionError):
        law_nothing_vanishes(RECIPE, cook(RECIPE, samples_of(6), Path(folder)))


def _by_position(strata: Any, n: int, seed: int, step: str) -> frozenset[str]:
    """What other tools do: one generator for all, so that who is drawn depends on who stands where."""
    ids = sorted(strata)
    places = np.random.default_rng(seed).choice(len(ids), min(n, len(ids)), replace=False)
    return frozenset(ids[place] for place in places)


def _by_chance(strata: Any, n: int, seed: int, step: str) -> frozenset[str]:
    return frozenset(GLOBAL.permutation(sorted(strata))[:n].tolist())


def test_the_law_notices_a_sample_by_position(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "draw", _by_position)
    with pytest.raises(AssertionError, match="taken for others"):
        law_sample_by_id(SAMPLED, [*_of_class("a", 9, 0), *_of_class("b", 9, 0)], _of_class("b", 2, 40), "asked")


def test_the_law_notices_a_sample_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "draw", _by_chance)
    with pytest.raises(AssertionError):
        law_sharding(SAMPLED, _of_class("a", 20, 0), [(1, 4, 0), (1, 4, 0)])


@pytest.mark.parametrize("law", ["sharding", "random by id"])
def test_the_laws_notice_randomness_by_position(monkeypatch: pytest.MonkeyPatch, law: str) -> None:
    right = shard._transformed

    def by_position(op: Any, step: Any, seed: int, samples: Any, pool: Any, round: int) -> Any:
        place = itertools.count()
        monkeypatch.setattr(shard, "rng_for", lambda seed, step, id_: np.random.default_rng([seed, next(place)]))
        return right(op, step, seed, samples, pool, round)

    monkeypatch.setattr(shard, "_transformed", by_position)
    everyone = samples_of(9)
    broken: Callable[[], None] = {
        "sharding": lambda: law_sharding(RECIPE, everyone, [(1, 2, 0), (1, 5, 0)]),
        "random by id": lambda: law_random_by_id(RECIPE, everyone[3:], everyone[:3], "grown"),
    }[law]
    with pytest.raises(AssertionError):
        broken()


def test_the_law_notices_one_stream_of_randomness_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "rng_for", lambda seed, step, id_: GLOBAL)
    with pytest.raises(AssertionError):
        law_sharding(RECIPE, samples_of(9), [(1, 2, 0), (1, 5, 3)])


GLOBAL = np.random.default_rng(0)


def test_the_law_notices_a_merge_that_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pure_ops.Spread, "merge", lambda self, a, b: {**b, "values": {**a["values"], **b["values"]}})
    with pytest.raises(AssertionError, match="merged"):
        law_merge(pure_ops.Spread(), pure_ops.numbers(8), [3])


def test_the_law_notices_thresholds_in_upstream_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    right = plan.shards_of

    def careless(step: Any, op: Any, seed: int, *args: Any, **kwargs: Any) -> Any:
        return right(step, op, seed + len(CHANGED), *args, **kwargs)

    monkeypatch.setattr(kitchen, "shards_of", careless)

    def change(recipe: Recipe) -> Recipe:
        CHANGED.append(1)
        return _threshold(recipe, 0.5)

    with pytest.raises(AssertionError, match="again"):
        law_thresholds_cost_nothing(change, RECIPE, samples_of(9))


CHANGED: list[int] = []
