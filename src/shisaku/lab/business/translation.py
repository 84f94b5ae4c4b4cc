"""A confusion matrix in the words of the shop floor: missed and falsely alarmed items, looks by a person, minutes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from shisaku.core.kpi import REVIEW, Kpi
from shisaku.lab.business.answered import Answered
from shisaku.lab.business.matrix import Matrix
from shisaku.lab.business.measured import Grounds, change, level, told, told_level
from shisaku.stats.estimate import Floats

Unit = Literal["per_million", "minutes_per_thousand"]
Name = Literal["missed", "false_alarms", "other_errors", "errors", "reviews", "minutes"]
PER: dict[Unit, float] = {"per_million": 1e6, "minutes_per_thousand": 1e3}


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """What is counted: a matrix [classes, actions] of how much each cell counts, and the unit it is said in."""

    name: Name
    unit: Unit
    weights: Floats


def figures(kpi: Kpi, matrix: Matrix) -> list[Figure]:
    """Return what is counted; with a `positive` class its misses and its false alarms apart from other errors."""
    return list(_figures(kpi, matrix))


def translated(kpi: Kpi, matrix: Matrix, arm: Answered, base: Answered, grounds: Grounds) -> list[dict[str, Any]]:
    """Return each figure for the arm, its comparator, and their difference, with intervals."""
    return [
        {
            "name": one.name,
            "unit": one.unit,
            "arm": told_level(level(arm, one.weights, grounds), one.weights, grounds.tail, PER[one.unit]),
            "comparator": told_level(level(base, one.weights, grounds), one.weights, grounds.tail, PER[one.unit]),
            "change": told(change(arm, base, one.weights, grounds), grounds.tail, PER[one.unit]),
        }
        for one in figures(kpi, matrix)
    ]


def _figures(kpi: Kpi, matrix: Matrix) -> Iterator[Figure]:
    classes, actions = matrix.classes, matrix.actions
    wrong = np.array([[float(action not in (truth, REVIEW)) for action in actions] for truth in classes])
    review = np.array([[float(action == REVIEW) for action in actions] for _ in classes])
    if kpi.positive:
        own = classes.index(kpi.positive)
        missed, alarm = np.zeros_like(wrong), np.zeros_like(wrong)
        missed[own], alarm[:, own] = wrong[own], wrong[:, own]
        yield Figure("missed", "per_million", missed)
        yield Figure("false_alarms", "per_million", alarm)
        if len(classes) > 2:
            yield Figure("other_errors", "per_million", wrong - missed - alarm)
    else:
        missed, alarm = wrong, np.zeros_like(wrong)
        yield Figure("errors", "per_million", wrong)
    if REVIEW in actions:
        yield Figure("reviews", "per_million", review)
    spent = {"miss": missed, "false_alarm": alarm, "review": review}
    if kpi.minutes:
        total = sum((kpi.minutes[name] * spent[name] for name in sorted(kpi.minutes)), np.zeros_like(wrong))
        yield Figure("minutes", "minutes_per_thousand", total)
