"""Whether made samples are as varied as real ones, at equal n."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding, Weight
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.learn.neighbours import nearest_rows, unit_rows
from shisaku.learn.one_thread import one_thread
from shisaku.message import say
from shisaku.ops.dataset.sides import SetJudge, Side, Sides
from shisaku.ops.dataset.standing import share_as_far
from shisaku.ops.limits import within
from shisaku.stats.vendi import vendi_at

NOWHERE = 1e-9
EXAMPLES = 20
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class VarietyAgainst(SetJudge):
    """Score a made sample by the share of real samples that have as near a fellow, or a nearer one.

    `raw` is the cosine to the nearest other made sample, all at equal n, each side less its own mean (features share
    most of their length). The finding is the ratio of the Vendi scores (Friedman and Dieng, TMLR 2023: the effective
    number of different samples) of made and real ones at min(`at`, n / 2) samples each, because Vendi grows with n:
    the median over `draws` draws of subsamples, with the range that holds 95 % of them; the same for classes with
    `at_least` on both sides (table). ``warn``: the upper end of the ratio lies below `varied_from`, over all or in a
    class by one finding each; ``bad`` below half of it. `dataset.diversity` gives the variety of one set.

    What it finds: two halves of 800 digits (features: pixels), one of them with 40 % replaced by copies of five, in 10
    of 10 repeats (20 %: none); with eight of ten classes left out in 7 of 10, which is no limit by the rule of 0.8. It
    does not see a change that all made samples share. Two halves as they are: no alarm in 40 over all, one of a class.
    When it hurts: noise is varied, and so is nonsense: a ratio above 1 is no praise. Several samples made from each
    parent are less varied than as many real ones, and rightly called so.

    Example::

        - {name: variety, op: dataset.vendi, from: made_features, reference: real_features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.vendi"
    thresholds: ClassVar[frozenset[str]] = frozenset({"transform", "at", "at_least", "draws", "varied_from", "seed"})

    at: int = 200
    at_least: int = 40
    draws: int = 50
    varied_from: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        within("at", self.at, 4, 5000)
        within("at_least", self.at_least, 8, 1e9)
        within("draws", self.draws, 20, 10_000)
        within("varied_from", self.varied_from, 0.0, 1.0)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id."""
        sides = self.sides(state)
        even = sides.drawn(sides.n, self.seed, self.name)
        of_real, of_made = _nearest(even.real, even.real), _nearest(sides.made, even.made)
        values = share_as_far(of_real, of_made)
        return [
            Score(name, self.name, float(value), float(raw))
            for name, value, raw in zip(sides.made.ids, values, of_made, strict=True)
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the ratio over all and by class, or what it would take to give one."""
        sides = self.sides(state)
        refused = self.too_few(sides, self.at_least)
        if refused is not None:
            return [refused]
        rows = [self._row("", sides)]
        rows += [self._row(label, sides.of_class(label)) for label in sides.classes(self.at_least)]
        return [self._finding(sides, rows), *self._classes(rows)]

    def _row(self, label: str, sides: Sides) -> dict[str, Any]:
        size = min(self.at, sides.n // 2)
        with one_thread():
            real, made = (
                vendi_at(_centred(side.rows), size, rng_for(self.seed, self.name, f"{word} {label}"), self.draws)
                for word, side in (("real", sides.real), ("made", sides.made))
            )
        ratio, low, high = (float(q) for q in np.quantile(made / real, (0.5, 0.025, 0.975)))
        both = {"vendi_real": float(np.median(real)), "vendi_made": float(np.median(made))}
        n = {"real": len(sides.real), "made": len(sides.made), "at": size}
        return {"class": label, **n, **both, "ratio": ratio, "low": low, "high": high}

    def _weight(self, row: dict[str, Any]) -> Weight:
        high = row["high"]
        return "bad" if high < self.varied_from / 2 else "warn" if high < self.varied_from else "note"

    def _finding(self, sides: Sides, rows: list[dict[str, Any]]) -> Finding:
        whole = rows[0]
        what = say(
            "Variety of {part}: of {at} made samples {made:.1f} count as different, of {at} real ones {real:.1f}: "
            "ratio {ratio:.3f} [{low:.3f}, {high:.3f}]",
            part=self.features,
            at=whole["at"],
            made=whole["vendi_made"],
            real=whole["vendi_real"],
            ratio=whole["ratio"],
            low=whole["low"],
            high=whole["high"],
        )
        weight = self._weight(whole)
        then = say("Look for copies among the made samples, and ask for other kinds") if weight != "note" else None
        examples: tuple[str, ...] = ()
        if weight != "note":
            order = np.argsort(-_nearest(sides.made, sides.made), kind="stable")[:EXAMPLES]
            examples = tuple(sides.made.ids[place] for place in order)
        ends = (whole["ratio"], whole["low"], whole["high"])
        return Finding("variety_ratio", what, weight, *ends, sides.n, then, examples, tuple(rows))

    def _classes(self, rows: list[dict[str, Any]]) -> list[Finding]:
        found = []
        for row in rows[1:]:
            weight = self._weight(row)
            if weight == "note":
                continue
            what = say(
                "{label} as it was made varies less than the real one: ratio {ratio:.3f} [{low:.3f}, {high:.3f}] at "
                "{at} samples",
                label=row["class"],
                ratio=row["ratio"],
                low=row["low"],
                high=row["high"],
                at=row["at"],
            )
            then = say("Look for copies among the made samples of {label}", label=row["class"])
            ends = (row["ratio"], row["low"], row["high"])
            found.append(Finding("class_varies_less", what, weight, *ends, min(row["real"], row["made"]), then))
        return found


def _centred(rows: npt.NDArray[np.float32]) -> Floats:
    apart: Floats = rows.astype(np.float64) - rows.mean(axis=0, dtype=np.float64)
    # Rows that lie in the middle have no direction: they are all alike.
    apart[np.linalg.norm(apart, axis=1) < NOWHERE] = 1.0
    return apart


def _nearest(queries: Side, side: Side) -> Floats:
    """Return the cosine of each query to the nearest of the side that is not itself (-1: there is none)."""
    if not len(side):
        return np.full(len(queries), -1.0)
    apart = side.rows.astype(np.float64)
    centre = apart.mean(axis=0)
    rows, asked = unit_rows(apart - centre), unit_rows(queries.rows - centre)
    places, cosines = nearest_rows(asked, rows, min(2, len(rows)))
    ids = np.array(side.ids, np.str_)
    own = ids[places] == np.array(queries.ids, np.str_)[:, None]
    others: Floats = np.where(own, -1.0, cosines.astype(np.float64))
    return np.asarray(others.max(axis=1), dtype=np.float64)
