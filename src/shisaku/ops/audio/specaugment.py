"""Recordings with gaps in time and frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from shisaku.ops.audio.wave_change import Changed, WaveChange
from shisaku.ops.limits import within

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

WINDOW: Final = 0.032  # seconds
OVERLAP: Final = 4
Gap = tuple[float, float]


@dataclass(frozen=True)
class SpecAugment(WaveChange):
    """Mask random stretches of time and bands of frequency (SpecAugment, Park et al. 2019), and play the rest.

    `time_masks` stretches, each up to `time_max` seconds and `share_max` of the recording long, and `freq_masks` bands,
    each up to `freq_max` Hz wide, are set to zero in the short-time Fourier transform (Hann windows of 32 ms, every
    8 ms), which is turned back into a wave as long as before. Widths and places are drawn uniformly, as in the paper;
    without its time warping, which it found to add little. With 0 masks of each kind nothing changes. The facts
    ``masked_seconds`` and ``masked_hz`` hold the gaps as ``from-to``.

    When it hurts: the method was made for features inside a training loop, where each epoch masks anew; a child is
    masked once. A single word can vanish altogether, and its label with it: keep `time_max` well under the shortest
    word. Edges of a gap are blurred by the window of 32 ms. Where the label is a tone or a short event, it may be gone.

    Example::

        - {name: masked, op: audio.specaugment, from: data, with: {audio: speech, time_max: 0.08, freq_max: 600}}
    """

    name: ClassVar[str] = "audio.specaugment"

    time_masks: int = 2
    time_max: float = 0.08
    share_max: float = 0.2
    freq_masks: int = 2
    freq_max: float = 600.0

    def __post_init__(self) -> None:
        super().__post_init__()
        within("time_masks", self.time_masks, 0, 20)
        within("time_max", self.time_max, 0.0, 60.0)
        within("share_max", self.share_max, 0.0, 1.0)
        within("freq_masks", self.freq_masks, 0, 20)
        within("freq_max", self.freq_max, 0.0, 48_000.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave without what is masked."""
        seconds = wave.size / rate
        longest = min(self.time_max, self.share_max * seconds)
        times = [_gap(longest, seconds, rng) for _ in range(self.time_masks)]
        bands = [_gap(self.freq_max, rate / 2.0, rng) for _ in range(self.freq_masks)]
        facts = {"masked_seconds": _told(times, "{:.3f}-{:.3f}"), "masked_hz": _told(bands, "{:.0f}-{:.0f}")}
        return (masked(wave, rate, times, bands) if times or bands else wave), facts


def masked(wave: Wave, rate: int, times: list[Gap], bands: list[Gap]) -> Wave:
    """Return the wave with zeros at these seconds and in these bands of Hz."""
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    size = max(OVERLAP, round(WINDOW * rate / OVERLAP) * OVERLAP)
    transform = ShortTimeFFT(hann(size, sym=False), size // OVERLAP, rate)
    padded = np.pad(wave.astype(np.float64), (0, max(0, size - wave.size)))
    spectrum = transform.stft(padded)
    at, hertz = transform.t(padded.size), transform.f
    for low, high in times:
        spectrum[:, (at >= low) & (at < high)] = 0.0
    for low, high in bands:
        spectrum[(hertz >= low) & (hertz < high)] = 0.0
    return np.asarray(transform.istft(spectrum, k1=padded.size)[: wave.size], dtype=np.float32)


def _gap(widest: float, end: float, rng: np.random.Generator) -> Gap:
    width = min(end, float(rng.uniform(0.0, widest)))
    low = float(rng.uniform(0.0, end - width))
    return low, low + width


def _told(gaps: list[Gap], form: str) -> str:
    return " ".join(form.format(*gap) for gap in sorted(gaps))
