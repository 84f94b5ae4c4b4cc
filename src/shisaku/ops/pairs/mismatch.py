"""Which texts do not belong to their images, in a space that holds both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of
from shisaku.stats.auroc import Auroc, auroc, partners
from shisaku.stats.csls import csls

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well every text fits its image, the same of texts of other images, and whether that tells them apart."""

    ids: list[str]
    own: Any
    other: Any
    area: Auroc | None

    @property
    def tells(self) -> bool:
        """Whether the score tells true pairs from shuffled ones at all."""
        return self.area is not None and self.area.low > 0.5


@dataclass(frozen=True)
class Mismatch(Metric):
    """Score how well a text fits its image: the chance that a text of another image fits it less well.

    Image and text are vectors of one space that views wrote: by default ConSE (`pairs.conse`, with `text.embed`),
    and any pair of encoders with a common space, such as CLIP, through views that write the same two parts. The fit
    is the cosine corrected for hubs by cross-domain similarity local scaling (CSLS, Conneau et al., ICLR 2018: twice
    the cosine less the mean cosines of each to its `neighbours` nearest in the other modality); `raw` is that. The
    same is measured on pairs shuffled between entities, and the area under the ROC curve of true against shuffled
    pairs with its interval is a finding. Where that interval touches 0.5 the score says nothing here, and no sample is
    an issue. Else an issue is a pair whose fit lies `odd_from` robust standard deviations (median and median absolute
    deviation of the dataset) below the median, and below the median of the shuffled pairs.

    What it finds: with ConSE, little. Of 785 small pictures with captions turned in a circle it called 12 % of them
    where 10 % were turned (precision 0.33) and 15 % where 40 % were (0.89), with 3.4 % alarms on the captions as they
    are: there is no share with recall 0.8. True against shuffled pairs had an area of 0.74 [0.71, 0.76], without the
    pictures of symbols 0.81 [0.78, 0.83]. That the score tells nothing was said in 19 of 20 repeats with 95 % of the
    captions turned, in 11 with 90 %, in none with 80 % or fewer.
    When it hurts: it sees what the encoders see: ConSE looks through 1000 ImageNet classes, nothing of number, place
    or action. Wrong texts of the same subject pass. If most texts are wrong, it can tell nothing and says so.

    Example::

        - {name: fit, op: pairs.mismatch, from: vectors, with: {image: image_vector, text: text_vector}}
    """

    name: ClassVar[str] = "pairs.mismatch"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "embedding", "text": "embedding"}
    size: ClassVar[StateSize] = "O(n*d)"
    shares_family_with: ClassVar[tuple[str, ...]] = ("pairs.caption", "pairs.zero_shot", "image.embed")
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"odd_from", "neighbours", "at_least", "seed"})

    image: str = "image_vector"
    text: str = "text_vector"
    odd_from: float = 1.5
    neighbours: int = 10
    at_least: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(image=self.image, text=self.text)
        within("odd_from", self.odd_from, 0.0, 100.0)
        within("neighbours", self.neighbours, 1, 1000)
        within("at_least", self.at_least, 3, 1e9)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [entity, image vector, text vector]."""
        return dict(measurable(batch, self._pair))

    def _pair(self, sample: Sample) -> list[Any]:
        image, text = vector_of(sample, self.image), vector_of(sample, self.text)
        if image.size != text.size or not image.any() or not text.any():
            raise DataError(
                say("Embeddings {image} and {text} do not lie in one space", image=self.image, text=self.text),
                where=sample.id,
            )
        return [sample.entity, image.astype(np.float32), text.astype(np.float32)]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per pair, by sample id."""
        fit = self._fit(state)
        if not fit.tells:
            held = dict(zip(fit.ids, fit.own, strict=True))
            return [Score(name, self.name, 0.5, float(held.get(name, 0.0)), False) for name in sorted(state)]
        away = _robust_z(fit.own)
        ordered = np.sort(fit.other)
        better = np.searchsorted(ordered, fit.own, side="left") / len(ordered)
        middle = float(np.median(ordered))
        held_scores = {
            name: self._score(name, float(fit.own[i]), float(better[i]), bool(away[i] <= -self.odd_from), middle)
            for i, name in enumerate(fit.ids)
        }
        return [held_scores.get(name, Score(name, self.name, 0.5, 0.0, False)) for name in sorted(state)]

    def _score(self, name: str, own: float, better: float, odd: bool, middle: float) -> Score:
        if not (odd and own < middle):
            return Score(name, self.name, better, own, False)
        told = say("the text fits its image worse than {share:.0%} of texts of other images", share=1.0 - better)
        return Score(name, self.name, better, own, True, told)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return whether the score tells true pairs from shuffled ones."""
        fit = self._fit(state)
        n = len(fit.ids)
        if fit.area is None:
            what = say("{n} pairs of different entities are too few to say whether texts fit their images", n=n)
            return [Finding("alignment_not_asked", what, "note", n=n)]
        figures: dict[str, Any] = {"value": fit.area.value, "low": fit.area.low, "high": fit.area.high, "n": n}
        if not fit.tells:
            what = say(
                "The score of texts and images tells nothing here: true against shuffled pairs AUROC {value:.2f} "
                "[{low:.2f}, {high:.2f}] on {n}; no pair is called an issue",
                **figures,
            )
            then = say(
                "Read twenty pairs: either most texts are wrong, or the encoders do not see what is in these data"
            )
            return [Finding("alignment_cannot_tell", what, "warn", **figures, next=then)]
        what = say(
            "The score of texts and images tells true from shuffled pairs with AUROC {value:.2f} [{low:.2f}, "
            "{high:.2f}] on {n}",
            **figures,
        )
        worst = tuple(fit.ids[place] for place in np.argsort(fit.own, kind="stable")[:EXAMPLES])
        return [Finding("alignment_tells", what, "note", **figures, samples=worst)]

    def _fit(self, state: Mapping[str, Any]) -> _Fit:
        widths = Counter(len(held[1]) for held in state.values())
        width = max(widths, key=lambda one: (widths[one], one), default=0)
        ids = sorted(name for name, held in state.items() if len(held[1]) == width)
        if len(ids) < 2:
            return _Fit(ids, np.zeros(len(ids)), np.zeros(0), None)
        images, texts = (_unit(np.stack([state[name][k] for name in ids])) for k in (1, 2))
        entities = [state[name][0] for name in ids]
        turned = np.array(partners(entities, rng_for(self.seed, self.name, "shuffled")))
        own, other = csls(images, texts, turned, self.neighbours)
        there = turned >= 0
        area = None
        if len(set(entities)) >= self.at_least and there.any():
            shuffled = [one for one, hit in zip(entities, there, strict=True) if hit]
            area = auroc(own, other[there], entities, shuffled)
        return _Fit(ids, own, other[there], area)


def _robust_z(values: Any) -> Any:
    from scipy.stats import median_abs_deviation

    spread = float(median_abs_deviation(values, scale="normal"))
    return (values - np.median(values)) / (spread or np.inf)


def _unit(rows: Any) -> Any:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
