"""Whether an entity (patient, speaker, lot) has samples in more than one split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.alike.splits import rank
from shisaku.stats.proportions import clopper_pearson

EXAMPLES = 20


@dataclass(frozen=True)
class GroupLeak(Metric):
    """Score a sample 0 if its group has a sample in a split that comes before its own, else 1.

    A group is what must never straddle a split; splits come in the order test, validation, others by name, so that the
    test set keeps its items. `raw` is the number of splits that the group is in. Samples without a group or a split are
    no issue.

    What it finds: every group in more than one split; it compares names, so that nothing is missed or invented.
    When it hurts: it believes the names of the groups. Where samples have none, or one entity has two names, it is
    blind; look for near duplicates across splits too.

    Example::

        - {name: leak_group, op: dataset.group_leak, from: data}
    """

    name: ClassVar[str] = "dataset.group_leak"
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [group, split]."""
        return {sample.id: [sample.group, sample.facts.get("split", "")] for sample in batch}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        splits = _splits(state)
        return [self._score(sample, group, split, splits) for sample, (group, split) in sorted(state.items())]

    def _score(self, sample: str, group: str, split: str, splits: Mapping[str, Sequence[str]]) -> Score:
        held = splits.get(group, ())
        if not split or len(held) < 2:
            return Score(sample, self.name, 1.0, float(len(held)), False)
        if split == held[0]:
            return Score(sample, self.name, 1.0, float(len(held)), False, None, group)
        reason = say("Its group {group} is in {split} and in {first}", group=group, split=split, first=held[0])
        return Score(sample, self.name, 0.0, float(len(held)), True, reason, group)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return how many groups straddle splits, where there are groups and splits."""
        splits = _splits(state)
        if not splits or len({one for held in splits.values() for one in held}) < 2:
            return []
        n, torn = len(splits), sorted(group for group, held in splits.items() if len(held) > 1)
        where = Counter(", ".join(splits[group]) for group in torn)
        what = say("{torn} of {n} groups are in more than one split", torn=len(torn), n=n)
        return [
            Finding(
                "leak",
                what,
                "bad" if torn else "note",
                len(torn) / n,
                *clopper_pearson(len(torn), n),
                n=n,
                next=say("Split by group, then train again: what was measured is too good") if torn else None,
                samples=tuple(score.sample for score in self.scores(state) if score.issue)[:EXAMPLES],
                table=tuple({"splits": names, "groups": count} for names, count in where.most_common(EXAMPLES)),
            )
        ]


def _splits(state: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return group -> its splits in their order."""
    held: dict[str, set[str]] = {}
    for group, split in state.values():
        if group and split:
            held.setdefault(group, set()).add(split)
    return {group: sorted(splits, key=rank) for group, splits in held.items()}
