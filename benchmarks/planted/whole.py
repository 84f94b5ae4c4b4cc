"""Faults of a whole dataset: how often a finding is raised over several seeds, planted and not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from planted.fault import Samples
from planted.measure import FALSE_ALARMS, RECALL, AtStrength, Measured, _entry, _share, at_most
from planted.sources import source
from shisaku.core.finding import Finding
from shisaku.core.metric import Metric
from shisaku.registry.make import make_op

SEEDS = 20


@dataclass(frozen=True)
class WholeFault:
    """One kind of fault that no single sample bears, for one detector.

    `plant` puts it in at a strength with a seed (``None`` as strength: the same change with nothing in it, as labels
    shuffled against the attribute, for false alarms). It is found where a Finding of weight bad or warn is raised
    whose name is `finding` and for which `is_it` holds; a false alarm is any of that name for which `alarm` holds.
    """

    name: str
    profile: str
    source: str
    unit: str
    strengths: tuple[float, ...]
    plant: Callable[[Samples, float | None, int], Samples]
    finding: str
    is_it: Callable[[Finding], bool] = lambda found: True
    params: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Samples], Samples] = lambda samples: samples
    n: int = 0
    seeds: int = SEEDS
    alarm: Callable[[Finding], bool] = lambda found: True


def measured_whole(fault: WholeFault, *, n: int = 0, seed: int = 0) -> Measured:
    """Plant `fault` at all its strengths, each `fault.seeds` times: "recall" is the share of times it was found."""
    clean = fault.prepare(source(fault.source, at_most(n, fault.n)))
    seeds = range(seed, seed + fault.seeds)
    rows = [_times(fault, clean, strength, seeds) for strength in fault.strengths]
    alarms = sum(bool(raised(fault, fault.plant(clean, None, one), planted=False)) for one in seeds)
    false_alarms = _share(alarms, len(seeds))
    limit = next((row.strength for k, row in enumerate(rows) if all(r.recall[0] >= RECALL for r in rows[k:])), None)
    ok = false_alarms[0] <= FALSE_ALARMS
    return Measured(
        fault.name,
        _entry(fault).op,
        fault.source,
        fault.unit,
        len(clean),
        tuple(rows),
        false_alarms,
        limit if ok else None,
    )


def _times(fault: WholeFault, clean: Samples, strength: float, seeds: range) -> AtStrength:
    hits = sum(bool(raised(fault, fault.plant(clean, strength, one), planted=True)) for one in seeds)
    return AtStrength(strength, _share(hits, len(seeds)), None)


def raised(fault: WholeFault, samples: Samples, *, planted: bool) -> list[Finding]:
    """Return the findings of weight bad or warn that count, with the thresholds of the audit's own profile."""
    entry = _entry(fault)
    op = make_op(entry.op, {**entry.params, **fault.params})
    assert isinstance(op, Metric)
    found = [one for one in op.findings(op.measure(samples)) if one.weight != "note"]
    return [one for one in found if one.name == fault.finding and ((fault.is_it if planted else fault.alarm)(one))]
