"""Recordings written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.models.embedded.transcriber import heard_text
from shisaku.ops.audio.hearing import DETECTOR, TINY, check_listener, weights_for
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import wave_of


@dataclass(frozen=True)
class Transcribe(Transform):
    """Write down what Whisper hears in a recording.

    `model` whisper-tiny-en hears English, whisper-base is larger and hears what `language` says. Whisper
    makes up phrases where nobody speaks, so a voice detector (Silero) listens first, and a recording without
    speech fails with that reason; with `detect: false` nobody asks. The text is empty where speech was found
    but no word understood. Recordings above 30 seconds are heard in windows of 30 seconds, whose seams may
    cut a word.

    When it hurts: these are small listeners. Single words without a sentence around them are often misheard,
    and speech in another language than the one given comes out as nonsense. A mistake can be the listener's:
    read `audio.wer` and `audio.cer` as an upper bound of the speaker's mistakes.

    Example::

        - {name: heard, op: audio.transcribe, from: spoken, with: {audio: speech, write: heard}}
        - {name: heard_ja, op: audio.transcribe, from: spoken_ja, with: {model: whisper-base, language: ja}}
    """

    name: ClassVar[str] = "audio.transcribe"
    version: ClassVar[int] = 2
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    models: ClassVar[tuple[str, ...]] = (TINY, DETECTOR)
    makes: ClassVar[str] = "views"

    audio: str = "speech"
    model: str = TINY
    language: str = "en"
    detect: bool = True
    write: str = "heard"

    def __post_init__(self) -> None:
        part_names(audio=self.audio, write=self.write)
        check_listener(self.model, self.language, self.name)
        object.__setattr__(self, "models", weights_for(self.model, self.detect))

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
        text = heard_text(self.model, wave, rate, self.language, self.detect)
        return sample.with_part(self.write, Part.from_text(text, self.language))
