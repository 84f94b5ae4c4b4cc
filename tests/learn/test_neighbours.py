"""Exact neighbours equal those of scikit-learn, leaders keep their law."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from shisaku.learn import neighbours
from shisaku.learn.neighbours import leaders, nearest_rows, unit_rows


def _rows(n: int, seed: int = 0, width: int = 24) -> np.ndarray:
    return unit_rows(np.random.default_rng(seed).normal(size=(n, width)))


@pytest.mark.parametrize("across", [16_384, 640])
def test_neighbours_are_those_of_scikit_learn(across: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "ACROSS", across)
    monkeypatch.setattr(neighbours, "BLOCK", 256)
    rows, queries = _rows(2048), _rows(300, 1)
    distances, places = NearestNeighbors(n_neighbors=7, metric="cosine").fit(rows).kneighbors(queries)
    found, cosines = nearest_rows(queries, rows, 7)
    assert np.array_equal(found, places)
    assert np.allclose(1 - cosines, distances, atol=1e-5)


def test_none_is_its_own_neighbour() -> None:
    rows = _rows(700)
    rows[5] = rows[600]
    places, cosines = nearest_rows(rows, rows, 3, same=True)
    assert not (places == np.arange(700)[:, None]).any()
    assert places[5, 0] == 600
    assert cosines[5, 0] == pytest.approx(1.0, abs=1e-5)


def test_as_many_neighbours_as_rows() -> None:
    rows = _rows(6)
    places, _ = nearest_rows(rows, rows, 5, same=True)
    assert all(sorted([k, *row]) == list(range(6)) for k, row in enumerate(places.tolist()))
    with pytest.raises(ValueError, match="k must be"):
        nearest_rows(rows, rows, 6, same=True)


def test_every_member_is_near_its_leader_and_no_two_leaders_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "BLOCK", 64)
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(40, 16))
    rows = unit_rows(centres[rng.integers(0, 40, 400)] + 0.1 * rng.normal(size=(400, 16)))
    keeper, cosine = leaders(rows, 0.95)
    leads = np.unique(keeper)
    members = keeper != np.arange(400)
    assert (keeper[leads] == leads).all()
    assert (keeper <= np.arange(400)).all()
    assert (cosine[members] >= 0.95).all()
    assert np.allclose((rows[members] * rows[keeper[members]]).sum(axis=1), cosine[members], atol=1e-5)
    among = rows[leads] @ rows[leads].T - 2 * np.eye(len(leads))
    assert among.max() < 0.95


def test_no_rows() -> None:
    keeper, cosine = leaders(np.zeros((0, 4), np.float32), 0.9)
    assert len(keeper) == len(cosine) == 0
