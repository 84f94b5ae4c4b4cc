"""ADOPT, REJECT, ABSTAIN: the word, the sign and the colour that go together wherever a decision is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shisaku.report.words import Words, _

ADOPT, REJECT, ABSTAIN = "ADOPT", "REJECT", "ABSTAIN"
SIGNS = {ADOPT: "\u2713", REJECT: "\u2715", ABSTAIN: "?"}
# Okabe and Ito's palette (2008) stays apart under the common forms of colour blindness; the shape says it again.
COLOURS = {ADOPT: "#0072B2", REJECT: "#C44500", ABSTAIN: "#595959"}
SHAPES = {ADOPT: "circle", REJECT: "square", ABSTAIN: "diamond"}


def decision_words(decision: str) -> Words:
    """Return the decision as it is written: the English word, in Japanese with its translation beside it."""
    if decision == ADOPT:
        return _("ADOPT")
    if decision == REJECT:
        return _("REJECT")
    if decision == ABSTAIN:
        return _("ABSTAIN")
    return _("NO DECISION")


def gist(decision: str) -> Words:
    """Return the decision in one plain sentence."""
    if decision == ADOPT:
        return _("The made data is worth using, within what is said below.")
    if decision == REJECT:
        return _("Do not use the made data as it was planned.")
    return _("Not decided: this test does not show whether the made data is worth using.")


def sign(decision: str) -> str:
    """Return the character that stands beside the word."""
    return SIGNS.get(decision, "\u2013")


def harmful(verdict: Mapping[str, Any]) -> bool:
    """Whether the whole interval lies below zero."""
    return float(verdict["interval"][1]) < 0


def gain_of(verdict: Mapping[str, Any]) -> float:
    """Return the gain asked for in the verdict's domain, in metric units."""
    return float(verdict.get("margins", {}).get("delta_gain", 0.0))


def safe_of(verdict: Mapping[str, Any]) -> float:
    """Return the loss allowed in the verdict's domain, in metric units (a positive number)."""
    return float(verdict.get("margins", {}).get("delta_safe", 0.0))
