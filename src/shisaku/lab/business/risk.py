"""How an arm errs: calibration, what is risked when the unsure is left to people, the worst class, the worst lots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.kpi import Kpi
from shisaku.lab.business.answered import Answered
from shisaku.lab.business.matrix import Matrix
from shisaku.lab.business.policy import chances
from shisaku.lab.items import Index
from shisaku.stats.calibration_error import calibration_error, top_answers
from shisaku.stats.estimate import Floats
from shisaku.stats.fixed_recall import achieved, threshold_at_recall
from shisaku.stats.proper_scores import ProperScore, mean_score
from shisaku.stats.rate import Rate
from shisaku.stats.reliability import reliability
from shisaku.stats.risk_coverage import area_interval, risk_coverage
from shisaku.stats.safe_coverage import safe_coverage
from shisaku.stats.tail_mean import lot_costs, tail_mean
from shisaku.stats.worst_group import worst_group
from shisaku.stats.zero_events import at_most

COVERAGES = (0.5, 0.8, 0.9, 1.0)
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """The answered test items of all splits; a group of items that is tested in several of them counts as one group."""

    truth: Index
    stated: Floats
    groups: Index
    costs: Floats
    lots: tuple[str, ...]
    items: tuple[str, ...]

    @classmethod
    def of(cls, arm: Answered, costs: Floats) -> Pooled:
        """Collect what models said of test items; items without an answer are in no figure but the costs."""
        parts = []
        for one, policy, done in zip(arm.held, arm.policies, arm.actions, strict=True):
            known = np.flatnonzero(one.test.answered)
            test, scores = one.test, one.test.scores[known]
            names = [[column[i] for i in known] for column in (test.groups, test.lots, test.items)]
            stated = policy.stated(scores) if len(known) else scores
            parts.append((test.truth[known], stated, *names, costs[test.truth, done][known]))
        truth, told, groups, lots, items, spent = zip(*parts, strict=True)
        flat = np.array([name for part in groups for name in part], dtype=np.str_)
        code = np.unique(flat, return_inverse=True)[1].astype(np.intp)
        alike, named = (tuple(name for part in column for name in part) for column in (lots, items))
        return cls(np.concatenate(truth), np.concatenate(told), code, np.concatenate(spent), alike, named)

    def once(self) -> Index:
        """Return the places of the items as each was tested first, for figures that may count an item once only."""
        return np.sort(np.unique(np.array(self.items, dtype=np.str_), return_index=True)[1])


def risks(kpi: Kpi, matrix: Matrix, arm: Answered, tail: float, seed: int) -> dict[str, Any]:
    """Return what can be said of the risk of an arm, each figure with its interval and n; nothing where none answered.

    Items are pooled over splits, intervals are over groups of items.
    """
    pooled = Pooled.of(arm, matrix.likely())
    if not len(pooled.truth) or len(set(pooled.groups.tolist())) < 2:
        return {}
    found = {
        "n": len(pooled.truth),
        "groups": int(pooled.groups.max()) + 1,
        **{score: _score(pooled, score, tail) for score in ("brier", "log_loss")},
        "calibration": _calibration(pooled, seed),
        "selective": _selective(pooled, tail, seed),
        "reliability": _reliability(pooled, tail, seed),
        "worst_class": _worst(pooled, matrix.classes, tail, seed),
    }
    if kpi.lot and len(set(pooled.lots) - {""}) > 1:
        found["worst_lots"] = _lots(pooled, tail, seed)
    if kpi.target_error:
        found["safe_coverage"] = _safe(pooled, kpi.target_error, seed)
    if kpi.positive:
        found["fixed_recall"] = _fixed_recall(kpi, matrix, arm, tail, seed)
        found["missed"] = _missed(arm, matrix.classes.index(kpi.positive))
    return {name: part for name, part in found.items() if part is not None}


def _score(pooled: Pooled, score: ProperScore, tail: float) -> dict[str, Any]:
    found = mean_score(pooled.stated, pooled.truth, score, pooled.groups)
    return {"value": found.mean, "low": found.low(tail), "high": found.high(tail), "level": 1 - 2 * tail}


def _calibration(pooled: Pooled, seed: int) -> dict[str, Any]:
    stated, right = top_answers(pooled.stated, pooled.truth)
    found = calibration_error(stated, right, pooled.groups, seed=seed)
    return {
        "ece": found.ece, "bins": found.bins, "by_chance": found.by_chance, "upper_by_chance": found.upper,
        "p": found.p, "debiased_rms": found.root, "n": found.n,
    }  # fmt: skip


def _selective(pooled: Pooled, tail: float, seed: int) -> dict[str, Any]:
    sure, right = top_answers(pooled.stated, pooled.truth)
    losses = (~right).astype(np.float64)
    curve = risk_coverage(losses, sure)
    area = area_interval(losses, sure, pooled.groups, seed=seed)
    ends = {"low": area.value - area.reach(tail), "high": area.value + area.reach(tail), "level": 1 - 2 * tail}
    risk_at = {str(coverage): curve.at(coverage) for coverage in COVERAGES}
    return {"aurc": curve.area, "excess": curve.excess, **ends, "risk_at": risk_at}


def _worst(pooled: Pooled, classes: tuple[str, ...], tail: float, seed: int) -> dict[str, Any]:
    rows = pooled.once()
    _, right = top_answers(pooled.stated[rows], pooled.truth[rows])
    names = [classes[code] for code in pooled.truth[rows]]
    found = worst_group(~right, names, pooled.groups[rows], level=1 - 2 * tail, seed=seed)
    return {
        "name": found.name, "error": found.value, "low": found.low, "high": found.high, "small": list(found.small),
        "level": 1 - 2 * tail,
    }  # fmt: skip


def _lots(pooled: Pooled, tail: float, seed: int) -> dict[str, Any]:
    # An item costs what it does on average over the splits that tested it, once.
    names, place = np.unique(np.array(pooled.items, dtype=np.str_), return_inverse=True)
    each = np.bincount(place, weights=pooled.costs) / np.bincount(place)
    lot_of = dict(zip(pooled.items, pooled.lots, strict=True))
    there = np.array([bool(lot_of[str(name)]) for name in names])
    lots = [lot_of[str(name)] for name in names[there]]
    found = tail_mean(lot_costs(each[there], lots), level=1 - 2 * tail, seed=seed)
    return {
        "cost": found.value, "low": found.low, "high": found.high, "share": found.share, "lots": found.lots,
        "level": 1 - 2 * tail,
    }  # fmt: skip


def _fixed_recall(kpi: Kpi, matrix: Matrix, arm: Answered, tail: float, seed: int) -> dict[str, Any] | None:
    """Return recall and false alarms on test items, at the thresholds that find `recall` of validation positives."""
    own = matrix.classes.index(kpi.positive)
    above: list[Floats] = []
    truth: list[Index] = []
    groups: list[str] = []
    thin = 0
    for one in arm.held:
        sure, known = one.validation, np.flatnonzero(one.test.answered)
        seen = sure.answered
        positive = (sure.truth[seen] == own).astype(np.intp)
        if not len(known) or not 0 < positive.sum() < len(positive):
            continue
        chosen = threshold_at_recall(chances(sure.scores[seen])[:, own], positive, kpi.recall)
        thin += chosen.thin
        above.append(chances(one.test.scores[known])[:, own] - chosen.threshold)
        truth.append((one.test.truth[known] == own).astype(np.intp))
        groups += [one.test.groups[i] for i in known]
    if not above or len(set(np.concatenate(truth).tolist())) < 2:
        return None
    found = achieved(np.concatenate(above), np.concatenate(truth), 0.0, groups, 1 - 2 * tail, seed)
    return {
        "wanted": kpi.recall, "recall": _rate(found.recall), "false_alarm_rate": _rate(found.alarms),
        "most_missed": found.most_missed, "splits": len(above), "thin": thin, "level": 1 - 2 * tail,
    }  # fmt: skip


def _missed(arm: Answered, own: int) -> dict[str, Any]:
    """Return of how many groups with positives any was answered as another class in any split, and the most it may be.

    Items of one group are missed together, so the group is what is counted; where every item is one they are the items.
    """
    classes = len(arm.shares)
    tested: dict[str, bool] = {}
    for one, done in zip(arm.held, arm.actions, strict=True):
        for group, code, action in zip(one.test.groups, one.test.truth, done, strict=True):
            if code == own:
                tested[group] = tested.get(group, False) or bool(action != own and action < classes)
    found = at_most(sum(tested.values()), len(tested))
    return {"events": found.events, "n": found.n, "at_most": found.bound, "line": found.said().to_json()}


def _reliability(pooled: Pooled, tail: float, seed: int) -> list[dict[str, Any]]:
    stated, right = top_answers(pooled.stated, pooled.truth)
    found = reliability(stated, right, pooled.groups, level=1 - 2 * tail, seed=seed)
    return [{"low": one.low, "high": one.high, "stated": one.stated, "happened": _rate(one.happened)} for one in found]


def _safe(pooled: Pooled, target: float, seed: int) -> dict[str, Any]:
    """Return how many answers may be given so that surely no more than `target` of them are wrong."""
    rows = pooled.once()
    stated, right = top_answers(pooled.stated[rows], pooled.truth[rows])
    found = safe_coverage(~right, stated, target, pooled.groups[rows], seed=seed)
    return {"target": target, "coverage": found.coverage, "risk": found.risk, "bound": found.bound, "n": found.n}


def _rate(found: Rate) -> dict[str, Any]:
    return {"value": found.value, "low": found.low, "high": found.high, "hits": found.hits, "n": found.n}
