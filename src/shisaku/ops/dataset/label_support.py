"""Whether anything speaks for the label that a made sample bears: the real samples, or the rest of its batch."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.learn.examples import Examples
from shisaku.message import say
from shisaku.ops.alike.against import Once
from shisaku.ops.dataset.crossfit import CrossFit
from shisaku.ops.dataset.judged import judged, table
from shisaku.ops.dataset.label_agreement import LabelAgreement
from shisaku.ops.dataset.reference import Reference, read_reference
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of
from shisaku.registry.doors import LEARNERS, load
from shisaku.stats.label_exchange import label_exchange

FEWEST = 2  # entities of a class, so that a model which left one of them out knows the class
USUAL, TYPICAL = 0.1, 0.35  # share of real samples with the same answer that are given it less surely
EXAMPLES = 20
Chances = Mapping[str, Sequence[float]]
Exchanged = Mapping[str, Sequence[str]]


class Answer(NamedTuple):
    """The label that a model gives, and a probability: of that label, or inside the batch of the one that is borne."""

    says: str
    chance: float


@dataclass(frozen=True)
class LabelSupport(LabelAgreement):
    """Score a sample by the probability of its label by whichever supports it more: the real samples, or its batch.

    A model of real samples alone (`dataset.label_agreement`) takes a style that these lack for wrong labels. So a label
    is an issue only if that model says another one, and one of two things speaks against it too: a model that was
    cross-fitted inside the batch, on the labels that the batch bears and without the sample's entity, says another one
    as well (labels wrong at random; a style with right labels can be learnt from the rest of the batch); or the label
    is shown to stand for another one (`stats.label_exchange`; siblings of one entity have one voice), by answers that
    are as sure as usual: of a style that it does not know a model says much and knows little. At least half of them
    must be surer than 10 % of the same answers for real samples, or than 35 % where no label of the batch names what
    they say. Then `raw` is the probability by the model of real samples, else the larger of the two. The finding names
    what was exchanged. A label that fewer than two entities of the batch bear is judged by the model of real samples
    alone. Where all others are such, or there are none, a label cannot be told from a style: nothing is called an
    issue, and a finding says so.

    What it finds: of 500 made digits of MNIST (image.embed; 1000 real ones; what is fixed here was chosen on other
    digits) 97 to 100 % of 2 to 40 % labels wrong at random, and 4.0 % [2.5, 6.1] of right ones; of turned, moved and
    noisy ones 88 to 94 %, and 11.0 % [8.4, 14.1] of right ones, where the real samples alone call 36.6 % [32.4, 41.0].
    Two to ten classes that exchanged names: 99 to 100 %, in the new style 56 to 70 %. One to four classes under the
    name of one more: 98 to 100 %, of five 1.6 % [0.4, 4.1].
    When it hurts: wrong labels that something else in the batch gives away (a mark, one phrase for each label) look
    right. Exchanged names are mostly seen from ten entities of each class on, merged ones in a known style only. A hard
    style must be learnt from the batch: of five new ones of each class 22 % [11, 36] of right labels were called, of
    pictures that nobody can read 69 % [64, 73]. It looks through the same features and learner as the student.

    Example::

        - {name: supported, op: dataset.label_support, from: seen, reference: real}
    """

    name: ClassVar[str] = "dataset.label_support"
    version: ClassVar[int] = 3
    size: ClassVar[StateSize] = "O(n*d)"
    # A score rests on the whole batch, but a part of one is a batch too: so the real samples can be judged alike.
    together: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "_once", Once())

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, entity, features, probability of the label, answer, how sure that answer is].

        The last three are by the model of real samples; how sure is the share of real samples with the same answer for
        which it is less sure. Raises RecipeError without a reference, DataError where that lacks labels or features.
        """
        once: Once = getattr(self, "_once")  # noqa: B009
        _, known = once.of(reference or (), self._learnt)
        return dict(measurable(batch, lambda sample: self._entry(sample, *known)))

    def _learnt(self, reference: Sequence[Sample]) -> tuple[list[str], tuple[Reference, CrossFit, Chances]]:
        """Return the reference, its cross-fitted models, and answer -> chances of it for real samples, sorted."""
        super().measure((), reference)  # says what a reference lacks
        real = read_reference(reference, self.features, self.name)
        models = CrossFit(real, [self._label(sample) for sample in real.samples], self.learner, self.folds)
        tops = defaultdict(list)
        for sample, row in zip(real.samples, real.rows, strict=True):
            if answer := _answer(models, sample, row):
                tops[answer.says].append(answer.chance)
        return [], (real, models, {says: sorted(found) for says, found in tops.items()})

    def _entry(self, sample: Sample, real: Reference, models: CrossFit, tops: Chances) -> list[Any]:
        own, other = self._agreement(sample, real, models)
        label, answer = self._label(sample), _answer(models, sample, real.row_of(sample, self.features))
        says = label if own >= other or answer is None else answer.says
        usual = tops.get(says, ())
        sure = bisect_left(usual, max(own, other)) / max(1, len(usual))
        return [label, sample.entity, vector_of(sample, self.features).astype(np.float32), own, says, sure]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        (inside, lone), exchanged = self._inside(state), _exchanged(state)
        return [self._score(sample, state[sample], inside.get(sample), exchanged, lone) for sample in sorted(state)]

    def _inside(self, state: Mapping[str, Any]) -> tuple[dict[str, Answer], str]:
        """Return sample id -> what a model of the others of its batch says, and the label that has no other beside it.

        That is the only one that enough entities bear, else empty: to tell it from nothing is no answer.
        """
        data = table(state)
        found = judged(data, self.folds, 1, FEWEST, 0, load(LEARNERS, self.learner)())
        if not len(found.places):
            return {}, next(iter(found.classes), "")
        rows = zip(found.places.tolist(), found.codes, found.probabilities, strict=True)
        return {data.ids[at]: Answer(found.classes[int(p.argmax())], float(p[code])) for at, code, p in rows}, ""

    def _score(self, sample: str, held: Sequence[Any], inside: Answer | None, exchanged: Exchanged, lone: str) -> Score:
        label, _, _, own, answer, _ = held
        support = own if inside is None or label in exchanged else max(own, inside.chance)
        reason = None
        if answer != label and label in exchanged:
            other = ", ".join(exchanged[label])
            reason = say("{label} stands for what the real samples call {other}", label=label, other=other)
        elif answer != label and inside is None and label != lone:
            reason = say("the real samples say {answer}, and too few others bear {label}", answer=answer, label=label)
        elif answer != label and inside is not None and inside.says != label:
            reason = say("the real samples say {answer}, its own batch {inside}", answer=answer, inside=inside.says)
        issue = None if label == lone and reason is None else reason is not None
        return Score(sample, self.name, min(1.0, support), support, issue, reason)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the labels that are shown to stand for another one, or the one that has no other beside it."""
        _, lone = self._inside(state)
        if lone:
            what = say("Only {label} is borne by two or more: whether it is right, or the style new, cannot be told",
                       label=lone)  # fmt: skip
            then = say("Give samples of other labels made in the same way, or look at some of these")
            return [Finding("label_support_not_asked", what, "note", n=len(state), next=then)]
        exchanged = _exchanged(state)
        if not exchanged:
            return []
        rows, samples = [], []
        for label, others in exchanged.items():
            bearers = sorted(sample for sample, held in state.items() if held[0] == label)
            called = [sample for sample in bearers if state[sample][4] in others]
            rows.append({"label": label, "called": ", ".join(others), "samples": len(called), "of": len(bearers)})
            samples += called
        what = say(
            "{n} labels stand for what the real samples call otherwise: {pairs}",
            n=len(rows),
            pairs="; ".join(f"{row['label']} → {row['called']} ({row['samples']}/{row['of']})" for row in rows),
        )
        then = say("Look at samples of these labels; where the real samples are right, correct them or the prompt")
        return [
            Finding("label_exchange", what, "warn", n=len(state), next=then, samples=tuple(samples[:EXAMPLES]),
                    table=tuple(rows)),
        ]  # fmt: skip


def _answer(models: CrossFit, sample: Sample, row: Any) -> Answer | None:
    """Return what the model says that knows nothing of the sample's entity, None where no model is left."""
    model = models.model_for(sample)
    if model is None:
        return None
    chances = model.scores(Examples(row[None]))[0]
    return Answer(str(model.classes[chances.argmax()]), float(chances.max()))


def _exchanged(state: Mapping[str, Any]) -> Exchanged:
    """Return label -> the answers it stands for; an entity answers once for each label, as most of its samples do."""
    said: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    sure: dict[tuple[str, str], list[float]] = defaultdict(list)
    for label, entity, _, _, answer, rank in state.values():
        said[label, entity][answer] += 1
        sure[label, answer].append(rank)
    voices = [
        (label, max(answers, key=lambda answer: (answers[answer], answer == label, answer)))
        for (label, _), answers in sorted(said.items())
    ]
    found: dict[str, list[str]] = {}
    for one in label_exchange([label for label, _ in voices], [answer for _, answer in voices]):
        if np.median(sure[one.label, one.answer]) >= (TYPICAL if one.absent else USUAL):
            found.setdefault(one.label, []).append(one.answer)
    return found
