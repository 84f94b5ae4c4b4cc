"""Texts in other words, by any rewriter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.heeding import Heeding
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited
from shisaku.ops.prompt import Prompt, facts_of
from shisaku.ops.reading import part_of, text_of

if TYPE_CHECKING:
    from shisaku.models.ask import Ask

STYLES: Final = {
    "paraphrase": "Say the text below in other words.",
    "simple": "Say the text below in simple, short words.",
    "formal": "Say the text below in a formal, polite register.",
    "casual": "Say the text below as people talk among friends.",
    "expert": "Say the text below as an expert of its field writes.",
}
KEEP: Final = " Keep its meaning, its numbers and its names; add nothing."
TAIL: Final = " Do not use these words: {taboo}."
ONLY: Final = " Answer with the new text only."


@dataclass(frozen=True)
class Rewrite(Heeding):
    """Say a text in other words or another register, by the rewriter that `model` names among the recipe's `models`.

    Without a name the embedded one answers: a rule-based rewriter of English sentence frames and function words, which
    reads no instruction. `style` is paraphrase, simple, formal, casual or expert; or `prompt` is an instruction of
    your own, a Jinja template over ``labels``, ``facts``, ``parts``, ``language``, ``taboo`` and the `slots`, whose
    values are drawn from their distributions and noted in the facts ``slot:<name>``. `taboo` are words that must not
    come back (of the means that Cegin et al. 2024, arXiv 2401.06643, compared, taboo words gave the most lexical
    diversity): an answer that holds one of them fails, and so does one that is word for word the text it was made of.
    Several variants are asked for by `rounds`, each with a seed of its own; with `hints` the prompt shows so many of
    the texts that earlier rounds gave for the same sample, not to be said again.

    When it hurts: meaning drifts, and numbers and negations go first. Measure `text.similarity` by another model family
    and keep-rule on it. Paraphrases were worth their price only for about 5 to 20 real texts per label (Cegin et al.
    2024, arXiv 2408.16502).

    Example::

        - {name: reworded, op: text.rewrite, from: task, rounds: 3, with: {model: writer, style: simple}}
    """

    name: ClassVar[str] = "text.rewrite"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    roles: ClassVar[Mapping[str, str]] = {"model": "rewriter"}
    purpose: ClassVar[str] = "reword"
    told: ClassVar[str] = "write"
    makes: ClassVar[str] = "children"

    text: str = "caption"
    model: str = ""
    style: str = "paraphrase"
    prompt: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    taboo: tuple[str, ...] = ()
    hints: int = 0
    write: str = "reworded"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)
        if self.style not in STYLES:
            raise ValueError(f"style must be one of {', '.join(STYLES)}, got {self.style!r}")
        within("hints", self.hints, 0, 50)
        object.__setattr__(self, "taboo", tuple(self.taboo))
        _ = self._prompt

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def _prompt(self) -> Prompt:
        return Prompt(self.prompt or STYLES[self.style] + KEEP, self.slots, ("language", "taboo"))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample, with the text said in other words."""
        return asked(batch, rngs, "rewriter", self.model, self._ask, self._child)

    def _ask(self, sample: Sample, rng: np.random.Generator) -> Ask:
        from shisaku.models.ask import Ask

        text_of(sample, self.text)
        slots = self._prompt.drawn(rng)
        language = part_of(sample, self.text, "text").lang
        prompt = self._prompt.filled(sample, slots, language=language, taboo=", ".join(self.taboo))
        hints, others = self._hinted(sample)
        prompt += (TAIL.replace("{taboo}", ", ".join(self.taboo)) if self.taboo else "") + hints + ONLY
        return Ask(
            sample,
            (self.text,),
            prompt,
            seed_from(rng),
            options={"language": language, "slots": slots},
            others=others,
            op=self._op,
            purpose=self.purpose,
        )

    def _child(self, sample: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        said, source = answer.text.strip(), text_of(sample, self.text)
        if _bare(said) == _bare(source):
            raise DataError(say("The rewriter gave the text back as it was"))
        broken = [word for word in self.taboo if word.casefold() in said.casefold()]
        if broken:
            raise DataError(say("The rewriter used the taboo word {word}", word=broken[0]))
        part = replace(answer, data=said.encode(), uri="", lang=answer.lang or part_of(sample, self.text, "text").lang)
        facts = {"rewriter": backend, **facts_of(ask.options["slots"])}
        return sample.child(self.name, parts=inherited(sample, {self.write: part}), facts=facts)


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".!?。！？")
