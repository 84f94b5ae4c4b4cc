"""Faults of tables: values missing, in another unit, of another kind, and rows that come twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from planted.clean_tables import LOADERS
from planted.fault import Fault, Planted, Samples, drawn, each
from shisaku.core.sample import Part, Sample

Row = dict[str, Any]
ABSENT = (None, "", "NA", "-", "null", "欠損", "NaN", "n/a")


def _row(sample: Sample) -> Row:
    return dict(json.loads(sample.parts["table"].data))


def _with(sample: Sample, row: Row) -> Sample:
    return sample.with_part("table", Part("table", json.dumps(row, ensure_ascii=False).encode()))


def _cells(change: Callable[[Row, Sequence[str], float, np.random.Generator], None]) -> Any:
    def changed(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
        row = _row(sample)
        change(row, [name for name in row if name != "id"], strength, rng)
        return _with(sample, row)

    return each(changed)


def _lost(row: Row, names: Sequence[str], strength: float, rng: np.random.Generator) -> None:
    """So many values are lost, or stand as one of the words for nothing."""
    for name in rng.permutation(list(names))[: int(strength)]:
        kind = rng.integers(len(ABSENT) + 1)
        if kind == len(ABSENT):
            del row[name]
        else:
            row[name] = ABSENT[kind]


def _slipped(row: Row, names: Sequence[str], strength: float, rng: np.random.Generator) -> None:
    """One value (not 0, which stays the same in every unit) is so many times what it was."""
    name = rng.choice([name for name in names if row[name]])
    row[name] = row[name] * strength


def _worded(row: Row, names: Sequence[str], strength: float, rng: np.random.Generator) -> None:
    words = ("high", "12 kg", "<0.5", "about 3", "不明瞭", "1;2", "see note")
    for name in rng.permutation(list(names))[: int(strength)]:
        row[name] = words[rng.integers(len(words))]


def _misnamed(samples: Samples, strength: float, seed: int) -> Planted:
    """One column has another name in such a share of the rows."""
    faulty = drawn(samples, strength, seed)

    def changed(sample: Sample) -> Sample:
        row = _row(sample)
        name = list(row)[1]
        return _with(sample, {f"{key} " if key == name else key: value for key, value in row.items()})

    return Planted([changed(one) if one.id in faulty else one for one in samples], faulty)


def _outside(column: int) -> Callable[[Samples, float, int], Planted]:
    """A value so many standard deviations from the mean of its column."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        rows = [_row(one) for one in samples]
        name = [name for name in rows[0] if name != "id"][column]
        held = np.array([row[name] for row in rows])
        faulty = drawn(samples, 0.05, seed)
        value = float(held.mean() + strength * held.std())
        return Planted([_with(one, {**_row(one), name: value}) if one.id in faulty else one for one in samples], faulty)

    return plant


def _twice(keys_only: bool) -> Callable[[Samples, float, int], Planted]:
    """Such a share of the rows has the key (or all values) of another row."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        order = sorted(drawn(samples, 2 * strength, seed))
        half = len(order) // 2
        rows = {one.id: _row(one) for one in samples}
        for copy, kept in zip(order[:half], order[half:], strict=False):
            rows[copy] = {**rows[copy], "id": rows[kept]["id"]} if keys_only else {**rows[kept]}
        done = [_with(one, rows[one.id]) for one in samples]
        return Planted(done, frozenset([*order[:half], *order[half : 2 * half]]))

    return plant


FAULTS = [
    fault
    for name in LOADERS
    for fault in (
        Fault(f"lost ({name})", "table_missing", name, "values", (1, 2, 3, 5, 8), _cells(_lost)),
        Fault(f"slip ({name})", "table_outlier", name, "times", (2, 5, 10, 100, 1000), _cells(_slipped)),
        Fault(f"outside ({name})", "table_outlier", name, "standard deviations", (3, 5, 8, 12, 20), _outside(3)),
        Fault(f"worded ({name})", "table_types", name, "values", (1, 2, 3, 5, 8), _cells(_worded)),
        Fault(
            f"misnamed ({name})",
            "table_profile",
            name,
            "share of the rows, rarer is plainer",
            (0.1, 0.06, 0.04, 0.03, 0.02, 0.01),
            _misnamed,
        ),
        Fault(
            f"same key ({name})",
            "table_duplicate",
            name,
            "share of the rows",
            (0.01, 0.02, 0.05, 0.1, 0.2),
            _twice(True),
        ),
        Fault(
            f"same row ({name})",
            "table_duplicate",
            name,
            "share of the rows",
            (0.01, 0.02, 0.05, 0.1, 0.2),
            _twice(False),
        ),
    )
]
