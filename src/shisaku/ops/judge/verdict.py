"""What a large model's verdicts say, and how far people agree with them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.annotators import answers_of, label_of
from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.stats.krippendorff import Alpha, Scale, krippendorff_alpha
from shisaku.stats.proportions import clopper_pearson

WINS = {"made": 1.0, "tie": 0.5, "real": 0.0}
FEWEST = 20  # samples that people judged too: fewer say nothing about agreement


@dataclass(frozen=True)
class Verdict(Metric):
    """Score a sample by the verdict that `judge.rubric` or `judge.prefer` wrote down.

    A grade is brought to [0, 1]; a preference is 1 for the made sample, 0.5 for a tie (answers that contradict each
    other in the two orders are ties) and 0 for the real one. `raw` is the grade, or 1, 0 and -1. Below `issue_below` it
    is an issue; a verdict of "cannot tell" gives no score. Findings: the share that passes, or the share of decided
    pairs that the made sample wins, the share that was inconsistent, how often the first place won (exact intervals,
    95 %), and verdicts by a relative of the maker. `human` names a label in which people said the same (a grade; made,
    real or tie), one or several annotators: then Krippendorff's alpha between judge and people, and among people, is
    told with its bootstrap interval (95 %), from 20 samples on.

    What it finds: what its judge finds. No limit is measured here: none of the embedded models follows a rubric, and
    another judge has another limit. Planted in scripted answers: a judge that always names one place gets ties
    alone, and grades that have nothing to do with those of people (n = 40) are called weak agreement.
    When it hurts: a judge that agrees with itself can be wrong twice. Without people's verdicts beside it, it is one
    model's opinion.

    Example::

        - {name: verdict, op: judge.verdict, from: graded, with: {verdict: verdict, human: quality}}
    """

    name: ClassVar[str] = "judge.verdict"
    reads: ClassVar[Mapping[str, Kind]] = {"verdict": "text"}
    size: ClassVar[StateSize] = "O(n)"
    shares_family_with: ClassVar[tuple[str, ...]] = ()
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_below"})

    verdict: str = "verdict"
    human: str = ""
    issue_below: float = 0.5

    def __post_init__(self) -> None:
        part_names(verdict=self.verdict)
        within("issue_below", self.issue_below, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> what was said, by the judge and by people."""
        return dict(measurable(batch, self._said))

    def _said(self, sample: Sample) -> dict[str, Any]:
        try:
            told = json.loads(text_of(sample, self.verdict))
        except ValueError:
            told = None
        said = told.get("winner" if told.get("kind") == "prefer" else "grade") if isinstance(told, dict) else None
        if said is None or (told["kind"] == "prefer" and said not in WINS):
            raise DataError(say("There is no verdict in text {part}", part=self.verdict), where=sample.id)
        people = list(answers_of(sample.labels, self.human).values()) if self.human else []
        most = label_of(sample.labels, self.human) if self.human else ""
        return {**told, "answer": said, "people": people, "most": most}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per verdict, by sample id."""
        made = []
        for sample, told in sorted(state.items()):
            value, raw = _value(told)
            reason = say("{judge}: {why}", judge=told["judge"], why=told["why"] or "-")
            issue = value < self.issue_below
            made.append(Score(sample, self.name, value, raw, issue, reason if issue else None))
        return made

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return what the verdicts come to, how steady they are, and how far people agree."""
        if not state:
            return []
        pairs = {sample: told for sample, told in state.items() if told["kind"] == "prefer"}
        grades = {sample: told for sample, told in state.items() if told["kind"] != "prefer"}
        found = [*self._graded(grades), *self._preferred(pairs), *self._kin(state)]
        for held in (grades, pairs):
            found += self._agreement(held, "nominal" if held is pairs else "ordinal") if held and self.human else []
        return found

    def _graded(self, state: Mapping[str, Any]) -> list[Finding]:
        if not state:
            return []
        passed = sum(_value(told)[0] >= self.issue_below for told in state.values())
        what = say("{judge} passes {n} of {of}", judge=_judges(state), n=passed, of=len(state))
        return [_share(self.name, what, passed, len(state))]

    def _preferred(self, state: Mapping[str, Any]) -> list[Finding]:
        if not state:
            return []
        n, counts = len(state), Counter(told["winner"] for told in state.values())
        decided = counts["made"] + counts["real"]
        found = []
        if decided:
            what = say("{judge} prefers the made sample in {n} of {of} pairs that it decided; {ties} are ties",
                       judge=_judges(state), n=counts["made"], of=decided, ties=counts["tie"])  # fmt: skip
            found.append(_share(self.name, what, counts["made"], decided))
        shaky = sorted(sample for sample, told in state.items() if not told["consistent"])
        firsts = sum((told["said"][0] == "made") + (told["said"][1] == "real") for told in state.values())
        named = sum(word in ("made", "real") for told in state.values() for word in told["said"])
        what = say(
            "{n} of {of} pairs got contradicting answers in the two orders; the first place won {firsts} of {named} "
            "times",
            n=len(shaky), of=n, firsts=firsts, named=named,
        )  # fmt: skip
        low, high = clopper_pearson(len(shaky), n)
        weight: Weight = "warn" if low > 0.2 else "note"
        found.append(Finding(self.name, what, weight, len(shaky) / n, low, high, n, samples=tuple(shaky[:20])))
        return found

    def _kin(self, state: Mapping[str, Any]) -> list[Finding]:
        related = sorted(sample for sample, told in state.items() if told["kin"])
        if not related:
            return []
        families = ", ".join(sorted({family for told in state.values() for family in told["kin"]}))
        what = say("{n} of {of} verdicts are by a judge of the family {families}, which also made the samples",
                   n=len(related), of=len(state), families=families)  # fmt: skip
        then = say("Let it report, and drop only beside a random drop of equal size")
        return [Finding(self.name, what, "warn", n=len(related), next=then, samples=tuple(related[:20]))]

    def _agreement(self, state: Mapping[str, Any], scale: Scale) -> list[Finding]:
        def read(answer: Any) -> Any:
            return str(answer) if scale == "nominal" else _number(answer)

        both = [[read(told["answer"]), read(told["most"])] for told in state.values() if told["most"]]
        both = [unit for unit in both if None not in unit]
        among = [[read(one) for one in told["people"]] for told in state.values() if len(told["people"]) > 1]
        among = [[one for one in unit if one is not None] for unit in among]
        if len(both) < FEWEST:
            what = say("People judged {n} of these samples; agreement takes {least}", n=len(both), least=FEWEST)
            return [Finding(self.name, what, "note", n=len(both))]
        found = [self._alpha(krippendorff_alpha(both, scale), True)]
        return [*found, self._alpha(krippendorff_alpha(among, scale), False)] if len(among) >= FEWEST else found

    def _alpha(self, alpha: Alpha, judged: bool) -> Finding:
        if alpha.value is None:
            return Finding(self.name, say("All answers are equal: there is no agreement to measure"), "note",
                           n=alpha.units)  # fmt: skip
        what = (
            say("Judge and people agree to alpha {value:.2f} on {n} samples", value=alpha.value, n=alpha.units)
            if judged
            else say("People agree among themselves to alpha {value:.2f} on {n} samples",
                     value=alpha.value, n=alpha.units)
        )  # fmt: skip
        weak = judged and (alpha.low is None or alpha.low < 0.4)
        then = say("Do not let this judge decide; mend the rubric, or ask people") if weak else None
        return Finding(
            self.name, what, "warn" if weak else "note", alpha.value, alpha.low, alpha.high, alpha.units, then
        )


def _value(told: Mapping[str, Any]) -> tuple[float, float]:
    if told["kind"] == "prefer":
        won = WINS[told["winner"]]
        return won, 2.0 * won - 1.0
    grade = float(told["grade"])
    return min(1.0, max(0.0, (grade - told["low"]) / (told["high"] - told["low"]))), grade


def _number(answer: Any) -> float | None:
    try:
        return float(answer)
    except (TypeError, ValueError):
        return None


def _judges(state: Mapping[str, Any]) -> str:
    return ", ".join(sorted({str(told["judge"]) for told in state.values()}))


def _share(name: str, what: Any, hits: int, n: int) -> Finding:
    low, high = clopper_pearson(hits, n)
    return Finding(name, what, "note", hits / n, low, high, n)
