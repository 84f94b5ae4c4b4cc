"""Texts to feature vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.language import english_of
from shisaku.ops.limits import one_of, part_names
from shisaku.ops.outcome import in_one_call
from shisaku.ops.reading import text_of
from shisaku.ops.text.ngrams import ngram_vector
from shisaku.store.codecs import encode_vector

MINILM: Final = "minilm-l6"
CHAR_NGRAMS = "char_ngrams"


@dataclass(frozen=True)
class Embed(Transform):
    """Write the feature vector of a text, for studies and comparisons.

    `model` minilm-l6: all-MiniLM-L6-v2, 384 numbers, meaning of English sentences. `model` char_ngrams:
    hashed counts of 1- to 3-grams of characters, 512 numbers, no weights, any language; it sees spelling
    and shared words, not meaning. Both have length 1.

    When it hurts: minilm-l6 was trained on English. Texts in another language fail with that reason unless
    `allow_other_languages` is set, and then the vectors carry little meaning.

    Example::

        feature: {op: text.embed, with: {text: caption, model: char_ngrams}}
    """

    name: ClassVar[str] = "text.embed"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "embedding"}
    models: ClassVar[tuple[str, ...]] = (MINILM,)
    tolerance: ClassVar[float] = 1e-4
    makes: ClassVar[str] = "views"

    text: str = "caption"
    model: str = MINILM
    allow_other_languages: bool = False
    write: str = "features"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)
        one_of("model", self.model, (MINILM, CHAR_NGRAMS))
        if self.model == CHAR_NGRAMS:
            # Nothing is to be fetched or found missing for a feature that needs no weights.
            object.__setattr__(self, "models", ())
            object.__setattr__(self, "tolerance", 0.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its vector; the model is called once for the batch."""
        return in_one_call(batch, self._text, self._vectors, self._view)

    def _text(self, sample: Sample) -> str:
        if self.model == CHAR_NGRAMS or self.allow_other_languages:
            return text_of(sample, self.text)
        return english_of(sample, self.text, self.model)

    def _vectors(self, texts: list[str]) -> Sequence[npt.NDArray[np.float32]]:
        if self.model == CHAR_NGRAMS:
            return [ngram_vector(text) for text in texts]
        from shisaku.models.loading import load

        return list(load(MINILM).embed(texts))

    def _view(self, sample: Sample, vector: npt.NDArray[np.float32]) -> Sample:
        return sample.with_part(self.write, Part("embedding", encode_vector(vector)))
