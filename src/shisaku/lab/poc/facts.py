"""What a plan holds that is counted and worked out, not simulated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from shisaku.core.amount import Amount
from shisaku.core.poc_form import PocForm
from shisaku.lab.poc.draws import ALIKE, LASTING, error_rate_of
from shisaku.lab.poc.looks import looks_of
from shisaku.lab.poc.margins import Provable
from shisaku.lab.poc.sizes import TEST_SHARE
from shisaku.lab.poc.spending import Limits, bill, counts
from shisaku.stats.proportions import upper_bound


def design(form: PocForm, labels: int) -> dict[str, Any]:
    """Return what is compared on what."""
    sizes = looks_of(form, labels)[-1].sizes
    positives = math.floor(sizes.test.get(form.positive, 0.0) + 1e-9)
    return {
        "test": form.test,
        "splits": form.splits,
        "test_share": TEST_SHARE if form.test == "own" else None,
        "train": dict(sizes.train),
        "items": dict(sizes.test),
        "groups": sizes.whole_groups,
        "positive": form.positive,
        # Even without one miss the rate of misses is only known to be under this (rule of three).
        "miss_bound": upper_bound(0, positives) if positives else None,
    }


def shown(found: Provable) -> dict[str, Any]:
    """Return what can be shown after so many labels."""
    return {
        "labels": found.labels,
        "trained": found.sizes.trained,
        "tested": found.sizes.tested,
        "groups": found.sizes.whole_groups,
        "smallest_gain": found.gain,
        "smallest_safety": found.safety,
        "power_at_expected": found.power,
        "assumed_sd": found.sd,
        "assumed_item_sd": found.item_sd,
    }


def budget(form: PocForm, labels: int, looks: int, money: float, limits: Limits) -> dict[str, Any]:
    """Return where the money goes, every price at its dearest, and what limits the labels."""
    parts = bill(form, labels, looks)
    total = sum(parts.values())
    return {
        "currency": form.worth.currency,
        "illustrative": form.worth.illustrative,
        "may_spend": money,
        "parts": [{"part": name, "n": n, "cost": parts[name]} for name, n in counts(form, labels, looks).items()],
        "total": total,
        "left": money - total,
        "most_labels": {"money": limits.money, "items": limits.items, "days": limits.days},
    }


def assumed(form: PocForm) -> dict[str, Mapping[str, Any]]:
    """Return the ranges that the plan rests on beside the form's own, and whether the form gave them."""
    taken: dict[str, tuple[Amount | None, Amount | None]] = {
        "error_rate": (form.error_rate, error_rate_of(form)),
        "differing": (form.assumed.differing, None),
        "lasting": (form.assumed.lasting, LASTING),
    }
    if form.labelled.groups or form.untouched.groups:
        taken["alike"] = (form.assumed.alike, ALIKE)
    return {
        name: {"given": given is not None, "range": told.told() if (told := given or usual) else None}
        for name, (given, usual) in taken.items()
    }
