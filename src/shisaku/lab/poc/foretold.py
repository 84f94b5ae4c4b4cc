"""What a plan holds that is simulated in worlds drawn from the form's ranges, and the looks that it is simulated at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np

from shisaku.core.poc_form import PocForm
from shisaku.lab.poc.chance import Simulator
from shisaku.lab.poc.choice import Reach
from shisaku.lab.poc.looks import Ends, Look, last_reach
from shisaku.lab.poc.margins import provable
from shisaku.lab.poc.rules import Call, futile_under
from shisaku.lab.poc.spending import Limits, cost, loss_caps
from shisaku.lab.poc.value import value_of

CURVE = 8  # steps from no label to all that money buys


def looks(simulator: Simulator, planned: Sequence[Look], ends: Ends | None, today: date) -> list[dict[str, Any]]:
    """Return every look: when, on what, at which level, what is lost by then at most, and how worlds end there."""
    form, found = simulator.form, []
    for number, (look, cap) in enumerate(zip(planned, loss_caps(form, planned), strict=True), 1):
        last = number == len(planned)
        found.append(
            {
                "look": number,
                "by": _by(form, today, number, len(planned)),
                "labels": look.labels,
                "tested": look.sizes.tested,
                "fraction": look.fraction,
                "alpha": look.alpha,
                "loss_cap": cap,
                "futile_under": None if last else _futile(simulator, planned, look),
                "ends": {} if ends is None else _ends(ends, number - 1, last),
            }
        )
    return found


def _by(form: PocForm, today: date, number: int, looks: int) -> str | None:
    if form.deadline is None:
        return None
    return (today + timedelta(days=(form.deadline - today).days * number // looks)).isoformat()


def _futile(simulator: Simulator, planned: Sequence[Look], look: Look) -> float | None:
    """Return the estimate under which this look stops for futility, at the standard error that is planned."""
    form, margin = simulator.form, simulator.margin
    se = provable(form, look.labels, margin).se
    if se is None:
        return None
    return futile_under(se, look.fraction, form.expected_gain.likely, margin, last_reach(form, planned))


def _ends(ends: Ends, look: int, last: bool) -> dict[str, float]:
    there = ends.at == look
    return {
        call.name.lower(): float((there & (ends.call == call)).mean()) for call in Call if last or call != Call.OPEN
    }


def chance(simulator: Simulator, ends: Ends | None) -> dict[str, Any]:
    """Return how often the plan ends in ADOPT, how often it should, and how often one is false."""
    gain = simulator.worlds.gain
    adopted = np.zeros(len(gain), dtype=bool) if ends is None else ends.adopted
    return {
        "adopt": asdict(simulator.share(adopted)),
        "above_margin": asdict(simulator.worth_it()),
        "false_adopt": asdict(simulator.share(adopted & (gain <= simulator.margin))),
    }


def minimum(form: PocForm, reach: Reach, limits: Limits) -> dict[str, Any]:
    """Return the fewest labels and the least money for the chance that is wanted, with Monte Carlo ends."""
    labels = asdict(reach)
    spends = {"labels": "spend", "low": "spend_low", "high": "spend_high"}
    return {
        "wanted": form.wanted,
        **labels,
        **{spends[end]: None if n is None else cost(form, n) for end, n in labels.items()},
        "within_budget": reach.labels is not None and reach.labels <= limits.labels,
    }


def curve(simulator: Simulator, limits: Limits) -> list[dict[str, Any]]:
    """Return the chance of ADOPT from no label to all that can be bought, and the power at the expected gain."""
    form = simulator.form
    steps = sorted({round(limits.labels * step / CURVE) for step in range(CURVE + 1)})
    return [
        {
            "labels": labels,
            "cost": cost(form, labels),
            "adopt": asdict(simulator.adopts(labels)),
            "power_at_expected": provable(form, labels, simulator.margin).power,
        }
        for labels in steps
    ]


def value(simulator: Simulator, planned: Sequence[Look], ends: Ends | None) -> dict[str, Any] | None:
    """Return what going on is worth; None where nobody knows, or nothing could be measured."""
    found = None if ends is None else value_of(simulator.form, planned, ends, simulator.worlds)
    return None if found is None else asdict(found)
