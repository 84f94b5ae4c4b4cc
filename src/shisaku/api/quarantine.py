"""What was made is a prototype: it stays in quarantine until something measured it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.core.recipe import Recipe

State = Literal["quarantine", "measured"]


def batches(recipe: Recipe) -> dict[str, dict[str, Any]]:
    """Return for every step that makes samples its state, and the Metrics and keep-rules that look at what it made.

    A Metric looks at a batch directly, through parts that were added to it, or through a keep-rule; one that looks at
    what was made *of* it says nothing about it.
    """
    from shisaku.api.makers import child_makers
    from shisaku.core.metric import Metric
    from shisaku.registry.doors import op_class
    from shisaku.registry.streams import streams_of

    makers = child_makers(recipe)
    streams = streams_of(recipe)
    found: dict[str, dict[str, Any]] = {
        name: {"state": "quarantine", "measured_by": [], "kept_by": []} for name in makers
    }
    for step in recipe.steps:
        if issubclass(op_class(step.op), Metric):
            for name in _behind(step.source, streams, makers):
                found[name]["measured_by"].append(step.name)
                found[name]["state"] = "measured"
    for keep in recipe.keep:
        for name in _behind((keep.source,), streams, makers):
            found[name]["kept_by"].append(keep.name)
    return found


def told(held: dict[str, dict[str, Any]]) -> list[Message]:
    """Return a sentence where something that was made was measured by nothing."""
    raw = sorted(name for name, one in held.items() if one["state"] == "quarantine")
    if not raw:
        return []
    return [say("In quarantine, since nothing measured it: {names}. It is a prototype; measure it before you use it",
                names=", ".join(raw))]  # fmt: skip


def _behind(names: tuple[str, ...], streams: Any, makers: list[str]) -> set[str]:
    """Return the makers from which samples come unchanged to these streams."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in makers:
            found.add(name)
        elif name in streams:
            waiting += streams[name].source
    return found
