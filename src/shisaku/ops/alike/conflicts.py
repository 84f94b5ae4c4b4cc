"""Copies of one thing that come with different texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.alike.likeness import Likeness, key_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.stats.proportions import clopper_pearson
from shisaku.stats.shingles import jaccard, shingles

MANY = 0.01
EXAMPLES = 20


@dataclass(frozen=True)
class Conflicts(Likeness):
    """Groups of copies whose texts have too few words in common with the text that most of the group bear."""

    together: ClassVar[bool] = True
    size: ClassVar[StateSize] = "O(n*d)"

    text: str = "text"
    agree_from: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        part_names(text=self.text)
        within("agree_from", self.agree_from, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [print, words of its text, generations, how much there was in the original]."""

        def entry(sample: Sample) -> list[Any]:
            words = shingles(text_of(sample, self.text), 1, 2)
            return [self.read(sample), words, sample.depth, self.extent(sample)]

        return dict(measurable(batch, entry))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample measured, by sample id; `raw` is the Jaccard index with the usual text."""
        ids = sorted(state, key=lambda name: (state[name][2], -state[name][3], name))
        told = [name for name in ids if state[name][0] is not None]
        groups: dict[str, list[str]] = {name: [name] for name in ids}
        if told:
            keeper, _ = self.groups([state[name][0] for name in told])
            for k, lead in enumerate(keeper):
                if lead != k:
                    groups[told[lead]] += groups.pop(told[k])
        return sorted(
            (score for members in groups.values() for score in self._scored(state, members)),
            key=lambda score: score.sample,
        )

    def _scored(self, state: Mapping[str, Any], members: Sequence[str]) -> list[Score]:
        if len(members) == 1:
            return [Score(members[0], self.name, 1.0, 1.0, False)]
        usual, n = Counter(key_of(state[name][1]) for name in members).most_common(1)[0]
        # Where no text is borne twice, that of the keeper stands: members begin with it.
        first = next(name for name in members if n == 1 or key_of(state[name][1]) == usual)
        return [self._against(state, name, first, members[0]) for name in members]

    def _against(self, state: Mapping[str, Any], name: str, usual: str, keeper: str) -> Score:
        share = 1.0 if name == usual else _agreement(state[name][1], state[usual][1])
        if share >= self.agree_from:
            return Score(name, self.name, 1.0, share, False, None, keeper)
        reason = say(
            "The same as {other}, but its text {part} has only {share:.0%} of the words in common",
            other=usual,
            part=self.text,
            share=share,
        )
        return Score(name, self.name, 0.5 * share / self.agree_from, share, True, reason, keeper)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return how many samples contradict their copies."""
        scores = self.scores(state)
        wrong = [score for score in scores if score.issue]
        if not wrong:
            return []
        n = len(scores)
        what = say("{wrong} of {n} samples are copies of another with a different text", wrong=len(wrong), n=n)
        return [
            Finding(
                "conflict",
                what,
                "warn" if len(wrong) >= MANY * n else "note",
                len(wrong) / n,
                *clopper_pearson(len(wrong), n),
                n=n,
                next=say("Look which text is right: at most one can be, unless several were wanted for each"),
                samples=tuple(score.sample for score in sorted(wrong, key=lambda one: one.value))[:EXAMPLES],
            )
        ]


def _agreement(one: Any, other: Any) -> float:
    return 1.0 if np.array_equal(one, other) else jaccard(one, other)
