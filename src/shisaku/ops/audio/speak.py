"""Texts read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.audio.casting import RANDOM, cast_of
from shisaku.ops.audio.reading_aloud import joined, sentences
from shisaku.ops.language import language_of
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited, some_of_each
from shisaku.ops.reading import part_of, text_of
from shisaku.store.codecs import encode_wave

if TYPE_CHECKING:
    from shisaku.models.roles import Voice

EVERYTHING = "*"
UNTAGGED = "en"
SLOWEST, FASTEST = 0.5, 2.0


@dataclass(frozen=True)
class Speak(Transform):
    """Read a text aloud: a child for each voice, with the recording beside the text.

    `voice` is one voice or ``random`` (one drawn for each sample among those that read its language);
    `voices` names several, ``[all]`` every one that reads the language, and each makes a child of its own.
    The voice says which synthesiser speaks: flite (slt, rms, awb, kal16, kal) reads English, Kokoro (jf_alpha,
    jf_gongitsune, jf_nezumi, jf_tebukuro, jm_kumo) English with a Japanese accent and, with its optional
    extra, Japanese. `language` is that of the text unless given; a text that no script or tag tells is read
    as English. `speed` 1.2 is a fifth faster; with `speed_spread` 0.2 each child is read up to a fifth faster or
    slower than that, log-uniformly. Between sentences the synthesiser makes its own pauses, unless `pause_max` is
    above 0: then each sentence is read by itself, with `pause_min` to `pause_max` seconds of silence between. A child
    has the facts ``voice``, ``person`` and ``synthesiser`` (with a spread also ``speaking_speed``), and keeps the text
    and the parts that `carry` names (``"*"``: all but embeddings; with many voices of large images, naming few saves
    disk). Where one of several voices cannot read a text, that child is dropped with the voice in its reason, and the
    others stand.

    When it hurts: few voices teach the voice. What is read must be what people would say: where they
    say the bare word, bare words did 18 points better [-1, +36] than captions read verbatim ("A frog."; study
    ``spoken`` of examples/stamps); `text.bare` makes one of the other. Check every recording with
    `audio.closed_vocabulary`, or with `audio.transcribe` and `audio.wer`.

    Example::

        - {name: spoken, op: audio.speak, from: task, with: {text: caption, voices: [all], carry: [caption]}}
    """

    name: ClassVar[str] = "audio.speak"
    version: ClassVar[int] = 2
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "audio"}
    models: ClassVar[tuple[str, ...]] = ("flite", "kokoro-82m", "misaki-lexicon")
    makes: ClassVar[str] = "children"
    batch: ClassVar[int] = 4

    text: str = "caption"
    voice: str = RANDOM
    voices: tuple[str, ...] = ()
    language: str = ""
    speed: float = 1.0
    speed_spread: float = 0.0
    pause_min: float = 0.0
    pause_max: float = 0.0
    carry: tuple[str, ...] = (EVERYTHING,)
    write: str = "speech"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)
        within("speed", self.speed, SLOWEST, FASTEST)
        within("speed_spread", self.speed_spread, 0.0, 1.0)
        within("pause_min", self.pause_min, 0.0, 10.0)
        within("pause_max", self.pause_max, 0.0, 10.0)
        ordered("pause_min", self.pause_min, "pause_max", self.pause_max)
        if self.write == self.text:
            raise ValueError(f"write must be another part than text, got {self.write!r} for both")
        object.__setattr__(self, "models", cast_of(self.voice, self.voices, self.language).weights)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample and voice."""
        return some_of_each(batch, rngs, self._children)

    def _children(self, sample: Sample, rng: np.random.Generator) -> Outcome:
        text = text_of(sample, self.text)
        language = self.language or language_of(part_of(sample, self.text, "text")) or UNTAGGED
        cast = cast_of(self.voice, self.voices, self.language).readers(language, rng)
        said = tuple(self._child(sample, text, voice, language, place, rng) for place, voice in enumerate(cast))
        if not any(isinstance(one, Sample) for one in said):
            return next(one for one in said if isinstance(one, Failure))
        return said

    def _child(
        self, sample: Sample, text: str, voice: Voice, language: str, place: int, rng: np.random.Generator
    ) -> Sample | Failure:
        from shisaku.models.loading import load

        speaker = load(voice.model)
        speed = self._speed(rng)
        pieces = sentences(text) if self.pause_max else [text]
        pauses = rng.uniform(self.pause_min, self.pause_max, len(pieces) - 1).tolist()
        try:
            said = [speaker.speak(piece, voice.name, language=language, speed=speed) for piece in pieces]
        except DataError as error:
            return Failure(say("Voice {voice}: {cause}", voice=voice.name, cause=error.what))
        rate = said[0][1]
        wave = joined([wave for wave, _ in said], rate, pauses)
        part = Part("audio", encode_wave(wave, rate), uri=f"voice:{voice.name}", lang=language)
        facts = {"voice": voice.name, "person": voice.person, "synthesiser": speaker.backend}
        if self.speed_spread:
            facts["speaking_speed"] = f"{speed:.3f}"
        return sample.child(self.name, place, parts=self._parts(sample, part), facts=facts)

    def _speed(self, rng: np.random.Generator) -> float:
        # Without a spread nothing is drawn, so that recordings of earlier runs stay the same.
        wide = float(np.log1p(self.speed_spread))
        if not wide:
            return self.speed
        return round(min(FASTEST, max(SLOWEST, self.speed * float(np.exp(rng.uniform(-wide, wide))))), 3)

    def _parts(self, sample: Sample, recording: Part) -> dict[str, Part]:
        parts = inherited(sample, {self.write: recording})
        if EVERYTHING in self.carry:
            return parts
        return {name: part for name, part in parts.items() if name in (self.text, self.write, *self.carry)}
