"""Transcripts by any listener."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.limits import part_names
from shisaku.ops.reading import wave_of

if TYPE_CHECKING:
    from shisaku.models.ask import Ask


@dataclass(frozen=True)
class Listen(Transform):
    """Write down what is said in a recording, by the listener that `model` names among the recipe's `models`.

    Without a name the embedded Whisper (tiny, English) answers, behind a voice detector. `language` is the one
    spoken. `audio.transcribe` is the same for the embedded listeners, by name and with more to set.

    When it hurts: listeners make up words in silence and noise, and favour what is often said. A transcript that is
    trained on needs a check by a listener of another family.

    Example::

        - {name: heard, op: audio.listen, from: task, with: {model: ears, audio: speech, write: heard, language: ja}}
    """

    name: ClassVar[str] = "audio.listen"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    roles: ClassVar[Mapping[str, str]] = {"model": "listener"}
    purpose: ClassVar[str] = "transcribe"
    makes: ClassVar[str] = "views"

    audio: str = "speech"
    model: str = ""
    language: str = "en"
    write: str = "heard"

    def __post_init__(self) -> None:
        part_names(audio=self.audio, write=self.write)
        if not self.language:
            raise ValueError("language must be a language such as 'en', got an empty text")

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with what was heard; the listener is asked once for the batch."""
        return asked(batch, rngs, "listener", self.model, self._ask, self._view)

    def _ask(self, sample: Sample, rng: np.random.Generator) -> Ask:
        from shisaku.models.ask import Ask

        wave_of(sample, self.audio)
        options = {"language": self.language}
        return Ask(
            sample, (self.audio,), "", seed_from(rng), options=options, op=self.fingerprint, purpose=self.purpose
        )

    def _view(self, sample: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        return sample.with_part(self.write, replace(answer, uri="", lang=self.language))
