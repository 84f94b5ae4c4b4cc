"""What the channels of a recording are like, before they are mixed and resampled and it can be seen no more."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Block = npt.NDArray[np.float32]

LEAST_RUN = 3  # samples of one value; two can be the crest of a tone
TOP = 0.98  # of the highest sample of its side
STEP = 0.01  # of the level: a crest of a slow wave ends in smaller steps
QUIET = 0.02  # full scale; below, equal samples are the steps of 16 bits
SILENT_DB = -60.0  # beside the loudest channel
CANCELS_DB = -10.0  # two that do not know of each other lose 3 dB, an inverted one everything


@dataclass
class Channels:
    """Adds up blocks of a recording and says what is odd about its channels; nothing odd: no facts.

    `clipped` is the share of samples in flat tops of the worst channel, `silent_channels` how many channels are
    silent beside another, `mix_db` what mixing the channels did to the level where they cancel each other.
    """

    frames: int = 0
    power: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    mixed: float = 0.0
    tops: list[tuple[float, npt.NDArray[np.float64]]] = field(default_factory=list)

    def add(self, block: Block, mono: Block) -> None:
        """Take in a block [frames, channels] and the mean of its channels [frames]."""
        if not self.frames:
            self.power = np.zeros(block.shape[1])
        self.frames += len(block)
        self.power += np.einsum("ij,ij->j", block, block, dtype=np.float64)
        self.mixed += float(np.einsum("i,i->", mono, mono, dtype=np.float64))
        self.tops.append((float(np.abs(block).max()), np.array([flat_tops(one) for one in block.T], np.float64)))

    def facts(self) -> dict[str, str]:
        """Return what is odd."""
        if not self.power.any() or not np.isfinite(self.power).all():
            return {}
        loudest = max(peak for peak, _ in self.tops)
        flat = np.sum([n for peak, n in self.tops if peak >= TOP * loudest], axis=0) / self.frames
        silent = int((self.power < self.power.max() * 10 ** (SILENT_DB / 10)).sum())
        lost = 10 * np.log10(max(self.mixed, 1e-12) / float(self.power.mean()))
        facts = {"clipped": f"{flat.max():.5f}"} if flat.max() >= 5e-6 else {}
        facts |= {"silent_channels": str(silent)} if silent else {}
        return facts | ({"mix_db": f"{lost:.1f}"} if lost < CANCELS_DB and len(self.power) == 2 and not silent else {})


def flat_tops(wave: Block) -> int:
    """Return how many samples lie in flat tops: three or more of one value at the peak, reached by a step."""
    return sum(_on_top(side) for side in (wave, -wave))


def _on_top(wave: Block) -> int:
    top = float(wave.max(initial=0.0))
    if not top >= QUIET:  # also where it is no number: the decoder refuses such a recording in its own words
        return 0
    high = np.flatnonzero(wave >= TOP * top)
    values = wave[high]
    breaks = np.flatnonzero((np.diff(high) != 1) | (np.diff(values) != 0)) + 1
    first, last = high[np.r_[0, breaks]], high[np.r_[breaks - 1, len(high) - 1]]
    long = last - first + 1 >= LEAST_RUN
    first, last = first[long], last[long]
    edge = (1.0 - STEP) * wave[first]
    before = (first > 0) & (wave[np.maximum(first - 1, 0)] <= edge)
    after = (last < len(wave) - 1) & (wave[np.minimum(last + 1, len(wave) - 1)] <= edge)
    return int((last - first + 1)[before | after].sum())
