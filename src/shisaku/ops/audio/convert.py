"""Voices made higher, lower, larger or smaller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.ops.audio.levels import must_sound
from shisaku.ops.audio.lossy import fitted, resampled
from shisaku.ops.audio.wave_change import Changed, WaveChange

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

Grid = npt.NDArray[np.float64]
TINY = 1e-16
# D4C looks at 7.9 kHz to tell voiced from unvoiced: at lower rates it reads what lies behind its own memory.
LOWEST_RATE = 16_000


@dataclass(frozen=True)
class Convert(WaveChange):
    """Change a voice: its pitch by semitones and its formants by a factor, each without the other.

    The WORLD vocoder (Morise et al. 2016; pitch by DIO and StoneMask, envelope by CheapTrick, aperiodicity by D4C)
    takes the recording apart every 5 ms. The pitch is multiplied by 2^(semitones / 12), drawn from `semitones_min` to
    `semitones_max`; the spectral envelope is stretched along frequency by a factor from `formant_min` to `formant_max`,
    as a shorter (above 1) or longer vocal tract would; then the voice is put together again, at the root mean
    square, the length and the times it had. With 0 semitones and a factor of 1 nothing changes. Between men and
    women lie about 12 semitones and a factor of 1.17. The facts ``semitones`` and ``formants`` say what was drawn.

    When it hurts: it is for one voice in quiet. Noise, music and several talkers come back as buzzing, and a recording
    without any voiced sound fails. Labels of speaker, sex, age, emotion and of tone in tone languages become false,
    while the group stays: a converted voice is still the person's, it is no anonymisation. Below a rate of 16 kHz
    breath and consonants suffer.

    Example::

        - {name: other_voice, op: audio.convert, from: data, with: {audio: speech, semitones_min: 2, semitones_max: 5}}
    """

    name: ClassVar[str] = "audio.convert"

    semitones_min: float = -4.0
    semitones_max: float = 4.0
    formant_min: float = 0.9
    formant_max: float = 1.12

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit("semitones", -24.0, 24.0)
        self.limit("formant", 0.5, 2.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave in another voice. Raises DataError where there is no voice."""
        semitones, formants = self.draw("semitones", rng), self.draw("formant", rng)
        facts = {"semitones": f"{semitones:.2f}", "formants": f"{formants:.3f}"}
        if semitones == 0.0 and formants == 1.0:
            return wave, facts
        must_sound(wave)
        made = fitted(revoiced(wave, rate, 2.0 ** (semitones / 12.0), formants), wave.size)
        before, after = (float(np.mean(np.square(one, dtype=np.float64))) for one in (wave, made))
        return made * np.float32(np.sqrt(before / max(after, TINY))), facts


def revoiced(wave: Wave, rate: int, pitch: float, formants: float) -> Wave:
    """Return the wave with its pitch and its envelope scaled in frequency. Raises DataError without voiced sound."""
    world = _world()
    if rate < LOWEST_RATE:
        made = revoiced(resampled(wave, rate, LOWEST_RATE), LOWEST_RATE, pitch, formants)
        return resampled(made, LOWEST_RATE, rate)
    sound = wave.astype(np.float64)
    rough, at = world.dio(sound, rate)
    hertz = world.stonemask(sound, rough, at, rate)
    if not (hertz > 0.0).any():
        raise DataError(say("No voiced sound is found in the recording"))
    envelope = world.cheaptrick(sound, hertz, at, rate)
    breath = world.d4c(sound, hertz, at, rate)
    made = world.synthesize(hertz * pitch, warped(envelope, formants), breath, rate)
    return np.asarray(made, dtype=np.float32)


def _world() -> Any:
    try:
        import pyworld
    except ImportError as error:
        raise MachineError(
            say("The vocoder WORLD is not installed"), next=say("Install the extra: pip install 'shisaku[world]'")
        ) from error
    return pyworld


def warped(envelope: Grid, factor: float) -> Grid:
    """Return an envelope [frames, bins] stretched along frequency; what comes in at the top is the last bin."""
    bins = envelope.shape[1]
    at = np.minimum(np.arange(bins) / factor, bins - 1.0)
    low = np.minimum(at.astype(np.intp), bins - 2)
    part = at - low
    logs = np.log(np.maximum(envelope, TINY))
    return np.ascontiguousarray(np.exp(logs[:, low] * (1.0 - part) + logs[:, low + 1] * part))
