"""Class scores of recordings without any training: what was heard, compared with the names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.embedded.transcriber import heard_text
from shisaku.ops.audio.hearing import DETECTOR, TINY, check_listener, weights_for
from shisaku.ops.audio.spoken_form import characters, spoken_words
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import wave_of
from shisaku.store.codecs import encode_vector


@dataclass(frozen=True)
class ZeroShot(Transform):
    """Write one score per class: how near what was heard comes to the names of the class, without any training.

    `names` maps each label to a text or several. A recording is written down (`model`, `language` and
    `detect` as in `audio.transcribe`), and the score of a label is the best similarity of the transcript with
    one of its names: 1 - edits / the longer length, in characters without spaces and punctuation
    (Levenshtein), English numbers in words. The scores stand in the order of the sorted labels. It is the
    "no training" system that an arm of synthetic speech is to be compared with. Where nobody speaks or no
    word is understood there are no scores, and the study counts an answer that was not given.

    When it hurts: single words are misheard, and names that look alike (goat, boat) are one edit apart.
    Choosing names by looking at test results is training on the test set.

    Example::

        arms:
          - {name: cascade, scores: {op: audio.zero_shot, with: {names: {frog: frog, hen: [hen, chicken]}}}}
    """

    name: ClassVar[str] = "audio.zero_shot"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "embedding"}
    models: ClassVar[tuple[str, ...]] = (TINY, DETECTOR)
    makes: ClassVar[str] = "views"

    names: Mapping[str, str | tuple[str, ...]]
    audio: str = "speech"
    model: str = TINY
    language: str = "en"
    detect: bool = True
    write: str = "scores"

    def __post_init__(self) -> None:
        part_names(audio=self.audio, write=self.write)
        check_listener(self.model, self.language, self.name)
        if len(self.names) < 2:
            raise ValueError(f"names must name at least 2 labels, got {len(self.names)}")
        named = {label: (some,) if isinstance(some, str) else tuple(some) for label, some in self.names.items()}
        for label, some in named.items():
            if not some or not all(characters(name) for name in some):
                raise ValueError(f"names must name {label} in letters or digits, got {some}")
        object.__setattr__(self, "names", dict(sorted(named.items())))
        object.__setattr__(self, "models", weights_for(self.model, self.detect))

    def __hash__(self) -> int:
        return hash((self.audio, self.model, self.language, self.detect, self.write, tuple(self.names.items())))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its class scores."""
        return one_by_one(batch, rngs, self._view)

    def _view(self, sample: Sample, rng: np.random.Generator) -> Sample:
        wave, rate = wave_of(sample, self.audio)
        heard = self._plain(heard_text(self.model, wave, rate, self.language, self.detect))
        if not heard:
            raise DataError(say("No word was understood in the recording"), where=sample.id)
        scores = [max(likeness(heard, self._plain(name)) for name in some) for some in self.names.values()]
        return sample.with_part(self.write, Part("embedding", encode_vector(np.asarray(scores))))

    def _plain(self, text: str) -> str:
        return characters(spoken_words(text) if self.language == "en" else text)


def likeness(one: str, other: str) -> float:
    """Return 1 - Levenshtein distance / the longer length: 1 for equal texts, 0 for nothing in common; not empty."""
    import jiwer

    found = jiwer.process_characters(one, other)
    return 1.0 - (found.substitutions + found.deletions + found.insertions) / max(len(one), len(other))
