"""What may be wrong with the items of a study: near-duplicates, copies, made tests, too few speakers, gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shisaku.core.study import Alarm
from shisaku.core.study_spec import StudySpec
from shisaku.lab.generations import made_tests
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


def made_alarms(spec: StudySpec, notes: Mapping[str, Any]) -> Iterator[Alarm]:
    """Yield tests on made items, and training on what was made from made items."""
    told: Mapping[str, Mapping[str, int]] = notes.get("generations", {})
    for domain in spec.domains:
        made = made_tests(spec, domain, notes)
        if made:
            yield Alarm(
                "test_is_made",
                say(
                    "{n} test items of {domain} were made, not recorded: what is shown there is simulated; a final "
                    "claim needs real test items",
                    n=made, domain=domain.name,
                ),
            )  # fmt: skip
        elif domain.kind == "derived" and domain.name == spec.primary:
            yield note(
                "simulated_primary",
                say("The decision is about {domain}, which is simulated: a final claim needs real test items",
                    domain=domain.name),
            )  # fmt: skip
    for name in dict.fromkeys(arm.stream for arm in spec.arms if arm.stream):
        deep = told.get(name, {}).get("from_made", 0)
        users = [arm for arm in spec.arms if arm.stream == name]
        numbers: dict[str, Any] = {"n": deep, "stream": name, "deepest": told.get(name, {}).get("deepest", 0)}
        if deep and all(arm.add and not arm.alone and spec.train == "real" for arm in users):
            yield note(
                "recursion",
                say("{n} items of {stream} were made from made items ({deepest} generations); real items stay beside "
                    "them in every arm", **numbers),
            )  # fmt: skip
        elif deep:
            yield Alarm(
                "recursion",
                say("{n} items of {stream} were made from made items ({deepest} generations), and an arm trains on "
                    "them without the real items they come from: what is rare gets lost with every generation",
                    **numbers),
            )  # fmt: skip


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
