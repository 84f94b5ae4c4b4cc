"""Cooks what leads to servers, with a door that lets nothing out, in a folder that is gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from shisaku.core.recipe import Keep, Recipe, Step
from shisaku.errors import DataError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.core.op import Op
    from shisaku.core.progress import Progress
    from shisaku.engine.kitchen import Kitchen
    from shisaku.guard.dry import DryDoor
    from shisaku.guard.leaving import Leaving
    from shisaku.models.ask import Role
    from shisaku.models.desk import Desk
    from shisaku.store.ingest import Ingested


@dataclass(frozen=True, slots=True)
class Hidden:
    """A step of whose requests not all can be shown, and the steps whose answers they hang on."""

    step: str
    models: tuple[str, ...]
    because: tuple[str, ...]
    why: Message


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would leave, what cannot be known yet, and how many samples of each root were shown (preview) and are there.

    `sizes` is empty where all were taken.
    """

    rows: Sequence[Leaving]
    hidden: Sequence[Hidden]
    sizes: Mapping[str, Mapping[str, int]]


def dry_run(
    recipe: Recipe, ingested: Ingested, *, preview: int | None, workers: int, progress: Progress, look_up: bool
) -> DryRun:
    """Cook the steps of a resolved recipe that lead to a server; what the journal or step cache hold is used."""
    from shisaku.api.guarded import finders_of
    from shisaku.api.overlay import OverlayCache
    from shisaku.engine.census import selections, take_census
    from shisaku.engine.kitchen import Kitchen
    from shisaku.engine.plan import SHARD
    from shisaku.guard.device_time import DeviceTime
    from shisaku.guard.dry import DryDoor
    from shisaku.guard.hook import watched
    from shisaku.guard.journal import answers_in, journal_dir
    from shisaku.models.desk import Desk
    from shisaku.store.places import cache_dir
    from shisaku.store.run import Run

    served = {one.name: one for one in recipe.models if one.way == "openai"}
    census = take_census(ingested.dataset)
    chosen = selections(recipe, census, preview)
    with ExitStack() as stack:
        stack.enter_context(watched())
        find = stack.enter_context(answers_in(journal_dir()))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shisaku-preview-")))
        door = DryDoor(
            recipe.policy, served, find=find, budget=recipe.budget, finders=finders_of(recipe), look_up=look_up
        )
        run = Run.create(folder / "run", recipe_text="", recipe_fingerprint="")
        stack.callback(run.release)
        desk = Desk(recipe.models, door, DeviceTime(recipe.budget))
        cache = OverlayCache(folder / "cache", cache_dir())
        kitchen = Kitchen(recipe, run, cache, workers, SHARD, progress, desk)
        kitchen.open(ingested.dataset, chosen, ingested.drops)
        walk = _Walk(recipe, kitchen, door, desk)
        walk.cook()
    whole = selections(recipe, census, None) if preview is not None else {}
    sizes = {name: {"shown": len(chosen[name]), "whole": len(ids)} for name, ids in whole.items()}
    return DryRun(door.rows, walk.hidden, sizes)


@dataclass
class _Walk:
    """Cooks step by step. Of `open` streams something is lacking that answers would give, `left_out` are not cooked."""

    recipe: Recipe
    kitchen: Kitchen
    door: DryDoor
    desk: Desk
    hidden: list[Hidden] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    lacking: list[str] = field(default_factory=list)  # steps that would have sent something themselves

    def cook(self) -> None:
        """Cook what leads to a server, as far as it goes."""
        from shisaku.registry.streams import CONTROL, ancestors, cooking_order, streams_of

        streams = streams_of(self.recipe)
        asking = {step.name: models for step in self.recipe.steps if (models := self._servers(step))}
        leading = set(asking).union(*(ancestors(name, streams) for name in asking))
        for work in cooking_order(self.recipe):
            if work.name not in leading and work.name + CONTROL not in leading:
                continue
            before = self.door.kept_back
            if not self._cooked(work):
                self.left_out |= {work.name, work.name + CONTROL}
            lacks = self.door.kept_back > before
            because = [name for name in self.lacking if name in ancestors(work.name, streams)]
            if work.name in asking and isinstance(work, Step):
                self.hidden += _hidden(work, asking[work.name], because, lacks)
            if lacks:
                self.lacking.append(work.name)
            if lacks or because:
                self.open |= {work.name, work.name + CONTROL}

    def _cooked(self, work: Step | Keep) -> bool:
        """Cook a step or keep, or return that what it needs will only be there in a real run."""
        from shisaku.registry.streams import needs_of

        sources = _sources(work)
        there = tuple(name for name in sources if name not in self.left_out)
        if any(self._absent(name) for name in needs_of(work) if name not in sources) or all(map(self._absent, sources)):
            return False
        try:
            self.kitchen.cook(work if isinstance(work, Keep) else replace(work, source=there))
        except DataError:
            if not self.open.intersection(needs_of(work)):
                raise
            return False
        return True

    def _absent(self, name: str) -> bool:
        """Say whether a stream is empty, or scores are not whole, for want of answers."""
        if name in self.left_out:
            return True
        flow = self.kitchen.flows.get(name)
        return name in self.open and (flow is None or not flow.ids)

    def _servers(self, step: Step) -> tuple[str, ...]:
        """Return the models behind a server that a step asks, itself or in what sifts its rounds."""
        from shisaku.engine.weights import asks_of

        names = [name for op in _ops(step) for role, name in asks_of(op) if self._is_server(role, name)]
        return tuple(dict.fromkeys(names))

    def _is_server(self, role: Role, name: str) -> bool:
        return self.desk.back_end(role, name).way == "openai"


def _ops(step: Step) -> Iterator[Op]:
    from shisaku.registry.make import make_op

    yield make_op(step.op, step.params, step.line)
    for beside in (step.fresh, step.enough):
        if beside is not None:
            yield make_op(beside.op, beside.params, step.line)


def _sources(work: Step | Keep) -> tuple[str, ...]:
    return (work.source,) if isinstance(work, Keep) else work.source


def _hidden(step: Step, models: tuple[str, ...], because: list[str], lacks: bool) -> Iterator[Hidden]:
    if because:
        why = say("what it would send hangs on the answers that {steps} would get", steps=", ".join(because))
        yield Hidden(step.name, models, tuple(because), why)
    if lacks and step.rounds > 1 and (step.want or step.fresh or step.enough):
        why = say("whom it asks after its first round hangs on the answers; up to {n} rounds", n=step.rounds)
        yield Hidden(step.name, models, (step.name,), why)
