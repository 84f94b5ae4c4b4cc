"""Whether the annotators of a sample agree, and all of them beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.annotators import answers_of, majority
from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.ops.labelled import label_name
from shisaku.ops.limits import one_of, ordered, within
from shisaku.ops.outcome import measurable
from shisaku.stats.krippendorff import SCALES, Alpha, Scale, krippendorff_alpha
from shisaku.stats.proportions import clopper_pearson

EXAMPLES = 20


@dataclass(frozen=True)
class Agreement(Metric):
    """Score a sample by the share of pairs of its annotators that gave the same answer.

    Labels named ``<label>/<annotator>`` are the answers. `raw` is the share too; below `issue_below` it is an issue,
    and the reason has the answers and what most say (`suggested`). Samples with one answer get no score. The finding
    is Krippendorff's alpha on `scale` (Computing Krippendorff's Alpha-Reliability, 2011; an ordinal scale of words
    takes `order`, lowest first) with a bootstrap interval over samples: ``bad`` below `tentative_from`, ``warn``
    below `good_from`. Each annotator is compared with what most of the others say; one whose agreement is surely
    (Clopper-Pearson, 95 % over all annotators together) more than `apart` below that of the others is a finding.

    What it finds: in 1797 digits with five annotators who err in 2 %, every sample where two or more say something
    else, at 0.7 % false alarms (two erred by chance); one dissenter of five passes by design. Alpha fell below 0.8
    and was said from an error rate of 10 % of each on (n = 300: 16 of 20 seeds, from 15 % on always); one careless
    annotator of five from 20 % on (20 of 20; at 10 % 15 of 20), with no false alarm in 20 seeds.
    When it hurts: agreement is not truth: annotators who make the same mistake agree. Alpha falls where one answer is
    nearly always right, and is undefined where all answers are equal.

    Example::

        - {name: agreement, op: dataset.agreement, with: {label: class, scale: nominal}}
    """

    name: ClassVar[str] = "dataset.agreement"
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels", "annotators"})
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"scale", "order", "tentative_from", "good_from", "issue_below", "apart", "draws", "seed"}
    )

    label: str = ""
    scale: Scale = "nominal"
    order: tuple[str, ...] = ()
    tentative_from: float = 0.667
    good_from: float = 0.8
    issue_below: float = 0.5
    apart: float = 0.05
    draws: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("scale", self.scale, SCALES)
        within("tentative_from", self.tentative_from, -1.0, 1.0)
        ordered("tentative_from", self.tentative_from, "good_from", self.good_from)
        within("issue_below", self.issue_below, 0.0, 1.0)
        within("apart", self.apart, 0.0, 1.0)
        within("draws", self.draws, 1, 1e6)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> annotator -> answer, of samples with two answers or more."""
        return dict(measurable(batch, self._answers))

    def _answers(self, sample: Sample) -> dict[str, str]:
        answers = answers_of(sample.labels, label_name(sample, self.label))
        if len(answers) < 2:
            raise DataError(say("The sample has {n} answers; agreement takes two", n=len(answers)), where=sample.id)
        return answers

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample with two answers or more, by sample id."""
        scores = []
        for sample, answers in sorted(state.items()):
            n = len(answers)
            same = sum(count * (count - 1) for count in Counter(answers.values()).values()) / (n * (n - 1))
            issue = same < self.issue_below
            scores.append(Score(sample, self.name, same, same, issue, _reason(answers) if issue else None))
        return scores

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return alpha, and each annotator who agrees less than the others."""
        if not state:
            return []
        return [self._alpha(state), *_apart(state, self.apart)]

    def _alpha(self, state: Mapping[str, Any]) -> Finding:
        units, unread = self._units(state)
        alpha = krippendorff_alpha(units, self.scale, draws=self.draws, seed=self.seed)
        rows = tuple(_others(state, who) for who in _annotators(state))
        if alpha.value is None:
            what = (
                say("No two answers can be read on the scale {scale}", scale=self.scale)
                if not alpha.units
                else say(
                    "Krippendorff's alpha is undefined: all {n} answers are equal, so nothing is told apart",
                    n=alpha.answers,
                )
            )
            return Finding("agreement", what, "warn", n=len(state), table=rows)
        what = _told(alpha, alpha.value, self.scale)
        if unread:
            what = say("{alpha}; {n} answers are not on the scale", alpha=what, n=unread)
        weight: Weight = (
            "bad" if alpha.value < self.tentative_from else "warn" if alpha.value < self.good_from else "note"
        )
        then = say("Look at the samples they disagree on, sharpen the guideline, and have them labelled again")
        worst = sorted(self.scores(state), key=lambda score: (score.value, score.sample))
        examples = tuple(score.sample for score in worst if score.issue)[:EXAMPLES]
        return Finding(
            "agreement",
            what,
            weight,
            alpha.value,
            alpha.low,
            alpha.high,
            alpha.units,
            then if weight != "note" else None,
            examples,
            rows,
        )

    def _units(self, state: Mapping[str, Any]) -> tuple[list[list[Any]], int]:
        """Return the answers of each sample on the scale, and how many cannot be read on it."""
        ranks = {word: float(rank) for rank, word in enumerate(self.order)}
        units, unread = [], 0
        for _, answers in sorted(state.items()):
            read = [_read(answer, self.scale, ranks) for answer in answers.values()]
            units.append([answer for answer in read if answer is not None])
            unread += sum(answer is None for answer in read)
        return units, unread


