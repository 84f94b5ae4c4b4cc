"""Whether a sample bears a wrong label, by confident learning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.learn.out_of_fold import OutOfFold
from shisaku.message import Message, say
from shisaku.ops.dataset.judged import Labelled, entry, judged, table
from shisaku.ops.limits import one_of, ordered, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.stats.label_errors import FILTERS, FilterBy, error_share, label_errors

EXAMPLES, PAIRS = 20, 15


@dataclass(frozen=True)
class LabelErrors(Metric):
    """Score a sample by the probability of its label from models that saw neither it, its entity, nor a copy of it.

    Confident learning (Northcutt et al. 2021, JAIR 70:1373) by cleanlab: the probabilities are those of a logistic
    regression on frozen features in `folds` folds, averaged over `repeats` divisions; `filter_by` is cleanlab's rule
    for what is called wrong. `raw` is the probability; the reason names the label that the models suggest
    (`suggested`). A class needs `least` samples in two entities to be judged. Where the models tell the labels
    apart no better than chance, nothing is called wrong. The finding is the estimated share of wrong labels with an
    interval over entities; it weighs ``warn`` or ``bad`` where its lower end reaches `warn_from` or `bad_from`.

    What it finds: wrong labels that the features contradict. Of labels changed at random in MNIST (n = 5000, pixels
    as features, 3 seeds) it called 86, 87 and 91 % at a rate of 5, 10 and 20 %, with a precision of 66, 78 and 86 %:
    what cleanlab calls on the same probabilities. Through image.embed (n = 600) found from a rate of 5 % on: recall
    0.83 [0.65, 0.94], precision 0.71; at 2 % recall 0.75 [0.43, 0.95], precision 0.47; it calls 1.8 % of the given
    labels of MNIST and 0.3 % of those of 1797 digits. The estimated share was 6.6, 11.5 and 22.3 % for true 5, 10 and
    20 %: too high by 1.5 to 2.5 points, and its interval missed the truth each time.
    When it hurts: what is rare or hard looks wrong too: about half of what such a model calls wrong in real data
    is. Labels that are wrong in the same way everywhere (an annotator who confuses two classes) look right. The
    share leans upwards by what the models get wrong with confidence, and its interval knows nothing of that.

    Example::

        - {name: label_errors, op: dataset.label_errors, from: image_features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.label_errors"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    shares_family_with: ClassVar[tuple[str, ...]] = ("image.embed", "text.embed", "audio.embed")
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"folds", "repeats", "least", "filter_by", "warn_from", "bad_from", "seed"}
    )

    features: str = "features"
    label: str = ""
    folds: int = 5
    repeats: int = 3
    least: int = 5
    filter_by: FilterBy = "prune_by_noise_rate"
    warn_from: float = 0.02
    bad_from: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(features=self.features)
        within("folds", self.folds, 2, 50)
        within("repeats", self.repeats, 1, 50)
        within("least", self.least, 2, 1e6)
        one_of("filter_by", self.filter_by, FILTERS)
        within("warn_from", self.warn_from, 0.0, 1.0)
        ordered("warn_from", self.warn_from, "bad_from", self.bad_from)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, entity, features]; samples without one have no entry."""
        return dict(measurable(batch, lambda sample: entry(sample, self.features, self.label)))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample whose class could be judged, by sample id."""
        data, found = self._judged(state)
        wrong, quality = self._called(found)
        scores = []
        for row, place in enumerate(found.places):
            reason = _reason(found, row) if wrong[row] else None
            value = float(quality[row])
            scores.append(Score(data.ids[place], self.name, value, value, bool(wrong[row]), reason))
        return scores

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the estimated share of wrong labels, and the classes that could not be judged."""
        if not state:
            return []
        data, found = self._judged(state)
        told = [_left_out(found)] if found.left_out else []
        if not len(found.places):
            what = say("There are no two classes with {n} samples each: no label could be judged", n=self.least)
            return [Finding("label_errors", what, "note", n=len(data.ids)), *told]
        accuracy = float(found.recalls.mean())
        if not found.tells_apart:
            what = say(
                "The features tell the labels apart no better than chance (balanced accuracy {accuracy:.2f} of {k}"
                " classes): no label is called wrong",
                accuracy=accuracy,
                k=len(found.classes),
            )
            then = say("Use features that see what the labels are about, or collect more samples")
            return [Finding("label_errors", what, "warn", accuracy, n=len(found.places), next=then), *told]
        return [self._share(data, found, accuracy), *told]

    def _share(self, data: Labelled, found: OutOfFold, accuracy: float) -> Finding:
        wrong, quality = self._called(found)
        share = error_share(found.codes, found.probabilities, found.units, seed=self.seed)
        weight: Weight = "bad" if share.low >= self.bad_from else "warn" if share.low >= self.warn_from else "note"
        what = say(
            "An estimated {share:.1%} of {n} labels are wrong ({low:.1%} to {high:.1%}); {called} are called so by"
            " models with a balanced accuracy of {accuracy:.2f}",
            share=share.share,
            n=share.n,
            low=share.low,
            high=share.high,
            called=int(wrong.sum()),
            accuracy=accuracy,
        )
        then = say("Look at those called wrong, worst first, and correct them: some are right and only hard")
        worst = [row for row in np.argsort(quality, kind="stable") if wrong[row]][:EXAMPLES]
        examples = tuple(data.ids[found.places[row]] for row in worst)
        pairs = _pairs(found, wrong)
        return Finding("label_errors", what, weight, share.share, share.low, share.high, share.n, then, examples, pairs)

    def _judged(self, state: Mapping[str, Any]) -> tuple[Labelled, OutOfFold]:
        data = table(state)
        return data, judged(data, self.folds, self.repeats, self.least, self.seed)

    def _called(self, found: OutOfFold) -> tuple[Any, Any]:
        if not len(found.places):
            return np.zeros(0, np.bool_), np.zeros(0)
        wrong, quality = label_errors(found.codes, found.probabilities, self.filter_by)
        return wrong & found.tells_apart, quality


def _reason(found: OutOfFold, row: int) -> Message:
    chances = found.probabilities[row]
    best = int(chances.argmax())
    return say(
        "labelled {given}, the model says {suggested} at {chance:.2f}",
        given=found.classes[found.codes[row]],
        suggested=found.classes[best],
        chance=float(chances[best]),
    )


def _pairs(found: OutOfFold, wrong: Any) -> tuple[dict[str, Any], ...]:
    """Return how often each label was called another, the most frequent first."""
    best = found.probabilities.argmax(axis=1)
    counts = Counter((found.classes[found.codes[row]], found.classes[best[row]]) for row in np.flatnonzero(wrong))
    order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:PAIRS]
    return tuple({"labelled": given, "suggested": other, "samples": n} for (given, other), n in order)


def _left_out(found: OutOfFold) -> Finding:
    classes, n = found.left_out, sum(found.left_out.values())
    what = say(
        "The labels of {n} samples in {k} classes could not be judged: too few samples or entities in {classes}",
        n=n,
        k=len(classes),
        classes=", ".join(list(classes)[:10]),
    )
    rows = tuple({"class": name, "samples": count} for name, count in classes.items())
    return Finding("label_errors_not_judged", what, "note", n=n, table=rows)
