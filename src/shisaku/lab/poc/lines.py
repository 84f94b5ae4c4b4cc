"""A plan in sentences: whether it can confirm what it asks comes first, then its chance, cost and stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.lab.poc.figures import amount, priced, share_of
from shisaku.lab.poc.stop_lines import stop_lines
from shisaku.lab.poc.value_lines import value_lines
from shisaku.message import Message, say

Plan = Mapping[str, Any]


def plan_lines(plan: Plan) -> list[Message]:
    """Return what a person must know of a plan."""
    invented = plan["budget"]["illustrative"]
    return [
        status(plan),
        *_missing(plan),
        _question(plan),
        chance_line(plan),
        *_provable(plan),
        priced(_spends(plan), invented),
        priced(_minimum(plan), invented and plan["minimum"]["labels"] is not None),
        *stop_lines(plan),
        *(priced(line, invented and plan["value"] is not None) for line in value_lines(plan)),
        *_assumed(plan),
    ]


def status(plan: Plan) -> Message:
    """Return whether the plan can confirm what it asks."""
    if plan["exploratory"]:
        return say("Exploratory (under-powered). {study}: this plan cannot confirm what it asks", study=plan["title"])
    return say("{study}: can end in ADOPT", study=plan["title"])


def _missing(plan: Plan) -> Iterator[Message]:
    for one in plan["missing"]:
        yield Message.from_json(one)


def _question(plan: Plan) -> Message:
    design = plan["design"]
    about = {"decides": plan["decides"], "n": sum(design["items"].values()), "splits": design["splits"]}
    if design["test"] == "own":
        return say(
            "Asked: {decides}. Models of real items with and without made ones, on held-out parts ({share:.0%}) of "
            "{n:.0f} labelled real items, {splits} splits, by balanced accuracy", **about, share=design["test_share"],
        )  # fmt: skip
    return say(
        "Asked: {decides}. Models of real items with and without made ones, on an untouched test set of {n:.0f} real "
        "items in {groups} groups, {splits} trainings, by balanced accuracy", **about, groups=design["groups"],
    )  # fmt: skip


def chance_line(plan: Plan) -> Message:
    """Return how often the plan ends in ADOPT, and how often it should."""
    found = plan["chance"]
    return say(
        "Chance of ADOPT: {adopt} of {worlds} worlds drawn from the ranges of the form; in {above} the true gain is "
        "above the margin, in {wrong} ADOPT is false. A simulation, not evidence",
        adopt=share_of(found["adopt"]), above=share_of(found["above_margin"]), wrong=share_of(found["false_adopt"]),
        worlds=plan["worlds"],
    )  # fmt: skip


def _provable(plan: Plan) -> Iterator[Message]:
    about, margin = plan["provable"], 100 * plan["margins"]["delta_gain"]
    for key in ("at_hand", "planned"):
        row = about[key]
        if row["smallest_gain"] is None:
            yield say("With {n:.0f} real test items no gain could be shown with 80 % power", n=row["tested"])
            continue
        yield say(
            "With {n:.0f} real test items a true gain of {gain:.1f} points or more would be shown to be above the "
            "margin of {margin:.1f}, and a harmless arm to lose no more than {safety:.1f} (80 % power); the gain that "
            "is expected would be shown with {power:.0%}",
            n=row["tested"], margin=margin, gain=100 * row["smallest_gain"], safety=100 * row["smallest_safety"],
            power=row["power_at_expected"],
        )  # fmt: skip
    if about["needed"] is not None:
        yield say(
            "For the gain that is expected (80 % power): {tested:.0f} real test items, {trained:.0f} to train on, "
            "{labels} labels to be bought",
            **{key: about["needed"][key] for key in ("tested", "trained", "labels")},
        )  # fmt: skip
    bound = plan["design"]["miss_bound"]
    if bound is not None:
        yield say(
            "Even if not one {positive} is missed in the test, up to {bound:.1%} may be missed in use (95 %)",
            positive=plan["design"]["positive"], bound=bound,
        )  # fmt: skip


def _spends(plan: Plan) -> Message:
    budget = plan["budget"]
    spent = {part["part"]: amount(plan, part["cost"]) for part in budget["parts"]}
    n = {f"n_{part['part']}": part["n"] for part in budget["parts"]}
    return say(
        "Spends at most {total} of {money}: test labels {test_labels} ({n_test_labels}), training labels "
        "{training_labels} ({n_training_labels}), made items {made} ({n_made}), checking them {checking}, "
        "{n_hours:.0f} hours {hours}",
        total=amount(plan, budget["total"]), money=amount(plan, budget["may_spend"]), **spent, **n,
    )  # fmt: skip


def _minimum(plan: Plan) -> Message:
    found, wanted = plan["minimum"], plan["minimum"]["wanted"]
    if found["labels"] is None:
        if plan["chance"]["above_margin"]["high"] < wanted:
            return say(
                "A chance of {wanted:.0%} is not to be had: the true gain is above the margin in {above} of the "
                "worlds, whatever is spent (simulation)",
                wanted=wanted, above=share_of(plan["chance"]["above_margin"]),
            )  # fmt: skip
        return say("A chance of {wanted:.0%} is not reached with all items that there are to be labelled (simulation)",
                   wanted=wanted)  # fmt: skip
    least, most = amount(plan, found["spend_low"]), found["spend_high"]
    about = {"wanted": wanted, "labels": found["labels"], "spend": amount(plan, found["spend"]), "low": least,
             "high": say("more than there is to label") if most is None else amount(plan, most)}  # fmt: skip
    if found["within_budget"]:
        return say("Least spend for a chance of {wanted:.0%}: {spend} [{low}, {high}], {labels} labels (simulation)",
                   **about)  # fmt: skip
    return say("Not within the budget: a chance of {wanted:.0%} takes {spend} [{low}, {high}], {labels} labels "
               "(simulation)", **about)  # fmt: skip


SOURCES = {
    "form": say("as the form says"),
    "money": say(
        "worked out from money: what is spent and invested, by what an error costs and how many items there are"
    ),
    "usual": say("not given, and not to be worked out: the usual 2 points are taken"),
}
TAKEN = {
    "error_rate": say("today's error rate: not known, anything from {low:g} to {high:g}"),
    "differing": say("answers that two models give differently: not measured, from the gain itself to what models that "
                     "err independently of each other would give"),
    "lasting": say("how much of what models answer differently stays so whatever items they are trained on: not "
                   "measured, {low:g} to {high:g} of it"),
    "alike": say("how alike answers are in a group: not measured, {low:g} to {high:g}"),
}  # fmt: skip


def _assumed(plan: Plan) -> Iterator[Message]:
    margins = plan["margins"]
    yield say("Smallest gain worth having: {gain:.2f} points, {source}", gain=100 * margins["delta_gain"],
              source=SOURCES[margins["source"]])  # fmt: skip
    for name, row in plan["assumed"].items():
        if not row["given"]:
            ends = {"low": row["range"][0], "high": row["range"][-1]} if row["range"] else {}
            yield say("Taken: {what}", what=say(TAKEN[name].template, **ends))
