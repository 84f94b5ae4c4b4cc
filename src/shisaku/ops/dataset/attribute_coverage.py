"""Whether the data cover the operational domain that they were declared for."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.dataset.domain import ABSENT, OTHER, Wanted, wanted
from shisaku.ops.dataset.fields import fields_of
from shisaku.ops.limits import within
from shisaku.stats.levels import levels_of

EXAMPLES = 20
SHARED = 0.5


@dataclass(frozen=True)
class AttributeCoverage(Metric):
    """Score a sample by the emptiest cell of the declared domain that it fills: 1 from the wanted number on.

    `domain` says for each attribute (a fact, a label, or a field as in `dataset.giveaway`) which values, or which
    range of numbers (``[0.5, 10]``, cut into `parts` of equal width), the data must cover; every cell needs `at_least`
    samples, every pair of cells of two attributes `pairs_at_least` (0: pairs are not asked). This is a coverage table
    over an operational design domain (ISO 34503; SAE J3016) with 2-way combinatorial coverage (Kuhn et al., NIST SP
    800-142). Every cell that lacks samples is a finding that says how many: ``bad`` where it is empty, else ``warn``;
    pairs are gathered in one finding for two attributes. Without a `domain` it shows what is there and says that none
    was declared. `raw` is the number of samples in the sample's emptiest cell; a sample outside the domain scores 0.

    What it finds: every cell with fewer than `at_least` samples and nothing else: it counts. Of 200 samples in three
    kinds of light, a kind of which 95 % were missing fell under 10 samples in 20 of 20 repeats, one with 80 % missing
    in 2 of 20.
    When it hurts: it believes the facts, and a sample without the fact fills nothing. A cell with `at_least` samples
    of one entity counts as filled. Three attributes at once are not asked.

    Example::

        - name: coverage
          op: dataset.attribute_coverage
          with: {domain: {lighting: [day, night], audio_seconds: [0.5, 10]}, at_least: 20}
    """

    name: ClassVar[str] = "dataset.attribute_coverage"
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"domain", "at_least", "pairs_at_least", "parts", "most"})

    domain: Mapping[str, tuple[str | float, ...]] = field(default_factory=dict)
    at_least: int = 10
    pairs_at_least: int = 1
    parts: int = 4
    most: int = 20

    def __post_init__(self) -> None:
        within("at_least", self.at_least, 1, 1e9)
        within("pairs_at_least", self.pairs_at_least, 0, 1e9)
        within("parts", self.parts, 1, 100)
        within("most", self.most, 2, 1000)
        object.__setattr__(self, "domain", {name: tuple(self.domain[name]) for name in sorted(self.domain)})
        wanted(self.domain, self.parts)

    def __hash__(self) -> int:
        return hash(
            (json.dumps(self.domain, sort_keys=True), self.at_least, self.pairs_at_least, self.parts, self.most)
        )

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> attributes."""
        return {sample.id: {**fields_of(sample), **sample.labels} for sample in batch}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        asked = wanted(self.domain, self.parts)
        cells = {one.attribute: self._cells(one, state) for one in asked}
        counts = {name: Counter(held.values()) for name, held in cells.items()}
        made = []
        for name in sorted(state):
            own = [(cells[one.attribute][name], one) for one in asked]
            if any(cell in (ABSENT, OTHER) for cell, _ in own):
                made.append(Score(name, self.name, 0.0, 0.0))
                continue
            n = min((counts[one.attribute][cell] for cell, one in own), default=len(state))
            made.append(Score(name, self.name, min(1.0, n / self.at_least) if own else 1.0, float(n)))
        return made

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return a Finding per gap of the declared domain and the table; without a domain, what is there."""
        asked = wanted(self.domain, self.parts)
        if not asked:
            return [self._undeclared(state)]
        cells = {one.attribute: self._cells(one, state) for one in asked}
        made = [gap for one in asked for gap in self._gaps(one, cells[one.attribute])]
        pairs = itertools.combinations(asked, 2) if self.pairs_at_least else ()
        made += [gap for a, b in pairs if (gap := self._pair(a, b, cells)) is not None]
        made.sort(key=lambda one: (one.weight != "bad", one.weight != "warn"))
        return [*made, self._table(asked, cells, len(state))]

    def _cells(self, one: Wanted, state: Mapping[str, Any]) -> dict[str, str]:
        return {name: one.cell_of(held.get(one.attribute, "")) for name, held in state.items()}

    def _gaps(self, one: Wanted, cells: Mapping[str, str]) -> list[Finding]:
        counts = Counter(cells.values())
        made = []
        for cell in one.cells:
            lacking = self.at_least - counts[cell]
            if lacking > 0:
                what = say(
                    "{attribute} = {cell} has {n} samples, {lacking} fewer than the {wanted} wanted",
                    attribute=one.attribute,
                    cell=cell,
                    n=counts[cell],
                    lacking=lacking,
                    wanted=self.at_least,
                )
                then = say("Collect or make {lacking} samples with {attribute} = {cell}",
                           lacking=lacking, attribute=one.attribute, cell=cell)  # fmt: skip
                there = tuple(sorted(name for name, held in cells.items() if held == cell)[:EXAMPLES])
                weight: Weight = "warn" if counts[cell] else "bad"
                made.append(Finding("domain_gap", what, weight, counts[cell], n=len(cells), next=then, samples=there))
        for cell in (OTHER, ABSENT):
            if counts[cell]:
                outside = tuple(sorted(name for name, held in cells.items() if held == cell)[:EXAMPLES])
                what = say("{n} samples have {attribute} = {cell}: they fill nothing of the declared domain",
                           n=counts[cell], attribute=one.attribute, cell=cell)  # fmt: skip
                made.append(Finding("outside_domain", what, "warn", counts[cell], n=len(cells), samples=outside))
        return made

    def _pair(self, a: Wanted, b: Wanted, cells: Mapping[str, Mapping[str, str]]) -> Finding | None:
        counts = Counter((cells[a.attribute][name], cells[b.attribute][name]) for name in cells[a.attribute])
        rows: list[dict[str, Any]] = [
            {a.attribute: x, b.attribute: y, "n": counts[x, y], "lacking": max(0, self.pairs_at_least - counts[x, y])}
            for x in a.cells
            for y in b.cells
        ]
        gaps = [row for row in rows if row["lacking"]]
        if not gaps:
            return None
        lacking = sum(int(row["lacking"]) for row in gaps)
        what = say(
            "{gaps} of {pairs} pairs of {one} and {other} have fewer than {wanted} samples; {lacking} are missing",
            gaps=len(gaps),
            pairs=len(rows),
            one=a.attribute,
            other=b.attribute,
            wanted=self.pairs_at_least,
            lacking=lacking,
        )
        then = say("Collect or make samples for the pairs in the table, the emptiest first")
        rows.sort(key=lambda row: int(row["n"]))
        covered = 1.0 - len(gaps) / len(rows)
        n = len(cells[a.attribute])
        return Finding("domain_pair_gap", what, "warn", covered, n=n, next=then, table=tuple(rows))

    def _table(self, asked: Sequence[Wanted], cells: Mapping[str, Mapping[str, str]], n: int) -> Finding:
        rows, filled = [], 0
        for one in asked:
            counts = Counter(cells[one.attribute].values())
            for cell in (*one.cells, *(odd for odd in (OTHER, ABSENT) if counts[odd])):
                needed = self.at_least if cell in one.cells else 0
                filled += cell in one.cells and counts[cell] >= needed
                rows.append({"attribute": one.attribute, "value": cell, "n": counts[cell], "wanted": needed})
        total = sum(len(one.cells) for one in asked)
        what = say(
            "{filled} of {total} cells of the declared domain hold at least {wanted} samples",
            filled=filled,
            total=total,
            wanted=self.at_least,
        )
        return Finding("domain_coverage", what, "note", filled / total, n=n, table=tuple(rows))

    def _undeclared(self, state: Mapping[str, Any]) -> Finding:
        rows = []
        for name in sorted({name for held in state.values() for name in held}):
            levels = levels_of([state[one].get(name, "") for one in sorted(state)])
            if len(levels.names) <= self.most and (levels.numeric or levels.shared() >= SHARED):
                for place, value in enumerate(levels.names):
                    n = int((levels.codes == place).sum())
                    rows.append({"attribute": name, "value": value or ABSENT, "n": n})
        what = say("No domain was declared: the table shows the attributes of {n} samples as they are", n=len(state))
        then = say("Declare what the data must cover in the parameter `domain` of a profile: attributes and values")
        return Finding("domain_not_declared", what, "note", n=len(state), next=then, table=tuple(rows))
