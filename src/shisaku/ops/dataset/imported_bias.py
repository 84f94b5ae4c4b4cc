"""Whether what was made has other shares of labels, attributes and subgroups than the real data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.errors import RecipeError
from shisaku.message import Message, say
from shisaku.ops.dataset.rebalance import Cell, rebalanced
from shisaku.ops.limits import one_of, ordered, within
from shisaku.ops.units import units_of
from shisaku.stats.holm import holm
from shisaku.stats.levels import levels_of
from shisaku.stats.share_shift import Shift, shift

EXAMPLES = 20
ABSENT = "-"
TARGETS = ("real", "even")
Entry = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class ImportedBias(Metric):
    """Score a made sample by how overrepresented its kind is: 1 where there are too few of it or enough.

    An attribute is a label, a fact, or several joined by " x " (``class x gender``: subgroups); `attributes` names
    them, empty means all labels and, of the facts, those with 2 to `most` values on the real side. Numbers are cut into
    levels at their quantiles. For every value the share among real samples (before), among made ones, and among both
    together (after) is given; the difference made - real has the interval of Newcombe (1998, from two Wilson intervals)
    at 95 %, each set counted by its entities (design effect, Kish 1965), and p corrected by Holm over all values. An
    attribute is shifted if Holm at `alpha` rejects and a difference is at least `warn_from`; ``bad`` from `bad_from`.
    Its table says three ways to have the shares that the `target` wants (``real``: those of the reference, ``even``:
    the same for every value): a quota of made samples to keep, a weight for each, or how many to make; for even shares
    of a label this is `want` of the step that makes. `raw` is the weight of a sample's kind by the attribute `by`
    (empty: the first), the score min(1, weight): the share of its kind to keep.

    What it finds: with 200 made and 200 real digits, a class whose share rose from 10 % by 20 points in 20 of 20
    repeats, by 15 in 14, by 10 in 10, by 5 in 6; a subgroup of two facts whose share rose from 25 % by 20 points in 18,
    by 15 in 15, by 10 in 8; no alarm in 20 repeats without a skew (95 %: 0 to 17 %). The planted size lay in the
    interval in at least 92 % of 300 draws with five children per parent.
    When it hurts: it believes labels and facts; children inherit them from their parents, so a step that changes what
    they say must say so. A skew that the real data have already is no shift: ask for ``target: even``. Values that few
    entities bear have wide intervals; a rare subgroup can vanish unnoticed.

    Example::

        - name: bias
          op: dataset.imported_bias
          from: made
          reference: task
          with: {attributes: [class, class x site]}
    """

    name: ClassVar[str] = "dataset.imported_bias"
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"attributes", "by", "target", "warn_from", "bad_from", "alpha", "at_least", "most"}
    )

    attributes: tuple[str, ...] = ()
    by: str = ""
    target: str = "real"
    warn_from: float = 0.05
    bad_from: float = 0.2
    alpha: float = 0.05
    at_least: int = 20
    most: int = 20

    def __post_init__(self) -> None:
        one_of("target", self.target, TARGETS)
        ordered("warn_from", self.warn_from, "bad_from", self.bad_from)
        within("warn_from", self.warn_from, 0.0, 1.0)
        within("bad_from", self.bad_from, 0.0, 1.0)
        within("alpha", self.alpha, 1e-9, 0.5)
        within("at_least", self.at_least, 5, 1e9)
        within("most", self.most, 2, 1000)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return entity, labels and facts of every made and every real sample. Raises RecipeError without reference."""
        if not reference:
            raise RecipeError(
                say("{op} needs a reference of real samples and got none", op=self.name),
                next=say("Give the step `reference:` with a stream of real samples"),
            )
        sides = {"made": batch, "real": reference}
        return {
            side: {one.id: [one.entity, dict(one.labels), dict(one.facts)] for one in held}
            for side, held in sides.items()
        }

    def merge(self, a: State, b: State) -> State:
        """Join made with made and real with real."""
        return {side: {**a[side], **b[side]} for side in ("made", "real")}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id."""
        names = sorted(state["made"])
        asked = [self.by] if self.by else self._asked(state)[:1]
        if not asked or not names:
            return [Score(name, self.name, 1.0, 1.0) for name in names]
        made, real = self._values(state, asked[0])
        cells = rebalanced(Counter(made), self._wanted(real))
        weights = [cells[value].weight for value in made]
        return [Score(name, self.name, min(1.0, weight), weight) for name, weight in zip(names, weights, strict=True)]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return a Finding per attribute whose shares were shifted, the largest first, and what was compared."""
        made, real = len(state["made"]), len(state["real"])
        if min(made, real) < self.at_least:
            what = say(
                "Shares were not compared: it takes {wanted} made and as many real samples, and there are {made} and "
                "{real}",
                wanted=self.at_least,
                made=made,
                real=real,
            )
            return [Finding("shares_not_compared", what, "note", n=made)]
        asked = self._asked(state)
        found = {name: self._shifts(state, name) for name in asked}
        keys = [(name, value) for name in asked for value in found[name]]
        held = dict(zip(keys, holm([found[a][v].p for a, v in keys], self.alpha), strict=True))
        shifted = []
        for name in asked:
            telling = [
                v for v, one in found[name].items() if held[name, v].rejected and abs(one.difference) >= self.warn_from
            ]
            if telling:
                worst = max(telling, key=lambda value: (abs(found[name][value].difference), value))
                shifted.append((abs(found[name][worst].difference), self._found(state, name, worst, found[name])))
        shifted.sort(key=lambda pair: -pair[0])
        rows = tuple(
            {"attribute": a, "value": v, "shifted": held[a, v].rejected, **_row(found[a][v], made, real)}
            for a, v in sorted(keys, key=lambda key: -abs(found[key[0]][key[1]].difference))
        )
        what = say("The shares of {n} attributes were compared between {made} made and {real} real samples",
                   n=len(asked), made=made, real=real)  # fmt: skip
        return [*(one for _, one in shifted), Finding("shares_compared", what, "note", n=made, table=rows)]

    def _asked(self, state: Mapping[str, Any]) -> list[str]:
        if self.attributes:
            return list(self.attributes)
        held = state["real"].values()
        labels = sorted({name for _, labels, _ in held for name in labels})
        facts = sorted({name for _, _, facts in held for name in facts} - set(labels))
        values = {name: {facts.get(name, ABSENT) for _, _, facts in held} for name in facts}
        return labels + [name for name in facts if 2 <= len(values[name]) <= self.most]

    def _values(self, state: Mapping[str, Any], attribute: str) -> tuple[list[str], list[str]]:
        """Return the values of the made and the real samples, each by id; numbers as levels."""
        columns = []
        for part in attribute.split(" x "):
            both = [
                str({**facts, **labels}.get(part, ""))
                for side in ("made", "real")
                for _, (_, labels, facts) in sorted(state[side].items())
            ]
            levels = levels_of(both)
            columns.append([levels.names[code] or ABSENT for code in levels.codes])
        joined = [" x ".join(row) for row in zip(*columns, strict=True)]
        return joined[: len(state["made"])], joined[len(state["made"]) :]

    def _wanted(self, real: Sequence[str]) -> dict[str, float]:
        counts = Counter(real)
        return {one: 1.0 / len(counts) if self.target == "even" else n / len(real) for one, n in counts.items()}

    def _shifts(self, state: Mapping[str, Any], attribute: str) -> dict[str, Shift]:
        made, real = (np.array(side, dtype=object) for side in self._values(state, attribute))
        entities = [{one: held[0] for one, held in sorted(state[side].items())} for side in ("made", "real")]
        units = [np.unique(side, return_inverse=True)[1].astype(np.intp) for side in units_of(*entities)]
        return {
            value: shift(np.asarray(made == value), np.asarray(real == value), units[0], units[1])
            for value in sorted({*made, *real})
        }

    def _found(self, state: Mapping[str, Any], name: str, worst: str, found: Mapping[str, Shift]) -> Finding:
        made, real = self._values(state, name)
        cells = rebalanced(Counter(made), self._wanted(real))
        one = found[worst]
        what = say(
            "{attribute} = {value} is {share:.1%} of what was made and {other:.1%} of the real samples: {shift:+.1%} "
            "[{low:+.1%}, {high:+.1%}]; together they have {after:.1%}",
            attribute=name,
            value=worst,
            share=one.share,
            other=one.other,
            shift=one.difference,
            low=one.low,
            high=one.high,
            after=_after(one, len(made), len(real)),
        )
        order = sorted(found, key=lambda value: -abs(found[value].difference))
        rows = tuple(
            {"attribute": name, "value": value, **_row(found[value], len(made), len(real)), **_plan(cells[value])}
            for value in order
        )
        many = cells[worst].weight < 1.0
        odd = [one for one, value in zip(sorted(state["made"]), made, strict=True) if (value == worst) == many]
        weight: Weight = "bad" if abs(one.difference) >= self.bad_from else "warn"
        then = self._then(name, cells)
        return Finding("imported_bias", what, weight, one.difference, one.low, one.high, len(made), then,
                       tuple(odd[:EXAMPLES]), rows)  # fmt: skip

    def _then(self, name: str, cells: Mapping[str, Cell]) -> Message:
        lacking = sum(cell.missing for cell in cells.values())
        kept = sum(cell.quota for cell in cells.values())
        if self.target == "even" and " x " not in name:
            yaml = (
                f"want: {{label: {name}, n: {max(cell.n + cell.missing for cell in cells.values())}, with_real: false}}"
            )
            return say(
                "For even shares keep {kept} by the quotas of the table, weigh samples by its weights, or make {n} "
                "more: give the step that makes them {yaml}",
                kept=kept,
                n=lacking,
                yaml=yaml,
            )
        most = max(cells, key=lambda value: (cells[value].missing, value))
        return say(
            "For the shares wanted keep {kept} by the quotas of the table, weigh samples by its weights, or make {n} "
            "more, {most} of them with {attribute} = {value}",
            kept=kept,
            n=lacking,
            most=cells[most].missing,
            attribute=name,
            value=most,
        )


def _after(one: Shift, made: int, real: int) -> float:
    return (one.share * made + one.other * real) / (made + real)


def _row(one: Shift, made: int, real: int) -> dict[str, Any]:
    return {
        "real": round(one.other, 4),
        "made": round(one.share, 4),
        "after": round(_after(one, made, real), 4),
        "difference": round(one.difference, 4),
        "low": round(one.low, 4),
        "high": round(one.high, 4),
        "p": float(f"{one.p:.3g}"),
    }


def _plan(cell: Cell) -> dict[str, Any]:
    return {
        "n": cell.n,
        "wanted": round(cell.wanted, 4),
        "quota": cell.quota,
        "weight": round(cell.weight, 4),
        "missing": cell.missing,
    }
