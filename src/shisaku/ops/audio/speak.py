"""Texts read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError, MachineError, RecipeError
from shisaku.message import say
from shisaku.ops.language import english_of
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import one_by_one
from shisaku.store.codecs import encode_wave

MODEL: Final = "flite"
RANDOM = "random"


@dataclass(frozen=True)
class Speak(Transform):
    """Read an English text aloud with flite, in the voice given or one drawn for each sample.

    Real pronunciation from a small old synthesiser: quick, intelligible, far from natural. Which voice
    spoke is written as `uri` of the part (``voice:slt``). Texts in other languages than English fail with
    a reason; for Japanese another speaker is needed.

    When it hurts: few voices teach the voice. What is read must be what people would say: captions read
    verbatim ("A frog.") cost 12 points against the bare word where people say the bare word. Check every
    recording with `audio.transcribe` and `audio.wer`.

    Example::

        - {name: spoken, op: audio.speak, from: task, with: {text: caption, write: speech, voice: random}}
    """

    name: ClassVar[str] = "audio.speak"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "audio"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    makes: ClassVar[str] = "views"

    text: str = "caption"
    voice: str = RANDOM
    write: str = "speech"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)
        if not self.voice:
            raise ValueError(f"voice must be a voice or {RANDOM!r}, got an empty name")

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its recording. Raises RecipeError for a voice there is not."""
        return one_by_one(batch, rngs, self._view)

    def _view(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text = english_of(sample, self.text, MODEL)
        from shisaku.models.flite import speakable
        from shisaku.models.loading import load

        try:
            speakable(text)
        except MachineError as error:  # of the text, not of the machine: this sample fails, the others go on
            raise DataError(error.what, where=sample.id) from error

        speaker = load(MODEL)
        if self.voice not in (RANDOM, *speaker.voices):
            raise RecipeError(
                say("{model} has no voice {voice}", model=MODEL, voice=self.voice),
                where=self.name,
                next=say("Its voices are {voices}, or random", voices=", ".join(speaker.voices)),
            )
        drawn = speaker.voices[int(rng.integers(len(speaker.voices)))]
        voice = drawn if self.voice == RANDOM else self.voice
        wave, rate = speaker.speak(text, voice)
        return sample.with_part(self.write, Part("audio", encode_wave(wave, rate), uri=f"voice:{voice}", lang="en"))
