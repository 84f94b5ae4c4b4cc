"""MinHash finds candidates: its estimate is right, and the way over the disk finds the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shisaku.learn import minhash
from shisaku.learn.minhash import Banded, alike, alike_on_disk, signatures
from shisaku.stats.shingles import jaccard

N, PLANTED = 600, 120


def _sets(seed: int = 0) -> list[np.ndarray]:
    """Sets of 60 hashes; each of the last 120 shares 45 to 60 of its members with one of the first."""
    rng = np.random.default_rng(seed)
    sets = [np.unique(rng.integers(0, 2**63, 60, dtype=np.uint64)) for _ in range(N)]
    for k in range(PLANTED):
        own = int(rng.integers(0, 16))
        sets[-k - 1] = np.unique(np.concatenate([sets[k][own:], rng.integers(0, 2**63, own, dtype=np.uint64)]))
    return sets


def _pairs(found: tuple[np.ndarray, np.ndarray]) -> set[tuple[int, int]]:
    return set(zip(found[0].tolist(), found[1].tolist(), strict=True))


def test_the_estimate_is_the_exact_index_within_its_error() -> None:
    sets = _sets()
    rows = signatures(sets)
    gaps = [(rows[k] == rows[-k - 1]).mean() - jaccard(sets[k], sets[-k - 1]) for k in range(PLANTED)]
    # Binomial with 128 draws: sd at most 0.044 each, 0.004 for the mean of 120.
    assert abs(np.mean(gaps)) < 0.016
    assert 0.02 < np.std(gaps) < 0.06


def test_all_pairs_above_the_threshold_are_candidates() -> None:
    sets = _sets()
    found = _pairs(alike(sets))
    near = {(k, N - 1 - k) for k in range(PLANTED) if jaccard(sets[k], sets[N - 1 - k]) >= 0.7}
    assert len(near) > 60
    assert len(near - found) <= 1


def test_the_library_and_the_bands_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = _sets()
    held = np.memmap(tmp_path / "held", np.uint32, "w+", shape=(N, 128))
    held[:] = signatures(sets)
    monkeypatch.setattr(minhash, "CHUNK", 100)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    on_disk = {pair for found in alike_on_disk(held, scratch, partitions=7) for pair in _pairs(found)}
    assert on_disk == _pairs(alike(sets))
    assert not list(scratch.iterdir())
    looked_up = {(i, j) for i, j in _pairs(Banded.of(sets).alike(sets)) if i < j}
    assert looked_up == on_disk


def test_nothing() -> None:
    assert _pairs(alike([])) == set()
    assert _pairs(Banded.of([]).alike(_sets()[:3])) == set()
    assert signatures([]).shape == (0, 128)
