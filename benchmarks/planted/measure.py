"""Precision and recall of one detector on one planted fault, with intervals, and the detection limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from planted.fault import Fault, Planted
from planted.sources import source
from shisaku.auditing.detector import Detector, detectors
from shisaku.core.metric import Metric
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.registry.make import make_op
from shisaku.stats.auroc import auroc
from shisaku.stats.proportions import clopper_pearson
from shisaku.store.beside import AGAINST, ROLE

RECALL, FALSE_ALARMS = 0.8, 0.05
Interval = tuple[float, float, float]  # share, low, high (Clopper-Pearson, 95 %)


@dataclass(frozen=True)
class AtStrength:
    """What the detector did at one strength; precision is None where it called nothing an issue.

    `auroc` is the area under the ROC curve of its scores between the faulty samples and the others of the planted set,
    or where all are faulty, the same ones unplanted; None where there are no scores. Recall is None of a detector that
    scores and has no threshold.
    """

    strength: float
    recall: Interval | None
    precision: Interval | None
    auroc: Interval | None = None


@dataclass(frozen=True)
class Measured:
    """A detector against one fault. `limit` is the smallest strength with recall >= 0.8, None where there is none
    or where more than 5 % of the unplanted real data raise an alarm (protocol, point 9)."""

    fault: str
    detector: str
    source: str
    unit: str
    n: int
    rows: tuple[AtStrength, ...]
    false_alarms: Interval | None
    limit: float | None


def measured(fault: Fault, *, n: int = 0, seed: int = 0) -> Measured:
    """Plant `fault` at all its strengths into at most `n` samples, and no more than the fault asks for."""
    clean = source(fault.source, at_most(n, fault.n))
    unplanted = judged(fault, clean)
    rows = []
    for strength in fault.strengths:
        planted = fault.plant(clean, strength, seed)
        rows.append(_at(strength, planted, judged(fault, planted.samples), unplanted))
    decides = any(one.issue is not None for one in unplanted.values())
    # Of those that the detector judged: who is not judged (too short, no such part) cannot raise an alarm.
    false_alarms = _share(len(_issues(unplanted)), max(1, len(unplanted))) if decides else None
    limit = limit_of(rows, false_alarms)
    return Measured(fault.name, op_of(fault), fault.source, fault.unit, len(clean), tuple(rows), false_alarms, limit)


def limit_of(rows: Sequence[AtStrength], false_alarms: Interval | None) -> float | None:
    """Return the smallest strength from which on every one is found, None where false alarms are too many."""
    if false_alarms is None or false_alarms[0] > FALSE_ALARMS:
        return None
    found = [row.recall is not None and row.recall[0] >= RECALL for row in rows]
    return next((row.strength for k, row in enumerate(rows) if all(found[k:])), None)


def at_most(asked: int, enough: int) -> int:
    """Return how many samples are taken: those asked for, or fewer where the fault says that so many do (0: all)."""
    return min((n for n in (asked, enough) if n), default=0)


def flagged(fault: Fault, samples: Sequence[Sample]) -> frozenset[str]:
    """Return the ids that the detector calls an issue, with the thresholds of the audit's own profile."""
    return called(fault, samples)[0]


def called(fault: Fault, samples: Sequence[Sample]) -> tuple[frozenset[str], int]:
    """Return the ids that the detector calls an issue, and how many samples it judged."""
    scores = judged(fault, samples)
    return _issues(scores), len(scores)


def judged(fault: Fault, samples: Sequence[Sample]) -> dict[str, Score]:
    """Return sample id -> what the detector says of it."""
    entry = _entry(fault)
    op = make_op(entry.op, {**entry.params, **fault.params})
    assert isinstance(op, Metric)
    given = fault.prepare(list(samples))
    # Samples with the role of the other dataset are what the detector compares with.
    other = [one for one in given if one.facts.get(ROLE) == AGAINST]
    own = [one for one in given if one.facts.get(ROLE) != AGAINST]
    return {score.sample: score for score in op.scores(op.measure(own, other or None))}


def _issues(scores: Mapping[str, Score]) -> frozenset[str]:
    return frozenset(name for name, score in scores.items() if score.issue)


def _at(strength: float, planted: Planted, scores: Mapping[str, Score], unplanted: Mapping[str, Score]) -> AtStrength:
    found = _issues(scores)
    right = len(found & planted.faulty)
    decides = any(one.issue is not None for one in scores.values())
    recall = _share(right, len(planted.faulty)) if decides or not scores else None
    precision = _share(right, len(found)) if found else None
    return AtStrength(strength, recall, precision, _area(planted.faulty, scores, unplanted))


def _area(faulty: frozenset[str], scores: Mapping[str, Score], unplanted: Mapping[str, Score]) -> Interval | None:
    bad = {name: one.value for name, one in scores.items() if name in faulty}
    good = {name: one.value for name, one in scores.items() if name not in faulty}
    # Then the faulty and the clean form of one sample are a group.
    good = good or {name: one.value for name, one in unplanted.items()}
    if not bad or not good:
        return None
    found = auroc([-value for value in bad.values()], [-value for value in good.values()], [*bad], [*good])
    return (found.value, found.low, found.high)


def _share(hits: int, n: int) -> Interval:
    return (hits / n, *clopper_pearson(hits, n))


@cache
def _profile() -> dict[str, object]:
    return {one.name: one for one in detectors()}


def op_of(fault: Fault) -> str:
    """Return the name of the op that should find it."""
    return str(_entry(fault).op)


def _entry(fault: Fault):  # type: ignore[no-untyped-def]
    # What no audit asks, as judges of made samples, is named by its op and has the op's own thresholds.
    return _profile().get(fault.profile) or Detector(fault.profile, fault.profile)
