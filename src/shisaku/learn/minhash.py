"""Pairs of sets that may be alike, found by MinHash and bands: in memory, or band by band on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.stats.buckets import Buckets

Sets = Sequence[npt.NDArray[np.uint64]]
Signatures = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Pairs = tuple[Places, Places]

PERMUTATIONS, BANDS, SEED = 128, 32, 0  # sets with Jaccard 0.6 share one of 32 bands of 4 with chance 0.99
CHUNK = 1 << 16
ODD = np.uint64(0x9E3779B97F4A7C15)


def signatures(sets: Sets) -> Signatures:
    """Return the MinHash signatures [n, 128] of sets of 64-bit hashes, none of them empty (Broder 1997; rensa)."""
    if not len(sets):
        return np.zeros((0, PERMUTATIONS), np.uint32)
    return np.array(_matrix(sets).to_rows(), np.uint32)


def alike(sets: Sets) -> Pairs:
    """Return the pairs (i, j), i < j, of sets that share a band: candidates, to be verified.

    The library says first which sets share a band with any other; only of those are signatures looked at.
    """
    from rensa import RMinHashLSH

    if len(sets) < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    index = RMinHashLSH(0.5, PERMUTATIONS, BANDS)
    some = np.flatnonzero(index.query_duplicate_flags_matrix_one_shot(_matrix(sets)))
    rows = signatures([sets[int(k)] for k in some])
    i, j = _different((_among(_keys(rows, band), np.arange(len(rows))) for band in range(BANDS)), len(rows))
    return some[i], some[j]


@dataclass(frozen=True)
class Banded:
    """The bands of many sets, sorted once, so that others can be looked up."""

    n: int
    bands: tuple[Buckets, ...]

    @classmethod
    def of(cls, sets: Sets) -> Banded:
        """Sort the bands of the sets, none of them empty."""
        rows = signatures(sets)
        return cls(len(sets), tuple(Buckets.of(_keys(rows, band)) for band in range(BANDS)))

    def alike(self, sets: Sets) -> Pairs:
        """Return the pairs (i, j) of a set given and one held that share a band: candidates, to be verified."""
        rows = signatures(sets)
        return _different((held.matches(_keys(rows, band)) for band, held in enumerate(self.bands)), self.n)


def alike_on_disk(held: Signatures, folder: Path, partitions: int = 64) -> Iterator[Pairs]:
    """Give the pairs that share a band, partition by partition, for signatures that may be a memory map.

    Every band is written to `folder` as keys with their places, parted by key; a partition, which is all that must fit
    into memory, is sorted and joined. A pair that shares several bands comes several times.
    """
    for band in range(BANDS):
        with _Partitions(folder, partitions) as parts:
            for start in range(0, len(held), CHUNK):
                keys = _keys(np.asarray(held[start : start + CHUNK]), band)
                parts.write(keys, np.arange(start, start + len(keys)))
            for keys, places in parts.read():
                yield _different([_among(keys, places)], len(held))


def _among(keys: Keys, places: Places) -> Pairs:
    """Return the pairs of places with equal keys, each pair once."""
    i, j = Buckets.of(keys, places).matches(keys)
    later = places[i] > j
    return j[later], places[i][later]


def _different(found: Iterable[Pairs], n: int) -> Pairs:
    joined = [i * max(n, 1) + j for i, j in found]
    i, j = np.divmod(np.unique(np.concatenate(joined)), max(n, 1))
    return i, j


def _matrix(sets: Sets) -> Any:
    from rensa import RMinHash

    sizes = np.fromiter((len(one) for one in sets), np.uint64, len(sets))
    bounds = np.concatenate([np.zeros(1, np.uint64), np.cumsum(sizes, dtype=np.uint64)])
    return RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(sets), bounds, PERMUTATIONS, SEED)


def _keys(rows: Signatures, band: int) -> Keys:
    width = PERMUTATIONS // BANDS
    keys = np.zeros(len(rows), np.uint64)
    for column in rows[:, band * width : (band + 1) * width].T:
        keys = (keys ^ column.astype(np.uint64)) * ODD
        keys ^= keys >> np.uint64(31)
    return keys


class _Partitions:
    """Files of (key, place), one for each share of the keys; gone when the band is done."""

    def __init__(self, folder: Path, n: int) -> None:
        self.n, self.places = n, [folder / f"band-{k}.bin" for k in range(n)]

    def __enter__(self) -> _Partitions:
        self.files = [open(place, "w+b") for place in self.places]  # noqa: SIM115
        return self

    def write(self, keys: Keys, places: Places) -> None:
        share = (keys >> np.uint64(40)) % np.uint64(self.n)
        rows = np.stack([keys, places.astype(np.uint64)], axis=1)
        for k in np.unique(share):
            rows[share == k].tofile(self.files[int(k)])

    def read(self) -> Iterator[tuple[Keys, Places]]:
        for file in self.files:
            file.flush()
            file.seek(0)
            rows = np.fromfile(file, np.uint64).reshape(-1, 2)
            yield rows[:, 0], rows[:, 1].astype(np.int64)

    def __exit__(self, *_: object) -> None:
        for file, place in zip(self.files, self.places, strict=True):
            file.close()
            place.unlink()
