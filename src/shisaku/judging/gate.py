"""The gate: whether what judges said of a batch shows that it must not be trained on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shisaku.auditing.detector import Detector
from shisaku.core.recipe import Gate
from shisaku.message import Message, say

# What no batch may be, whoever made it. Real samples of one kind are near each other too (short texts, one product), so
# nearness counts beyond theirs alone. A style that nobody has in the real data is no fault of labels: a label counts as
# wrong only where the batch itself does not support it either, or where classes are shown to be exchanged.
DEFAULT = (
    Gate("exact_copy_image", issues=0.0),
    Gate("exact_copy_audio", issues=0.0),
    Gate("dataset.near_copy", above_real=0.05),
    Gate("dataset.label_support", above_real=0.2),
)
# Whether labels are right enough to help is what a proof of two folders asks: it trains on them, and says.
COPIES = tuple(one for one in DEFAULT if one.judge != "dataset.label_support")
ALWAYS = ("dataset.exact_leak",)  # needs no model: whatever a gate asks for, something looked at the batch


def asked_by(gate: Sequence[Gate], every: Iterable[Detector]) -> list[Detector]:
    """Return the judges that a gate (or the default where it is empty) asks for, and all views."""
    named = {one.judge for one in gate or DEFAULT}.union(ALWAYS)
    return [one for one in every if one.view or one.name in named or one.op in named]


def stopped(bundle: Mapping[str, Any], gate: Sequence[Gate]) -> list[Message]:
    """Return what a batch's bundle shows against the gate (or the default where it is empty), nothing if it passes."""
    return [why for one in gate or DEFAULT for why in _stopped(bundle, one)]


def _stopped(bundle: Mapping[str, Any], gate: Gate) -> Iterator[Message]:
    for name, item in bundle["items"].items():
        if gate.judge in (name, item["step"], item["op"]):
            yield from _items(name, item, gate) if item["low"] is not None else ()
            yield from _failing(name, item["learnt"], gate) if item["learnt"] else ()
    for row in bundle["sets"]:
        if gate.judge in (row["judge"], row["name"], row["step"], row["op"]):
            yield from _figure(row, gate)


def _items(name: str, item: Mapping[str, Any], gate: Gate) -> Iterator[Message]:
    figures = {"judge": name, **{key: item[key] for key in ("share", "low", "high", "n")}}
    if gate.issues is not None and item["low"] > gate.issues:
        yield say(
            "{judge}: {share:.1%} [{low:.1%}, {high:.1%}] of {n} samples are issues, more than {allowed:.1%}",
            **figures,
            allowed=gate.issues,
        )
    real = item["real"] or {"high": None}
    if gate.above_real is not None and real["high"] is not None and item["low"] - real["high"] > gate.above_real:
        yield say(
            "{judge}: {share:.1%} [{low:.1%}, {high:.1%}] of {n} samples are issues, of the real ones {real:.1%}",
            **figures,
            real=real["share"],
        )


def _failing(name: str, learnt: Mapping[str, Any], gate: Gate) -> Iterator[Message]:
    below = learnt["below"]
    if gate.failing is not None and below["low"] > gate.failing:
        yield say(
            "{judge}: {share:.1%} [{low:.1%}, {high:.1%}] of {n} samples lie below the threshold {threshold:.3g} that "
            "was learnt, more than {allowed:.1%}",
            judge=name,
            threshold=learnt["threshold"],
            allowed=gate.failing,
            **{key: below[key] for key in ("share", "low", "high", "n")},
        )


def _figure(row: Mapping[str, Any], gate: Gate) -> Iterator[Message]:
    low, high = row["low"], row["high"]
    if low is None or high is None:
        return
    figures = {"judge": row["judge"], "value": row["value"], "low": low, "high": high}
    if gate.least is not None and high < gate.least:
        yield say("{judge}: {value:.3g} [{low:.3g}, {high:.3g}] is below {limit:g}", **figures, limit=gate.least)
    if gate.most is not None and low > gate.most:
        yield say("{judge}: {value:.3g} [{low:.3g}, {high:.3g}] is above {limit:g}", **figures, limit=gate.most)
