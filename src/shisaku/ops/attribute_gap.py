"""What measures of the gap between made and real items share: plain attributes of every item, compared one by one."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.errors import RecipeError
from shisaku.message import Message, say
from shisaku.ops.alike.against import Once
from shisaku.ops.limits import ordered, within
from shisaku.ops.outcome import measurable
from shisaku.ops.units import units_of
from shisaku.stats.attribute_gap import Gap, Values, conformal, gap, oddness
from shisaku.stats.holm import holm

EXAMPLES = 20
Figures = dict[str, float]
Items = dict[str, tuple[str, Figures]]


@dataclass(frozen=True)
class AttributeGap(Metric):
    """Base: every attribute of made items against that of the reference, with intervals and Holm over attributes."""

    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True  # both sets are in its state: a shard's scores ask for all of the reference
    thresholds: ClassVar[frozenset[str]] = frozenset({"warn_from", "bad_from", "alpha", "at_least", "odd_below"})

    warn_from: float = 0.3
    bad_from: float = 0.8
    alpha: float = 0.01
    at_least: int = 20
    odd_below: float = 0.05

    def __post_init__(self) -> None:
        object.__setattr__(self, "_once", Once())
        ordered("warn_from", self.warn_from, "bad_from", self.bad_from)
        within("warn_from", self.warn_from, 0.0, 99.0)
        within("bad_from", self.bad_from, 0.0, 99.0)
        within("alpha", self.alpha, 1e-9, 0.5)
        within("at_least", self.at_least, 5, 1e9)
        within("odd_below", self.odd_below, 0.0, 1.0)

    @abstractmethod
    def look(self, sample: Sample) -> list[Any]:
        """Return [attributes by name, whatever else `items` asks for]. Raises DataError where it cannot be read."""

    @abstractmethod
    def word(self, attribute: str, more: bool) -> Message:
        """Say in words what an item with more, or less, of an attribute is."""

    @abstractmethod
    def advice(self, attribute: str) -> Message:
        """Say what to do about a gap in an attribute."""

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return the entity and attributes of every made and every real sample. Raises RecipeError without reference.

        Real samples that cannot be read are left out, as made ones are.
        """
        if not reference:
            raise RecipeError(
                say("{op} needs a reference of real samples and got none", op=self.name),
                next=say("Give the step `reference:` with a stream of real samples"),
            )
        once: Once = getattr(self, "_once")  # noqa: B009
        _, real = once.of(reference, lambda samples: ([], self._looked(samples)))
        return {"made": self._looked(batch), "real": dict(real)}

    def _looked(self, samples: Sequence[Sample]) -> dict[str, Any]:
        return dict(measurable(samples, lambda sample: [sample.entity, *self.look(sample)]))

    def merge(self, a: State, b: State) -> State:
        """Join made with made and real with real."""
        return {side: {**a[side], **b[side]} for side in ("made", "real")}

    def items(self, state: Mapping[str, Any]) -> tuple[Items, Items]:
        """Return the made and the real items by id: entity and attributes."""
        made, real = (
            {name: (held[0], dict(held[1])) for name, held in sorted(state[side].items())} for side in ("made", "real")
        )
        return made, real

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id."""
        made, real = self.items(state)
        names = sorted({name for _, held in real.values() for name in held})
        if not names:
            return [Score(name, self.name, 1.0, 0.0) for name in made]
        theirs = _matrix(real, names, None)
        own = _matrix(made, names, np.median(theirs, axis=0))
        far, chances = oddness(own, theirs), conformal(own, theirs)
        return [
            self._score(name, float(chance), float(distance), row, theirs, names)
            for name, chance, distance, row in zip(made, chances, far, own, strict=True)
        ]

    def _score(self, sample: str, chance: float, far: float, row: Values, real: Values, names: Sequence[str]) -> Score:
        if chance >= self.odd_below:
            return Score(sample, self.name, min(1.0, chance), far, False)
        place = int(np.argmax([oddness(row[k : k + 1, None], real[:, k : k + 1])[0] for k in range(len(names))]))
        low, high = np.quantile(real[:, place], (0.25, 0.75))
        why = say(
            "{attribute} is {value:.4g}, where half of the real ones have {low:.4g} to {high:.4g}",
            attribute=names[place],
            value=float(row[place]),
            low=float(low),
            high=float(high),
        )
        return Score(sample, self.name, min(1.0, chance), far, True, why)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return what gives the made items away, in words and with the figures of all attributes."""
        made, real = self.items(state)
        if min(len(made), len(real)) < self.at_least:
            what = say(
                "The gap was not measured: it takes {wanted} made and as many real items, and there are {made} and "
                "{real}",
                wanted=self.at_least,
                made=len(made),
                real=len(real),
            )
            return [Finding("gap_not_measured", what, "note", n=len(made))]
        found = self._gaps(made, real)
        order = sorted(found, key=lambda name: (-found[name].wasserstein, name))
        held = dict(zip(found, holm([one.p for one in found.values()], self.alpha), strict=True))
        telling = [name for name in order if held[name].rejected and found[name].wasserstein >= self.warn_from]
        rows = tuple(
            {"attribute": name, "telling": name in telling, **{k: _short(v) for k, v in asdict(found[name]).items()}}
            for name in order
        )
        odd = sorted(self.scores(state), key=lambda one: (one.value, -one.raw, one.sample))
        samples = tuple(one.sample for one in odd[:EXAMPLES])
        n = len(made)
        first = found[telling[0] if telling else order[0]]
        if not telling:
            what = say(
                "None of {n} attributes gives the made items away; the largest gap is {attribute}: {d:+.2f} standard "
                "deviations [{low:.2f}, {high:.2f}]",
                n=len(order),
                attribute=order[0],
                d=first.d,
                low=first.low,
                high=first.high,
            )
            return [Finding("no_attribute_gap", what, "note", first.d, first.low, first.high, n, None, samples, rows)]
        weight: Weight = "bad" if first.wasserstein >= self.bad_from else "warn"
        what = say("What gives the made items away: {what}", what=self._listed([(k, found[k]) for k in telling]))
        then = self.advice(telling[0])
        return [Finding("attribute_gap", what, weight, first.d, first.low, first.high, n, then, samples, rows)]

    def _gaps(self, made: Items, real: Items) -> dict[str, Gap]:
        units = units_of(*({one: entity for one, (entity, _) in side.items()} for side in (made, real)))
        codes = np.unique([*units[0], *units[1]], return_inverse=True)[1].astype(np.intp)
        sides = [(made, codes[: len(made)]), (real, codes[len(made) :])]
        found = {}
        for name in _shared(made.values(), real.values(), self.at_least):
            columns = []
            for side, own in sides:
                there = np.array([name in held for _, held in side.values()])
                values = np.array([held[name] for _, held in side.values() if name in held], dtype=np.float64)
                columns.append((values, own[there]))
            found[name] = gap(columns[0][0], columns[1][0], columns[0][1], columns[1][1])
        return found

    def _listed(self, telling: Sequence[tuple[str, Gap]]) -> Message:
        said = [self._told(name, one) for name, one in telling[:3]]
        if len(said) == 1:
            return said[0]
        if len(said) == 2:
            return say("{first}; {second}", first=said[0], second=said[1])
        if len(telling) == 3:
            return say("{first}; {second}; {third}", first=said[0], second=said[1], third=said[2])
        return say(
            "{first}; {second}; {third}; and {more} more attributes",
            first=said[0],
            second=said[1],
            third=said[2],
            more=len(telling) - 3,
        )

    def _told(self, name: str, one: Gap) -> Message:
        if abs(one.d) < one.wasserstein / 2.0:
            return say(
                "{attribute} is spread otherwise (standard deviation {made:.4g} against {real:.4g})",
                attribute=name,
                made=one.sd_made,
                real=one.sd_real,
            )
        return say(
            "{how} by {d:.1f} standard deviations (mean {made:.4g} against {real:.4g})",
            how=self.word(name, one.d > 0),
            d=abs(one.d),
            made=one.mean_made,
            real=one.mean_real,
        )


def _shared(one: Any, other: Any, least: int) -> list[str]:
    """Return the attributes that at least so many items have on either side."""
    counts: list[dict[str, int]] = []
    for side in (one, other):
        counts.append({})
        for _, held in side:
            for name in held:
                counts[-1][name] = counts[-1].get(name, 0) + 1
    return sorted(name for name, n in counts[0].items() if min(n, counts[1].get(name, 0)) >= least)


def _matrix(items: Items, names: Sequence[str], usual: Values | None) -> Values:
    """Return [items, names]; what an item lacks is taken as `usual`, by default the median of the others."""
    rows = np.array([[held.get(name, math.nan) for name in names] for _, held in items.values()], dtype=np.float64)
    rows = rows.reshape(len(items), len(names))
    return np.asarray(np.where(np.isnan(rows), np.nanmedian(rows, axis=0) if usual is None else usual, rows))


def _short(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.5g}")
