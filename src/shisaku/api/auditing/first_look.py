"""A quick audit: measured where files are decoded, nothing stored but what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shisaku.api.auditing.finish import finish
from shisaku.api.auditing.order import Order
from shisaku.core.identity import fingerprint

if TYPE_CHECKING:
    from shisaku.auditing.found import Found
    from shisaku.core.sample import Sample
    from shisaku.store.run import Run
    from shisaku.store.seen import Seen


def audit_quickly(order: Order) -> tuple[Run, Found]:
    """Glance at every record and write the page. Raises DataError, RecipeError, MachineError."""
    from shisaku.api.ending import finished_or_partial
    from shisaku.api.machine import environment
    from shisaku.auditing.plan import Contents
    from shisaku.engine.first_look import write_first_look
    from shisaku.engine.glance import glance
    from shisaku.store.cache import StepCache
    from shisaku.store.ingest import NothingUsableError
    from shisaku.store.places import cache_dir
    from shisaku.store.readers.reader import TellsNotes
    from shisaku.store.seen import Seen

    seen = Seen.of(order.reader)
    if not seen.n:
        raise NothingUsableError
    recipe = order.recipe(Contents.of(order.reader.records()))
    key = fingerprint(order.reader.fingerprint(), seen.digest)
    run = order.opened(recipe, key)
    with finished_or_partial(run):
        looked = glance(
            seen.named(order.reader.records()),
            seen.n,
            recipe.steps,
            key,
            StepCache(cache_dir(), fallback=run.path / "work"),
            limits=order.limits,
            workers=order.workers,
            progress=order.progress,
        )
        if not looked.roll:
            raise NothingUsableError(looked.drops)
        run.write_json("environment", environment([]))
        write_first_look(run, recipe, looked)
        notes = order.reader.notes() if isinstance(order.reader, TellsNotes) else ()
        found = finish(run, order, [*notes, *seen.notes()], _Again(order, seen).take)
    return run, found


@dataclass(frozen=True, slots=True)
class _Again:
    """Samples that were measured and thrown away, decoded once more because somebody wants to see them."""

    order: Order
    seen: Seen

    def take(self, ids: Sequence[str]) -> list[Sample]:
        """Return these samples in the order asked."""
        from shisaku.store.assembly import decode_records
        from shisaku.store.sandbox import Sandbox

        wanted = set(ids)
        records = [record for record in self.seen.named(self.order.reader.records()) if record.id in wanted]
        with Sandbox(self.order.limits) as box:
            made = {sample.id: sample for sample in decode_records(records, box).samples}
        return [made[id_] for id_ in ids if id_ in made]
