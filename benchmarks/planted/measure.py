"""Precision and recall of one detector on one planted fault, with intervals, and the detection limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from planted.fault import Fault, Planted
from planted.sources import source
from shisaku.auditing.detector import detectors
from shisaku.core.metric import Metric
from shisaku.core.sample import Sample
from shisaku.registry.make import make_op
from shisaku.stats.proportions import clopper_pearson
from shisaku.store.beside import AGAINST, ROLE

RECALL, FALSE_ALARMS = 0.8, 0.05
Interval = tuple[float, float, float]  # share, low, high (Clopper-Pearson, 95 %)


@dataclass(frozen=True)
class AtStrength:
    """What the detector did at one strength; precision is None where it called nothing an issue."""

    strength: float
    recall: Interval
    precision: Interval | None


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
    false_alarms: Interval
    limit: float | None


def measured(fault: Fault, *, n: int = 0, seed: int = 0) -> Measured:
    """Plant `fault` at all its strengths into at most `n` samples, and no more than the fault asks for."""
    clean = source(fault.source, at_most(n, fault.n))
    alarms, judged = called(fault, clean)
    # Of those that the detector judged: who is not judged (too short, no such part) cannot raise an alarm.
    false_alarms = _share(len(alarms), max(1, judged))
    rows = []
    for strength in fault.strengths:
        planted = fault.plant(clean, strength, seed)
        rows.append(_at(strength, planted, flagged(fault, planted.samples)))
    found = [row.strength for row in rows if row.recall[0] >= RECALL]
    # A strength counts only if every stronger one is found too.
    limit = next(
        (row.strength for k, row in enumerate(rows) if all(r.recall[0] >= RECALL for r in rows[k:])),
        None,
    )
    detector = _entry(fault).op
    ok = bool(found) and false_alarms[0] <= FALSE_ALARMS
    return Measured(
        fault.name, detector, fault.source, fault.unit, len(clean), tuple(rows), false_alarms, limit if ok else None
    )


def at_most(asked: int, enough: int) -> int:
    """Return how many samples are taken: those asked for, or fewer where the fault says that so many do (0: all)."""
    return min((n for n in (asked, enough) if n), default=0)


def flagged(fault: Fault, samples: Sequence[Sample]) -> frozenset[str]:
    """Return the ids that the detector calls an issue, with the thresholds of the audit's own profile."""
    return called(fault, samples)[0]


def called(fault: Fault, samples: Sequence[Sample]) -> tuple[frozenset[str], int]:
    """Return the ids that the detector calls an issue, and how many samples it judged."""
    entry = _entry(fault)
    op = make_op(entry.op, {**entry.params, **fault.params})
    assert isinstance(op, Metric)
    given = fault.prepare(list(samples))
    # Samples with the role of the other dataset are what the detector compares with.
    other = [one for one in given if one.facts.get(ROLE) == AGAINST]
    own = [one for one in given if one.facts.get(ROLE) != AGAINST]
    scores = op.scores(op.measure(own, other or None))
    return frozenset(score.sample for score in scores if score.issue), len(scores)


def _at(strength: float, planted: Planted, found: frozenset[str]) -> AtStrength:
    right = len(found & planted.faulty)
    precision = _share(right, len(found)) if found else None
    return AtStrength(strength, _share(right, len(planted.faulty)), precision)


def _share(hits: int, n: int) -> Interval:
    return (hits / n, *clopper_pearson(hits, n))


@cache
def _profile() -> dict[str, object]:
    return {one.name: one for one in detectors()}


def op_of(fault: Fault) -> str:
    """Return the name of the op that should find it."""
    return str(_entry(fault).op)


def _entry(fault: Fault):  # type: ignore[no-untyped-def]
    return _profile()[fault.profile]
