"""Whether a label and an attribute (source, device, site, author) go together more than chance would have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.message import say
from shisaku.ops.dataset.fields import fields_of
from shisaku.ops.labelled import label_of
from shisaku.ops.limits import ordered, within
from shisaku.ops.outcome import measurable
from shisaku.stats.association import Association as Strength
from shisaku.stats.association import association, expected
from shisaku.stats.holm import holm
from shisaku.stats.levels import levels_of
from shisaku.stats.telling import coded

EXAMPLES = 20
ABSENT = "(absent)"


@dataclass(frozen=True, slots=True)
class _Table:
    """One attribute against the label: counts [values, classes], and the cell of every row."""

    values: list[str]
    classes: list[str]
    codes: Any
    class_codes: Any
    counts: Any


@dataclass(frozen=True)
class Association(Metric):
    """Score a sample by how far its label and attributes are met together more often than chance would have it.

    Every attribute of `attributes` (none named: every fact, licence, and piece of the file's name with 2 to `most`
    values that are not numbers) is tabled against the label. Cramer's V with the correction of Bergsma (2013), its
    interval by the noncentral chi-square, p by permutation, Holm over the attributes; rows of one entity that agree
    count once. A finding is raised where Holm keeps it at `alpha` and V is at least `warn_from` (``bad`` from
    `bad_from` on), with expected and found counts. An attribute of which one value holds `dominant_from` of the
    samples is ``warn`` where it was named in `attributes`, else a note. `raw` is the largest ratio of found to
    expected count over the sample's cells, the score is 1 / raw, at most 1.

    What it finds: one of three devices that followed the class of 500 digits in 40 % of the samples in 20 of 20
    repeats, in 20 % in 9 of 20; one that followed nothing was called in 0 of 60 (n = 400; 95 % upper end 6 %).
    When it hurts: going together is no fault by itself: a site may rightly see more of one class. Attributes that are
    not in the facts are not seen. Rows of one entity with different labels count once for each.

    Example::

        - {name: ties, op: dataset.association, from: data, with: {label: class, attributes: [device, site]}}
    """

    name: ClassVar[str] = "dataset.association"
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels"})
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"attributes", "warn_from", "bad_from", "dominant_from", "alpha", "at_least", "most", "draws", "seed"}
    )

    label: str = ""
    attributes: tuple[str, ...] = ()
    warn_from: float = 0.2
    bad_from: float = 0.6
    dominant_from: float = 0.9
    alpha: float = 0.05
    at_least: int = 30
    most: int = 20
    draws: int = 1999
    seed: int = 0

    def __post_init__(self) -> None:
        within("warn_from", self.warn_from, 0.0, 1.0)
        ordered("warn_from", self.warn_from, "bad_from", self.bad_from)
        within("bad_from", self.bad_from, 0.0, 1.0)
        within("dominant_from", self.dominant_from, 0.5, 1.0)
        within("alpha", self.alpha, 1e-6, 0.5)
        within("at_least", self.at_least, 10, 1e9)
        within("most", self.most, 2, 1000)
        within("draws", self.draws, 99, 1e6)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, entity, fields]."""
        return dict(
            measurable(batch, lambda sample: [label_of(sample, self.label), sample.entity, dict(fields_of(sample))])
        )

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        ids = sorted(state)
        ratio = np.ones(len(ids))
        for table in self._tables(state).values():
            want = expected(table.counts)
            over = np.divide(table.counts, want, out=np.ones_like(want), where=want > 0)
            ratio = np.maximum(ratio, over[table.codes, table.class_codes])
        return [Score(name, self.name, float(1.0 / r), float(r)) for name, r in zip(ids, ratio, strict=True)]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return one Finding per attribute that is tied to the label or nearly constant, and a table of all."""
        tables = self._tables(state)
        ids = sorted(state)
        entities = coded([state[name][1] for name in ids])[1]
        found: dict[str, Strength] = {}
        for name, table in tables.items():
            rng = rng_for(self.seed, self.name, name)
            found[name] = association(table.codes, table.class_codes, entities, rng, self.draws)
        held = dict(zip(found, holm([one.p for one in found.values()], self.alpha), strict=True))
        order = sorted(found, key=lambda name: (-found[name].v, name))
        tied = [
            self._tied(name, tables[name], found[name], ids)
            for name in order
            if held[name].rejected and found[name].v >= self.warn_from
        ]
        uneven = [one for name in order if (one := self._uneven(name, tables[name])) is not None]
        rows = tuple(
            {"attribute": name, "v": round(found[name].v, 4), "low": round(found[name].low, 4),
             "high": round(found[name].high, 4), "p": found[name].p, "values": len(tables[name].values)}
            for name in order
        )  # fmt: skip
        what = say(
            "{n} attributes were tabled against the label {label} on {samples} samples",
            n=len(order),
            label=self.label or "-",
            samples=len(ids),
        )
        return [*tied, *uneven, Finding("attributes_tabled", what, "note", n=len(ids), table=rows)]

    def _tied(self, name: str, table: _Table, found: Strength, ids: Sequence[str]) -> Finding:
        what = say(
            "{attribute} and the label go together: Cramer's V {v:.2f} [{low:.2f}, {high:.2f}], p = {p:.2g}, on {n} "
            "samples of different entities",
            attribute=name,
            v=found.v,
            low=found.low,
            high=found.high,
            p=found.p,
            n=found.n,
        )
        then = say(
            "Split and balance by {attribute}, or collect what is rare in the table; report results for each value",
            attribute=name,
        )
        want = expected(table.counts)
        rows = tuple(
            {
                "value": value or ABSENT,
                "label": label,
                "found": int(table.counts[i, j]),
                "expected": round(want[i, j], 1),
            }
            for i, value in enumerate(table.values)
            for j, label in enumerate(table.classes)
        )
        ratio = (table.counts / np.maximum(want, 1e-12))[table.codes, table.class_codes]
        rare = [ids[place] for place in np.argsort(ratio, kind="stable")[:EXAMPLES] if ratio[place] < 1.0]
        weight: Weight = "bad" if found.v >= self.bad_from else "warn"
        return Finding(
            "label_tied_to_attribute", what, weight, found.v, found.low, found.high, found.n, then, tuple(rare), rows
        )

    def _uneven(self, name: str, table: _Table) -> Finding | None:
        counts = table.counts.sum(axis=1)
        share = float(counts.max() / counts.sum())
        if share < self.dominant_from:
            return None
        value = table.values[int(counts.argmax())] or ABSENT
        what = say(
            "{share:.0%} of {n} samples have {attribute} = {value}: little can be said of its other values",
            share=share,
            n=int(counts.sum()),
            attribute=name,
            value=value,
        )
        rows = tuple({"value": v or ABSENT, "n": int(c)} for v, c in zip(table.values, counts, strict=True))
        weight: Weight = "warn" if name in self.attributes else "note"
        return Finding("attribute_uneven", what, weight, share, n=int(counts.sum()), table=rows)

    def _tables(self, state: Mapping[str, Any]) -> dict[str, _Table]:
        ids = sorted(state)
        classes, class_codes = coded([state[name][0] for name in ids])
        if len(ids) < self.at_least or not 2 <= len(classes) <= len(ids) // 2:
            return {}
        there = {name for one in state.values() for name in one[2]}
        tables = {}
        for name in sorted(there & set(self.attributes) if self.attributes else there):
            column = [state[one][2].get(name, "") for one in ids]
            values, codes = coded(column)
            if levels_of(column).numeric:
                continue
            if 2 <= len(values) <= self.most and len(values) <= len(ids) // 2:
                counts = np.zeros((len(values), len(classes)))
                np.add.at(counts, (codes, class_codes), 1.0)
                tables[name] = _Table(values, classes, codes, class_codes, counts)
        return tables
