"""Why an answer of the journal was used again, or why it was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shisaku.guard.journal import Journal
from shisaku.guard.journal_table import Known
from shisaku.message import Message, say

INPUT = "input"  # the same input asked in another way is what people wonder about


@dataclass(frozen=True, slots=True)
class Explained:
    """One call, what came of it (`why`), and the names of what tells it from its nearest relative (`differs`)."""

    key: str
    why: Message
    differs: tuple[str, ...] = ()
    known: Known | None = None


def explain_key(journal: Journal, key: str) -> Explained:
    """Return what the journal knows under a key (of the journal, as the ledger and Idempotency-Key name it)."""
    found = journal.known("key", key)
    if not found:
        return Explained(key, say("The journal knows no such key: nothing was ever sent under it"))
    one = found[0]
    earlier = [other for other in journal.known("step", one.step) if (other.at, other.key) < (one.at, one.key)]
    return _explained(one, earlier)


def explain_step(journal: Journal, step: str) -> list[Explained]:
    """Return the same for every call of a step, earliest first."""
    calls = journal.known("step", step)
    of_input: dict[str, list[Known]] = {}
    explained = []
    for one in calls:
        same = of_input.setdefault(one.made_of.get(INPUT, ""), [])
        explained.append(_explained(one, same))
        same.append(one)
    return explained


def explain_request(journal: Journal, key: str, step: str, made_of: Mapping[str, str]) -> Explained:
    """Return whether a call that is to be made has an answer, and if not, what in its key is new."""
    found = journal.known("key", key)
    if found:
        return _explained(found[0], ())
    nearest, differs = _nearest(made_of, journal.known("step", step))
    if nearest is None:
        return Explained(key, say("No call of the step {step} was ever made", step=step))
    why = say("No such key: what differs from the nearest call is {names}", names=", ".join(differs) or "-")
    return Explained(key, why, differs, nearest)


def _explained(one: Known, earlier: Sequence[Known]) -> Explained:
    if one.state == "sent, no answer known":
        return Explained(
            one.key, say("It was announced and no answer came to be written down: it is sent again"), (), one
        )
    if one.state == "refused":
        why = say("It was refused ({kind}): it is sent again", kind=one.refused)
        return Explained(one.key, why, (), one)
    nearest, differs = _nearest(one.made_of, earlier)
    if nearest is None:
        return Explained(one.key, say("It was paid once and its answer is used from then on"), (), one)
    why = say(
        "It was paid, because {names} differ from the nearest earlier call; its answer is used from then on",
        names=", ".join(differs) or "-",
    )
    return Explained(one.key, why, differs, one)


def _nearest(made_of: Mapping[str, str], others: Sequence[Known]) -> tuple[Known | None, tuple[str, ...]]:
    """Return the call whose key is made of most of the same, with the same input before all, and what differs."""
    best: tuple[Known | None, tuple[str, ...]] = (None, ())
    least = (2, 1 << 30)
    for other in others:
        names = sorted({*made_of, *other.made_of})
        differs = tuple(name for name in names if made_of.get(name) != other.made_of.get(name))
        rank = (int(INPUT in differs), len(differs))
        if rank <= least:
            best, least = (other, differs), rank
    return best
