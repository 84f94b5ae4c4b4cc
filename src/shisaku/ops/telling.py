"""Metrics that ask whether one plain field of a sample, taken alone, gives its label away."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.message import Message, say
from shisaku.ops.labelled import label_of
from shisaku.ops.limits import ordered, within
from shisaku.ops.outcome import measurable
from shisaku.ops.told_table import Table, spells, table_of
from shisaku.stats.holm import holm
from shisaku.stats.telling import Telling, chance_of, reach_of, telling

EXAMPLES = 20


@dataclass(frozen=True)
class ToldBy(Metric):
    """Base: every field alone against the label, held out by entity, with a permutation test and Holm over fields."""

    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels"})
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"warn_from", "bad_from", "alpha", "at_least", "per_class", "draws", "seed"}
    )

    label: str = ""
    warn_from: float = 0.7
    bad_from: float = 0.95
    alpha: float = 0.05
    at_least: int = 30
    per_class: int = 8
    draws: int = 1999
    seed: int = 0

    def __post_init__(self) -> None:
        within("warn_from", self.warn_from, 0.5, 1.0)
        within("bad_from", self.bad_from, 0.5, 1.0)
        ordered("warn_from", self.warn_from, "bad_from", self.bad_from)
        within("alpha", self.alpha, 1e-6, 0.5)
        within("at_least", self.at_least, 10, 1e9)
        within("per_class", self.per_class, 2, 1e9)
        within("draws", self.draws, 99, 1e6)

    @abstractmethod
    def _fields(self, sample: Sample) -> Mapping[str, str]:
        """Return the fields of a sample by name, numbers as text. Raises DataError where it cannot be read."""

    @abstractmethod
    def _advice(self, field: str) -> Message:
        """Say what to do about a field that gives the label away."""

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, entity, fields]."""
        return dict(
            measurable(batch, lambda sample: [label_of(sample, self.label), sample.entity, dict(self._fields(sample))])
        )

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id; `raw` counts the telling fields that answer its label."""
        table = table_of(state, self.at_least, self.per_class, self.seed)
        right: Counter[str] = Counter()
        telling_fields = 0
        if table is not None:
            told = [telling(levels.codes, table.rows) for levels in table.fields.values()]
            for found in (one for one in told if one.best_accuracy >= self.warn_from):
                telling_fields += 1
                answered = found.said == table.rows.classes
                right.update(name for name, hit in zip(table.ids, answered, strict=True) if hit)
        return [
            Score(name, self.name, 1.0 - right[name] / telling_fields if telling_fields else 1.0, float(right[name]))
            for name in sorted(state)
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return one Finding per field that gives a class away, and one with the figures of all fields."""
        table = table_of(state, self.at_least, self.per_class, self.seed)
        if table is None:
            return [self._too_little(len(state))]
        told = {name: telling(levels.codes, table.rows) for name, levels in table.fields.items()}
        rngs = {name: rng_for(self.seed, self.name, name) for name in told}
        p = {name: chance_of(table.fields[name].codes, table.rows, rngs[name], self.draws) for name in told}
        held = dict(zip(p, holm(list(p.values()), self.alpha), strict=True))
        found = []
        for name in sorted(told, key=lambda name: (-told[name].best_accuracy, name)):
            if held[name].rejected and told[name].best_accuracy >= self.warn_from:
                reach = reach_of(told[name], table.rows, rngs[name])
                found.append(self._found(name, table, told[name], reach, p[name]))
        rows = tuple(
            {
                "field": name,
                "told_class": table.names[told[name].best],
                "one_class_accuracy": round(told[name].best_accuracy, 4),
                "balanced_accuracy": round(told[name].accuracy, 4),
                "chance": round(1.0 / len(table.names), 4),
                "p": p[name],
                "kept_by_holm": held[name].rejected,
            }
            for name in sorted(told, key=lambda name: (-told[name].best_accuracy, name))
        )
        return [*found, self._compared(table, rows)]

    def _compared(self, table: Table, rows: tuple[dict[str, Any], ...]) -> Finding:
        what = say(
            "{n} fields were compared with the label {label}, each alone, on {samples} samples of {classes} classes",
            n=len(rows),
            label=self.label or "-",
            samples=len(table.ids),
            classes=len(table.names),
        )
        left = tuple({"field": name, "left_out": "every value of its own"} for name in table.lone)
        return Finding("fields_compared", what, "note", n=len(table.ids), table=(*rows, *left))

    def _too_little(self, n: int) -> Finding:
        what = say(
            "Whether a field gives the label {label} away was not asked: it takes {wanted} samples and two classes of "
            "{each} entities, and there are {n} samples",
            label=self.label or "-",
            wanted=self.at_least,
            each=self.per_class,
            n=n,
        )
        return Finding("fields_not_compared", what, "note", n=n)

    def _found(self, field: str, table: Table, told: Telling, reach: tuple[float, float], p: float) -> Finding:
        name = table.names[told.best]
        own = table.rows.classes == told.best
        against = np.flatnonzero(own != (told.said == told.best))
        against = np.concatenate([against[~own[against]], against[own[against]]])
        spelt = spells(table, field)
        what = say(
            "{field} alone tells {name} from the rest with balanced accuracy {value:.2f} [{low:.2f}, {high:.2f}], "
            "where guessing gives 0.50 (over all {classes} classes {all:.2f}, guessing {chance:.2f}); p = {p:.2g}; "
            "{against} samples go against it",
            field=field,
            name=name,
            value=told.best_accuracy,
            low=reach[0],
            high=reach[1],
            classes=len(table.names),
            all=told.accuracy,
            chance=1.0 / len(table.names),
            p=p,
            against=len(against),
        )
        weight: Weight = "bad" if told.best_accuracy >= self.bad_from else "warn"
        codes = table.fields[field].codes
        rows = tuple(
            {
                "value": level,
                "n": int((codes == place).sum()),
                "told_class": name,
                "share_of_class": round(float((own & (codes == place)).sum() / max(1, own.sum())), 4),
                "share_of_rest": round(float((~own & (codes == place)).sum() / max(1, (~own).sum())), 4),
            }
            for place, level in enumerate(table.fields[field].names)
        )
        return Finding(
            "label_spelt_out" if spelt else "label_given_away",
            what,
            "note" if spelt else weight,
            told.best_accuracy,
            reach[0],
            reach[1],
            len(table.ids),
            say("{field} holds the label's own word: never give it to a model", field=field)
            if spelt
            else self._advice(field),
            tuple(table.ids[place] for place in against[:EXAMPLES]),
            rows[:EXAMPLES],
        )
