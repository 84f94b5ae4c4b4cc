"""The share of copies among what was made: exact and near, over all and per class, siblings told from strangers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import State
from shisaku.core.sample import Sample
from shisaku.message import say
from shisaku.ops.alike.copies import Copies
from shisaku.ops.labelled import label_or_none
from shisaku.ops.limits import within
from shisaku.ops.outcome import measurable
from shisaku.stats.proportions import clopper_pearson

EXAMPLES = 20
KINDS = ("exact", "near", "of_siblings", "of_strangers")


@dataclass(frozen=True)
class MadeCopies(Copies):
    """Copies among samples, counted: what of each group goes beyond one is redundant.

    Of a group of copies that come from p parents, p - 1 are copies of strangers and the rest copies of siblings.
    """

    thresholds: ClassVar[frozenset[str]] = frozenset({"across", "many_from"})

    label: str = ""
    many_from: float = 0.05

    def __post_init__(self) -> None:
        super().__post_init__()
        within("many_from", self.many_from, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [print, split, generations, extent, first parent, label, digest of the part]."""
        state = super().measure(batch, reference)
        part = next(iter(self.reads_parts()))
        about = measurable(
            [sample for sample in batch if sample.id in state],
            lambda one: [(one.parents or (one.id,))[0], label_or_none(one, self.label), one.parts[part].digest],
        )
        return {name: [*held, *about[name]] for name, held in state.items()}

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the rate of copies over all, and a finding that compares the classes where there are some."""
        if self.across:
            return super().findings(state)
        groups: dict[str, list[str]] = defaultdict(list)
        for score in self.scores(state):
            groups[score.group or score.sample].append(score.sample)
        if not groups:
            return []
        whole = self._row("", list(state), groups, state)
        labels = sorted({held[5] for held in state.values() if held[5]})
        rows = [
            self._row(label, [name for name, held in state.items() if held[5] == label], groups, state)
            for label in labels
        ]
        return [self._rate(whole, groups, state), *([self._classes(rows)] if len(rows) > 1 else [])]

    def _row(
        self, label: str, names: Sequence[str], groups: Mapping[str, Sequence[str]], state: Mapping[str, Any]
    ) -> dict[str, Any]:
        own, counts = set(names), dict.fromkeys(KINDS, 0)
        for members in groups.values():
            held = [state[name] for name in members if name in own]
            if held:
                exact = len(held) - len({one[6] for one in held})
                strangers = len({one[4] for one in held}) - 1
                over = len(held) - 1
                for kind, n in zip(KINDS, (exact, over - exact, over - strangers, strangers), strict=True):
                    counts[kind] += n
        n, copies = len(names), counts["exact"] + counts["near"]
        low, high = clopper_pearson(counts["of_strangers"], n)
        ends = {"low": round(low, 4), "high": round(high, 4)}
        return {
            "class": label,
            "n": n,
            "copies": copies,
            **counts,
            "share": round(counts["of_strangers"] / n, 4),
            **ends,
        }

    def _rate(self, row: Mapping[str, Any], groups: Mapping[str, Sequence[str]], state: Mapping[str, Any]) -> Finding:
        share = row["of_strangers"] / row["n"]
        many = row["low"] > self.many_from
        largest = sorted((one for one in groups.values() if len(one) > 1), key=lambda one: (-len(one), min(one)))
        what = say(
            "{share:.1%} [{low:.1%}, {high:.1%}] of {n} samples are copies of samples with another parent ({exact} of "
            "{copies} copies are exact, {of_siblings} are of siblings)",
            **{**row, "share": share},
        )
        then = say("Keep one of each group, then ask for other things: more of the same teaches nothing")
        weight: Weight = "warn" if many else "note"
        samples = tuple(min(one) for one in largest[:EXAMPLES])
        plain = {name: value for name, value in row.items() if name != "class"}
        return Finding("duplicate_rate", what, weight, share, row["low"], row["high"], row["n"],
                       then if many else None, samples, (plain,))  # fmt: skip

    def _classes(self, rows: Sequence[dict[str, Any]]) -> Finding:
        order = sorted(rows, key=lambda row: (-row["share"], row["class"]))
        # All classes are asked at once: each has its part of the error.
        level = 1.0 - 0.05 / len(rows)
        many = [r["class"] for r in order if clopper_pearson(r["of_strangers"], r["n"], level)[0] > self.many_from]
        what = say("{many} of {n} classes have many copies: {classes}",
                   many=len(many), n=len(rows), classes=", ".join(many) or "-")  # fmt: skip
        weight: Weight = "warn" if many else "note"
        return Finding("duplicate_rate_by_class", what, weight, n=sum(r["n"] for r in rows), table=tuple(order))
