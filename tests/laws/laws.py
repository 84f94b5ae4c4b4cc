"""The laws as functions: each cooks or measures, and raises AssertionError where the law does not hold."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pure_ops

from shisaku.core.dataset import Dataset
from shisaku.core.identity import fingerprint
from shisaku.core.metric import Metric
from shisaku.core.recipe import Keep, Recipe, Rule, Source, Step, Subsample
from shisaku.core.sample import Sample
from shisaku.engine.local import LocalEngine
from shisaku.store.cache import StepCache
from shisaku.store.datasets import SampleList
from shisaku.store.run import Run

RECIPE = Recipe(
    "laws",
    Source("nowhere"),
    seed=7,
    select={"task": {"role": "task"}, "scenes": {"role": "scene"}},
    steps=(
        Step("grown", "pure.grow", ("task",), rounds=2, params={"by": 1000}),
        Step("mixed", "pure.mix", ("grown",), pool="scenes"),
        Step("squared", "pure.square", ("mixed",)),
        Step("rank", "pure.rank", ("grown", "mixed")),
        Step("spread", "pure.spread", ("mixed",)),
        Step("near", "pure.near", ("mixed",), reference="task"),
        Step("again", "pure.grow", ("kept",)),
        Step("few", "pure.grow", ("mixed", "grown"), rounds=2, sample=Subsample(5, ("class",))),
        Step("looked", "pure.spread", ("mixed",), sample=Subsample(7)),
    ),
    keep=(Keep("kept", "mixed", (Rule("rank", minimum=0.2), Rule("spread", top=0.8))),),
)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory where there is one: the laws are about what is written, not about the disk."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)


def samples_of(tasks: int, scenes: int = 3) -> list[Sample]:
    """Samples for `RECIPE`."""
    backgrounds = [replace(sample, id=f"b{sample.id}") for sample in pure_ops.numbers(scenes, role="scene")]
    return [*pure_ops.numbers(tasks, role="task"), *backgrounds]


def cook(
    recipe: Recipe,
    samples: Sequence[Sample] | Dataset,
    folder: Path,
    cache: StepCache | None = None,
    *,
    workers: int = 2,
    size: int = 4,
    preview: int | None = None,
) -> Run:
    """Cook into `folder`/run and return the finished run."""
    dataset = samples if isinstance(samples, Dataset) else SampleList(samples)
    run = Run.create(folder / "run", recipe_text="", recipe_fingerprint=fingerprint(recipe))
    cache = cache or StepCache(folder / "cache")
    LocalEngine(workers, size).cook(recipe, dataset, run, cache=cache, preview=preview)
    run.finish("done")
    return run


def run_fingerprint(run: Run) -> str:
    """What a run is: its streams and tables, without how long it took."""
    streams = {name: (s["n"], s["fingerprint"]) for name, s in run.streams().items()}
    tables = {name: run.read_rows(name) for name in ("drops", "scores", "lineage", "counts")}
    return fingerprint(streams, {name: sorted(map(repr, rows)) for name, rows in tables.items()})


def law_sharding(recipe: Recipe, samples: Sequence[Sample], ways: Sequence[tuple[int, int, int]]) -> None:
    """Law 1: the same result for any (workers, shard size, order of the samples)."""
    found: dict[str, tuple[int, int, int]] = {}
    for workers, size, turn in ways:
        with scratch() as folder:
            turned = [*samples[turn:], *samples[:turn]]
            run = cook(recipe, turned, Path(folder), workers=workers, size=size)
            found[run_fingerprint(run)] = (workers, size, turn)
    assert len(found) == 1, f"these differ: {list(found.values())}"


def law_merge(op: Metric, samples: Sequence[Sample], cuts: Sequence[int], reference: Any = None) -> None:
    """Law 2: the state of the whole is the merge of the states of its pieces, in any grouping."""
    whole = op.scores(op.measure(samples, reference))
    edges = [0, *sorted(cuts), len(samples)]
    states = [op.measure(samples[a:b], reference) for a, b in itertools.pairwise(edges)]
    left = states[0]
    for state in states[1:]:
        left = op.merge(left, state)
    right = states[-1]
    for state in reversed(states[:-1]):
        right = op.merge(state, right)
    assert op.scores(left) == whole, "merged from the left"
    assert op.scores(right) == whole, "merged from the right"


def law_nothing_vanishes(recipe: Recipe, run: Run) -> None:
    """Law 4: kept + dropped = made, counted here anew from the streams, the scores and the drops.

    Of a step with a `sample`: those it says that it was asked of, as many as the recipe wants, and no others.
    """
    counts = {row["step"]: row for row in run.read_rows("counts")}
    drops = Counter(row["step"] for row in run.read_rows("drops"))
    assert all(row["template"] and row["op"] for row in run.read_rows("drops")), "a drop without op or reason"
    for row in counts.values():
        assert row["made"] == row["kept"] + row["dropped"], row
        assert row["dropped"] == drops[row["step"]], row
    for step in recipe.steps:
        asked = Counter(dict.fromkeys(_ids_of(run, step.source), step.rounds))
        gone = Counter(row["sample"] for row in run.read_rows("drops") if row["step"] == step.name)
        if step.name in run.streams():
            stayed = Counter({id_: len(rounds) for id_, rounds in _rounds(run, step).items()})
        else:
            stayed = Counter(row["sample"] for row in run.read_rows("scores") if row["step"] == step.name)
        told = stayed + gone
        row = counts[step.name]
        assert row["of"] == len(asked), f"{step.name}: {row['of']} came in, not {len(asked)}"
        if step.sample:
            asked = Counter({id_: step.rounds for id_ in asked if id_ in told})
            assert len(asked) == min(step.sample.n, row["of"]), f"{step.name} was asked of {len(asked)}"
        assert row["asked"] == len(asked), f"{step.name}: {row['asked']} asked, not {len(asked)}"
        assert asked == told, f"{step.name}: {asked - told} vanished, {told - asked} appeared"
    for keep in recipe.keep:
        for name in (keep.name, f"{keep.name}.random"):
            gone = Counter(row["sample"] for row in run.read_rows("drops") if row["step"] == name)
            assert Counter(run.stream(keep.source).ids()) == Counter(run.stream(name).ids()) + gone, name
        assert len(run.stream(keep.name)) == len(run.stream(f"{keep.name}.random"))


def _ids_of(run: Run, names: Sequence[str]) -> set[str]:
    return {id_ for name in names for id_ in run.stream(name).ids()}


def _rounds(run: Run, step: Step) -> dict[str, set[str]]:
    """For each sample that a step was given: the rounds in which it made something."""
    rounds: dict[str, set[str]] = {}
    for sample in run.stream(step.name):
        parent, _, name = sample.id.rpartition(f"/{step.name}.")
        rounds.setdefault(parent or sample.id, set()).add(name.split(".")[0])
    return rounds


def law_random_by_id(recipe: Recipe, samples: Sequence[Sample], newcomers: Sequence[Sample], step: str) -> None:
    """Law 7: what is made of a sample does not change when others come in before, between and after it."""
    made: list[dict[str, str]] = []
    for some in (samples, [*samples, *newcomers]):
        with scratch() as folder:
            run = cook(recipe, some, Path(folder))
            made.append({sample.id: sample.digest for sample in run.stream(step)})
    fewer, more = made
    assert fewer.items() <= more.items(), "samples changed because others came in"


def law_sample_by_id(recipe: Recipe, samples: Sequence[Sample], newcomers: Sequence[Sample], step: str) -> None:
    """Which samples of a stratum a step is asked of does not change when others come into other strata.

    How many may change: then the fewer are among the more.
    """
    (strata,) = (one.sample.by for one in recipe.steps if one.name == step and one.sample)
    asked: list[dict[tuple[str, ...], set[str]]] = []
    for some in (samples, [*samples, *newcomers]):
        with scratch() as folder:
            run = cook(recipe, some, Path(folder))
            found: dict[tuple[str, ...], set[str]] = {}
            for sample in run.stream(step):
                found.setdefault(tuple(sample.labels[name] for name in strata), set()).add(sample.parents[0])
            asked.append(found)
    before, after = asked
    grown = {tuple(sample.labels[name] for name in strata) for sample in newcomers}
    for stratum in set(before) - grown:
        few, many = sorted((before[stratum], after.get(stratum, set())), key=len)
        assert few <= many, f"{stratum}: {sorted(few - many)} were taken for others"


def law_thresholds_cost_nothing(change: Callable[[Recipe], Recipe], recipe: Recipe, samples: Sequence[Sample]) -> None:
    """Another threshold of a keep-rule makes nothing anew upstream of it."""
    below = {"again"}
    with scratch() as folder:
        cache = StepCache(Path(folder) / "cache")
        cook(recipe, samples, Path(folder) / "one", cache)
        pure_ops.CALLS.clear()
        run = cook(change(recipe), samples, Path(folder) / "two", cache)
        for row in run.read_rows("timings"):
            assert row["step"] in below or row["cached"] == row["items"], f"{row['step']} was cooked again"
        called = {name for name, _ in pure_ops.CALLS}
        assert called <= {step.op for step in recipe.steps if step.name in below}, f"{called} were called again"
