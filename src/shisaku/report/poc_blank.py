"""An empty form for a proof of concept: every entry with a comment, in either language."""

from __future__ import annotations

from collections.abc import Iterator

from shisaku.report.translate import Language
from shisaku.report.words import Words, _

COLUMN = 30
Entry = tuple[str, Words]


def blank_form(lang: Language) -> str:
    """Return the form as YAML; what may be left empty or is usually so has its usual value."""
    lines = [f"# {line.say(lang)}" for line in _head()]
    lines.append("poc:")
    for title, entries in _parts():
        lines += ["", f"  # {title.say(lang)}"]
        lines += [f"  {entry.ljust(COLUMN)}# {comment.say(lang)}" for entry, comment in entries]
    return "\n".join(lines) + "\n"


def _head() -> tuple[Words, ...]:
    return (
        _("A proof of concept on one page. Fill it in, then: shisaku plan THIS-FILE"),
        _("An amount is a number, [low, high] or [low, likely, high]. Write unknown where nobody knows."),
        _("Shares and gains are of 1: 0.05 is five in a hundred."),
    )


def _parts() -> Iterator[tuple[Words, tuple[Entry, ...]]]:
    yield _("What it is about"), _question()
    yield _("What is there"), _data()
    yield _("What it is worth"), _worth()
    yield _("What it costs"), _prices()
    yield _("How it is decided"), _decision()


def _question() -> tuple[Entry, ...]:
    return (
        ("title:", _("what the plan is called")),
        ("decides:", _("what the model decides, in one sentence")),
        ("data:", _("image, audio or text")),
        ("positive:", _("the class that must not be missed; empty if there is none")),
        ("positive_share: unknown", _("its share of all items in use")),
        ("error_rate: unknown", _("of today's best way without made items, all classes counted alike")),
        ("expected_gain:", _("what made items are hoped to win, as a range; below 0 if they may harm")),
        ("smallest_gain:", _("the smallest gain worth having; empty: worked out from money")),
        ("largest_loss: 0.02", _("the largest loss that is still safe")),
    )


def _data() -> tuple[Entry, ...]:
    return (
        ("labelled:", _("labelled items of every class: {{class: number, class: number}}")),
        ("groups:", _("in how many lots, patients or speakers; empty if items do not belong together")),
        ("unlabelled: 0", _("items that could be labelled")),
        ("unlabelled_share: unknown", _("share of the positive class among them, if not as in use")),
        ("test: own", _("own: parts of the labelled items, held out; untouched: a test set of its own")),
        ("untouched:", _("its labelled items of every class, if there are any yet")),
        ("untouched_groups:", _("in how many lots, patients or speakers they come")),
    )


def _worth() -> tuple[Entry, ...]:
    return (
        ("currency:", _("of every amount: JPY, EUR, ...")),
        ("illustrative: false", _("true if the amounts are invented: every line with money then says so")),
        ("error_cost: unknown", _("of a wrong answer; or {{missed: amount, false_alarm: amount}}")),
        ("items_per_year: unknown", _("how many items are decided a year")),
        ("years: 1", _("over how many years it is counted")),
        ("rollout: unknown", _("to put the model into use, once; 0 if nothing")),
        ("running: unknown", _("to keep it in use, every year; 0 if nothing")),
    )


def _prices() -> tuple[Entry, ...]:
    return (
        ("prices:", _("what is paid")),
        ("  label:", _("for one label")),
        ("  made:", _("for one made item")),
        ("  check:", _("for a person to check one made item")),
        ("  hour:", _("for one hour of other work")),
        ("hours:", _("of other work")),
        ("  setup:", _("until the first model")),
        ("  look:", _("for every look at the results")),
        ("made_per_real: 2", _("made items for every real one that is trained on")),
    )


def _decision() -> tuple[Entry, ...]:
    return (
        ("budget:", _("the most that may be spent")),
        ("loss_cap:", _("the most that may be lost if it ends without ADOPT; empty: the budget")),
        ("deadline:", _("a date, as 2027-03-31; may be empty")),
        ("labels_per_day:", _("how many labels can be made on a working day; empty: enough")),
        ("looks: 2", _("how often results are looked at, each at an equal part of the labels")),
        ("splits: 20", _("how often models are trained; six or more for a claim")),
        ("wanted: 0.8", _("the chance of ADOPT that is looked for")),
        ("refuse: false", _("true: no plan rather than one that cannot show the gain")),
        ("assumed:", _("only if measured before: {{differing: share, lasting: share, alike: share}}")),
    )
