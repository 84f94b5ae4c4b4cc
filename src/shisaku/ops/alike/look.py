"""When two images look the same: a hash says which may, a thumbnail says which do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.message import Message, say
from shisaku.ops.alike.likeness import Likeness, Near, Places
from shisaku.ops.limits import part_names, within
from shisaku.ops.reading import rgb_of
from shisaku.stats import dct_hash
from shisaku.stats.hamming import FURTHEST, pairs_between, pairs_within

BLOCK = 4096


@dataclass(frozen=True)
class Look(Likeness):
    """Two images look the same if at most `radius` of 64 bits of their DCT hashes differ and their thumbnails agree.

    An image of one tone has no hash, so that blank images are not all one group; exact copies of them are found
    by dataset.exact_duplicate.
    """

    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    furthest: ClassVar[float] = 64.0

    image: str = "image"
    radius: int = 10
    unlike: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        part_names(image=self.image)
        within("radius", self.radius, 0, FURTHEST)
        within("unlike", self.unlike, 0.0, 255.0)

    @property
    def limit(self) -> float:
        """Bits that may differ."""
        return float(self.radius)

    def read(self, sample: Sample) -> Any:
        """Return (hash, thumbnail) as bytes, or None for an image of one tone."""
        little = dct_hash.small(rgb_of(sample, self.image))
        bits = dct_hash.dct_hash(little)
        return None if bits is None else (bits.to_bytes(8, "big"), dct_hash.thumbnail(little).tobytes())

    def extent(self, sample: Sample) -> float:
        """Return the pixels of the original file, 0 where they are not known."""
        width, _, height = sample.facts.get(f"{self.image}_size", "").partition("x")
        return float(int(width) * int(height)) if width.isdigit() and height.isdigit() else 0.0

    def index(self, prints: Sequence[Any]) -> Any:
        """Return the hashes as one array, and the thumbnails."""
        return _hashes(prints), prints

    def near(self, prints: Sequence[Any], index: Any) -> Near:
        """Return the pairs whose bits are near and whose thumbnails are not unlike."""
        hashes, held = index
        i, j, bits = pairs_between(_hashes(prints), hashes, self.radius)
        same = self._same(prints, held, i, j)
        return i[same], j[same], bits[same].astype(np.float64)

    def pairs(self, prints: Sequence[Any]) -> Near:
        """Return the near pairs, i < j, through an index over the bits."""
        i, j, bits = pairs_within(_hashes(prints), self.radius)
        same = self._same(prints, prints, i, j)
        return i[same], j[same], bits[same].astype(np.float64)

    def _same(self, prints: Sequence[Any], held: Sequence[Any], i: Places, j: Places) -> Any:
        some, others = _thumbs(prints), _thumbs(held)
        same = np.zeros(len(i), np.bool_)
        for start in range(0, len(i), BLOCK):
            block = slice(start, start + BLOCK)
            same[block] = dct_hash.unlike(some[i[block]], others[j[block]]) <= self.unlike
        return same

    def told(self, distance: float) -> Message:
        """Say how many bits differ."""
        return say("{bits} of 64 bits of the hash differ", bits=round(distance))


def _hashes(prints: Sequence[Any]) -> Any:
    return np.frombuffer(b"".join(bits for bits, _ in prints), ">u8").astype(np.uint64)


def _thumbs(prints: Sequence[Any]) -> Any:
    shape = (-1, dct_hash.THUMB, dct_hash.THUMB, 3)
    return np.frombuffer(b"".join(thumb for _, thumb in prints), np.uint8).reshape(shape)
