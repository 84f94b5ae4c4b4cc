"""Texts read aloud by any speaker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.language import language_of
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited
from shisaku.ops.reading import part_of, text_of

if TYPE_CHECKING:
    from shisaku.models.ask import Ask

UNTAGGED = "en"


@dataclass(frozen=True)
class Say(Transform):
    """Read a text aloud, by the speaker that `model` names among the recipe's `models`.

    Without a name the embedded flite reads English. `voices` are voices of that speaker, of which one is drawn for
    each sample; empty, the speaker's own choice. `speed_min` to `speed_max` bound the rate of speaking (1.2 is a fifth
    faster). `language` is that of the text unless its tag or script tells it. `audio.speak` knows the embedded voices
    by name and can make a child for each of them.

    When it hurts: few voices teach the voice, and a voice that imitates a person needs that person's consent. Check
    every recording with `audio.closed_vocabulary`, or with `audio.transcribe` and `audio.wer`.

    Example::

        - {name: said, op: audio.say, from: captioned, with: {model: voice, text: caption_made, write: speech}}
    """

    name: ClassVar[str] = "audio.say"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "audio"}
    roles: ClassVar[Mapping[str, str]] = {"model": "speaker"}
    purpose: ClassVar[str] = "speak"
    makes: ClassVar[str] = "children"

    text: str = "caption"
    model: str = ""
    voices: tuple[str, ...] = ()
    speed_min: float = 1.0
    speed_max: float = 1.0
    language: str = ""
    write: str = "speech"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)
        within("speed_min", self.speed_min, 0.5, 2.0)
        within("speed_max", self.speed_max, 0.5, 2.0)
        ordered("speed_min", self.speed_min, "speed_max", self.speed_max)
        object.__setattr__(self, "voices", tuple(self.voices))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample with the recording; the speaker is asked once for the batch."""
        return asked(batch, rngs, "speaker", self.model, self._ask, self._child)

    def _ask(self, sample: Sample, rng: np.random.Generator) -> Ask:
        from shisaku.models.ask import Ask

        text = text_of(sample, self.text)
        language = self.language or language_of(part_of(sample, self.text, "text")) or UNTAGGED
        options: dict[str, Any] = {"language": language}
        if self.voices:
            options["voice"] = self.voices[int(rng.integers(len(self.voices)))]
        speed = float(rng.uniform(self.speed_min, self.speed_max))
        if speed != 1.0:
            options["speed"] = round(speed, 3)
        return Ask(
            sample, (self.text,), text, seed_from(rng), options=options, op=self.fingerprint, purpose=self.purpose
        )

    def _child(self, sample: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        voice = answer.uri.removeprefix("voice:") or str(ask.options.get("voice", ""))
        facts = {"synthesiser": backend, **({"voice": voice} if voice else {})}
        part = replace(answer, lang=ask.options["language"])
        return sample.child(self.name, parts=inherited(sample, {self.write: part}), facts=facts)
