"""Grades by a rubric, from a large model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.judge.bench import Judge, answered, check_same_family, judge_of, schema_of, shown_parts, verdict_part
from shisaku.ops.limits import part_names, within
from shisaku.ops.prompt import Prompt

if TYPE_CHECKING:
    from shisaku.models.ask import Ask

DEFAULT = "Judge whether what is below is right, whole and plausible, as a real item would be."
SCALE = " Grade it from {low} (useless) to {high} (as good as real), or null if you cannot tell. First say why."


@dataclass(frozen=True)
class Rubric(Transform):
    """Write down the grade that a large model gives a sample by a rubric; `judge.verdict` reads it.

    `model` names a judge among the recipe's `models`: a server, or a folder; the embedded one follows no rubric and is
    refused. `prompt` is the rubric, a Jinja template over ``labels``, ``facts`` and ``parts``; its hash stands in the
    verdict and in the sample's record. The judge sees those of the parts `image`, `audio` and `text` that the sample
    has, and answers with JSON: a reason, then a grade from `low` to `high` or null. If the record of the sample names a
    model of the judge's family, it is refused, because models favour their own kind (Panickssery et al. 2024, arXiv
    2404.13076); ``same_family: stated`` allows it, and the verdict says so.

    When it hurts: large judges favour long, fluent and flattering answers, and grades of two judges are not on one
    scale. Let people grade some samples (`judge.verdict` tells the agreement) before a threshold decides anything. The
    text that is judged can tell the judge what to say.

    Example::

        - {name: graded, op: judge.rubric, from: painted, with: {model: referee, image: image, text: caption,
           prompt: "Does the picture show what the text says, with nothing broken?"}}
    """

    name: ClassVar[str] = "judge.rubric"
    follows: ClassVar[Mapping[str, Kind]] = {"image": "image", "audio": "audio", "text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    roles: ClassVar[Mapping[str, str]] = {"model": "judge"}
    purpose: ClassVar[str] = "judge"
    makes: ClassVar[str] = "views"

    model: str = ""
    prompt: str = DEFAULT
    image: str = "image"
    audio: str = "speech"
    text: str = "caption"
    low: int = 1
    high: int = 5
    same_family: str = "refuse"
    write: str = "verdict"

    def __post_init__(self) -> None:
        part_names(image=self.image, audio=self.audio, text=self.text, write=self.write)
        within("low", self.low, 0, 100)
        within("high", self.high, self.low + 1, 101)
        check_same_family(self.same_family)
        _ = self._prompt

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def _prompt(self) -> Prompt:
        return Prompt(self.prompt, {})

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its verdict; the judge is asked once for the batch."""
        if not batch:
            return []
        judge = judge_of(self.model, self.name)

        def ask(sample: Sample, rng: np.random.Generator) -> Ask:
            judge.kin(sample, self.same_family, self.write)
            return self._ask(sample, rng)

        def view(sample: Sample, asked_of: Ask, answer: Part, backend: str) -> Sample:
            return self._view(sample, answer, judge)

        return asked(batch, rngs, "judge", self.model, ask, view)

    def _ask(self, sample: Sample, rng: np.random.Generator) -> Ask:
        from shisaku.models.ask import Ask

        parts = shown_parts(sample, self.follows_parts())
        scale = SCALE.replace("{low}", str(self.low)).replace("{high}", str(self.high))
        prompt = self._prompt.filled(sample, {}) + scale
        schema = schema_of("grade", {"type": ["integer", "null"], "minimum": self.low, "maximum": self.high})
        return Ask(sample, parts, prompt, seed_from(rng), schema, op=self.fingerprint, purpose=self.purpose)

    def _view(self, sample: Sample, answer: Part, judge: Judge) -> Sample:
        grade, why = answered(answer, range(self.low, self.high + 1), "grade")
        about = {
            "kind": "rubric", "grade": grade, "low": self.low, "high": self.high, "why": why, "judge": judge.name,
            "kin": list(judge.kin(sample, "stated", self.write)), "rubric": fingerprint(self.prompt)[:16],
        }  # fmt: skip
        return sample.with_part(self.write, verdict_part(about))
