"""Texts in another language, by any translator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.language import language_of
from shisaku.ops.limits import part_names
from shisaku.ops.reading import part_of, text_of

if TYPE_CHECKING:
    from shisaku.models.ask import Ask


@dataclass(frozen=True)
class Translate(Transform):
    """Translate a text, by the translator that `model` names among the recipe's `models`; none is embedded.

    `source` is the language of the text unless its tag or script tells it; `target` that of the translation, which
    stands in the part `write` beside the text.

    When it hurts: names, units and what only one language says are lost without a trace. Two of these in a row are
    back-translation: `text.back_translate`.

    Example::

        - {name: german, op: text.translate, from: task, with: {model: writer, target: de, write: caption_de}}
    """

    name: ClassVar[str] = "text.translate"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    roles: ClassVar[Mapping[str, str]] = {"model": "translator"}
    purpose: ClassVar[str] = "translate"
    makes: ClassVar[str] = "views"

    text: str = "caption"
    model: str = ""
    source: str = ""
    target: str = "en"
    write: str = "translated"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)
        if not self.target:
            raise ValueError("target must be a language such as 'en', got an empty text")

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with the translation; the translator is asked once for the batch."""
        return asked(batch, rngs, "translator", self.model, self._ask, self._view)

    def _ask(self, sample: Sample, rng: np.random.Generator) -> Ask:
        from shisaku.models.ask import Ask

        text_of(sample, self.text)
        source = self.source or language_of(part_of(sample, self.text, "text")) or ""
        options = {"source": source, "target": self.target}
        return Ask(sample, (self.text,), "", seed_from(rng), options=options, op=self.fingerprint, purpose=self.purpose)

    def _view(self, sample: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        return sample.with_part(self.write, replace(answer, uri="", lang=self.target))
