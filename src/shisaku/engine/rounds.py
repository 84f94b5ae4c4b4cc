"""Making in rounds: whom to ask next, what of a round is new, and when there is enough. Pure: ids and numbers.

A round is looked at only when all of it is there, sorted by id, so that neither order nor workers decide anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shisaku.core.drop import Drop
from shisaku.core.recipe import Step, Want
from shisaku.core.score import Score
from shisaku.core.seed import key_for
from shisaku.message import say


@dataclass
class Tally:
    """How many there are of each class, or of each source where no label counts, against what is wanted.

    `classes` maps every source to its class; a source without one is never asked.
    """

    want: Want | None
    classes: Mapping[str, str]
    have: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if self.want is not None and self.want.label and self.want.with_real:
            self.have.update(self.classes.values())

    def count(self, sources: Sequence[str]) -> None:
        """Note what was made and kept, by the source of each."""
        self.have.update(self.classes[source] for source in sources if source in self.classes)

    def lacking(self) -> dict[str, int]:
        """Return how many are wanted yet of each class, sorted by it."""
        if self.want is None:
            return {}
        return {name: n for name in sorted(set(self.classes.values())) if (n := self.want.n - self.have[name]) > 0}

    def next(self, step: Step, seed: int, turn: int) -> frozenset[str]:
        """Return the sources to ask in a round: all without a `want`, else of each class as many as it lacks.

        Who is asked is drawn by a key of (seed, step, round, id), so that each has its turn.
        """
        if self.want is None:
            return frozenset(self.classes)
        by_class: dict[str, list[str]] = {}
        for source in sorted(self.classes, key=lambda one: key_for(seed, f"{step.name}#{turn}.ask", one)):
            by_class.setdefault(self.classes[source], []).append(source)
        return frozenset(id_ for name, n in self.lacking().items() for id_ in by_class[name][:n])


def copies(step: str, op: str, scores: Sequence[Score], new: frozenset[str]) -> dict[str, Drop]:
    """Return a Drop for every one of `new` that matches something older, or another new one that stays.

    Of a group without anything older the one stays that the Metric itself would keep.
    """
    groups: dict[str, list[Score]] = {}
    for score in scores:
        if score.group:
            groups.setdefault(score.group, []).append(score)
    drops: dict[str, Drop] = {}
    for lead, members in groups.items():
        older = [one.sample for one in members if one.sample not in new]
        for one in members:
            if one.sample in new and (older or one.issue):
                like = older[0] if older else lead
                reason = one.reason or say("Matches {other}, which was there before", other=like)
                drops[one.sample] = Drop(one.sample, step, op, reason, one.value)
    return drops
