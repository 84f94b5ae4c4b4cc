"""Time stretched while the pitch stays, and the pitch moved while the time stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shisaku.ops.audio.classical import faster
from shisaku.ops.audio.lossy import fitted

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


def stretched(wave: Wave, rate: int, tempo: float) -> Wave:
    """Return the wave `tempo` times as fast at the same pitch (Signalsmith Stretch)."""
    from python_stretch.Signalsmith import Stretch

    machine: Any = Stretch()
    machine.preset(1, float(rate))
    machine.setTimeFactor(tempo)
    made = machine.process(np.ascontiguousarray(wave[None], dtype=np.float32))[0]
    return np.array(made, dtype=np.float32) if made.size else wave.copy()


def transposed(wave: Wave, rate: int, semitones: float) -> Wave:
    """Return the wave at another pitch, as long as before: stretched in time, then played at another speed.

    The transposition of Signalsmith Stretch itself was 16 to 46 cents off on sines under 250 Hz, this way none.
    """
    factor = 2.0 ** (semitones / 12.0)
    return fitted(faster(stretched(wave, rate, 1.0 / factor), rate, factor), wave.size)
