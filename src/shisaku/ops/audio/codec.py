"""Recordings that went through a lossy codec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.ops.audio.lossy import CODECS, through_codec
from shisaku.ops.audio.wave_change import Changed, WaveChange
from shisaku.ops.limits import one_of

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class Codec(WaveChange):
    """Code a recording and decode it again: what a lossy codec at a bit rate leaves of it.

    One of `codecs` is drawn for each child: mp3, opus, aac (MPEG-4 low complexity), amr_nb (mobile telephony, 8 kHz,
    4.75 to 12.2 kbit/s), g711_mu and g711_a (telephony, 8 kHz, ITU-T G.711), g722 (16 kHz, ITU-T G.722); and a bit rate
    from `kbps_min` to `kbps_max`, log-uniformly, brought into what the codec can (the G codecs have but one). The
    recording goes to a rate of the codec and back, and stays as long as it was and in time: the delay of each codec is
    measured on a burst of noise and taken away, to less than 1 ms. The facts ``codec`` and ``kbps`` say what was used
    and the bit rate it took. Encoders are those of FFmpeg in PyAV.

    When it hurts: below about 16 kbit/s consonants and soft backgrounds go; whether a person still understands is not
    checked. All but the G codecs and Opus cut the band at low rates, so do not use them where the label is in the high
    frequencies. GSM full rate and AMR wide band are missing, because PyAV has no encoder for them.

    Example::

        - {name: coded, op: audio.codec, from: data, with: {audio: speech, codecs: [opus, mp3], kbps_min: 12}}
    """

    name: ClassVar[str] = "audio.codec"

    codecs: tuple[str, ...] = ("mp3", "opus", "aac")
    kbps_min: float = 16.0
    kbps_max: float = 64.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.codecs:
            raise ValueError(f"codecs must name at least one of {', '.join(CODECS)}")
        for codec in self.codecs:
            one_of("codecs", codec, tuple(CODECS))
        self.limit("kbps", 4.0, 320.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave, decoded."""
        codec = self.codecs[int(rng.integers(len(self.codecs)))]
        kbps = float(np.exp(rng.uniform(np.log(self.kbps_min), np.log(self.kbps_max))))
        made, took = through_codec(wave, rate, codec, kbps)
        return made, {"codec": codec, "kbps": f"{took:.1f}"}
