"""The same text in another register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.language import english_of
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.text.english_register import STYLES, english_changes
from shisaku.ops.text.morphemes import japanese_of, morphemes
from shisaku.ops.text.politeness import DA, DEARU, POLITE, changes_to
from shisaku.ops.text.replaced import Change, replaced, told, with_articles
from shisaku.ops.text.untouchable import Untouchable, protected_words

WHO = "text.register"
JAPANESE = (POLITE, DA, DEARU)
KEEP, FAIL = "keep", "fail"


@dataclass(frozen=True)
class Register(Transform):
    """Say an English or Japanese text in another register, by rules.

    `style` for English: ``contracted`` (do not -> don't, it is -> it's) and ``full``; ``british`` and ``american``
    spelling; ``formal`` and ``plain`` words (a table of some 45 pairs such as buy/purchase). For Japanese:
    ``desu_masu`` turns predicates at the ends of clauses into です・ます, ``da`` and ``dearu`` turn them into だ or
    である, by the morphology of SudachiPy (extra ``ja``): 行かなかった <-> 行きませんでした, 静かだろう <->
    静かでしょう. Every place that fits is changed with probability `share`; below 1 the text is in mixed style. A
    negation keeps its sense and changes its form only; words of label values, words in `protect` and numbers are
    never touched. `unchanged`: a text with no such place stays (``keep``) or fails (``fail``). The facts:
    ``register`` and ``replaced``.

    When it hurts: register is more than forms; the words stay as polite or as rude as they were, and honorifics
    (尊敬語, 謙譲語, ございます) are left alone. Japanese predicates inside a sentence (before ので, と, たら) keep
    their form, as they usually do. 's before a participle and 'd are ambiguous and stay; "formal" words fit most
    sentences, not all. Spelling that differs in meaning on one side (tyre/tire, cheque/check, metre/meter) is not
    exchanged.

    Example::

        - {name: polite, op: text.register, from: task, with: {text: caption_ja, style: desu_masu}}
    """

    name: ClassVar[str] = "text.register"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    makes: ClassVar[str] = "children"

    text: str = "caption"
    style: str = "contracted"
    share: float = 1.0
    protect: tuple[str, ...] = ()
    unchanged: str = KEEP

    def __post_init__(self) -> None:
        part_names(text=self.text)
        one_of("style", self.style, (*STYLES, *JAPANESE))
        within("share", self.share, 0.0, 1.0)
        one_of("unchanged", self.unchanged, (KEEP, FAIL))
        object.__setattr__(self, "protect", tuple(self.protect))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        japanese = self.style in JAPANESE
        text = japanese_of(sample, self.text, WHO) if japanese else english_of(sample, self.text, WHO)
        offered = changes_to(self.style, morphemes(text)) if japanese else english_changes(self.style, text)
        changes = self._chosen(text, offered, protected_words(sample, self.protect), rng)
        if not changes and self.unchanged == FAIL:
            raise DataError(say("Nothing in {part} can be said in the style {style}", part=self.text, style=self.style))
        made = replaced(text, changes)
        if not japanese:
            made = with_articles(made, [new for _, _, new in changes])
        facts = (
            {"register": self.style, "replaced": told((text[a:b], new) for a, b, new in changes)} if changes else None
        )
        part = Part.from_text(made, sample.parts[self.text].lang)
        return sample.child(self.name, parts=inherited(sample, {self.text: part}), facts=facts)

    def _chosen(
        self, text: str, offered: Sequence[Change], protected: tuple[str, ...], rng: np.random.Generator
    ) -> list[Change]:
        untouchable = Untouchable(text, protected, negations=False)
        draws = rng.random(len(offered))
        chosen: list[Change] = []
        for change, draw in sorted(zip(offered, draws, strict=True)):
            apart = not chosen or change[0] >= chosen[-1][1]
            if draw < self.share and apart and untouchable.free(*change[:2]):
                chosen.append(change)
        return chosen
