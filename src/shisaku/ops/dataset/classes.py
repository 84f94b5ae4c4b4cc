"""Whether a sample is labelled, and whether its class has enough samples."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.labelled import label_or_none
from shisaku.ops.limits import ordered, within
from shisaku.stats.proportions import clopper_pearson

EXAMPLES = 20
FEW = 50  # with more values than this that are mostly different, the label is no class


@dataclass(frozen=True)
class Classes(Metric):
    """Score a sample 0 without a label, else by how many samples its class has: 1 from `rare_below` on.

    `raw` is the number of samples of its class; only a sample without a label (or whose annotators tie) is an issue.
    The findings: classes of `classes` that no sample has, and classes that are none of them; classes with fewer than
    `near_empty` and than `rare_below` samples; imbalance as largest through smallest class (``warn`` from
    `warn_ratio`, ``bad`` from `bad_ratio`) with the effective number of classes, exp of the Shannon entropy of the
    shares (Hill 1973, Ecology 54:427), its interval by the delta method (Basharin 1959).

    What it finds: every sample without a label and every declared class without samples; it counts, so that nothing
    is missed and nothing invented. In 1797 digits the imbalance was said from a ratio of 20 planted on (recall 1.0 of
    20 seeds; at 10, the threshold, 0.65), a class of 19 or fewer as rare, of 4 or fewer as nearly empty, always.
    When it hurts: how many samples a class needs depends on the task; a rare class may be the one that matters.
    Without `classes` it cannot know what is missing. A label with mostly different values is not judged as classes.

    Example::

        - {name: classes, op: dataset.classes, with: {label: class, classes: [good, dent, scratch]}}
    """

    name: ClassVar[str] = "dataset.classes"
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels"})
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"classes", "near_empty", "rare_below", "warn_ratio", "bad_ratio"})

    label: str = ""
    classes: tuple[str, ...] = ()
    near_empty: int = 5
    rare_below: int = 20
    warn_ratio: float = 10.0
    bad_ratio: float = 100.0

    def __post_init__(self) -> None:
        within("near_empty", self.near_empty, 1, 1e9)
        ordered("near_empty", self.near_empty, "rare_below", self.rare_below)
        within("warn_ratio", self.warn_ratio, 1.0, 1e9)
        ordered("warn_ratio", self.warn_ratio, "bad_ratio", self.bad_ratio)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> label, empty where it has none."""
        return {sample.id: label_or_none(sample, self.label) for sample in batch}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        counts = Counter(label for label in state.values() if label)
        scores = []
        for sample, label in sorted(state.items()):
            n = counts[label]
            reason = None if label else say("it has no label, or its annotators tie")
            scores.append(Score(sample, self.name, min(1.0, n / self.rare_below), float(n), not label, reason))
        return scores

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return what is missing, rare and out of balance."""
        if not state:
            return []
        counts = Counter(label for label in state.values() if label)
        told = self._unlabelled(state)
        n = sum(counts.values())
        if len(counts) > FEW and 2 * len(counts) > n:
            what = say("The label has {k} different values in {n} samples: it names no classes", k=len(counts), n=n)
            return [*told, Finding("no_classes", what, "note", float(len(counts)), n=n)]
        return [*told, *self._declared(counts), *self._rare(counts, state), *self._balance(counts)]

    def _unlabelled(self, state: Mapping[str, Any]) -> list[Finding]:
        without = sorted(sample for sample, label in state.items() if not label)
        if not without:
            return []
        low, high = clopper_pearson(len(without), len(state))
        what = say("{n} of {of} samples have no label", n=len(without), of=len(state))
        then = say("Label them, or set them aside as unlabelled data")
        share = len(without) / len(state)
        return [Finding("unlabelled", what, "warn", share, low, high, len(state), then, tuple(without[:EXAMPLES]))]

    def _declared(self, counts: Counter[str]) -> list[Finding]:
        missing = [one for one in self.classes if one not in counts]
        odd = sorted(set(counts) - set(self.classes)) if self.classes else []
        n = sum(counts.values())
        told = []
        if missing:
            what = say("No sample has the class {classes}", classes=", ".join(missing))
            then = say("Collect samples of it, or take it out of what the model shall tell apart")
            told.append(Finding("missing_classes", what, "bad", float(len(missing)), n=n, next=then))
        if odd:
            what = say("{k} labels are none of the declared classes: {classes}", k=len(odd), classes=", ".join(odd))
            then = say("Correct them, or declare them")
            rows = tuple({"class": one, "samples": counts[one]} for one in odd)
            told.append(Finding("undeclared_classes", what, "warn", float(len(odd)), n=n, next=then, table=rows))
        return told

    def _rare(self, counts: Counter[str], state: Mapping[str, Any]) -> list[Finding]:
        n = sum(counts.values())
        told = []
        bands = (("near_empty_classes", 0, self.near_empty), ("rare_classes", self.near_empty, self.rare_below))
        for name, least, below in bands:
            found = sorted((one for one in counts if least <= counts[one] < below), key=lambda one: (counts[one], one))
            if not found:
                continue
            low, high = clopper_pearson(counts[found[0]], n)
            what = say(
                "{k} classes have fewer than {below} samples: {classes}",
                k=len(found),
                below=below,
                classes=", ".join(f"{one} ({counts[one]})" for one in found[:10]),
            )
            then = say("Collect more of them, or merge or drop them: no model can be tested on so few")
            examples = tuple(sample for sample, label in sorted(state.items()) if label in found)[:EXAMPLES]
            rows = tuple({"class": one, "samples": counts[one]} for one in found)
            told.append(Finding(name, what, "warn", counts[found[0]] / n, low, high, n, then, examples, rows))
        return told

    def _balance(self, counts: Counter[str]) -> list[Finding]:
        if len(counts) < 2:
            what = say("All samples have the same label: there is nothing to tell apart")
            return [Finding("one_class", what, "warn", 1.0, n=sum(counts.values()))] if counts else []
        order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        (most, largest), (least, smallest) = order[0], order[-1]
        ratio = largest / smallest
        effective, low, high = effective_number([n for _, n in order])
        weight: Weight = "bad" if ratio >= self.bad_ratio else "warn" if ratio >= self.warn_ratio else "note"
        what = say(
            "{k} classes are as varied as {effective:.1f} equal ones ({low:.1f} to {high:.1f}); the largest, {most},"
            " has {ratio:.1f} times the samples of the smallest, {least}",
            k=len(order),
            effective=effective,
            low=low,
            high=high,
            most=most,
            ratio=ratio,
            least=least,
        )
        then = say("Balance by quota or weight, and judge by balanced accuracy") if weight != "note" else None
        rows = tuple({"class": one, "samples": n} for one, n in order)
        total = sum(counts.values())
        return [Finding("class_balance", what, weight, effective, low, high, total, then, table=rows)]


def effective_number(counts: Sequence[int]) -> tuple[float, float, float]:
    """Return exp of the Shannon entropy of the shares with its 95 % interval, within 1 and the number of classes."""
    n = sum(counts)
    shares = [one / n for one in counts if one]
    entropy = -sum(p * math.log(p) for p in shares)
    variance = max(0.0, sum(p * math.log(p) ** 2 for p in shares) - entropy**2) / n
    reach = 1.96 * math.sqrt(variance)
    top = float(len(shares))
    return min(top, math.exp(entropy)), max(1.0, math.exp(entropy - reach)), min(top, math.exp(entropy + reach))
