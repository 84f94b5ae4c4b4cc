"""Faults of a whole dataset: how often a finding is raised over several seeds, planted and not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from planted.fault import Samples
from planted.measure import AtStrength, Measured, _entry, _share, at_most, limit_of, op_of
from planted.sources import source
from shisaku.core.finding import Finding
from shisaku.core.metric import Metric
from shisaku.registry.make import make_op
from shisaku.store.beside import AGAINST, ROLE

SEEDS = 20


@dataclass(frozen=True)
class WholeFault:
    """One kind of fault that no single sample bears, for one detector.

    `plant` puts it in at a strength with a seed (``None`` as strength: the same change with nothing in it, as labels
    shuffled against the attribute, for false alarms). It is found where a Finding of weight bad or warn is raised
    whose name is `finding`, or one of them, and for which `is_it` holds; a false alarm is any of such a name for which
    `alarm` holds.
    """

    name: str
    profile: str
    source: str
    unit: str
    strengths: tuple[float, ...]
    plant: Callable[[Samples, float | None, int], Samples]
    finding: str | tuple[str, ...]
    is_it: Callable[[Finding], bool] = lambda found: True
    params: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Samples], Samples] = lambda samples: samples
    n: int = 0
    seeds: int = SEEDS
    alarm: Callable[[Finding], bool] = lambda found: True


def measured_whole(fault: WholeFault, *, n: int = 0, seed: int = 0, repeats: int = 0) -> Measured:
    """Plant `fault` at all its strengths, each `fault.seeds` times or fewer `repeats`: "recall" is how often it was
    found."""
    clean = fault.prepare(source(fault.source, at_most(n, fault.n)))
    seeds = range(seed, seed + at_most(repeats, fault.seeds))
    rows = tuple(_times(fault, clean, strength, seeds) for strength in fault.strengths)
    alarms = sum(bool(raised(fault, fault.plant(clean, None, one), planted=False)) for one in seeds)
    false_alarms = _share(alarms, len(seeds))
    limit = limit_of(rows, false_alarms)
    return Measured(fault.name, op_of(fault), fault.source, fault.unit, len(clean), rows, false_alarms, limit)


def _times(fault: WholeFault, clean: Samples, strength: float, seeds: range) -> AtStrength:
    hits = sum(bool(raised(fault, fault.plant(clean, strength, one), planted=True)) for one in seeds)
    return AtStrength(strength, _share(hits, len(seeds)), None)


def raised(fault: WholeFault, samples: Samples, *, planted: bool) -> list[Finding]:
    """Return the findings of weight bad or warn that count, with the thresholds of the audit's own profile."""
    entry = _entry(fault)
    op = make_op(entry.op, {**entry.params, **fault.params})
    assert isinstance(op, Metric)
    # Samples with the role of the other dataset are the reference.
    other = [one for one in samples if one.facts.get(ROLE) == AGAINST]
    own = [one for one in samples if one.facts.get(ROLE) != AGAINST]
    found = [one for one in op.findings(op.measure(own, other or None)) if one.weight != "note"]
    named = (fault.finding,) if isinstance(fault.finding, str) else fault.finding
    return [one for one in found if one.name in named and ((fault.is_it if planted else fault.alarm)(one))]
