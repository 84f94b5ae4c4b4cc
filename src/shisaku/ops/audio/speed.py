"""Whether a recording is played at the speed of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.metric import StateSize
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.audio.levels import must_sound
from shisaku.ops.audio.wave_metric import WaveMetric
from shisaku.ops.limits import within

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

WINDOW = 2048  # samples: bins of 8 Hz at 16 kHz
LOW, HIGH = 80.0, 3600.0  # Hz: what a telephone leaves
PER_OCTAVE = 24
MOST = 28  # steps: 1.2 octaves
GAIN = 0.05  # by which the correlation must be better at another speed
FEW = 10
SILENT = 1e-12

Spectrum = npt.NDArray[np.float32]
BANDS = LOW * 2.0 ** (np.arange(int(PER_OCTAVE * np.log2(HIGH / LOW))) / PER_OCTAVE)


@dataclass(frozen=True)
class Speed(WaveMetric):
    """Score a recording by its speed beside the others, as a wrong sampling rate in a header changes it.

    The long-term spectrum on a logarithmic frequency axis (80 to 3600 Hz, 24 steps an octave) is shifted against the
    median spectrum of all recordings, up to 1.2 octaves either way, until they correlate best; played twice as fast,
    everything moves up an octave. `raw` is the shift in octaves (log2 of the speed), 0 where it makes the correlation
    better by less than 0.05; the score is 1 - |raw|, at least 0. Above `issue_above` octaves it is called an issue.
    Under 10 recordings there is nothing to compare with, and one under `shortest` seconds, a vowel or two, gets no
    score.

    What it finds: prompts played at 2/3 or 3/2 of their speed (0.58 octaves), at half or twice, in 71 to 83 %: what is
    missed has become too short. Speeds of 3/4 and 4/3 in a third. In 2,414 prompts as they are, five voices, one at a
    time, it called 0.4 % an issue (1.1 % of the worst voice).
    When it hurts: what is compared is the sound of a voice. Children among men differ by about 0.4 octaves, and
    recordings of other things than speech by anything. If most are at the wrong speed, the right ones are called odd.

    Example::

        - {name: speed, op: audio.speed, from: data, with: {audio: speech}}
    """

    name: ClassVar[str] = "audio.speed"
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_above"})

    issue_above: float = 0.45
    shortest: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        within("issue_above", self.issue_above, 0.0, MOST / PER_OCTAVE)
        within("shortest", self.shortest, 0.0, 60.0)

    def figures(self, wave: Wave, rate: int, facts: Mapping[str, str]) -> list[float]:
        """Return the spectrum in decibels, one value per step."""
        from scipy.signal import welch

        must_sound(wave)
        if len(wave) < max(WINDOW, self.shortest * rate):
            raise DataError(say("The recording is shorter than {seconds:g} s", seconds=self.shortest))
        hertz, power = welch(wave, rate, nperseg=WINDOW)
        smooth = np.convolve(power.astype(np.float64), np.ones(3) / 3, "same")
        return [round(float(db), 2) for db in 10.0 * np.log10(np.interp(BANDS, hertz, smooth) + SILENT)]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        ids = sorted(state)
        if not ids:
            return []
        spectra = np.array([state[sample] for sample in ids], np.float32)
        usual = np.median(spectra, axis=0)
        shifts = [_shift(spectrum, usual) if len(ids) >= FEW else 0.0 for spectrum in spectra]
        return [self.word(sample, [shift]) for sample, shift in zip(ids, shifts, strict=True)]

    def word(self, sample: str, figures: list[float]) -> Score:
        """Return the Score of a shift in octaves."""
        (shift,) = figures
        reason = say("It sounds like the others played {factor:.2f} times as fast", factor=2.0**shift)
        return Score(sample, self.name, max(0.0, 1.0 - abs(shift)), shift, abs(shift) > self.issue_above, reason)


def _shift(spectrum: Spectrum, usual: Spectrum) -> float:
    """Return by how many octaves `usual` must go up to look like `spectrum`."""
    fits = {step: _fit(spectrum, usual, step) for step in range(-MOST, MOST + 1)}
    best = max(fits, key=lambda step: (fits[step], -abs(step)))
    return best / PER_OCTAVE if fits[best] >= fits[0] + GAIN else 0.0


def _fit(spectrum: Spectrum, usual: Spectrum, step: int) -> float:
    n = len(usual) - abs(step)
    one, other = spectrum[max(0, step) :][:n], usual[max(0, -step) :][:n]
    one, other = one - one.mean(), other - other.mean()
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / length if length > 0 else 0.0
