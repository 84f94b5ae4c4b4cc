"""When a plan stops, look by look, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.lab.poc.figures import amount, priced
from shisaku.message import Message, say


def stop_lines(plan: Mapping[str, Any]) -> Iterator[Message]:
    """Return what is done at every look, and the rule that holds at all of them."""
    margin = 100 * plan["margins"]["delta_gain"]
    yield say(
        "At every look: ADOPT if the lower bound is above {margin:.1f} points, stop for harm if the upper bound is "
        "under 0, stop for too small a gain if it is under {margin:.1f}, stop for futility if the chance of ADOPT at "
        "the last look is under 10 % even if the gain that is expected were true", margin=margin,
    )  # fmt: skip
    for look in plan["looks"]:
        line = priced(look_line(plan, look), plan["budget"]["illustrative"])
        yield say("By {day}: {line}", day=look["by"], line=line) if look["by"] else line


def look_line(plan: Mapping[str, Any], look: Mapping[str, Any]) -> Message:
    """Return one look: when, on what, at which level, what is lost by then at most."""
    about = {"look": look["look"], "of": len(plan["looks"]), "n": look["tested"], "alpha": look["alpha"],
             "cap": amount(plan, look["loss_cap"])}  # fmt: skip
    if look["futile_under"] is None:
        return say("Look {look} of {of}: {n:.0f} real test items, alpha {alpha:.2g}; at most {cap} are spent by then",
                   **about)  # fmt: skip
    return say(
        "Look {look} of {of}: {n:.0f} real test items, alpha {alpha:.2g}; at most {cap} are spent by then; "
        "futile under some {estimate:+.1f} points", **about, estimate=100 * look["futile_under"],
    )  # fmt: skip
