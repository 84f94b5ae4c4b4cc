"""Recordings to three figures of how somebody speaks: pitch, its span, and the rate of syllables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.ops.audio.levels import must_sound
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import wave_of
from shisaku.store.codecs import encode_vector

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

FLOOR, CEILING = 60.0, 600.0  # hertz
HOP = 0.01  # seconds
VOICED = 0.1  # seconds of voice that a figure needs
SMOOTH = 5  # frames of 10 ms, of the loudness in which syllables are sought
DIP = 2.0  # decibels that lie between two syllables (de Jong and Wempe, 2009)
BELOW_LOUD = 25.0  # decibels below the loudest frames: what is softer is no syllable
TINY = 1e-10
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Prosody(Transform):
    """Write how somebody speaks as three numbers: pitch in semitones, its span in semitones, syllables per second.

    Fundamental frequency by WORLD's DIO and StoneMask (Morise et al. 2009), every 10 ms from 60 to 600 Hz: its median,
    in semitones above 55 Hz, and the distance from its 10th to its 90th percentile. Syllables are peaks of loudness in
    voiced frames with a dip of 2 dB before them (de Jong and Wempe, Behav. Res. Methods 41:385, 2009), counted per
    second between the first and the last voiced frame; no words are needed, so it works in every language.
    `audio.speech_plausible` compares made with real ones. It needs the extra `world`.

    When it hurts: music and several talkers have a pitch that is nobody's. Noise and creaky voice halve or double it;
    the median forgives some of that, the span less. Under a second of speech the rate is coarse.

    Example::

        - {name: prosody, op: audio.prosody, from: spoken, with: {audio: speech, write: prosody}}
    """

    name: ClassVar[str] = "audio.prosody"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "embedding"}
    makes: ClassVar[str] = "views"

    audio: str = "speech"
    write: str = "prosody"

    def __post_init__(self) -> None:
        part_names(audio=self.audio, write=self.write)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its three numbers."""
        return one_by_one(batch, rngs, self._view)

    def _view(self, sample: Sample, rng: np.random.Generator) -> Sample:
        wave, rate = wave_of(sample, self.audio)
        must_sound(wave)
        return sample.with_part(self.write, Part("embedding", encode_vector(prosody(wave, rate).astype(np.float32))))


def prosody(wave: Wave, rate: int) -> Numbers:
    """Return [semitones above 55 Hz, their 10th to 90th percentile, syllables per second]. Raises DataError."""
    world = _world()
    sound = wave.astype(np.float64)
    rough, at = world.dio(sound, rate, f0_floor=FLOOR, f0_ceil=CEILING, frame_period=1000 * HOP)
    hertz = world.stonemask(sound, rough, at, rate)
    voiced = hertz > 0.0
    if voiced.sum() * HOP < VOICED:
        raise DataError(say("There is less than {least:g} s of voice in the recording", least=VOICED))
    tones = 12.0 * np.log2(hertz[voiced] / 55.0)
    low, middle, high = np.quantile(tones, [0.1, 0.5, 0.9])
    return np.array([middle, high - low, _syllables(sound, rate, voiced)])


def _syllables(sound: Numbers, rate: int, voiced: npt.NDArray[np.bool_]) -> float:
    from scipy.signal import find_peaks

    hop = round(HOP * rate)
    frames = np.pad(sound**2, (0, max(0, len(voiced) * hop - sound.size)))[: len(voiced) * hop].reshape(-1, hop)
    power = np.convolve(frames.mean(axis=1), np.ones(SMOOTH) / SMOOTH, "same")
    level = 10.0 * np.log10(power + TINY)
    loudest = float(np.quantile(level, 0.95))
    # A dip on either side makes a peak a syllable; the ends of the recording count as dips.
    padded = np.concatenate([[-200.0], level, [-200.0]])
    peaks, _ = find_peaks(padded, prominence=DIP, height=loudest - BELOW_LOUD)
    peaks = peaks - 1
    spoken = np.flatnonzero(voiced)
    seconds = (spoken[-1] - spoken[0] + 1) * HOP
    return float(voiced[peaks].sum() / seconds)


def _world() -> Any:
    try:
        import pyworld
    except ImportError as error:
        raise MachineError(
            say("The vocoder WORLD is not installed"), next=say("Install the extra: pip install 'shisaku[world]'")
        ) from error
    return pyworld
