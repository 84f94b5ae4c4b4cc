"""When two recordings are one recording: louder, compressed again, trimmed a little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.message import Message, say
from shisaku.ops.alike.likeness import Likeness, Near
from shisaku.ops.limits import part_names, within
from shisaku.ops.reading import wave_of
from shisaku.stats.sound_print import PrintIndex, SoundPrint, apart, sound_print

FEWEST = 12  # loud frames of 16 ms; below, a recording is too short to be told from another


@dataclass(frozen=True)
class Sound(Likeness):
    """Two recordings are one if, where they agree best, at most the share `wrong` of their bits differs.

    They must overlap there in the share `cover` of the longer one. What is silent, or shorter than 0.2 s, is not
    compared.
    """

    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    furthest: ClassVar[float] = 0.5

    audio: str = "audio"
    wrong: float = 0.2
    cover: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        part_names(audio=self.audio)
        within("wrong", self.wrong, 0.0, 0.5)
        within("cover", self.cover, 0.0, 1.0)

    @property
    def limit(self) -> float:
        """Share of bits that may differ."""
        return self.wrong

    def read(self, sample: Sample) -> Any:
        """Return (bits, loud) of every frame, or None for a recording that has too little to compare."""
        found = sound_print(*wave_of(sample, self.audio))
        return (found.bits, found.loud) if int(found.loud.sum()) >= FEWEST and found.bits.any() else None

    def extent(self, sample: Sample) -> float:
        """Return the seconds of the original times its rate, as far as they are known."""
        told = [sample.facts.get(f"{self.audio}_{fact}", "") for fact in ("seconds", "rate")]
        return float(told[0]) * float(told[1]) if all(one.replace(".", "", 1).isdecimal() for one in told) else 0.0

    def index(self, prints: Sequence[Any]) -> Any:
        """Return the fingerprints with their frames sorted."""
        return PrintIndex.build(_prints(prints))

    def near(self, prints: Sequence[Any], index: Any) -> Near:
        """Return the pairs that share frames and agree over most of their length."""
        others = _prints(prints)
        i, j, shift = index.shared(others)
        found = [apart(others[a], index.prints[b], int(c)) for a, b, c in zip(i, j, shift, strict=True)]
        wrong, cover = np.array(found, np.float64).reshape(-1, 2).T
        same = (wrong <= self.wrong) & (cover >= self.cover)
        return i[same], j[same], wrong[same]

    def told(self, distance: float) -> Message:
        """Say which share of the bits differs."""
        return say("{share:.1%} of the bits of their spectral fingerprints differ", share=distance)


def _prints(prints: Sequence[Any]) -> tuple[SoundPrint, ...]:
    return tuple(SoundPrint(np.asarray(bits, np.uint32), np.asarray(loud, np.bool_)) for bits, loud in prints)
