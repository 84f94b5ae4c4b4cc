"""A plan in sentences: what can be shown at best, what it would take, and what it spends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shisaku.core.verdict import EXPLORATORY, PILOT
from shisaku.lab.plan import MIN_SPLITS, row_of
from shisaku.message import Message, say

Plan = Mapping[str, Any]


def lead_of(plan: Plan) -> Mapping[str, Any]:
    """Return the row that the overall decision is about."""
    about = plan["overall"]
    return row_of(plan, about["contrast"], about["domain"], about["shots"])


def ceiling_of(plan: Plan) -> Mapping[str, Any]:
    """Return the best that the overall decision can be, and why."""
    about = plan["overall"]
    found: Mapping[str, Any] = about["by_shots"][str(about["shots"])]
    return found


def lines(
    plan: Plan, need: Mapping[str, int | None], *, unmet: Sequence[Message], seen: bool, minutes: float | None
) -> list[Message]:
    """Return what a person must know of a plan, what it can show first; `need` is of `lab.needed`, for its lead row."""
    return [
        _ceiling(plan),
        *_unmet(plan, unmet),
        *_provable(plan),
        *_needed(plan, need),
        *_looks(plan, seen),
        _spends(plan),
        _time(plan, minutes),
    ]


def _ceiling(plan: Plan) -> Message:
    study, found = plan["study"], ceiling_of(plan)
    if found["ceiling"] == EXPLORATORY:
        return say("Exploratory (under-powered). {study}: this plan cannot confirm what it asks", study=study)
    if found["ceiling"] == PILOT:
        return say(
            "{study}: can end in ADOPT for pilot at best; safety cannot be shown on {domains}",
            study=study, domains=", ".join(found["safety_not_provable"]),
        )  # fmt: skip
    return say("{study}: can end in ADOPT", study=study)


def _unmet(plan: Plan, unmet: Sequence[Message]) -> Iterator[Message]:
    for why in unmet:
        yield say("{study}: as it is nothing would be trained. {reason}", study=plan["study"], reason=why)


def _provable(plan: Plan) -> Iterator[Message]:
    row, expected = lead_of(plan), plan["settings"]["expected_gain"]
    about = {"arm": row["contrast"], "domain": row["domain"], "power": plan["power"]}
    if row["splits"] < MIN_SPLITS:
        yield say("{n} splits are fewer than {least}: exploratory", n=row["splits"], least=MIN_SPLITS)
    if row["smallest_gain"] is None:
        yield say(
            "No gain of {arm} on {domain} could be shown with {power:.0%} power: this look has too little alpha, or "
            "there are too few splits", **about,
        )  # fmt: skip
        return
    yield say(
        "The smallest true gain of {arm} on {domain} that would be shown with {power:.0%} power is {gain:.1f} points; "
        "{expected:.1f} are expected, which would be shown with {chance:.0%}",
        **about, gain=100 * row["smallest_gain"], expected=100 * expected, chance=row["power_at_expected"],
    )  # fmt: skip


def _needed(plan: Plan, need: Mapping[str, int | None]) -> Iterator[Message]:
    row = lead_of(plan)
    if not row["exploratory"]:
        return
    splits, items = need["splits"], need["items"]
    if splits is not None:
        yield say("To show them it would take {n} splits", n=splits)
    if items is not None and items > (row["clusters"] or row["n_test"]):
        yield (
            say("To show them it would take {n} independent groups of test items (now {now})",
                n=items, now=row["clusters"])
            if row["clusters"]
            else say("To show them it would take some {n} test items (now {now:.0f}), and as many more to train on, if "
                     "differences vary as the sampling of items makes them", n=items, now=row["n_test"])
        )  # fmt: skip
    if splits is None and items is None:
        yield say("Neither more splits nor more test items would show them: the margin is as large as the gain, or "
                  "differences vary too much")  # fmt: skip


def _looks(plan: Plan, seen: bool) -> Iterator[Message]:
    looks = plan["looks"]
    if seen:
        yield say("The results of this very plan were seen before: it was not made before them")
    if looks["taken"]:
        yield say(
            "These test items were looked at {n} times before: a replication on data already looked at. Of {runs} "
            "equally good runs the best lies {sd:.2f} run-to-run sd above their mean by luck alone",
            n=looks["taken"], runs=looks["taken"] + 1, sd=looks["best_of"],
        )  # fmt: skip
    if looks["planned"] > 1:
        yield say(
            "Look {look} of {planned} at these test items: alpha {alpha:.2g} of {whole:g}",
            look=looks["look"], planned=looks["planned"], alpha=looks["alpha"], whole=plan["settings"]["alpha"],
        )  # fmt: skip


def _spends(plan: Plan) -> Message:
    budget = plan["budget"]
    most = max(budget["trials"].values())
    values = {"splits": plan["settings"]["splits"], "arms": len(budget["trials"]), "trials": most,
              "models": budget["models_per_split"]}  # fmt: skip
    steps = set(budget["steps"].values())
    if len(steps) > 1:
        told = ", ".join(f"{arm}: {n}" for arm, n in budget["steps"].items())
        return say("{arms} arms in {splits} splits, at most {trials} choices an arm, {models} models a split, unequal "
                   "steps a model ({told})", **values, told=told)  # fmt: skip
    if all(isinstance(n, int) for n in steps):
        return say("{arms} arms in {splits} splits, at most {trials} choices an arm, {models} models a split, {steps} "
                   "steps a model", **values, steps=steps.pop())  # fmt: skip
    return say("{arms} arms in {splits} splits, at most {trials} choices an arm, {models} models a split, each trained "
               "until it has converged", **values)  # fmt: skip


def _time(plan: Plan, minutes: float | None) -> Message:
    if minutes is None:
        return say("{study}: how long it takes is not known before a first run here", study=plan["study"])
    return say("{study}: about {minutes:.1f} minutes", study=plan["study"], minutes=minutes)
