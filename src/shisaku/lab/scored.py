"""Class scores that a study keeps, so that what its answers cost can be said, and said again for other costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from shisaku.lab.items import Index

Role = Literal["test", "validation"]


@dataclass(frozen=True, slots=True)
class Scored:
    """Positions of items among those of their place, their true codes, and a row of class scores for each.

    Scores add up to 1 where the learner gives probabilities; the row of an item without an answer is not a number.
    """

    rows: tuple[int, ...]
    truth: tuple[int, ...]
    scores: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, rows: Index, truth: Index, scores: npt.NDArray[np.float32]) -> Scored:
        """Return arrays of n, n and [n, K] in the form that survives JSON."""
        return cls(tuple(map(int, rows)), tuple(map(int, truth)), tuple(map(tuple, scores.astype(float).tolist())))

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Scored:
        """Read back what a finished trial wrote."""
        return cls(tuple(raw["rows"]), tuple(raw["truth"]), tuple(map(tuple, raw["scores"])))


def scored_rows(
    about: Mapping[str, Any],
    role: Role,
    held: Scored,
    names: tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]],
) -> list[dict[str, Any]]:
    """Return a row of the table ``class_scores`` for every item; without an answer it has no scores.

    `names` are ids, groups and lots of all items, and the classes.
    """
    ids, groups, lots, classes = names
    return [
        {
            **about,
            "role": role,
            "item": ids[row],
            "group": groups[row],
            "lot": lots[row],
            "truth": classes[code] if code >= 0 else "",
            "scores": [] if any(map(math.isnan, vector)) else list(vector),
        }
        for row, code, vector in zip(held.rows, held.truth, held.scores, strict=True)
    ]
