"""Before a study trains: what its arms train on is judged by what the gate asks for.

Where the recipe has no gate of its own, its Metrics are enough, and only batches without any are judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from shisaku.core.progress import Progress
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.core.recipe import Keep, Recipe, Step
    from shisaku.judging.batch import Batch
    from shisaku.judging.plan import Bench
    from shisaku.models.desk import Desk
    from shisaku.store.run import Run


def judge_before_study(run: Run, recipe: Recipe, desk: Desk, workers: int, progress: Progress) -> list[Message]:
    """Write bundles of the batches that a study of `recipe` trains on, but for those that its Metrics are enough for.

    Returns a sentence about those that no judge could read: they stay in quarantine.
    """
    from shisaku.api.evidence import cook_evidence, write_bundles

    batches = [batch for batch in _to_judge(recipe) if len(run.stream(batch.name))]
    if not batches:
        return []
    bench = _seated(run, recipe, batches)
    batches = [batch for batch in batches if bench.judges[batch.name]]
    if batches:
        cooked, lost = cook_evidence(run, bench, workers, progress, desk)
        there = {step.name for step in bench.recipe.steps}
        batches = [batch for batch in batches if any(judge.step in there for judge in bench.judges[batch.name])]
        write_bundles(run, cooked, batches, bench, lost)
    left = sorted(set(bench.judges) - {batch.name for batch in batches})
    if not left:
        return []
    return [say("No judge that the gate asks for can read {names}: it stays in quarantine", names=", ".join(left))]


def _to_judge(recipe: Recipe) -> list[Batch]:
    """Return the batches that arms train on; without a gate in the recipe, those that none of its Metrics looks at."""
    from shisaku.api.makers import child_makers
    from shisaku.api.quarantine import batches, trained_on
    from shisaku.judging.batch import Batch, batches_of

    held = batches(recipe)
    raw = {
        name: spec.real
        for spec in recipe.studies
        for name in trained_on(spec, recipe)
        if recipe.gate or not held[name]["measured_by"]
    }
    made = {batch.name: batch for batch in batches_of(recipe, child_makers(recipe))}
    return [made.get(name) or Batch(name, (real,), {}, {}) for name, real in raw.items()]


def _seated(run: Run, recipe: Recipe, batches: Iterable[Batch]) -> Bench:
    """Return the bench of the judges that the gate asks for, its recipe cut down to what they look at."""
    from itertools import chain

    from shisaku.api.quarantine import own_judges
    from shisaku.auditing.detector import up_to
    from shisaku.auditing.plan import Contents
    from shisaku.judging.gate import asked_by
    from shisaku.judging.judge import judges
    from shisaku.judging.plan import Bench
    from shisaku.registry.doors import OPS, names

    every, _ = judges(names(OPS))
    wanted = up_to("deep", asked_by(recipe.gate, every))
    bench = Bench(recipe)
    for batch in batches:
        real = Contents.of(chain.from_iterable(run.stream(name) for name in batch.real))
        beside = real if real.parts else None
        bench.seat(batch, batch.contents(run.stream(batch.name), beside), beside, wanted)
        bench.judges[batch.name] += own_judges(recipe, batch.name, bench.judges[batch.name])
    asked = {name for some in bench.judges.values() for one in some for name in (one.step, one.twin) if name}
    bench.recipe = _without_the_rest(bench.recipe, asked)
    return bench


def _without_the_rest(recipe: Recipe, wanted: Iterable[str]) -> Recipe:
    """Return the recipe with the steps and keep-rules of these names and all they need, and no study."""
    from shisaku.registry.streams import CONTROL, needs_of

    works: dict[str, Step | Keep] = {keep.name: keep for keep in recipe.keep}
    works |= {step.name: step for step in recipe.steps}
    needed: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop().removesuffix(CONTROL)
        if name in works and name not in needed:
            needed.add(name)
            waiting += needs_of(works[name])
    return replace(
        recipe,
        steps=tuple(step for step in recipe.steps if step.name in needed),
        keep=tuple(keep for keep in recipe.keep if keep.name in needed),
        studies=(),
    )
