"""How the rights to a dataset are told on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.atlas.terms import CONDITIONS, USE_WORDS, USES
from shisaku.cli.show import told
from shisaku.message import say


def rights_lines(rights: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines about a licence: class, uses, conditions, evidence, and what else was said."""
    yield told(say("Licence: {licence} ({kind})", licence=rights["licence"], kind=rights["class"]))
    yield "  " + told(rights["reason"])
    for use in USES:
        allowed = say("allowed") if use in rights["uses"] else say("not allowed")
        forever = f", {told(say('and no reason lifts that'))}" if use in rights["never"] else ""
        yield f"  {told(USE_WORDS[use])}: {told(allowed)}{forever}"
    for condition in rights["conditions"]:
        yield "  " + told(say("Condition: {condition}", condition=CONDITIONS[condition]))
    if rights["evidence"]:
        yield "  " + told(say("Evidence: {evidence}", evidence=rights["evidence"]))
    for other in rights["also"]:
        yield "  " + told(say("Also said: {other}", other=other))
