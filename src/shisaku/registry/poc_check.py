"""Check what a form says beyond its shape: classes that fit, shares and gains that are possible, a date to come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from shisaku.core.amount import Amount
from shisaku.message import Message, say
from shisaku.registry.complaints import did_you_mean
from shisaku.registry.finding import Finding, Loc
from shisaku.registry.poc_schema import PocShape

Check = Callable[[PocShape, date], Iterator[Finding]]


def form_findings(shape: PocShape, today: date, unread: frozenset[str]) -> Iterator[Finding]:
    """Yield what is wrong with a form; nothing is said that rests on a key in `unread`, which could not be read."""
    for keys, check in CHECKS:
        if not unread & keys:
            yield from check(shape, today)


def _at(*loc: str) -> Loc:
    return ("poc", *loc)


def _positive(shape: PocShape, today: date) -> Iterator[Finding]:
    classes = list(shape.labelled)
    if len(classes) < 2:
        what = say("With fewer than two classes there is nothing to decide")
        yield Finding(_at("labelled"), what, say("write {{class: number, class: number}}; 0 where there is none yet"))
    elif shape.positive and shape.positive not in classes:
        what = say("There is no class {name}", name=shape.positive)
        yield Finding(_at("positive"), what, did_you_mean(shape.positive, classes))
    if not shape.positive and shape.positive_share is not None:
        yield Finding(_at("positive_share"), say("Nothing says which class this is the share of"), _name_positive())
    if not shape.positive and shape.unlabelled_share is not None:
        yield Finding(_at("unlabelled_share"), say("Nothing says which class this is the share of"), _name_positive())


def _name_positive() -> Message:
    return say("name it with `positive`")


def _costs(shape: PocShape, today: date) -> Iterator[Finding]:
    cost = shape.error_cost
    if cost is None:
        return
    apart = cost.missed is not None or cost.false_alarm is not None
    if cost.any_ is not None and apart:
        yield Finding(
            _at("error_cost"), say("`any` is every error alike: give it alone, or `missed` and `false_alarm`")
        )
    elif cost.any_ is None and (cost.missed is None or cost.false_alarm is None):
        yield Finding(_at("error_cost"), say("Give `missed` and `false_alarm`, both, or one amount for any error"))
    elif apart and shape.positive_share is None:
        what = say("Missed items and false alarms cost differently: how many are positive in use must be known")
        yield Finding(_at("error_cost"), what, say("give `positive` and `positive_share`, a range is enough"))


def _groups(shape: PocShape, today: date) -> Iterator[Finding]:
    for key, groups, items in (
        ("groups", shape.groups, shape.labelled),
        ("untouched_groups", shape.untouched_groups, shape.untouched),
    ):
        if groups == 1 or groups > sum(items.values()):
            what = say("{groups} groups of {n} items are not possible", groups=groups, n=sum(items.values()))
            hint = say(
                "give how many lots, patients or speakers there are; leave it out if items do not belong together"
            )
            yield Finding(_at(key), what, hint)


def _test(shape: PocShape, today: date) -> Iterator[Finding]:
    if shape.test == "own":
        for key, given in (("untouched", bool(shape.untouched)), ("untouched_groups", shape.untouched_groups > 0)):
            if given:
                what = say("A test on your own held-out items has no untouched set")
                yield Finding(_at(key), what, say("write `test: untouched`, or leave it out"))
        return
    for name in shape.untouched:
        if name not in shape.labelled:
            what = say("There is no class {name}", name=name)
            yield Finding(_at("untouched", name), what, did_you_mean(name, list(shape.labelled)))


def _gains(shape: PocShape, today: date) -> Iterator[Finding]:
    if shape.error_rate is None:
        return
    gain, rate = Amount.of(*shape.expected_gain), Amount.of(*shape.error_rate)
    for most, errors in ((gain.high, rate.high), (gain.likely, rate.likely)):
        if most > errors:
            what = say("A gain of {gain:g} is more than all the errors there are today, {rate:g}",
                       gain=most, rate=errors)  # fmt: skip
            yield Finding(_at("expected_gain"), what, say("both are shares of all items: 0.05 is five in a hundred"))
            return


def _deadline(shape: PocShape, today: date) -> Iterator[Finding]:
    if not shape.deadline:
        if shape.labels_per_day:
            what = say("How much can be labelled in time is not known without a deadline")
            yield Finding(_at("labels_per_day"), what, say("give `deadline`, or leave it out"))
        return
    try:
        day = date.fromisoformat(shape.deadline)
    except ValueError:
        yield Finding(_at("deadline"), say("It must be a date, as 2027-03-31"), say("got {got}", got=shape.deadline))
        return
    if day <= today:
        what = say("The deadline {day} is not after today, {today}", day=day.isoformat(), today=today.isoformat())
        yield Finding(_at("deadline"), what)


CHECKS: tuple[tuple[frozenset[str], Check], ...] = (
    (frozenset({"labelled", "positive", "positive_share", "unlabelled_share"}), _positive),
    (frozenset({"error_cost", "positive", "positive_share"}), _costs),
    (frozenset({"groups", "labelled", "untouched_groups", "untouched"}), _groups),
    (frozenset({"test", "labelled", "untouched", "untouched_groups"}), _test),
    (frozenset({"expected_gain", "error_rate"}), _gains),
    (frozenset({"deadline", "labels_per_day"}), _deadline),
)
