"""Precision, recall, density and coverage of made samples against real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding, Weight
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.message import say
from shisaku.ops.dataset.sides import SetJudge, Side, Sides
from shisaku.ops.limits import within
from shisaku.stats.clusters import Clustered, fixed_test_estimate
from shisaku.stats.prdc import Prdc, distances, prdc, radii
from shisaku.stats.two_sample import drawn_entities

DRAWS = 2000
TAIL = 0.025
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Share:
    """A mean over samples with its interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Manifolds(SetJudge):
    """Score a made sample by how many balls of real samples hold it: 0 none, 1 as many as one expects (`k`) or more.

    The ball of a sample reaches to its `k`-th nearest other sample of its side. Precision is the share of made
    samples in a real ball, recall that of real samples in a made ball (Kynkaanniemi et al., NeurIPS 2019), density
    the mean number of real balls around a made sample over k, coverage the share of real samples whose ball holds a
    made one (Naeem et al., ICML 2020), all at equal n, drawn by the seed (at most `most`). Read density and
    coverage first: one odd sample widens precision and recall. If both sets come from one source, density is about
    1 and coverage about 1 - 2^-k (0.97 at k = 5). Interval: 95 %, two-level bootstrap over entities (cluster t
    below 50), the balls taken as given. `raw` is the sample's density, among all real ones. With labels coverage is
    given for every real class and density for every made one (table).

    ``warn``: the upper end of coverage below `covered_from` times 1 - 2^-k (``bad`` below half of that), over all or in
    a class; the upper end of density below `dense_from`. A class of the reference without any made sample is ``bad``.

    What it finds: two halves of 800 digits (features: pixels), by coverage: one of them with 30 % less contrast in 20
    of 20 repeats (20 %: 10), with two of ten classes left out in 20 of 20 (one: 6), with 80 % replaced by copies of
    five in 20 of 20 (40 %: 5). Two halves as they are: no alarm in 40 over all, one of a class.
    When it hurts: distances of high-dimensional features are nearly alike, and the balls of a few hundred samples are
    wide: what differs by less than the distance of neighbours is not seen. Copies of the real set get the best figures.

    Example::

        - {name: prdc, op: dataset.prdc, from: made_features, reference: real_features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.prdc"
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"transform", "k", "at_least", "most", "covered_from", "dense_from", "seed"}
    )

    k: int = 5
    at_least: int = 50
    most: int = 10_000
    covered_from: float = 0.95
    dense_from: float = 0.75

    def __post_init__(self) -> None:
        super().__post_init__()
        within("k", self.k, 1, 1000)
        within("at_least", self.at_least, 2 * self.k, 1e9)
        within("most", self.most, self.at_least, 1e6)
        within("covered_from", self.covered_from, 0.0, 1.0)
        within("dense_from", self.dense_from, 0.0, 1.0)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id."""
        sides = self.sides(state)
        made, real = sides.made, sides.real
        if not len(made):
            return []
        if len(real) > self.most:
            real = real.at(drawn_entities(real.entities, self.most, rng_for(self.seed, self.name, "real")))
        k = min(self.k, len(real) - 1)
        density = _density(real, made, k) if k else np.ones(len(made))
        alone = say("It lies near no real sample: in none of the balls of {n}", n=len(real))
        return [
            Score(name, self.name, float(min(1.0, raw)), float(raw), bool(raw == 0.0), None if raw else alone)
            for name, raw in zip(made.ids, density, strict=True)
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the four figures, classes that are not covered, and classes that nobody made."""
        sides = self.sides(state)
        missing = _missing(sides)
        refused = self.too_few(sides, self.at_least)
        if refused is not None:
            return [*missing, refused]
        even = sides.drawn(self.most, self.seed, self.name)
        found = prdc(even.real.rows, even.made.rows, self.k)
        rows = self._rows(even, found)
        return [*missing, *self._whole(even, found, rows), *self._classes(rows)]

    def _rows(self, even: Sides, found: Prdc) -> list[dict[str, Any]]:
        """Return the four figures over all and for every class (None: it is too small)."""
        of_made = {"density": found.balls / self.k, "precision": (found.balls > 0).astype(np.float64)}
        of_real = {"coverage": found.covered.astype(np.float64), "recall": found.recalled.astype(np.float64)}
        rows = []
        for label in ("", *sorted({one for side in (even.real, even.made) for one in side.labels.tolist() if one})):
            row: dict[str, Any] = {"class": label}
            for side, figures in ((even.made, of_made), (even.real, of_real)):
                own = np.flatnonzero(side.labels == label) if label else np.arange(len(side))
                row["made" if side is even.made else "real"] = len(own)
                for name, values in figures.items():
                    share = self._share(values[own], side.entities[own], f"{name} {label}")
                    row |= _cells(name, share)
            rows.append(row)
        return rows

    def _share(self, values: npt.NDArray[np.float64], entities: npt.NDArray[np.intp], step: str) -> Share | None:
        if len(np.unique(entities)) < 2 * self.k:
            return None
        data = Clustered.of(values[None], np.zeros(len(values)), entities)
        estimate = fixed_test_estimate(data, rng_for(self.seed, self.name, step), DRAWS)
        return Share(estimate.mean, max(0.0, estimate.low(TAIL)), estimate.high(TAIL), len(values))

    def _whole(self, even: Sides, found: Prdc, rows: list[dict[str, Any]]) -> list[Finding]:
        whole, n, table = rows[0], even.n, tuple(rows)
        if whole["coverage"] is None or whole["density"] is None:
            what = say("Coverage of {part} was not asked for: there are too few entities", part=self.features)
            return [Finding("prdc_not_asked", what, "note", n=n)]
        far = np.flatnonzero(~found.covered)[:EXAMPLES]
        told = {name: whole[name] for name in ("density", "coverage", "precision", "recall")}
        made = say(
            "Density of {part}: {density:.3f} [{low:.3f}, {high:.3f}], precision {precision:.3f}, at {n} samples on "
            "each side, k = {k}",
            part=self.features,
            low=whole["density_low"],
            high=whole["density_high"],
            n=n,
            k=self.k,
            density=told["density"],
            precision=told["precision"],
        )
        covered = say(
            "Coverage of {part}: {coverage:.3f} [{low:.3f}, {high:.3f}], recall {recall:.3f}, at {n} samples on each "
            "side, k = {k}",
            part=self.features,
            low=whole["coverage_low"],
            high=whole["coverage_high"],
            n=n,
            k=self.k,
            coverage=told["coverage"],
            recall=told["recall"],
        )
        outside = tuple(even.made.ids[place] for place in np.flatnonzero(found.balls == 0)[:EXAMPLES])
        sparse: Weight = "warn" if whole["density_high"] < self.dense_from else "note"
        where = say("Look at made samples that lie near no real one, and drop or mend what makes them")
        more = say("Make samples near the real ones that nothing made comes near")
        thin = self._weight(whole)
        return [
            Finding("density", made, sparse, told["density"], whole["density_low"], whole["density_high"], n,
                    where if sparse != "note" else None, outside, table),
            Finding("coverage_of_real", covered, thin, told["coverage"], whole["coverage_low"],
                    whole["coverage_high"], n, more if thin != "note" else None,
                    tuple(even.real.ids[place] for place in far), table),
        ]  # fmt: skip

    def _weight(self, row: dict[str, Any]) -> Weight:
        high, enough = row["coverage_high"], self.covered_from * (1.0 - 2.0**-self.k)
        return "bad" if high < enough / 2 else "warn" if high < enough else "note"

    def _classes(self, rows: list[dict[str, Any]]) -> list[Finding]:
        found = []
        for row in rows[1:]:
            if row["coverage"] is None or row["made"] == 0 or self._weight(row) == "note":
                continue
            what = say(
                "{label} is not covered: of its {n} real samples {coverage:.3f} [{low:.3f}, {high:.3f}] have a made "
                "one near",
                label=row["class"],
                n=row["real"],
                coverage=row["coverage"],
                low=row["coverage_low"],
                high=row["coverage_high"],
            )
            then = say("Make more and other samples of {label}", label=row["class"])
            found.append(
                Finding("class_not_covered", what, self._weight(row), row["coverage"], row["coverage_low"],
                        row["coverage_high"], row["real"], then)
            )  # fmt: skip
        return found


def _cells(name: str, share: Share | None) -> dict[str, Any]:
    if share is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}


def _density(real: Side, made: Side, k: int) -> npt.NDArray[np.float64]:
    """Return for each made sample how many real balls hold it, over k."""
    centre = real.rows.mean(axis=0)
    rows = real.rows - centre
    reach = radii(rows, k)
    found = np.empty(len(made))
    for here, apart in distances(made.rows - centre, rows):
        found[here] = (apart < reach).sum(axis=1) / k
    return found


def _missing(sides: Sides) -> list[Finding]:
    wanted = {one for one in sides.real.labels.tolist() if one}
    there = {one for one in sides.made.labels.tolist() if one}
    lacking = sorted(wanted - there)
    if not lacking or not there:
        return []
    what = say("{k} classes of the real data have no made sample: {names}", k=len(lacking), names=", ".join(lacking))
    rows = tuple({"class": one, "real": int((sides.real.labels == one).sum()), "made": 0} for one in lacking)
    then = say("Make samples of these classes, or take them out of the plan")
    return [Finding("classes_not_made", what, "bad", float(len(lacking)), n=len(sides.made), next=then, table=rows)]
