"""What may be wrong with the items of a study: near-duplicates, copies of test items, too few speakers, gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shisaku.core.study import Alarm
from shisaku.lab.trial import Trial
from shisaku.message import Message, say


def note(code: str, reason: Message) -> Alarm:
    """Return an Alarm that only tells."""
    return Alarm(code, reason, "note")


def copy_alarms(trials: Sequence[Trial]) -> Iterator[Alarm]:
    """Yield how many rows of each stream were left out as near copies of test items."""
    found: dict[str, set[str]] = {}
    for trial in trials:
        for stream, hits in trial.copies.items():
            found.setdefault(stream, set()).update(hits)
    for stream, copies in sorted(found.items()):
        if copies:
            yield Alarm(
                "near_copies_of_test",
                say(
                    "{n} rows of {stream} are near copies of test items; each was left out of every arm where it was",
                    n=len(copies),
                    stream=stream,
                ),
            )


def _speakers(stream: str, told: Mapping[str, Any]) -> Iterator[Alarm]:
    """Say how many voices a fixed set of recordings holds, so far as an embedding can tell."""
    numbers = {"stream": stream, "n": told["speakers"], "least": told["least"], "near": told["near"]}
    if told["unit"] == "item":
        yield Alarm(
            "few_speakers",
            say(
                "The recordings of {stream} hold {n} voices that an embedding can tell apart (cosine below "
                "{near:.2f}), fewer than {least}: nothing is claimed about other speakers", **numbers,
            ),
        )  # fmt: skip
        return
    yield note(
        "speakers",
        say("The recordings of {stream} hold {n} voices; the interval is over speakers", **numbers),
    )


def note_alarms(notes: Mapping[str, Any]) -> Iterator[Alarm]:
    """Yield what was noted while the items were read."""
    for stream, pairs in sorted(notes.get("merged", {}).items()):
        if pairs:
            yield note(
                "near_duplicates",
                say(
                    "{n} pairs in {stream} look alike and were kept on one side of every split, first {one} and {two}",
                    n=len(pairs), stream=stream, one=pairs[0][0], two=pairs[0][1],
                ),
            )  # fmt: skip
    for stream, told in sorted(notes.get("speakers", {}).items()):
        yield from _speakers(stream, told)
    for stream, near in sorted(notes.get("near_raised", {}).items()):
        yield note(
            "near_raised",
            say(
                "The items of {stream} are so alike that only a cosine above {near:.3f} counts as a near-duplicate; "
                "check that the same thing never comes in twice, or name a group column",
                stream=stream, near=near,
            ),
        )  # fmt: skip
    for stream, pairs in sorted(notes.get("near_external", {}).items()):
        if pairs:
            yield Alarm(
                "near_external",
                say(
                    "{n} items of the test stream {stream} look like real items, first {one} and {two}",
                    n=len(pairs), stream=stream, one=pairs[0][0], two=pairs[0][1],
                ),
            )  # fmt: skip
    for stream, n in sorted(notes.get("set_aside", {}).items()):
        yield note(
            "set_aside",
            say("{n} items of {stream} (or their ancestors) have no features or no label", n=n, stream=stream),
        )
    for stream, n in sorted(notes.get("unknown_class", {}).items()):
        yield note("unknown_class", say("{n} items of {stream} bear a class that real has not", n=n, stream=stream))
