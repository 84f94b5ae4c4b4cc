"""Krippendorff's alpha: how far several annotators agree beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

Scale = Literal["nominal", "ordinal", "interval", "ratio"]
SCALES: tuple[Scale, ...] = get_args(Scale)
Reals = npt.NDArray[np.float64]
DRAWS = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Alpha:
    """Alpha with its bootstrap interval, from `units` with two answers or more and the `answers` in them.

    `value` is None where alpha is undefined: no unit with two answers, or all answers equal, so that there is nothing
    to tell apart. `low` and `high` are None where too many resamples were undefined.
    """

    value: float | None
    low: float | None
    high: float | None
    units: int
    answers: int


def krippendorff_alpha(
    units: Sequence[Sequence[Any]], scale: Scale = "nominal", *, draws: int = DRAWS, seed: int = 0
) -> Alpha:
    """Return alpha of `units`, each the answers that one item got, missing ones left out.

    alpha = 1 - D_o / D_e from the matrix of coincidences (Krippendorff, Computing Krippendorff's Alpha-Reliability,
    2011). Answers are words for the nominal scale, numbers for the others (ratio: not negative). The interval is the
    percentile interval of `draws` resamples of units, 95 %; resamples in which all answers are equal are left out.
    Raises ValueError for an unknown scale.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    pairable = [unit for unit in units if len(unit) > 1]
    n_answers = sum(map(len, pairable))
    if not pairable:
        return Alpha(None, None, None, 0, 0)
    values, counts = _counts(pairable)
    # Units that got the same answers are one row with a weight: many items, few different rows.
    rows, times = np.unique(counts, axis=0, return_counts=True)
    value = _alpha(rows, times, values, scale)
    if value is None:
        return Alpha(None, None, None, len(pairable), n_answers)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(pairable), times / len(pairable), size=draws)
    found = [a for a in (_alpha(rows, weights, values, scale) for weights in drawn) if a is not None]
    if 2 * len(found) <= draws or not found:
        return Alpha(value, None, None, len(pairable), n_answers)
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Alpha(value, float(low), float(high), len(pairable), n_answers)


def _counts(units: Sequence[Sequence[Any]]) -> tuple[list[Any], Reals]:
    """Return the different answers, sorted, and how often each was given to each unit [units, answers]."""
    values = sorted({answer for unit in units for answer in unit})
    place = {answer: k for k, answer in enumerate(values)}
    counts = np.zeros((len(units), len(values)))
    for row, unit in zip(counts, units, strict=True):
        for answer in unit:
            row[place[answer]] += 1
    return values, counts


def _alpha(rows: Reals, times: npt.NDArray[Any], values: Sequence[Any], scale: Scale) -> float | None:
    weights = times / (rows.sum(axis=1) - 1)
    coincidences = (rows * weights[:, None]).T @ rows
    coincidences -= np.diag(weights @ rows)
    totals = coincidences.sum(axis=1)
    distance = _distance(values, totals, scale)
    expected = float(totals @ distance @ totals)
    if expected <= 0.0:
        return None
    return 1.0 - (float(totals.sum()) - 1.0) * float((coincidences * distance).sum()) / expected


def _distance(values: Sequence[Any], totals: Reals, scale: Scale) -> Reals:
    """Return the squared difference of every two answers [answers, answers]."""
    if scale == "nominal":
        return 1.0 - np.eye(len(values))
    if scale == "ordinal":
        # Half of the answers of both ranks, and all between them.
        middle = np.cumsum(totals) - totals / 2
        return np.asarray(np.square(middle[:, None] - middle[None, :]))
    numbers = np.asarray(values, np.float64)
    gap = numbers[:, None] - numbers[None, :]
    if scale == "interval":
        return np.asarray(np.square(gap))
    sums = numbers[:, None] + numbers[None, :]
    return np.asarray(np.square(np.divide(gap, sums, out=np.zeros_like(gap), where=sums > 0)))
