"""What left this machine in a run: the ledger, whether it is whole, and why each request was let out or held back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.store.run import Run


def guard_ledger(run: str | Path) -> dict[str, Any]:
    """Return every request of a run that was let out, the sums by where they went, and what was held back.

    Raises DataError where there is no run.
    """
    from shisaku.guard.explain import left, stopped, total
    from shisaku.guard.ledger import ledger_of
    from shisaku.guard.record import DENIED
    from shisaku.guard.verify import records, verify

    place = ledger_of(_run(run).path)
    with _readable(place):
        held = list(records(place))
        rows = left(held)
        return {
            "path": str(place),
            "whole": verify(place).broken is None,
            "requests": rows,
            "totals": total(rows),
            "denied": sum(record["kind"] == DENIED for record in held),
            "stopped": stopped(held),
        }


def guard_verify(run: str | Path, head: str = "") -> dict[str, Any]:
    """Check that nothing in the ledger of a run was changed, removed, added or put in another order.

    `head` is the hash of a record that was kept elsewhere (see `guard_head`). Raises DataError where there is no run.
    """
    from shisaku.guard.head import known_to
    from shisaku.guard.ledger import ledger_of
    from shisaku.guard.verify import verify

    there = _run(run)
    place = ledger_of(there.path)
    known = known_to(there.read_json("run"))
    with _readable(place):
        checked = verify(place, {**known, **({"--head": head} if head else {})})
    return {
        "path": str(place),
        "whole": checked.broken is None,
        "records": checked.head.records,
        "head": checked.head.hash if checked.head.records else "",
        "kinds": dict(checked.kinds),
        "bytes": checked.bytes,
        "torn": checked.torn,
        "at": checked.at,
        "broken": checked.broken.to_json() if checked.broken else None,
    }


def guard_explain(run: str | Path, sample: str = "", call: str = "") -> dict[str, Any]:
    """Return every decision about a sample, or about the call whose key begins so, with what each rule said.

    Raises DataError where there is no run, and where nothing was ever asked about that sample or call.
    """
    from shisaku.guard.explain import explain
    from shisaku.guard.ledger import ledger_of
    from shisaku.guard.verify import records

    place = ledger_of(_run(run).path)
    with _readable(place):
        decisions = list(explain(records(place), sample, call))
    if not decisions and (sample or call):
        raise DataError(
            say("Nothing of {name} was asked to leave in this run", name=sample or call),
            str(place),
            next=say("`shisaku guard ledger` lists what left"),
        )
    return {"path": str(place), "decisions": decisions}


def guard_cache(step: str = "", key: str = "") -> dict[str, Any]:
    """Say of the calls of a step, or of the call with a key of the journal, why an answer was used again or was not."""
    from shisaku.guard.explain_cache import explain_key, explain_step
    from shisaku.guard.journal import Journal, journal_dir

    if not step and not key:
        raise DataError(say("Nothing says which calls"), next=say("Give a step or a key"))
    with closing(Journal(journal_dir())) as journal:
        found = [explain_key(journal, key)] if key else explain_step(journal, step)
        return {
            "path": str(journal.root),
            "calls": [
                {"key": one.key, "why": one.why.to_json(), "differs": list(one.differs),
                 "step": one.known.step if one.known else step}
                for one in found
            ],
        }  # fmt: skip


def guard_head(run: str | Path) -> dict[str, Any]:
    """Return how many records the ledger of a run has, and the hash of the last: to be kept where nobody can change it.

    Raises DataError where there is no run, or the ledger is broken.
    """
    found = guard_verify(run)
    if not found["whole"]:
        raise DataError(say("The ledger is broken; its head says nothing"), found["path"],
                        next=say("See `shisaku guard verify`"))  # fmt: skip
    return {name: found[name] for name in ("path", "records", "head")}


@contextmanager
def _readable(place: Path) -> Iterator[None]:
    """Say plainly that a file whose lines are chained, and yet hold something else, is no ledger of ours."""
    try:
        yield
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise DataError(say("This is no ledger of this version: {cause}", cause=repr(error)), str(place)) from None


def _run(path: str | Path) -> Run:
    from shisaku.store.run import Run

    return Run.open(Path(path).expanduser())
