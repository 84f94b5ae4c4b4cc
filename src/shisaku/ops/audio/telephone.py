"""Recordings as they come out of a telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from shisaku.ops.audio.lossy import fitted, resampled, through_codec
from shisaku.ops.audio.wave_change import Changed, WaveChange
from shisaku.ops.limits import one_of, within

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

RATE: Final = 8000
PACKET: Final = 160  # samples, 20 ms
LAWS: Final = {"a": "g711_a", "mu": "g711_mu"}
TAPS: Final = 513
EDGES: Final = (270.0, 3430.0)  # Hz, -6 dB: 300 and 3400 lie inside
FADE: Final = 0.5  # by which each lost packet after the first is softer than the one before


@dataclass(frozen=True)
class Telephone(WaveChange):
    """Send a recording through a telephone line: 300 to 3400 Hz, 8 kHz, 8 bits companded, and lost packets if wanted.

    A linear-phase filter leaves 300 to 3400 Hz (250 Hz and less, and 3.5 kHz and more, fall by over 20 dB), the rate
    goes to 8 kHz, and samples are companded by ITU-T G.711 (`law` mu or a). Of packets of 20 ms a share `loss` is lost,
    in runs of `burst` packets on average (Gilbert 1960); in place of a lost one the packet before is repeated, each
    time 6 dB softer (after G.711 Appendix I, without its pitch search). The recording comes back at its own rate, as
    long as it was and in time. The facts ``telephone`` and ``packets_lost`` say what was done.

    When it hurts: labels in the high frequencies (s and f, machines, birds) are gone. It is fixed-line telephony:
    mobile calls go through `audio.codec` with amr_nb. Noise suppression and echo of real calls are missing.

    Example::

        - {name: by_telephone, op: audio.telephone, from: data, with: {audio: speech, loss: 0.03}}
    """

    name: ClassVar[str] = "audio.telephone"

    law: str = "mu"
    loss: float = 0.0
    burst: float = 1.5

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("law", self.law, tuple(LAWS))
        within("loss", self.loss, 0.0, 0.9)
        within("burst", self.burst, 1.0, 100.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave at the other end of the line."""
        narrow = banded(resampled(wave, rate, RATE))
        # What the band limit lifts over full scale would be cut off by the companding.
        peak = max(1.0, float(np.abs(narrow).max()))
        coded, _ = through_codec(narrow / np.float32(peak), RATE, LAWS[self.law])
        heard, lost = with_losses(coded, self.loss, self.burst, rng)
        facts = {"telephone": LAWS[self.law], "packets_lost": str(lost)}
        return fitted(resampled(heard * np.float32(peak), RATE, rate), wave.size), facts


def banded(wave: Wave) -> Wave:
    """Return a wave of 8 kHz with nothing but 300 to 3400 Hz, without delay."""
    from scipy.signal import fftconvolve, firwin

    taps = firwin(TAPS, EDGES, pass_zero=False, fs=RATE)
    whole = fftconvolve(wave.astype(np.float64), taps)
    return np.asarray(whole[TAPS // 2 :][: wave.size], dtype=np.float32)


def with_losses(wave: Wave, loss: float, burst: float, rng: np.random.Generator) -> tuple[Wave, int]:
    """Return a wave of 8 kHz of which a share of packets was lost and concealed, and how many were lost."""
    n = -(-wave.size // PACKET)
    gone = _lost(n, loss, burst, rng)
    packets = np.pad(wave, (0, n * PACKET - wave.size)).reshape(n, PACKET)
    last, factor = np.zeros(PACKET, np.float32), 1.0
    for place in range(n):
        factor = factor * FADE if gone[place] else 1.0
        if gone[place]:
            packets[place] = last * np.float32(factor)
        else:
            last = packets[place].copy()
    return packets.reshape(-1)[: wave.size], int(gone.sum())


def _lost(n: int, loss: float, burst: float, rng: np.random.Generator) -> np.ndarray:
    """Return which packets are lost: two states, of which the bad one lasts `burst` packets on average."""
    gone = np.zeros(n, dtype=np.bool_)
    bad = False
    worse = min(1.0, loss / (1.0 - loss) / burst)
    for place, chance in enumerate(rng.random(n)):
        bad = chance >= 1.0 / burst if bad else chance < worse
        gone[place] = bad
    return gone
