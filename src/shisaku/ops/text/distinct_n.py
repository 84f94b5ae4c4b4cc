"""How many different words and pairs of words a set of texts has, over all, round by round and prompt by prompt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.falling import over_rounds, row_of
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.rounds import UNKNOWN
from shisaku.ops.text.corpus import Text, entries, made_of, real_of
from shisaku.stats.jackknife import Jackknifed, apart, jackknife
from shisaku.stats.ngram_diversity import Codes, coded, distinct, expectation_adjusted
from shisaku.store.marks import MADE_BY

FEWEST = 5  # entities, under which no standard error is worth its name
ERROR = 0.05
CALLED: dict[str, Message] = {
    "distinct_1": say("Distinct-1"),
    "distinct_2": say("Distinct-2"),
    "ead": say("Expectation-adjusted distinct"),
}
Figure = Callable[[Sequence[Text]], Jackknifed]


@dataclass(frozen=True)
class DistinctN(Metric):
    """Score a text by the share of its pairs of words that no other made text has.

    That share is `raw` (of a text of one word: whether another has the word). Findings, each at equal n (up to `at`
    texts of each side) with 95 % intervals of a delete-a-group jackknife over entities (20 groups, Student's t; a
    bootstrap would take repeated texts for copies): ``distinct_1`` and ``distinct_2``, different n-grams / all n-grams
    (Li et al., NAACL 2016), and ``ead``, different words / those expected of as many drawn evenly from the vocabulary
    of both sides (Liu et al., ACL 2022), which long texts do not lower. They warn where the made texts lie below
    `of_real` times the real ones of the reference.

    Where facts tell the round (`rounds`: the trace ``made_by``, or a fact that holds a number), distinct-2 and EAD are
    followed over rounds of `at_least` texts or more: the slope of Theil and Sen with its interval, a warning where
    Mann-Kendall finds a fall (from five rounds on it can) of more than `loss`, or where a round lies below (1 - `loss`)
    times the first. Where facts tell the slots of the prompt, prompt values that give fewer different words than
    `of_real` times their median are named. Words are those of text.self_bleu.

    What it finds: Half of 785 captioned pictures stood for the real ones, half for made ones (10 repeats, no alarm in
    10 without copies). Captions replaced by copies of three in which a word was lost or two changed places warned,
    where they were 0.2, 0.4 and 0.8 of all, in 2, 5 and 10 of 10 (Japanese captions 2, 2 and 10): the limit is 0.8. In
    five rounds of 78 with a share that grows to 0.2, 0.4 and 0.8 in the last, in 4, 8 and 10: the limit is 0.4. In the
    last round alone 1, 5 and 10, with one of four prompt values alone 0, 3 and 10: the limits are 0.8.
    When it hurts: distinct-1 and distinct-2 fall with the length of the texts: read EAD beside them. Many different
    words are not good ones. A round is that of the last step that made a sample: follow the step that went in rounds.

    Example::

        - {name: words, op: text.distinct_n, from: reworded, reference: real, with: {text: caption}}
    """

    name: ClassVar[str] = "text.distinct_n"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"at", "at_least", "of_real", "loss", "seed"})

    text: str = "caption"
    rounds: str = MADE_BY
    at: int = 500
    at_least: int = 30
    of_real: float = 0.8
    loss: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("at", self.at, 10, 100_000)
        within("at_least", self.at_least, 10, 100_000)
        ordered("at_least", self.at_least, "at", self.at)
        within("of_real", self.of_real, 0.0, 1.0)
        within("loss", self.loss, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return id -> [entity, round, slots, tokens] of both sides. Raises RecipeError without a reference."""
        return entries(batch, reference, self.text, self.rounds, self.name)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made text, by sample id."""
        texts = sorted(made_of(state, self.seed), key=lambda one: one.id)
        pairs, words = (coded([one.tokens for one in texts], n) for n in (2, 1))
        held = [pair if len(pair) else np.zeros(0, np.int64) for pair in pairs]
        shares = _own(held), _own(words)
        values = [float(shares[0][k] if len(pair) else shares[1][k]) for k, pair in enumerate(held)]
        return [Score(one.id, self.name, value, value) for one, value in zip(texts, values, strict=True)]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return distinct-1, distinct-2 and EAD of both sides at equal n, over rounds, and prompts that repeat."""
        made, real = made_of(state, self.seed), real_of(state, self.seed)
        figures = self._figures([*made, *real])
        return [
            *self._whole(made, real, figures),
            *self._rounds(made, figures),
            *self._prompts(made, figures["ead"]),
        ]

    def _figures(self, texts: Sequence[Text]) -> dict[str, Figure]:
        tokens = [one.tokens for one in texts]
        words, pairs = coded(tokens, 1), coded(tokens, 2)
        place = {id(one): k for k, one in enumerate(texts)}
        vocabulary = int(max((one.max() for one in words), default=-1)) + 1

        def figure(codes: Sequence[Codes], of: Callable[[list[Codes]], float]) -> Figure:
            def taken(some: Sequence[Text]) -> Jackknifed:
                held = [codes[place[id(one)]] for one in some]
                return jackknife([one.entity for one in some], lambda places: of([held[k] for k in places]))

            return taken

        return {
            "distinct_1": figure(words, distinct),
            "distinct_2": figure(pairs, distinct),
            "ead": figure(words, lambda held: expectation_adjusted(held, vocabulary)),
        }

    def _enough(self, texts: Sequence[Text], size: int) -> bool:
        return size >= self.at_least and len({one.entity for one in texts[:size]}) >= FEWEST

    def _whole(self, made: list[Text], real: list[Text], figures: Mapping[str, Figure]) -> list[Finding]:
        size = min(self.at, len(made), len(real))
        if not (self._enough(made, size) and self._enough(real, size)):
            what = say(
                "Distinct words were not counted: {made} made and {real} real texts, where it takes {wanted} of each "
                "from {entities} sources or more",
                made=len(made), real=len(real), wanted=self.at_least, entities=FEWEST,
            )  # fmt: skip
            return [Finding("distinct_not_asked", what, "note", n=size)]
        return [self._compared(name, figure(made[:size]), figure(real[:size])) for name, figure in figures.items()]

    def _compared(self, name: str, own: Jackknifed, theirs: Jackknifed) -> Finding:
        less = apart(own, theirs, self.of_real)
        poor = less.value + less.reach(ERROR / len(CALLED)) < 0.0
        low, high = own.share()
        what = say(
            "{figure} of {n} made texts is {value:.3f} [{low:.3f}, {high:.3f}], of as many real ones {real:.3f}",
            figure=CALLED[name], n=own.n, value=own.value, low=low, high=high, real=theirs.value,
        )  # fmt: skip
        then = say("Give the prompts more slots or wordings: the made texts have fewer different words than real ones")
        table = (row_of("set", "made", own), row_of("set", "real", theirs))
        weight: Weight = "warn" if poor else "note"
        return Finding(name, what, weight, own.value, low, high, own.n, then if poor else None, table=table)

    def _rounds(self, made: Sequence[Text], figures: Mapping[str, Figure]) -> list[Finding]:
        held: dict[int, list[Text]] = defaultdict(list)
        for one in made:
            if one.round != UNKNOWN:
                held[one.round].append(one)
        full = {turn: texts for turn, texts in held.items() if self._enough(texts, len(texts))}
        if not held:
            return []
        size = min([self.at, *map(len, full.values())])
        return [
            over_rounds(
                f"{name}_over_rounds",
                CALLED[name],
                {turn: figures[name](texts[:size]) for turn, texts in full.items()},
                self.at_least,
                self.loss,
                ERROR / 2,
            )
            for name in ("distinct_2", "ead")
        ]

    def _prompts(self, made: Sequence[Text], figure: Figure) -> list[Finding]:
        held: dict[str, list[Text]] = defaultdict(list)
        for one in made:
            for slot in one.slots:
                held[slot].append(one)
        full = {slot: texts for slot, texts in sorted(held.items()) if self._enough(texts, len(texts))}
        if len(full) < 2:
            return []
        size = min(self.at, *map(len, full.values()))
        of_slot = {slot: figure(texts[:size]) for slot, texts in full.items()}
        middle = float(np.median([one.value for one in of_slot.values()]))
        order = sorted(of_slot, key=lambda slot: (of_slot[slot].value, slot))
        table = tuple(row_of("prompt", slot, of_slot[slot]) for slot in order)
        tail = ERROR / len(order)
        poor = [slot for slot in order if of_slot[slot].value + of_slot[slot].reach(tail) < self.of_real * middle]
        what = say(
            "{poor} of {n} prompt values give fewer different words than half of the others: {slots}",
            poor=len(poor), n=len(order), slots=", ".join(poor) or "-",
        )  # fmt: skip
        then = say("Reword these prompts, or ask for other things with them") if poor else None
        return [Finding("distinct_by_prompt", what, "warn" if poor else "note", n=len(made), next=then, table=table)]


def _own(codes: Sequence[Codes]) -> list[float]:
    """Return of each text the share of its n-grams that no other text has."""
    different = [np.unique(one) for one in codes]
    texts = np.bincount(np.concatenate(different)) if any(len(one) for one in different) else np.zeros(0, np.int64)
    return [float((texts[one] == 1).mean()) if len(one) else 0.0 for one in different]
