"""The end of every audit: what the run says of itself, the samples to be shown, the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from shisaku.api.auditing.order import Order

if TYPE_CHECKING:
    from shisaku.auditing.found import Found
    from shisaku.core.sample import Sample
    from shisaku.message import Message
    from shisaku.store.run import Run

Take = Callable[[Sequence[str]], Sequence["Sample"]]
EXHIBITS = 4_000_000  # characters of media on the page


def finish(run: Run, order: Order, notes: Iterable[Message], take: Take) -> Found:
    """Write ``run.json``, put aside what the page shows (`take` gives samples by id), and write the page.

    Returns what was found.
    """
    from shisaku.auditing.found import found_in
    from shisaku.auditing.shown import ids_to_show
    from shisaku.report.audit.page import write_audit_page
    from shisaku.store.exhibits import put_aside

    told = [note.to_json() for note in notes]
    run.write_json("run", {"name": order.path.resolve().stem, "level": order.level, "notes": told})
    found = found_in(run)
    known = {row["sample"] for row in found.rows}
    run.write_json("samples", put_aside(take([id_ for id_ in ids_to_show(found) if id_ in known]), EXHIBITS))
    write_audit_page(run, found)
    return found
