"""New texts for a label, from seed examples, declared conditions and a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.heeding import Heeding
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited
from shisaku.ops.prompt import Prompt, facts_of
from shisaku.ops.reading import text_of

if TYPE_CHECKING:
    from shisaku.models.ask import Ask

DEFAULT: Final = """\
Write one new text of the kind "{{ label }}", as real and as varied as these examples, but none of them:
{% for example in examples %}
- {{ example }}
{% endfor %}
{% if taboo %}
Do not use these words: {{ taboo }}.
{% endif %}
Answer with the new text only."""


@dataclass(frozen=True)
class Compose(Heeding):
    """Write a new text of a sample's label, by the rewriter that `model` names, from examples and drawn conditions.

    The child has the sample's label `label` and a new text in `text`. `examples` texts of the same label are drawn at
    random from the pool into the prompt (informed choices of examples were seldom better than random ones: Cegin et
    al. 2024, arXiv 2410.10756); their samples are parents too. `prompt` is a Jinja template over ``label``,
    ``examples``, ``taboo``, ``labels``, ``facts``, ``parts`` and the `slots`: attributes such as length, style or
    lighting, drawn from their distributions (AttrPrompt: Yu et al. 2023), noted in the facts ``slot:<name>`` so that
    `text.conformance` can check them. `taboo` are words that the answer must not hold. With `hints` the prompt shows so
    many of the texts that earlier rounds gave for the same sample, not to be said again. An answer that is one of the
    examples fails as a copy.

    When it hurts: the text may not be of its label; gate it with a judge that learned from real texts alone
    (`dataset.label_agreement`). The embedded rewriter cannot do this: name a language model.

    Example::

        - {name: composed, op: text.compose, from: task, pool: task, rounds: 5,
           with: {model: writer, label: class, slots: {length: [short, long], mood: {calm: 2, angry: 1}},
                  prompt: "A {{ length }}, {{ mood }} text of the kind {{ label }}, unlike {{ examples[0] }}"}}
    """

    name: ClassVar[str] = "text.compose"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    roles: ClassVar[Mapping[str, str]] = {"model": "rewriter"}
    purpose: ClassVar[str] = "compose"
    told: ClassVar[str] = "text"
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    text: str = "caption"
    label: str = "class"
    model: str = ""
    prompt: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    examples: int = 3
    taboo: tuple[str, ...] = ()
    hints: int = 0

    def __post_init__(self) -> None:
        part_names(text=self.text, label=self.label)
        within("examples", self.examples, 0, 50)
        within("hints", self.hints, 0, 50)
        object.__setattr__(self, "taboo", tuple(self.taboo))
        _ = self._prompt

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def _prompt(self) -> Prompt:
        return Prompt(self.prompt or DEFAULT, self.slots, ("label", "examples", "taboo"))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample with a new text. Raises RecipeError without a pool."""
        if pool is None:
            raise RecipeError(
                say("{op} needs a pool of real texts and got none", op=self.name),
                next=say("Give the step `pool:` with a stream that holds only training material"),
            )
        by_label: dict[str, list[Sample]] = {}
        for one in sorted(pool, key=lambda sample: sample.id):
            part = one.parts.get(self.text)
            if part is not None and part.kind == "text" and self.label in one.labels:
                by_label.setdefault(one.labels[self.label], []).append(one)
        return asked(batch, rngs, "rewriter", self.model, lambda s, r: self._ask(s, r, by_label), self._child)

    def _ask(self, sample: Sample, rng: np.random.Generator, by_label: Mapping[str, Sequence[Sample]]) -> Ask:
        from shisaku.models.ask import Ask

        text_of(sample, self.text)
        if self.label not in sample.labels:
            raise DataError(say("The sample has no label {label}", label=self.label))
        label = sample.labels[self.label]
        others = [one for one in by_label.get(label, ()) if one.id != sample.id]
        drawn = sorted(rng.choice(len(others), size=min(self.examples, len(others)), replace=False)) if others else []
        shown = [others[int(i)] for i in drawn]
        slots = self._prompt.drawn(rng)
        texts = [text_of(one, self.text) for one in shown]
        taboo = ", ".join(self.taboo)
        prompt = self._prompt.filled(sample, slots, label=label, examples=texts, taboo=taboo)
        hints, earlier = self._hinted(sample)
        return Ask(
            sample,
            (),
            prompt + hints,
            seed_from(rng),
            options={"slots": slots, "examples": texts},
            others=(*((one, self.text) for one in shown), *earlier),
            op=self._op,
            purpose=self.purpose,
        )

    def _child(self, sample: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        said = answer.text.strip()
        if any(said.split() == other.split() for other in [*ask.options["examples"], text_of(sample, self.text)]):
            raise DataError(say("The model gave an example back as it was"))
        broken = [word for word in self.taboo if word.casefold() in said.casefold()]
        if broken:
            raise DataError(say("The rewriter used the taboo word {word}", word=broken[0]))
        part = replace(answer, data=said.encode(), uri="", lang=answer.lang or sample.parts[self.text].lang)
        facts = {"rewriter": backend, **facts_of(ask.options["slots"])}
        hinted = {one.id for one in self._earlier.get(sample.id, ())}
        return sample.child(
            self.name,
            parts=inherited(sample, {self.text: part}),
            facts=facts,
            also_from=tuple(one.id for one, _ in ask.others if one.id not in hinted),
        )
