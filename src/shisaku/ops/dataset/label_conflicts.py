"""Whether copies of one thing bear different labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.annotators import majority
from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.learn.neighbours import leaders, unit_rows
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import Message, say
from shisaku.ops.dataset.judged import entry, table
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.stats.proportions import clopper_pearson

EXAMPLES = 20


@dataclass(frozen=True)
class LabelConflicts(Metric):
    """Score a sample by the share of its copies that bear the same label as it.

    Copies are samples whose features have a cosine of `near` or more with those of a keeper, the first of them by id
    (rows power-normalised and brought to length 1 by `transform`); identical content always is. `raw` is the share of
    the group, the sample included, that bears another label; from `issue_from` on it is an issue: at 0.5 all of two
    copies that contradict each other, and of more the minority. Where most agree the reason names their label
    (`suggested`). All rows are compared with all keepers: time grows with their square.

    What it finds: every planted contradiction between stamps of identical content (n = 300, no false alarm), 87 % if
    the copy went through JPEG of quality 95, 37 % at 75 and 7 % at 20; of MNIST digits all, 36 % at 95, none below.
    Of captions through text.embed char_ngrams (n = 785) 85 % of both sides, also with another case or outer white
    space: the rest are majorities of real copies, which are not called; with another mark at the end 7 %. False
    alarms 0.9 %: captions that several classes share.
    When it hurts: features that are blind to what the label is about (the one digit that differs in two serial
    numbers) call different things copies; look at the pair before correcting. A copy that the features do not
    recognise (cropped, turned) is not found, and copies that are wrong together agree.

    Example::

        - {name: label_conflicts, op: dataset.label_conflicts, from: image_features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.label_conflicts"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"near", "transform", "issue_from"})

    features: str = "features"
    label: str = ""
    near: float = 0.98
    transform: RowTransform = "sqrt_l2"
    issue_from: float = 0.5

    def __post_init__(self) -> None:
        part_names(features=self.features)
        within("near", self.near, 0.0, 1.0)
        within("issue_from", self.issue_from, 0.0, 1.0)
        one_of("transform", self.transform, ROW_TRANSFORMS)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [label, entity, features]; samples without one have no entry."""
        return dict(measurable(batch, lambda sample: entry(sample, self.features, self.label)))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id; the group is that of the copies."""
        scores = {}
        for members in self._groups(state):
            votes = Counter(label for _, label in members)
            for sample, label in members:
                other = 1.0 - votes[label] / len(members)
                issue = other > 0 and other >= self.issue_from
                reason = _reason(sample, label, members) if issue else None
                group = members[0][0] if len(votes) > 1 else ""
                scores[sample] = Score(sample, self.name, 1.0 - other, other, issue, reason, group)
        return [scores[sample] for sample in sorted(scores)]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return how many groups of copies contradict themselves."""
        groups = [members for members in self._groups(state) if len(members) > 1]
        if not groups:
            return []
        torn = [members for members in groups if len({label for _, label in members}) > 1]
        low, high = clopper_pearson(len(torn), len(groups))
        what = say(
            "{torn} of {n} groups of copies bear labels that contradict each other", torn=len(torn), n=len(groups)
        )
        rows = tuple(
            {"copies": len(members), "labels": ", ".join(sorted({label for _, label in members})), "of": members[0][0]}
            for members in torn[:EXAMPLES]
        )
        then = say("Decide each by looking at it; then keep one copy")
        return [
            Finding(
                "label_conflicts",
                what,
                "warn" if torn else "note",
                len(torn) / len(groups),
                low,
                high,
                len(groups),
                then if torn else None,
                tuple(sample for members in torn for sample, _ in members)[:EXAMPLES],
                rows,
            )
        ]

    def _groups(self, state: Mapping[str, Any]) -> list[list[tuple[str, str]]]:
        """Return the groups of copies, each its (id, label) with the keeper first."""
        data = table(state)
        if not data.ids:
            return []
        # A hair below 1: the last bits of a cosine depend on the order of the sum.
        near = min(self.near, 1.0 - 1e-5)
        keeper, _ = leaders(unit_rows(transform_rows(data.rows, self.transform)), near)
        groups: dict[int, list[tuple[str, str]]] = {}
        for place in np.argsort(keeper, kind="stable"):
            groups.setdefault(int(keeper[place]), []).append((data.ids[place], data.labels[place]))
        return list(groups.values())


def _reason(sample: str, label: str, members: Sequence[tuple[str, str]]) -> Message:
    other, theirs = next((other, theirs) for other, theirs in members if theirs != label)
    most = majority([one for _, one in members])
    if most and most != label:
        return say(
            "labelled {given}, but most of its {n} copies are {suggested} (such as {other})",
            given=label,
            n=len(members),
            suggested=most,
            other=other,
        )
    return say("labelled {given}, its copy {other} is {theirs}", given=label, other=other, theirs=theirs)
