"""Recordings that were too loud for what took them down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.ops.audio.wave_change import Changed, WaveChange

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class Clip(WaveChange):
    """Cut off what is louder than a percentile of the recording's own samples (hard clipping).

    The percentile of the absolute values is drawn from `percentile_min` to `percentile_max`: at 98, the loudest 2 % of
    the samples are brought to the value of the 98th percentile. 100 changes nothing. The level of the rest stays. The
    facts ``clip_percentile`` and ``clip_db`` say where the cut is, the latter in dB below the former peak. A recording
    that is loud in few places, or silent at the 98th percentile, is hit hardest: percentiles count silence too.

    When it hurts: `audio.clipping` and people who check will call these children broken, as they are. Above 10 % of
    the samples speech becomes hard to understand. Labels of recording quality become false.

    Example::

        - {name: clipped, op: audio.clip, from: data, with: {audio: speech, percentile_min: 95}}
    """

    name: ClassVar[str] = "audio.clip"

    percentile_min: float = 95.0
    percentile_max: float = 99.9

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit("percentile", 50.0, 100.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave with flat tops."""
        percentile = self.draw("percentile", rng)
        size = np.abs(wave)
        top, peak = float(np.percentile(size, percentile)), float(size.max())
        below = 20.0 * float(np.log10(peak / top)) if top > 0.0 else 0.0
        facts = {"clip_percentile": f"{percentile:.2f}", "clip_db": f"{below:.2f}"}
        # A percentile of 0 would leave nothing at all.
        return (np.clip(wave, -np.float32(top), np.float32(top)) if top > 0.0 else wave), facts
