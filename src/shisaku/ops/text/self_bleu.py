"""How much of each text the others of its set say as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.falling import row_of
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.text.corpus import Text, entries, made_of, real_of
from shisaku.stats.bleu import grams_of, self_bleu
from shisaku.stats.jackknife import Jackknifed, apart, jackknife

EXAMPLES = 20
FEWEST = 5  # entities, under which no standard error is worth its name


@dataclass(frozen=True)
class SelfBleu(Metric):
    """Score a text by how little of it the other made texts say: 1 - self-BLEU.

    Every text is the hypothesis of BLEU-4 with the others as its references together, not one by one (Zhu et al., SIGIR
    2018), up to `others` of them drawn by `seed`. BLEU is that of sacrebleu's sentences (effective order, exponential
    smoothing; agreement 1e-9), on words in NFKC and folded case without signs: morphemes of SudachiPy in Japanese,
    characters in Chinese and Thai. `raw` is BLEU in [0, 1]. It has no threshold for a single text.

    The finding ``self_bleu`` gives the mean of the made texts and of the real ones of the reference at equal n (up to
    `at` of each, since it grows with n), with 95 % intervals of a delete-a-group jackknife over entities (20 groups,
    Student's t). It warns where the interval of made less real lies above `worse_by`. With fewer than `at_least` texts
    of a side, or five entities, there is no figure.

    What it finds: Half of 785 captioned pictures stood for the real ones, half for made ones (10 repeats, no alarm in
    10 without copies). With `at: 200`, captions replaced by copies of three in which a word was lost or two changed
    places warned in 10 of 10 where they were 0.4 of all, in 1 where they were 0.2, in none below: the limit is 0.4. Of
    Japanese captions (n = 392) in 8 at 0.4, in none at 0.2 or below.
    When it hurts: short texts score high by nature (a text of one word that any other has is at 1), so compare with
    real ones of the same kind only. Paraphrases in other words pass. Japanese needs the extra ``ja``; without it
    Japanese texts get no score.

    Example::

        - {name: alike, op: text.self_bleu, from: reworded, reference: real, with: {text: caption}}
    """

    name: ClassVar[str] = "text.self_bleu"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"others", "at", "at_least", "worse_by", "seed"})

    text: str = "caption"
    others: int = 200
    at: int = 500
    at_least: int = 50
    worse_by: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("others", self.others, 1, 10_000)
        within("at", self.at, 10, 10_000)
        within("at_least", self.at_least, 10, 10_000)
        ordered("at_least", self.at_least, "at", self.at)
        within("worse_by", self.worse_by, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return id -> [entity, round, slots, tokens] of both sides. Raises RecipeError without a reference."""
        return entries(batch, reference, self.text, "", self.name)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made text, by sample id."""
        texts = made_of(state, self.seed)
        found = self_bleu([grams_of(one.tokens) for one in texts], range(len(texts)), self.others)
        made = [
            Score(one.id, self.name, 1.0 - min(1.0, raw), raw) for one, raw in zip(texts, found.tolist(), strict=True)
        ]
        return sorted(made, key=lambda score: score.sample)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the self-BLEU of the made and of as many real texts, and whether the made ones have more."""
        made, real = made_of(state, self.seed), real_of(state, self.seed)
        size = min(self.at, len(made), len(real))
        few = min(len({one.entity for one in side[:size]}) for side in (made, real))
        if size < self.at_least or few < FEWEST:
            what = say(
                "Self-BLEU was not asked for: {made} made and {real} real texts, where it takes {wanted} of each from "
                "{entities} sources or more",
                made=len(made), real=len(real), wanted=self.at_least, entities=FEWEST,
            )  # fmt: skip
            return [Finding("self_bleu", what, "note", n=size)]
        own, theirs = self._figure(made[:size]), self._figure(real[:size])
        more = apart(own, theirs)
        low, high = own.share()
        held = {"n": size, "value": own.value, "low": low, "high": high, "real": theirs.value, "more": more.value}
        held |= dict(zip(("least", "most"), more.interval(), strict=True))
        table = tuple(row_of("set", *one) for one in (("made", own), ("real", theirs)))
        what = say(
            "Self-BLEU of {n} made texts is {value:.3f} [{low:.3f}, {high:.3f}], of as many real ones {real:.3f}: "
            "{more:.3f} [{least:.3f}, {most:.3f}] more",
            **held,
        )
        same = held["least"] > self.worse_by
        then = say("Give the prompts more slots, raise the temperature, or drop texts that others say as well")
        worst = sorted(self.scores(state), key=lambda score: (-score.raw, score.sample))[:EXAMPLES]
        ids = tuple(score.sample for score in worst)
        weight: Weight = "warn" if same else "note"
        return [Finding("self_bleu", what, weight, own.value, low, high, size, then if same else None, ids, table)]

    def _figure(self, texts: Sequence[Text]) -> Jackknifed:
        grams = [grams_of(one.tokens) for one in texts]

        def mean(places: Any) -> float:
            return float(np.mean(self_bleu(grams, places.tolist(), self.others)))

        return jackknife([one.entity for one in texts], mean)
