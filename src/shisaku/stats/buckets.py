"""Equal keys found by sorting once: which entries bear the same key as what is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.unsignedinteger[Any]]
Places = npt.NDArray[np.int64]
CROWD = 64


@dataclass(frozen=True)
class Buckets:
    """Entries sorted by key; those of one key in their own order."""

    keys: Keys
    places: Places

    @classmethod
    def of(cls, keys: Keys, places: Places | None = None) -> Buckets:
        """Sort entries by key, then by place (given, or their position)."""
        places = np.arange(len(keys)) if places is None else places
        order = np.lexsort((places, keys))
        return cls(keys[order], places[order])

    def matches(self, wanted: Keys, crowd: int = CROWD) -> tuple[Places, Places]:
        """Return (i, place) for every entry that bears the key ``wanted[i]``, the first `crowd` entries of a key only.

        Crowded keys say little (boilerplate, silence), and all their pairs would be as many as their square.
        """
        starts = np.searchsorted(self.keys, wanted, side="left")
        counts = np.minimum(np.searchsorted(self.keys, wanted, side="right") - starts, crowd)
        i = np.repeat(np.arange(len(wanted)), counts)
        step = np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts, counts)
        return i, self.places[starts[i] + step]
