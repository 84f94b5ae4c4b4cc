"""All near pairs of hashes are found, and only those."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.stats import hamming


def _hashes(n: int, seed: int) -> np.ndarray:
    """Random hashes with copies of some of them a few bits away."""
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 2**64, n, dtype=np.uint64)
    for k in range(n // 4):
        bits = rng.permutation(64)[: rng.integers(0, 14)]
        hashes[-k - 1] = hashes[k] ^ np.uint64(sum(1 << int(bit) for bit in bits))
    return hashes


@pytest.mark.parametrize("radius", [0, 3, 4, 7, 8, 11])
def test_the_index_finds_what_all_pairs_find(radius: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = _hashes(2000, radius)
    whole = hamming.pairs_within(hashes, radius)
    monkeypatch.setattr(hamming, "ALL_PAIRS", 0)
    monkeypatch.setattr(hamming, "CHUNK", 5000)
    for one, other in zip(whole, hamming.pairs_within(hashes, radius), strict=True):
        assert np.array_equal(one, other)
    assert len(whole[0]) > 0
    assert (whole[2] <= radius).all()


def test_between_two_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = _hashes(900, 1)
    queries, held = hashes[-300:], hashes[:-300]
    apart = np.bitwise_count(queries[:, None] ^ held[None, :])
    wanted = set(zip(*np.nonzero(apart <= 8), strict=True))
    found = hamming.pairs_between(queries, held, 8)
    assert set(zip(found[0], found[1], strict=True)) == wanted
    monkeypatch.setattr(hamming, "ALL_PAIRS", 0)
    again = hamming.pairs_between(queries, held, 8)
    assert set(zip(again[0], again[1], strict=True)) == wanted


def test_nothing_and_a_radius_out_of_range() -> None:
    nothing = np.zeros(0, np.uint64)
    assert all(len(one) == 0 for one in hamming.pairs_within(nothing, 4))
    assert all(len(one) == 0 for one in hamming.pairs_between(nothing, _hashes(8, 0), 4))
    with pytest.raises(ValueError, match="radius must be"):
        hamming.pairs_within(nothing, 12)
