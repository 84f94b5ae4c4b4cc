"""What a recording sounds like, in 32 bits every 16 ms, and where two recordings agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.buckets import CROWD, Buckets

Bits = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]

WINDOW, HOP = 0.256, 0.016  # seconds
LOWEST, HIGHEST, BANDS = 300.0, 3000.0, 33  # Hz; inside what a telephone lets through
QUIET = 1e-4  # of the loudest frame's energy: below, bits are those of noise
SECOND, OTHER = 62, 0.4  # frames; a second in which more bits differ is another sound, however well the rest agrees
SLACK = 3  # frames tried on each side of where equal frames say that two recordings agree


@dataclass(frozen=True)
class SoundPrint:
    """Bits of every frame, and which frames are loud enough to mean something."""

    bits: Bits
    loud: npt.NDArray[np.bool_]


def sound_print(wave: npt.NDArray[np.float32], rate: int) -> SoundPrint:
    """Return the fingerprint of a mono wave (Haitsma and Kalker, ISMIR 2002).

    A bit tells whether the step of energy from one of 33 logarithmic bands (300 to 3,000 Hz) to the next grew since the
    frame before. Loudness cannot change it, and codecs, telephone bands and little noise change few.
    """
    from scipy.fft import rfft

    size, hop = round(WINDOW * rate), max(1, round(HOP * rate))
    wave = np.pad(wave, (0, max(0, size + hop - wave.size)))
    frames = np.lib.stride_tricks.sliding_window_view(wave, size)[::hop]
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1) * size / rate
    cuts = np.unique(np.minimum(np.rint(edges).astype(np.int64), size // 2))
    power = np.empty((len(frames), len(cuts) - 1), np.float32)
    taper = np.hanning(size).astype(np.float32)
    for start in range(0, len(frames), 512):
        spectrum = np.abs(rfft(frames[start : start + 512] * taper, axis=1)) ** 2
        power[start : start + 512] = np.add.reduceat(spectrum[:, : cuts[-1]], cuts[:-1], axis=1)
    steps = power[:, :-1] - power[:, 1:]
    signs = steps[1:] > steps[:-1]
    packed = np.packbits(signs, axis=1)
    bits = np.zeros((len(packed), 4), np.uint8)
    bits[:, : packed.shape[1]] = packed[:, :4]
    energy = power.sum(axis=1)
    return SoundPrint(bits.view(">u4")[:, 0].astype(np.uint32), energy[1:] > QUIET * max(float(energy.max()), 1e-12))


@dataclass(frozen=True)
class PrintIndex:
    """Fingerprints with their frames sorted by bits, so that others can be looked up."""

    prints: tuple[SoundPrint, ...]
    of: Places
    at: Places
    frames: Buckets

    @classmethod
    def build(cls, prints: tuple[SoundPrint, ...]) -> PrintIndex:
        """Sort the loud frames of all fingerprints; of a run of equal frames the first."""
        of, at, bits = _frames(prints)
        return cls(prints, of, at, Buckets.of(bits))

    def shared(self, others: tuple[SoundPrint, ...]) -> tuple[Places, Places, Places]:
        """Return (i, j, shift) of every other fingerprint and one held that have equal frames: candidates.

        Held frame t + shift sounds like the other's frame t, where most of their equal frames agree.
        """
        of, at, bits = _frames(others)
        i, entry = self.frames.matches(bits, 4 * CROWD)
        joined = np.stack([of[i], self.of[entry], self.at[entry] - at[i]], axis=1)
        if not len(joined):
            return tuple(np.zeros((3, 0), np.int64))  # type: ignore[return-value]
        rows, votes = np.unique(joined, axis=0, return_counts=True)
        best = np.lexsort((-votes, rows[:, 1], rows[:, 0]))
        rows = rows[best]
        first = np.concatenate([[True], (rows[1:, :2] != rows[:-1, :2]).any(axis=1)])
        i, j, shift = rows[first].T
        return i, j, shift


def _frames(prints: tuple[SoundPrint, ...]) -> tuple[Places, Places, Bits]:
    if not prints:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint32)
    taken = [np.flatnonzero(one.loud & np.concatenate([[True], one.bits[1:] != one.bits[:-1]])) for one in prints]
    of = np.repeat(np.arange(len(prints)), [len(some) for some in taken])
    return of, np.concatenate(taken), np.concatenate([one.bits[some] for one, some in zip(prints, taken, strict=True)])


def apart(one: SoundPrint, held: SoundPrint, shift: int) -> tuple[float, float]:
    """Return (bit error rate, share of the longer's loud frames that lie in both), best near `shift`.

    Of two different recordings half of the bits differ. Where one second is another sound, its rate is returned: two
    announcements that differ in one word are no copies.
    """
    tried = [_apart_at(one, held, shift + slack) for slack in range(-SLACK, SLACK + 1)]
    return min(tried)


def _apart_at(one: SoundPrint, held: SoundPrint, shift: int) -> tuple[float, float]:
    start, end = max(0, -shift), min(len(one.bits), len(held.bits) - shift)
    if end <= start:
        return 0.5, 0.0
    loud = one.loud[start:end] & held.loud[start + shift : end + shift]
    longer = max(int(one.loud.sum()), int(held.loud.sum()))
    if not loud.any():
        return 0.5, 0.0
    wrong = np.bitwise_count(one.bits[start:end] ^ held.bits[start + shift : end + shift])[loud].astype(np.float64)
    seconds = np.add.reduceat(wrong, np.arange(0, max(1, len(wrong) - SECOND // 2), SECOND))
    lengths = np.diff([*range(0, max(1, len(wrong) - SECOND // 2), SECOND), len(wrong)])
    worst = float((seconds / lengths).max()) / 32
    return (worst if worst > OTHER else float(wrong.mean()) / 32), float(loud.sum()) / longer
