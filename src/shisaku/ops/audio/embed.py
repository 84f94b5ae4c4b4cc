"""Recordings to feature vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import wave_of
from shisaku.store.codecs import encode_vector

if TYPE_CHECKING:
    from shisaku.models.roles import Vectors

MODEL: Final = "whisper-tiny-en"
STATES_PER_SECOND = 50
SEGMENTS = 4


@dataclass(frozen=True)
class Embed(Transform):
    """Write features of a recording from the encoder of Whisper tiny.en: 1920 numbers.

    The encoder sees the first `seconds` (400 mel frames by default), shorter recordings padded with
    silence. The states of the recording itself are averaged as a whole and in 4 equal segments, each mean
    brought to length 1: 5 x 384 numbers, so that the order of sounds is not lost.

    When it hurts: the encoder was trained to write down English speech. It tells words apart better than
    voices, moods or machines, and what comes after the first `seconds` is not seen.

    Example::

        feature: {op: audio.embed, with: {audio: speech}}
    """

    name: ClassVar[str] = "audio.embed"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "embedding"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    makes: ClassVar[str] = "views"

    audio: str = "audio"
    seconds: float = 4.0
    write: str = "features"

    def __post_init__(self) -> None:
        part_names(audio=self.audio, write=self.write)
        within("seconds", self.seconds, 0.5, 30.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its features."""
        return one_by_one(batch, rngs, self._view)

    def _view(self, sample: Sample, rng: np.random.Generator) -> Sample:
        from shisaku.models.loading import load

        wave, rate = wave_of(sample, self.audio)
        wave = wave[: round(self.seconds * rate)]
        states = load(MODEL).encode(wave, rate, self.seconds)
        heard = max(SEGMENTS, min(len(states), -(-wave.size * STATES_PER_SECOND // rate)))
        return sample.with_part(self.write, Part("embedding", encode_vector(summed_up(states[:heard]))))


def summed_up(states: Vectors) -> npt.NDArray[np.float32]:
    """Return the unit mean of all states [n, d] and of 4 segments of equal length, joined: [5 d], n >= 4."""
    means = np.stack([states.mean(axis=0), *(piece.mean(axis=0) for piece in np.array_split(states, SEGMENTS))])
    length = np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray((means / np.maximum(length, 1e-12)).ravel(), dtype=np.float32)
