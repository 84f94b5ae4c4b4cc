"""Made or real, which is better: a large model asked twice, in both orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.identity import fingerprint
from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.ancestors import ancestor_of
from shisaku.ops.asking import seed_from
from shisaku.ops.fellows import sorted_pool
from shisaku.ops.judge.bench import Judge, answered, check_same_family, judge_of, schema_of, shown_parts, verdict_part
from shisaku.ops.labelled import label_or_none
from shisaku.ops.limits import one_of, part_names
from shisaku.ops.prompt import Prompt

if TYPE_CHECKING:
    from shisaku.models.ask import Answer, Ask

AGAINST: Final = ("class", "ancestor")
DEFAULT = "Which of the two is the better item: right, whole and plausible?"
ORDER = " Two items follow: first all of A, then all of B. Answer A, B, tie, or null if you cannot tell. First say why."
ANSWERS: Final = ("A", "B", "tie")
OTHER: Final = "other"


@dataclass(frozen=True)
class Prefer(Transform):
    """Write down which of two a large model prefers, a sample or a real one; `judge.verdict` reads it.

    The rival is a real sample of the pool: one of the same class, drawn for each sample, or with ``against: ancestor``
    the one that it was made from. Judges favour a place (Zheng et al. 2023, arXiv 2306.05685), so each pair is asked in
    both orders; where the two answers contradict each other, or one is null, the verdict is a tie and is marked
    inconsistent. `model`, `prompt` and `same_family` are as in `judge.rubric`. The judge sees those of the parts
    `image`, `audio` and `text` that both have; those of the rival leave under the name ``<part>_other``.

    When it hurts: it tells taste, not truth: a clean made picture wins over a real one from the field. A win says
    nothing about what a model learns from it. It costs two calls per sample.

    Example::

        - {name: preferred, op: judge.prefer, from: painted, pool: task, with: {model: referee, against: ancestor}}
    """

    name: ClassVar[str] = "judge.prefer"
    follows: ClassVar[Mapping[str, Kind]] = {"image": "image", "audio": "audio", "text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    roles: ClassVar[Mapping[str, str]] = {"model": "judge"}
    purpose: ClassVar[str] = "judge"
    makes: ClassVar[str] = "views"
    pools: ClassVar[bool] = True

    model: str = ""
    prompt: str = DEFAULT
    against: str = "class"
    label: str = ""
    image: str = "image"
    audio: str = "speech"
    text: str = "caption"
    same_family: str = "refuse"
    write: str = "verdict"

    def __post_init__(self) -> None:
        part_names(image=self.image, audio=self.audio, text=self.text, write=self.write)
        one_of("against", self.against, AGAINST)
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
        """Return each sample with its verdict; the judge is asked twice for each, once for the batch."""
        rivals = sorted_pool(self.name, pool)
        if not batch:
            return []
        judge = judge_of(self.model, self.name)
        pairs: dict[int, tuple[Sample, Ask, Ask]] = {}
        outcomes: dict[int, Outcome] = {}
        for place, (sample, rng) in enumerate(zip(batch, rngs, strict=True)):
            try:
                judge.kin(sample, self.same_family, self.write)
                rival = self._rival(sample, rivals, rng)
                pairs[place] = (rival, *self._asks(sample, rival, rng))
            except DataError as error:
                outcomes[place] = Failure(error.what)
        answers = iter(judge.model.answer([ask for _, *both in pairs.values() for ask in both]) if pairs else [])
        for place, (rival, *_) in pairs.items():
            outcomes[place] = self._outcome(batch[place], rival, next(answers), next(answers), judge)
        return [outcomes[place] for place in range(len(batch))]

    def _rival(self, sample: Sample, pool: Sequence[Sample], rng: np.random.Generator) -> Sample:
        if self.against == "ancestor":
            return ancestor_of(sample, {one.id: one for one in pool})
        own = label_or_none(sample, self.label)
        fellows = [one for one in pool if label_or_none(one, self.label) == own and one.id != sample.id]
        if not fellows:
            raise DataError(say("No sample of the pool has the label {label}", label=own or "-"), where=sample.id)
        return fellows[int(rng.integers(len(fellows)))]

    def _asks(self, sample: Sample, rival: Sample, rng: np.random.Generator) -> tuple[Ask, Ask]:
        from shisaku.models.ask import Ask

        names = [name for name in shown_parts(sample, self.follows_parts()) if name in rival.parts]
        names = [name for name in names if rival.parts[name].kind == sample.parts[name].kind]
        if not names:
            raise DataError(say("The two have no part in common that could be judged"), where=sample.id)
        theirs = {name: f"{name}_{OTHER}" for name in names}
        both = replace(sample, parts={**sample.parts, **{new: rival.parts[old] for old, new in theirs.items()}})
        prompt, seed = self._prompt.filled(sample, {}) + ORDER, seed_from(rng)
        schema = schema_of("winner", {"type": ["string", "null"], "enum": [*ANSWERS, None]})
        # The rival's own rights and depth are told too: its parts travel in a copy of the sample.
        told = tuple((rival, name) for name in names)
        one, other = (*names, *theirs.values()), (*theirs.values(), *names)
        first, second = (
            Ask(both, order, prompt, seed, schema, {}, told, self.fingerprint, self.purpose) for order in (one, other)
        )
        return first, second

    def _outcome(self, sample: Sample, rival: Sample, first: Answer, second: Answer, judge: Judge) -> Outcome:
        if isinstance(first, Failure):
            return first
        if isinstance(second, Failure):
            return second
        try:
            (one, why), (other, _) = (answered(answer, ANSWERS, "winner") for answer in (first, second))
        except DataError as error:
            return Failure(error.what)
        said = [{"A": "made", "B": "real"}.get(one, one), {"A": "real", "B": "made"}.get(other, other)]
        agreed = said[0] == said[1] and said[0] is not None
        about = {
            "kind": "prefer", "winner": said[0] if agreed else "tie", "said": said, "consistent": agreed, "why": why,
            "against": rival.id, "judge": judge.name, "kin": list(judge.kin(sample, "stated", self.write)),
            "rubric": fingerprint(self.prompt)[:16],
        }  # fmt: skip
        return (sample.with_part(self.write, verdict_part(about)),)
