"""One cell of many studies: what was known before training, and what the made data then did."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Outcome = Literal["helped", "hurt", "not shown"]
SAME, DERIVED, EXTERNAL = "same", "derived", "external"


@dataclass(frozen=True, slots=True)
class Cell:
    """One contrast of one study in one domain at one number of shots.

    Known before training: `shots` and `per_class` (real training items per class, 0 shots: all), `classes`, `ratio`
    (synthetic items per real one, None without real ones), `alone` (trained without the real ones), `gated`,
    `technique` (the ops that made the items, first to last), `modality`, `place` (same, derived, external),
    `imbalance` (largest over smallest class among the training items), `gap` (area under the ROC curve by which made
    is told from real), `mmd` (comparable within one extractor only), `noise_made` and `noise_real` (share of wrong
    labels, planted or estimated). None: not known. Measured: `effect` with the interval that decided, in metric units
    against `comparator`, and `margin`, the gain worth having that the plan declared.
    """

    dataset: str
    run: str
    study: str
    domain: str
    arm: str
    comparator: str
    technique: str
    modality: str
    place: str
    shots: int
    per_class: float
    classes: int
    ratio: float | None
    alone: bool
    gated: bool
    imbalance: float | None
    gap: float | None
    mmd: float | None
    noise_made: float
    noise_real: float | None
    effect: float
    low: float
    high: float
    margin: float
    decision: str
    seeds: int
    n_test: int
    exploratory: bool
    simulated: bool

    @property
    def outcome(self) -> Outcome:
        """Return what the whole interval says against 0; what it does not say is not shown, never equal."""
        return "helped" if self.low > 0 else "hurt" if self.high < 0 else "not shown"

    @property
    def worth(self) -> float:
        """Return the gain over what it takes to be worth having, in metric units: what adopting it here wins."""
        return self.effect - self.margin

    def to_json(self) -> dict[str, Any]:
        """Return the plain form; an end of the interval that is open is None."""
        ends = {end: value if math.isfinite(value) else None for end, value in (("low", self.low), ("high", self.high))}
        return {**asdict(self), **ends, "outcome": self.outcome}


def in_order(cells: Sequence[Cell]) -> list[Cell]:
    """Return cells sorted by what they are and never by how they ended: no outcome comes first."""
    return sorted(
        cells,
        key=lambda c: (c.dataset, c.study, c.domain, c.technique, c.arm, c.shots, c.ratio or 0.0, c.run),
    )
