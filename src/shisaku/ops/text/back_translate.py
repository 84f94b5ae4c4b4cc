"""Texts through another language and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.language import language_of
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import inherited
from shisaku.ops.reading import part_of, text_of

if TYPE_CHECKING:
    from shisaku.models.ask import Ask

UNTAGGED: Final = "en"
BETWEEN: Final = "_pivot"


@dataclass(frozen=True)
class BackTranslate(Transform):
    """Translate a text into `pivot` and back, by the translator that `model` names; none is embedded.

    The child holds the text as it came back, in `text`, and in the fact ``pivot`` the language it went through. A
    text that comes back word for word fails: nothing was made. `source` is the text's language unless its tag or
    script tells it (Sennrich, Haddow & Birch 2016).

    When it hurts: what the pivot does not mark (gender, politeness, articles) is gone. Gate it with
    `text.similarity`; measured drift per hop is in the report.

    Example::

        - {name: there_and_back, op: text.back_translate, from: task, with: {model: writer, pivot: de}}
    """

    name: ClassVar[str] = "text.back_translate"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    roles: ClassVar[Mapping[str, str]] = {"model": "translator"}
    purpose: ClassVar[str] = "translate"
    makes: ClassVar[str] = "children"

    text: str = "caption"
    model: str = ""
    source: str = ""
    pivot: str = "de"

    def __post_init__(self) -> None:
        part_names(text=self.text)
        if not self.pivot or self.pivot == self.source:
            raise ValueError(f"pivot must be another language than the text's, got {self.pivot!r}")

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample; the translator is asked twice for the batch, there and back."""
        there = asked(batch, rngs, "translator", self.model, self._there, self._between)
        held = [made[0] if isinstance(made, tuple) else made for made in there]
        went = [i for i, one in enumerate(held) if isinstance(one, Sample)]
        back = asked(
            [one for one in held if isinstance(one, Sample)],
            [rngs[i] for i in went],
            "translator",
            self.model,
            self._back,
            self._child,
        )
        outcomes: list[Outcome] = [one if isinstance(one, Failure) else () for one in held]
        for place, outcome in zip(went, back, strict=True):
            outcomes[place] = outcome
        return outcomes

    def _there(self, sample: Sample, rng: np.random.Generator) -> Ask:
        text_of(sample, self.text)
        source = self._source(sample)
        if source == self.pivot:
            raise DataError(say("The text is in the pivot's language, {language}", language=source))
        return self._asked(sample, self.text, source, self.pivot, rng)

    def _back(self, sample: Sample, rng: np.random.Generator) -> Ask:
        return self._asked(sample, self.text + BETWEEN, self.pivot, self._source(sample), rng)

    def _asked(self, sample: Sample, part: str, source: str, target: str, rng: np.random.Generator) -> Ask:
        from shisaku.models.ask import Ask

        options = {"source": source, "target": target}
        return Ask(sample, (part,), "", seed_from(rng), options=options, op=self.fingerprint, purpose=self.purpose)

    def _source(self, sample: Sample) -> str:
        return self.source or language_of(part_of(sample, self.text, "text")) or UNTAGGED

    def _between(self, sample: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        return sample.with_part(self.text + BETWEEN, replace(answer, uri="", lang=self.pivot))

    def _child(self, between: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        parts = {name: part for name, part in between.parts.items() if name != self.text + BETWEEN}
        sample = replace(between, parts=parts)
        if answer.text.split() == text_of(sample, self.text).split():
            raise DataError(say("The text came back as it was"))
        part = replace(answer, uri="", lang=part_of(sample, self.text, "text").lang)
        facts = {"pivot": self.pivot, "translator": backend}
        return sample.child(self.name, parts=inherited(sample, {self.text: part}), facts=facts)
