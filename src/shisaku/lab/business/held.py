"""The class scores that a run kept, arm by arm and split by split."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.lab.items import Index
from shisaku.stats.estimate import Floats

Key = tuple[str, int, str]  # domain, shots, arm


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Items [n] with their true codes and class scores [n, K]; the row of an item without an answer is not a number."""

    items: tuple[str, ...]
    groups: tuple[str, ...]
    lots: tuple[str, ...]
    truth: Index
    scores: Floats

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        """Whether each item has an answer."""
        return np.asarray(np.isfinite(self.scores).all(axis=1), dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What one arm said in one split: of test items, and of the validation items that choices are made by."""

    split: int
    test: Part
    validation: Part


def held_of(rows: Iterable[Mapping[str, Any]], classes: Sequence[str]) -> dict[Key, list[Held]]:
    """Return the rows of the table ``class_scores`` of one study by domain, shots and arm, splits in order."""
    code = {name: place for place, name in enumerate(classes)}
    told: dict[tuple[Key, int], dict[str, list[Mapping[str, Any]]]] = {}
    for row in rows:
        if row["truth"] in code:
            place = (str(row["domain"]), int(row["shots"]), str(row["arm"])), int(row["split"])
            told.setdefault(place, {"test": [], "validation": []})[str(row["role"])].append(row)
    found: dict[Key, list[Held]] = {}
    for (key, split), parts in sorted(told.items()):
        test, validation = (_part(parts[role], code) for role in ("test", "validation"))
        found.setdefault(key, []).append(Held(split, test, validation))
    return found


def _part(rows: Sequence[Mapping[str, Any]], code: Mapping[str, int]) -> Part:
    texts = {name: tuple(str(row.get(name) or "") for row in rows) for name in ("item", "group", "lot")}
    truth = np.array([code[row["truth"]] for row in rows], dtype=np.intp)
    silent = [math.nan] * len(code)
    scores = np.array([row["scores"] or silent for row in rows], dtype=np.float64).reshape(len(rows), len(code))
    return Part(texts["item"], texts["group"], texts["lot"], truth, scores)
