"""Whether a classifier can tell made samples from real ones, and by which of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding, Weight
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.message import Message, say
from shisaku.ops.dataset.gap_map import gap_map
from shisaku.ops.dataset.sides import SetJudge, Sides
from shisaku.ops.dataset.told_apart import ToldApart, told_apart
from shisaku.ops.limits import within
from shisaku.stats.auroc import Auroc, auroc
from shisaku.stats.holm import holm
from shisaku.stats.two_sample import p_of, permuted_sides, rank_areas

EXAMPLES = 20
UNKNOWN = 0.5


@dataclass(frozen=True, slots=True)
class Gap:
    """Area under the ROC curve with interval, permutation p and proxy A-distance of some of the samples."""

    area: Auroc
    p: float
    distance: float


@dataclass(frozen=True)
class TwoSample(SetJudge):
    """Score a made sample by the probability that it is real, 0.5 meaning that nothing tells.

    The classifier two-sample test (Lopez-Paz and Oquab, ICLR 2017): a logistic regression on standardised features
    (inverse regularisation `strength`), both sides of equal weight, is fitted without one of `folds` parts and judges
    that part; a parent, its children, all of their group and all equal items are in one part. `raw` is the probability
    of being made, an issue from `telling` on. The finding is the area under the ROC curve of these probabilities with
    its 95 % interval over entities (Obuchowski 1997, the models taken as given), p by `draws` permutations of who is
    made within the parts (entities on one side moved whole, one on both sides permuted within itself), and the proxy
    A-distance 2 (1 - 2 e), e the balanced error (Ben-David et al. 2010): 0 the same, 2 separable. ``warn``: p < `alpha`
    and the lower end at least `told_from`; ``bad``: at least `plain_from`. The same for classes with `at_least` on both
    sides (table, by Holm). A second finding holds a map: the first two principal components of at most 2,000 samples.

    What it finds: two halves of 800 digits (features: pixels), one of them with 10 % less contrast in 10 of 10 repeats
    (5 %: 6), with 40 % replaced by copies of five in 10 of 10 (20 %: 3), with five of ten classes left out in 10 of 10
    (three: 5). Two halves as they are: no alarm in 40 (95 %: 0 to 9 %).
    When it hurts: that made samples can be told does not say that they harm, nor that those hardest to tell help. It
    sees differences of means first: two sets that differ in spread alone look the same to a linear model. Dropping the
    most telling ones makes the rest hard to tell, not good. An area clearly under 0.5 says nothing good either: made
    items lie nearer to single real ones than to each other, as near copies do, or what was made from real items whose
    ids nobody gave as parents.

    Example::

        - {name: gap, op: dataset.two_sample, from: made_features, reference: real_features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.two_sample"
    shares_family_with: ClassVar[tuple[str, ...]] = ("image.embed", "text.embed", "audio.embed")
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"transform", "at_least", "folds", "strength", "draws", "alpha", "told_from", "plain_from", "telling", "seed"}
    )

    at_least: int = 20
    folds: int = 5
    strength: float = 0.01
    draws: int = 999
    alpha: float = 0.05
    told_from: float = 0.55
    plain_from: float = 0.9
    telling: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        within("folds", self.folds, 2, 50)
        within("at_least", self.at_least, 2 * self.folds, 1e9)
        within("strength", self.strength, 1e-9, 1e9)
        within("draws", self.draws, 19, 100_000)
        within("alpha", self.alpha, 1e-6, 0.5)
        within("told_from", self.told_from, 0.5, 1.0)
        within("plain_from", self.plain_from, 0.5, 1.0)
        within("telling", self.telling, 0.5, 1.0)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id; 0.5 where there are too few to fit a model."""
        sides = self.sides(state)
        told = self._told(sides)
        chances = np.full(len(sides.made), UNKNOWN) if told is None else told.chances[told.made]
        return [
            Score(name, self.name, 1.0 - p, p, p >= self.telling, _reason(p) if p >= self.telling else None)
            for name, p in zip(sides.made.ids, chances.tolist(), strict=True)
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return how well made is told from real, over all and by class, and a map of both."""
        sides = self.sides(state)
        refused = self.too_few(sides, self.at_least)
        if refused is not None:
            return [refused]
        told = self._told(sides)
        if told is None:
            what = say(
                "Made and real samples of {part} are of too few entities to test one on others", part=self.features
            )
            return [Finding("two_sample_not_asked", what, "note", n=sides.n)]
        return [self._finding(sides, told), gap_map(sides, told.chances, self.features, self.seed)]

    def _told(self, sides: Sides) -> ToldApart | None:
        if sides.n < self.at_least:
            return None
        return told_apart(sides, self.folds, self.strength, self.seed)

    def _finding(self, sides: Sides, told: ToldApart) -> Finding:
        labels = np.concatenate([sides.real.labels, sides.made.labels])
        whole = self._gap(told, np.ones(len(labels), np.bool_), "")
        classes = sides.classes(self.at_least)
        apart = [self._gap(told, labels == label, label) for label in classes]
        differ = [one.rejected for one in holm([one.p for one in apart], self.alpha)]
        rows = [_row("", whole, whole.p < self.alpha)]
        rows += [_row(label, one, differs) for label, one, differs in zip(classes, apart, differ, strict=True)]
        area = whole.area
        weight: Weight = "note"
        if whole.p < self.alpha and area.low >= self.told_from:
            weight = "bad" if area.low >= self.plain_from else "warn"
        what = say(
            "Made is told from real by {part} with AUROC {value:.3f} [{low:.3f}, {high:.3f}] (p = {p:.4f} by {draws} "
            "permutations, proxy A-distance {distance:.2f}) on {real} real and {made} made samples",
            part=self.features,
            value=area.value,
            low=area.low,
            high=area.high,
            p=whole.p,
            draws=self.draws,
            distance=whole.distance,
            real=len(sides.real),
            made=len(sides.made),
        )
        then = None
        if weight != "note":
            then = say("Look at the most telling samples beside real ones, and mend what gives them away")
        order = np.argsort(-told.chances[told.made], kind="stable")[:EXAMPLES]
        examples = tuple(sides.made.ids[place] for place in order)
        ends = (area.value, area.low, area.high)
        return Finding("two_sample", what, weight, *ends, sides.n, then, examples, tuple(rows))

    def _gap(self, told: ToldApart, which: npt.NDArray[np.bool_], label: str) -> Gap:
        chances, made, entities = told.chances[which], told.made[which], told.entities[which]
        area = auroc(chances[made], chances[~made], entities[made].tolist(), entities[~made].tolist())
        rng = rng_for(self.seed, self.name, f"permuted {label}")
        drawn = permuted_sides(made, entities, rng, self.draws, told.folds[which])
        areas = rank_areas(chances, np.concatenate([made[None], drawn]))
        error = 0.5 * (float((chances[made] < UNKNOWN).mean()) + float((chances[~made] >= UNKNOWN).mean()))
        return Gap(area, p_of(areas[0], areas[1:]), max(0.0, 2.0 * (1.0 - 2.0 * error)))


def _reason(p: float) -> Message:
    return say("Taken for a made sample with the chance {p:.2f}", p=p)


def _row(label: str, gap: Gap, differs: bool) -> dict[str, Any]:
    area = gap.area
    return {
        "class": label,
        "real": area.n_negative,
        "made": area.n_positive,
        "auroc": area.value,
        "low": area.low,
        "high": area.high,
        "p": gap.p,
        "differs": differs,
        "a_distance": gap.distance,
    }
