"""Whether the features of a sample say where it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.learn.out_of_fold import OutOfFold
from shisaku.message import say
from shisaku.ops.dataset.judged import Labelled, judged, table
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of
from shisaku.stats.association import Association, association
from shisaku.stats.auroc import Auroc, auroc
from shisaku.stats.telling import coded

EXAMPLES = 20


@dataclass(frozen=True)
class SourceBias(Metric):
    """Score a sample by how little its features say where it came from (1: nothing).

    For every fact of `sources` with 2 to `most` values of at least `per_source` samples, the learner logistic predicts
    the value from the features, out of fold with entities and copies kept together (a domain classifier, Ben-David et
    al. 2010; classifier two-sample test, Lopez-Paz and Oquab 2017). The figure is the area under the ROC curve of the
    best-told value against the others, with its interval by entity. Beside it stands Cramer's V of the value and the
    label, where a sample has one label: only where both hold can a model learn the source in place of the label.
    ``bad``: the lower end is at least `told_from` and V at least `tied_from`; ``warn``: V significant and lower;
    ``note``: the source can be told, but no label goes with it. `raw` is the largest probability given to a sample's
    own source, the score 1 - raw.

    What it finds: a device that adds 40 grey levels to 400 digits (features: pixels) and that the class followed in
    20 % of the samples in 8 of 10 repeats, 40 % in 10 of 10; a device that no class followed was more than a note in
    2 of 40 (95 %: 1 to 17 %), as `alpha` has it.
    When it hurts: sources that hold different things (one site sends only cats) are told apart by the things, and
    rightly. It sees what the features see. One source per entity and few entities give wide intervals.

    Example::

        - {name: sources, op: dataset.source_bias, from: features, with: {sources: [device, site]}}
    """

    name: ClassVar[str] = "dataset.source_bias"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"told_from", "tied_from", "per_source", "most", "alpha", "draws", "seed"}
    )

    features: str = "features"
    sources: tuple[str, ...] = ("source", "device", "camera", "scanner", "microphone", "site", "author", "annotator")
    told_from: float = 0.8
    tied_from: float = 0.3
    per_source: int = 15
    most: int = 20
    alpha: float = 0.05
    draws: int = 1999
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(features=self.features)
        within("told_from", self.told_from, 0.5, 1.0)
        within("tied_from", self.tied_from, 0.0, 1.0)
        within("per_source", self.per_source, 5, 1e9)
        within("most", self.most, 2, 1000)
        within("alpha", self.alpha, 1e-6, 0.5)
        within("draws", self.draws, 99, 1e6)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, entity, features, sources]."""
        return dict(measurable(batch, self._entry))

    def _entry(self, sample: Sample) -> list[Any]:
        label = next(iter(sample.labels.values())) if len(sample.labels) == 1 else ""
        places = {name: sample.facts[name] for name in self.sources if name in sample.facts}
        return [label, sample.entity, vector_of(sample, self.features).astype(np.float32), places]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        own = dict.fromkeys(state, 0.0)
        for _, data, found in self._told(state):
            for place, code, row in zip(found.places, found.codes, found.probabilities, strict=True):
                own[data.ids[place]] = max(own[data.ids[place]], float(row[code]))
        return [Score(name, self.name, 1.0 - min(1.0, p), p) for name, p in sorted(own.items())]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return one Finding per fact whose values the features tell apart, and what was asked."""
        told = self._told(state)
        made = [self._finding(state, *one) for one in told]
        what = say("{n} facts with enough samples per value were taken as sources", n=len(told))
        return [*(one for one in made if one is not None), Finding("sources_asked", what, "note", n=len(state))]

    def _told(self, state: Mapping[str, Any]) -> list[tuple[str, Labelled, OutOfFold]]:
        found = []
        for name in self.sources:
            rows = {one: [held[3][name], *held[1:]] for one, held in state.items() if name in held[3]}
            counts = {value: 0 for value, *_ in rows.values()}
            for value, *_ in rows.values():
                counts[value] += 1
            large = {value for value, n in counts.items() if n >= self.per_source}
            if 2 <= len(large) <= self.most:
                data = table({one: held for one, held in rows.items() if held[0] in large})
                result = judged(data, 5, 1, self.per_source, self.seed)
                if len(result.classes) >= 2:
                    found.append((name, data, result))
        return found

    def _finding(self, state: Mapping[str, Any], name: str, data: Labelled, found: OutOfFold) -> Finding | None:
        level = 1.0 - self.alpha / len(found.classes)  # Bonferroni: the best of several is reported
        areas = [_area(data, found, code, level) for code in range(len(found.classes))]
        best = max(range(len(areas)), key=lambda code: areas[code].low)
        area = areas[best]
        if area.low < self.told_from:
            return None
        tie = self._tie(state, name, data, found)
        weight: Weight = "note"
        if tie is not None and tie.p < self.alpha:
            weight = "bad" if tie.v >= self.tied_from else "warn"
        what = say(
            "The features tell {source} = {value} from the rest: AUROC {value_auc:.2f} [{low:.2f}, {high:.2f}] on {n} "
            "samples; it goes with the label by Cramer's V {v:.2f}",
            source=name,
            value=found.classes[best],
            value_auc=area.value,
            low=area.low,
            high=area.high,
            n=len(found.places),
            v=tie.v if tie else 0.0,
        )
        then = say("Test on a {source} that training has not seen, and balance the labels within each", source=name)
        rows = tuple(
            {"value": value, "auroc": round(one.value, 4), "low": round(one.low, 4), "high": round(one.high, 4),
             "n": one.n_positive}
            for value, one in zip(found.classes, areas, strict=True)
        )  # fmt: skip
        mine = found.codes == best
        surest = np.argsort(-found.probabilities[mine, best], kind="stable")[:EXAMPLES]
        examples = tuple(data.ids[found.places[mine][place]] for place in surest)
        n = len(found.places)
        return Finding("source_in_features", what, weight, area.value, area.low, area.high, n, then, examples, rows)

    def _tie(self, state: Mapping[str, Any], name: str, data: Labelled, found: OutOfFold) -> Association | None:
        ids = [data.ids[place] for place in found.places]
        labels, codes = coded([state[one][0] for one in ids])
        if not 2 <= len(labels) <= len(ids) // 2:
            return None
        entities = coded([state[one][1] for one in ids])[1]
        return association(found.codes, codes, entities, rng_for(self.seed, self.name, name), self.draws)


def _area(data: Labelled, found: OutOfFold, code: int, level: float) -> Auroc:
    mine = found.codes == code
    entities = [data.entities[place] for place in found.places]
    own = [one for one, hit in zip(entities, mine, strict=True) if hit]
    others = [one for one, hit in zip(entities, mine, strict=True) if not hit]
    chances = found.probabilities[:, code]
    return auroc(chances[mine], chances[~mine], own, others, level)
