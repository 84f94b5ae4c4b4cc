"""Recordings written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import wave_of

MODEL: Final = "whisper-tiny-en"


@dataclass(frozen=True)
class Transcribe(Transform):
    """Write down what Whisper tiny.en hears in English speech.

    The text is empty where nothing was heard. Recordings above 30 seconds are heard in windows of 30
    seconds, whose seams may cut a word.

    When it hurts: it is a small listener. Single words without a sentence around them are often misheard,
    speech in other languages comes out as English nonsense, and silence may come out as a phrase. A
    mistake can be the listener's: read `audio.wer` as an upper bound of the speaker's mistakes.

    Example::

        - {name: heard, op: audio.transcribe, from: spoken, with: {audio: speech, write: heard}}
    """

    name: ClassVar[str] = "audio.transcribe"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    makes: ClassVar[str] = "views"

    audio: str = "speech"
    write: str = "heard"

    def __post_init__(self) -> None:
        part_names(audio=self.audio, write=self.write)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with what was heard."""
        return one_by_one(batch, rngs, self._view)

    def _view(self, sample: Sample, rng: np.random.Generator) -> Sample:
        wave, rate = wave_of(sample, self.audio)
        from shisaku.models.loading import load

        return sample.with_part(self.write, Part.from_text(load(MODEL).listen(wave, rate).text, "en"))
