"""How varied the samples are, over all and in each class, and where there is next to nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.learn.one_thread import one_thread
from shisaku.message import say
from shisaku.ops.dataset.judged import Labelled, table
from shisaku.ops.labelled import label_or_none
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of
from shisaku.stats.vendi import effective_number, vendi_at, vendi_interval

EXAMPLES = 20


@dataclass(frozen=True)
class Diversity(Metric):
    """Score a sample by how well the region of features that it lies in is filled: 1 from `enough` samples on.

    The Vendi score (Friedman and Dieng, TMLR 2023: exp of the entropy of the eigenvalues of K / n, K the cosines) is
    given over all samples and, after the mean of all was taken away (features share most of their length), for each
    class, always at one number of samples `at` (or the size of the smallest
    class with `at_least`), as the median over 25 subsamples: Vendi grows with n, so only scores at equal n compare. The
    interval over all is for other samples of the same kind (below twice `at` samples by the delete-half jackknife), the
    range of a class holds 95 % of its subsamples. Vendi / n is the share of samples that count as different. A class is
    ``warn`` where the upper end of that range lies below `thin_from` times the median of the classes (``bad`` below
    half of that). Coverage: k-means cells of the features (`clusters` of them), the share with `enough` samples, and
    their effective number, exp of the entropy of the shares. `raw` is the number of samples in the sample's cell.

    What it finds: a class of 600 digits (features: pixels) of which 80 % were copies of three of its pictures in 8 of
    10 repeats, 90 % in 10 of 10, 60 % in 2 of 10; no class of the digits as they are was called in 10 repeats.
    Coverage of regions was not planted.
    When it hurts: it is as varied as the features see it; features that share most of their length (an untrained view)
    make everything alike. Variety is not goodness: noise is varied. Cells depend on their number and the seed.

    Example::

        - {name: variety, op: dataset.diversity, from: features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.diversity"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"at", "at_least", "thin_from", "clusters", "enough", "covered_from", "seed"}
    )

    features: str = "features"
    label: str = ""
    at: int = 200
    at_least: int = 20
    thin_from: float = 0.6
    clusters: int = 20
    enough: int = 5
    covered_from: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(features=self.features)
        within("at", self.at, 2, 5000)
        within("at_least", self.at_least, 2, 1e9)
        ordered("at_least", self.at_least, "at", self.at)
        within("thin_from", self.thin_from, 0.0, 1.0)
        within("clusters", self.clusters, 2, 1000)
        within("enough", self.enough, 1, 1e9)
        within("covered_from", self.covered_from, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, entity, features]; zero features point nowhere and are not measured."""
        held = measurable(batch, lambda sample: vector_of(sample, self.features).astype(np.float32))
        by_id = {sample.id: sample for sample in batch}
        return {
            name: [label_or_none(by_id[name], self.label), by_id[name].entity, row]
            for name, row in held.items()
            if row.any()
        }

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        data = table(state)
        cells = self._cells(data)
        counts = np.bincount(cells) if len(cells) else np.zeros(1)
        held = {name: int(counts[cell]) for name, cell in zip(data.ids, cells, strict=True)}
        enough = self._wanted(len(data.ids))
        return [
            Score(name, self.name, min(1.0, held.get(name, 0) / enough), float(held.get(name, 0)))
            for name in sorted(state)
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the variety over all, classes that vary less than the others, and how the features are covered."""
        data = table(state)
        if len(data.ids) < self.at_least:
            what = say("Variety was not asked for: {n} samples are too few", n=len(data.ids))
            return [Finding("variety_not_asked", what, "note", n=len(data.ids))]
        whole = [self._whole(data), self._coverage(data)]
        return [*self._classes(data), *whole]

    def _whole(self, data: Labelled) -> Finding:
        size = min(self.at, len(data.ids))
        median, low, high = (
            one / size for one in vendi_interval(data.rows, size, rng_for(self.seed, self.name, "all"))
        )
        what = say(
            "Of {size} samples, {vendi:.1f} count as different (Vendi / n {share:.3f} [{low:.3f}, {high:.3f}])",
            size=size,
            vendi=median * size,
            share=median,
            low=low,
            high=high,
        )
        return Finding("variety", what, "note", median, low, high, len(data.ids))

    def _classes(self, data: Labelled) -> list[Finding]:
        counts = Counter(label for label in data.labels if label)
        large = sorted(label for label, n in counts.items() if n >= self.at_least)
        if len(large) < 2:
            return []
        size = min(self.at, *(counts[label] for label in large))
        labels = np.array(data.labels, dtype=object)
        apart = _centred(data.rows)
        rows: list[tuple[str, float, float, float]] = []
        for label in large:
            own = apart[labels == label]
            found = vendi_at(own, size, rng_for(self.seed, self.name, label)) / size
            low, high = (float(q) for q in np.quantile(found, (0.025, 0.975)))
            rows.append((label, float(np.median(found)), low, high))
        middle = float(np.median([median for _, median, _, _ in rows]))
        plain = tuple(
            {"label": label, "at": size, "vendi_by_n": round(median, 4), "low": round(low, 4), "high": round(high, 4),
             "n": counts[label]}
            for label, median, low, high in sorted(rows, key=lambda row: row[1])
        )  # fmt: skip
        made = [
            self._thin(data, row, middle, size, counts[row[0]], plain)
            for row in sorted(rows, key=lambda row: row[1])
            if row[3] < self.thin_from * middle
        ]
        what = say("Variety of {n} classes, each at {size} samples", n=len(rows), size=size)
        return [*made, Finding("variety_of_classes", what, "note", middle, n=len(data.ids), table=plain)]

    def _thin(
        self, data: Labelled, row: tuple[str, float, float, float], middle: float, size: int, n: int, plain: Any
    ) -> Finding:
        label, median, low, high = row
        weight: Weight = "bad" if high < self.thin_from * middle / 2 else "warn"
        what = say(
            "{label} varies little: of {size} samples {vendi:.1f} count as different (Vendi / n {share:.3f} "
            "[{low:.3f}, {high:.3f}]), where half of the classes have more than {middle:.3f}",
            label=label,
            size=size,
            vendi=median * size,
            share=median,
            low=low,
            high=high,
            middle=middle,
        )
        then = say("Look for copies in {label}, then collect or make samples of other kinds of it", label=label)
        own = [place for place, one in enumerate(data.labels) if one == label]
        rows = data.rows[own].astype(np.float64)
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        near = np.argsort(-(unit @ unit.mean(axis=0)), kind="stable")[:EXAMPLES]
        examples = tuple(data.ids[own[place]] for place in near)
        return Finding("class_varies_little", what, weight, median, low, high, n, then, examples, plain)

    def _coverage(self, data: Labelled) -> Finding:
        cells = self._cells(data)
        counts = np.bincount(cells)
        enough = self._wanted(len(data.ids))
        filled = float((counts >= enough).mean())
        number = effective_number(counts / counts.sum())
        order = np.argsort(counts, kind="stable")
        rows = tuple(
            {"cell": int(cell), "n": int(counts[cell]), "share": round(float(counts[cell] / counts.sum()), 4),
             "example": data.ids[int(np.flatnonzero(cells == cell)[0])]}
            for cell in order
        )  # fmt: skip
        thin = [data.ids[place] for cell in order if counts[cell] < enough for place in np.flatnonzero(cells == cell)]
        what = say(
            "{filled:.0%} of {cells} regions of the features hold at least {enough} samples; counted by size there are "
            "{number:.1f} regions; {thin} samples lie in nearly empty ones",
            filled=filled,
            cells=len(counts),
            enough=enough,
            number=number,
            thin=len(thin),
        )
        then = say("Look at the samples in nearly empty regions: collect more like them, or take them for outliers")
        weight: Weight = "warn" if filled < self.covered_from else "note"
        return Finding("coverage", what, weight, filled, None, None, len(data.ids), then, tuple(thin[:EXAMPLES]), rows)

    def _wanted(self, n: int) -> int:
        """Return how many samples a region needs: no more than half of its share in a small dataset."""
        return max(1, min(self.enough, n // (2 * self.clusters)))

    def _cells(self, data: Labelled) -> Any:
        from sklearn.cluster import KMeans

        n = len(data.ids)
        different = len(np.unique(data.rows, axis=0)) if n else 0
        k = min(self.clusters, n // 2, different)
        if k < 2:
            return np.zeros(n, np.intp)
        rows = data.rows.astype(np.float64)
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        with one_thread():
            return KMeans(k, n_init=4, random_state=self.seed).fit_predict(unit)


def _centred(rows: Any) -> Any:
    apart = rows - rows.mean(axis=0)
    # Rows that lie in the middle have no direction: they are all alike.
    apart[np.linalg.norm(apart, axis=1) < 1e-9] = 1.0
    return apart