def _read(answer: str, scale: Scale, ranks: Mapping[str, float]) -> str | float | None:
    if scale == "nominal":
        return answer
    if scale == "ordinal" and ranks:
        return ranks.get(answer)
    try:
        number = float(answer)
    except ValueError:
        return None
    return number if abs(number) < 1e300 and (scale != "ratio" or number >= 0) else None


def _told(alpha: Alpha, value: float, scale: Scale) -> Message:
    if alpha.low is None or alpha.high is None:
        return say(
            "Krippendorff's alpha ({scale}) is {alpha:.3f} over {n} samples, too few or too alike for an interval",
            scale=scale,
            alpha=value,
            n=alpha.units,
        )
    return say(
        "Krippendorff's alpha ({scale}) is {alpha:.3f} ({low:.3f} to {high:.3f}) over {n} samples",
        scale=scale,
        alpha=value,
        low=alpha.low,
        high=alpha.high,
        n=alpha.units,
    )


def _annotators(state: Mapping[str, Any]) -> list[str]:
    return sorted({who for answers in state.values() for who in answers})


def _others(state: Mapping[str, Any], who: str) -> dict[str, Any]:
    """Return how often an annotator says what most of the others say."""
    same = n = 0
    for answers in state.values():
        most = majority(answer for other, answer in answers.items() if other != who) if who in answers else ""
        n += bool(most)
        same += bool(most) and answers[who] == most
    # As many comparisons as annotators: the level is shared out among them (Bonferroni).
    level = 1.0 - 0.05 / len(_annotators(state))
    low, high = clopper_pearson(same, n, level) if n else (0.0, 1.0)
    row = {"annotator": who, "compared": n, "agrees": same / n if n else None}
    return {**row, "low": round(low, 4), "high": round(high, 4)}


def _apart(state: Mapping[str, Any], apart: float) -> list[Finding]:
    """Find annotators whose agreement with the others is surely more than `apart` below that of the rest."""
    rows = {who: _others(state, who) for who in _annotators(state)}
    if len(rows) < 3:  # of two, nobody can say which one is wrong
        return []
    found = []
    for who, row in rows.items():
        rest = [other for other in rows.values() if other is not row and other["compared"]]
        n = sum(other["compared"] for other in rest)
        mean = sum(other["agrees"] * other["compared"] for other in rest) / n if n else 0.0
        if row["compared"] and row["high"] < mean - apart:
            what = say(
                "Annotator {who} says what most others say in {share:.0%} of {n} samples, the others in {mean:.0%}",
                who=who,
                share=row["agrees"],
                n=row["compared"],
                mean=mean,
            )
            then = say("Go through some of these samples with {who}: the guideline may be read differently", who=who)
            examples = tuple(
                sample
                for sample, answers in sorted(state.items())
                if who in answers and answers[who] != majority(a for o, a in answers.items() if o != who)
            )[:EXAMPLES]
            value = float(row["agrees"])
            found.append(
                Finding("annotator", what, "warn", value, row["low"], row["high"], row["compared"], then, examples)
            )
    return found


def _reason(answers: Mapping[str, str]) -> Message:
    told = ", ".join(f"{who}: {answer}" for who, answer in answers.items())
    most = majority(answers.values())
    if most:
        return say("annotators disagree ({answers}); most say {suggested}", answers=told, suggested=most)
    return say("annotators disagree ({answers}), and no answer has a majority", answers=told)
