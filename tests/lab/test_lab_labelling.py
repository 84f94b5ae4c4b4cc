"""What to label first covers the data: planted clusters are all asked about, the largest first."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.errors import DataError
from shisaku.lab.labelling import labelling_plan


def planted(sizes: tuple[int, ...], seed: int = 0) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = np.eye(len(sizes), 16)
    rows = np.concatenate([centres[i] + rng.normal(0, 0.02, (n, 16)) for i, n in enumerate(sizes)])
    ids = [f"{i}-{k}" for i, n in enumerate(sizes) for k in range(n)]
    return ids, rows.astype(np.float32)


def test_every_planted_cluster_is_asked_about_the_largest_first() -> None:
    ids, rows = planted((40, 20, 10, 5))
    items = labelling_plan(ids, rows, budget=4)["items"]
    assert [item["id"].split("-")[0] for item in items] == ["0", "1", "2", "3"]
    assert [item["stands_for"] for item in items] == [40, 20, 10, 5]


def test_the_plan_does_not_depend_on_chance_elsewhere() -> None:
    ids, rows = planted((8, 8))
    assert labelling_plan(ids, rows, budget=3, seed=5) == labelling_plan(ids, rows, budget=3, seed=5)


def test_copies_are_asked_about_once() -> None:
    _, rows = planted((1,))
    plan = labelling_plan([f"c{i}" for i in range(6)], np.repeat(rows, 6, axis=0), budget=5)
    assert len(plan["items"]) == 1


def test_no_items_is_an_error() -> None:
    with pytest.raises(DataError):
        labelling_plan([], np.zeros((0, 4), np.float32))
