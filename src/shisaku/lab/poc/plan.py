"""The plan of a proof of concept, from a form: what to have, what it shows, what it costs, when to stop."""

from __future__ import annotations

from datetime import date
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.poc_form import PocForm
from shisaku.core.verdict import EXPLORATORY, FULL
from shisaku.lab.plan import PROTOCOL
from shisaku.lab.poc import facts, foretold
from shisaku.lab.poc.chance import Simulator
from shisaku.lab.poc.choice import labels_needed, labels_of, reach_of
from shisaku.lab.poc.draws import draw_worlds
from shisaku.lab.poc.looks import ALPHA, looks_of
from shisaku.lab.poc.margin import margin_of
from shisaku.lab.poc.margins import provable
from shisaku.lab.poc.refusal import check_money, missing, refused
from shisaku.lab.poc.spending import limits_of
from shisaku.message import say
from shisaku.stats.power import POWER

SCHEMA = 1
METRIC = "balanced_accuracy"


def plan_of(form: PocForm, today: date, *, seed: int = 0, worlds: int = 10_000) -> dict[str, Any]:
    """Return the plan as plain data, with its `hash`. All that is simulated says so under ``simulated``.

    ``provable`` holds what is shown with 80 % power by the last look: with the items at hand, as planned, and as
    needed. ``chance`` is how often the plan ends in ADOPT in worlds drawn from the ranges of the form; ``minimum`` the
    fewest labels, and least money, that bring it to the share wanted. ``looks`` are the stages with their levels, caps
    and what stops them. Raises RecipeError without money for any comparison, and where the form asks to refuse a plan
    that cannot show the gain that is expected.
    """
    margin = margin_of(form)
    needed = labels_needed(form, margin.gain)
    money = check_money(form, form.money, needed)
    limits = limits_of(form, money, today)
    simulator = Simulator(form, draw_worlds(form, worlds, seed), margin.gain, seed)
    reach = reach_of(form, simulator, limits)
    labels = labels_of(limits, needed, reach)
    planned = provable(form, labels, margin.gain)
    lacking = list(missing(form, margin.gain, planned, needed, limits))
    if lacking and form.refuse:
        raise refused(form, say("The plan is refused: it cannot show the gain that is expected"), lacking)
    looks, ends = looks_of(form, labels), simulator.play(labels)
    plan: dict[str, Any] = {
        "schema": SCHEMA,
        "protocol": PROTOCOL,
        "title": form.title,
        "decides": form.decides,
        "date": today.isoformat(),
        "exploratory": bool(lacking),
        "ceiling": EXPLORATORY if lacking else FULL,
        "missing": [one.to_json() for one in lacking],
        "metric": METRIC,
        "alpha": ALPHA,
        "power": POWER,
        "design": facts.design(form, labels),
        "margins": {"delta_gain": margin.gain, "source": margin.source, "delta_safe": form.largest_loss},
        "expected_gain": form.expected_gain.told(),
        "provable": {
            "at_hand": facts.shown(provable(form, 0, margin.gain)),
            "planned": facts.shown(planned),
            "needed": None if needed is None else facts.shown(provable(form, needed, margin.gain)),
        },
        "budget": facts.budget(form, labels, len(looks), money, limits),
        "looks": foretold.looks(simulator, looks, ends, today),
        "chance": foretold.chance(simulator, ends),
        "minimum": foretold.minimum(form, reach, limits),
        "curve": foretold.curve(simulator, limits),
        "value": foretold.value(simulator, looks, ends),
        "assumed": facts.assumed(form),
        "simulated": ["chance", "minimum", "curve", "value", "looks.ends"],
        "seed": seed,
        "worlds": worlds,
    }
    return {**plan, "hash": fingerprint(plan)}
