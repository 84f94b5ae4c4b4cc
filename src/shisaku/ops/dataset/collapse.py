"""Whether what is made becomes more and more of the same: over all, round by round and prompt by prompt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.core.seed import key_for
from shisaku.learn.neighbours import unit_rows
from shisaku.learn.one_thread import one_thread
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import Message, say
from shisaku.ops.dataset.reference import read_reference
from shisaku.ops.falling import over_rounds, row_of
from shisaku.ops.limits import one_of, ordered, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.rounds import UNKNOWN, round_of, slots_in
from shisaku.stats.collapse import Rows, Seen, coverage, nearest_other, unlike, variety
from shisaku.stats.jackknife import Jackknifed, apart
from shisaku.stats.proportions import clopper_pearson
from shisaku.store.marks import MADE_BY

REAL: Final = "\x00real/"  # before the ids of the reference, which no sample's id starts with
MOST_REAL: Final = 2000  # real rows whose balls are looked into
FEWEST: Final = 5  # entities, under which no standard error is worth its name
ERROR: Final = 0.05
CALLED: dict[str, Message] = {
    "coverage": say("Coverage of the real samples"),
    "variety": say("Variety (Vendi / n)"),
    "unlike": say("The share that is no near copy"),
}


@dataclass(frozen=True)
class Collapse(Metric):
    """Score a made sample by how far it is from every other made one that is no sibling: 1 - max(0, cosine).

    `raw` is the largest cosine of its features (rows transformed by `transform`) to another made sample with another
    parent; there is no threshold for a single sample (dataset.semantic_duplicate drops copies).

    Three figures that shrink when a generator gives more and more of the same, at equal n (up to `at` samples), with 95
    % intervals of a delete-a-group jackknife over entities (20 groups, Student's t): ``coverage``, the share of real
    samples whose ball to their `k`-th nearest real neighbour holds a made one (Naeem et al., ICML 2020); ``variety``,
    Vendi / n (Friedman and Dieng, TMLR 2023) of the features less the mean of the real ones; ``unlike``, the share with
    no stranger as near as the cosine `near`. The last two warn where they lie below `of_real` times those of as many
    real samples. Over rounds (`rounds`: the trace ``made_by``, or a fact that holds a number) of `at_least` samples or
    more, each is followed by the slope of Theil and Sen with its interval; it warns where Mann-Kendall finds a fall
    (from five rounds on it can; error 0.05 over the three) of more than `loss`, or where a round lies below (1 -
    `loss`) times the first. Values of prompt slots are named where the share of near copies within them is above
    `copied_from` (Clopper-Pearson, Bonferroni).

    What it finds: Half of 785 captioned pictures stood for the real ones, half for made ones (10 repeats, no alarm in
    10 without copies). With features of image.embed and near copies of three (cosine to each other 0.94) in five rounds
    of 78, the findings over rounds warned where the copies grow to 0.1, 0.2 and 0.4 of the last round in 3, 2 and 9 of
    10, and where the last round alone has them in 1, 2 and 10: both limits are 0.4. Copies under one of four prompt
    values were named in 10 of 10 where they were 0.4 of its samples and had a cosine of 0.98 to each other, in none at
    0.2; at 0.94 they are further apart than `near` and pass at any share.
    When it hurts: it sees what the features see. A first round that had collapsed already, and rounds that repeat each
    other but vary within, show in no trend: look at the whole against the real. Real samples with few kinds of their
    own hide what is lost. A round is that of the last step that made a sample: follow the step that went in rounds.

    Example::

        - {name: collapse, op: dataset.collapse, from: features_made, reference: features_real}
    """

    name: ClassVar[str] = "dataset.collapse"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    tolerance: ClassVar[float] = 1e-5
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"transform", "near", "k", "at", "at_least", "loss", "of_real", "copied_from", "seed"}
    )

    features: str = "features"
    transform: RowTransform = "sqrt_l2"
    rounds: str = MADE_BY
    near: float = 0.95
    k: int = 5
    at: int = 200
    at_least: int = 30
    loss: float = 0.1
    of_real: float = 0.5
    copied_from: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(features=self.features)
        one_of("transform", self.transform, ROW_TRANSFORMS)
        within("near", self.near, 0.0, 1.0)
        within("k", self.k, 1, 100)
        within("at", self.at, 10, 2000)
        within("at_least", self.at_least, 10, 2000)
        ordered("at_least", self.at_least, "at", self.at)
        within("loss", self.loss, 0.0, 1.0)
        within("of_real", self.of_real, 0.0, 1.0)
        within("copied_from", self.copied_from, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return id -> [entity, first parent, round, slots, features] of both sides; zero features are left out.

        Raises RecipeError without a reference, DataError where the reference lacks features.
        """
        real = read_reference(reference, self.features, self.name)
        own = measurable(batch, lambda sample: real.row_of(sample, self.features))
        by_id = {sample.id: sample for sample in batch}
        made = {name: _entry(by_id[name], row, self.rounds) for name, row in own.items() if row.any()}
        held = zip(real.samples, real.rows, strict=True)
        return {**made, **{f"{REAL}{one.id}": _entry(one, row, "") for one, row in held if row.any()}}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id."""
        ids = sorted(name for name in state if not name.startswith(REAL))
        cosines = nearest_other(self._seen(state, ids)).tolist() if ids else []
        return [
            Score(name, self.name, 1.0 - min(1.0, max(0.0, cosine)), cosine)
            for name, cosine in zip(ids, cosines, strict=True)
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return coverage, variety and copies of the whole, over rounds, and prompts that give copies."""
        order = sorted(state, key=lambda name: (key_for(self.seed, name), name))
        made = [name for name in order if not name.startswith(REAL)]
        real = [name for name in order if name.startswith(REAL)]
        if not self._enough(state, made) or not self._enough(state, real) or len(real) <= self.k:
            what = say(
                "Collapse was not asked for: {made} made and {real} real samples, where it takes {wanted} of each from "
                "{entities} sources or more",
                made=len(made), real=len(real), wanted=self.at_least, entities=FEWEST,
            )  # fmt: skip
            return [Finding("collapse_not_asked", what, "note", n=len(made))]
        ground = self._seen(state, real[:MOST_REAL])
        with one_thread():  # many small eigenproblems: threads would cost more than they bring
            return [*self._whole(state, made, ground), *self._rounds(state, made, ground), *self._prompts(state, made)]

    def _figures(self, seen: Seen, ground: Seen) -> dict[str, Jackknifed]:
        return {
            "coverage": coverage(ground.rows, seen, self.k),
            "variety": variety(seen, ground.rows.mean(axis=0)),
            "unlike": unlike(seen, self.near),
        }

    def _whole(self, state: Mapping[str, Any], made: list[str], ground: Seen) -> list[Finding]:
        size = min(self.at, len(made), len(ground.rows))
        own = self._figures(self._seen(state, made[:size]), ground)
        real = ground.first(size)
        theirs = {"variety": variety(real, ground.rows.mean(axis=0)), "unlike": unlike(real, self.near)}
        low, high = own["coverage"].share()
        what = say("The made samples cover {value:.0%} [{low:.0%}, {high:.0%}] of the real ones, at {n} made samples",
                   value=own["coverage"].value, low=low, high=high, n=size)  # fmt: skip
        row = (row_of("set", "made", own["coverage"]),)
        covered = Finding("coverage", what, "note", own["coverage"].value, low, high, size, table=row)
        return [covered, *(self._compared(name, own[name], theirs[name]) for name in theirs)]

    def _compared(self, name: str, own: Jackknifed, theirs: Jackknifed) -> Finding:
        less = apart(own, theirs, self.of_real)
        poor = less.value + less.reach(ERROR / 2) < 0.0
        low, high = own.share()
        what = say(
            "{figure} of {n} made samples is {value:.3f} [{low:.3f}, {high:.3f}], of as many real ones {real:.3f}",
            figure=CALLED[name], n=own.n, value=own.value, low=low, high=high, real=theirs.value,
        )  # fmt: skip
        then = say("Drop the copies (dataset.semantic_duplicate), then ask for other things") if poor else None
        table = (row_of("set", "made", own), row_of("set", "real", theirs))
        return Finding(name, what, "warn" if poor else "note", own.value, low, high, own.n, then, table=table)

    def _rounds(self, state: Mapping[str, Any], made: list[str], ground: Seen) -> list[Finding]:
        held: dict[int, list[str]] = defaultdict(list)
        for name in made:
            if state[name][2] != UNKNOWN:
                held[state[name][2]].append(name)
        if not held:
            return []
        full = {turn: names for turn, names in held.items() if self._enough(state, names)}
        size = min([self.at, *map(len, full.values())])
        figures = {turn: self._figures(self._seen(state, names[:size]), ground) for turn, names in full.items()}
        return [
            over_rounds(
                f"{name}_over_rounds",
                figure,
                {turn: of_round[name] for turn, of_round in figures.items()},
                self.at_least,
                self.loss,
                ERROR / len(CALLED),
            )
            for name, figure in CALLED.items()
        ]

    def _prompts(self, state: Mapping[str, Any], made: list[str]) -> list[Finding]:
        held: dict[str, list[str]] = defaultdict(list)
        for name in made:
            for slot in state[name][3]:
                held[slot].append(name)
        full = {slot: names for slot, names in held.items() if self._enough(state, names)}
        if not full:
            return []
        size = min([self.at, *map(len, full.values())])
        rows = [self._prompt(state, slot, names[:size], 1.0 - ERROR / len(full)) for slot, names in full.items()]
        rows.sort(key=lambda row: (-row["copies"], row["prompt"]))
        poor = [str(row["prompt"]) for row in rows if row["low"] > self.copied_from]
        what = say("{poor} of {n} prompt values give near copies of one thing: {slots}",
                   poor=len(poor), n=len(rows), slots=", ".join(poor) or "-")  # fmt: skip
        then = say("Reword these prompts, or ask for other things with them") if poor else None
        found = Finding("copies_by_prompt", what, "warn" if poor else "note", n=len(made), next=then, table=tuple(rows))
        return [found]

    def _prompt(self, state: Mapping[str, Any], slot: str, names: list[str], level: float) -> dict[str, Any]:
        copies = int((nearest_other(self._seen(state, names)) >= self.near).sum())
        low, high = clopper_pearson(copies, len(names), level)
        share = round(copies / len(names), 4)
        return {"prompt": slot, "copies": share, "low": round(low, 4), "high": round(high, 4), "n": len(names)}

    def _enough(self, state: Mapping[str, Any], names: Sequence[str]) -> bool:
        return len(names) >= self.at_least and len({state[name][0] for name in names}) >= FEWEST

    def _seen(self, state: Mapping[str, Any], names: Sequence[str]) -> Seen:
        rows = np.stack([state[name][4] for name in names]).astype(np.float64)
        unit: Rows = unit_rows(transform_rows(rows, self.transform))
        parent = {one: k for k, one in enumerate(dict.fromkeys(state[name][1] for name in names))}
        codes = np.array([parent[state[name][1]] for name in names], np.intp)
        return Seen(unit, [state[name][0] for name in names], codes)


def _entry(sample: Sample, row: Any, rounds: str) -> list[Any]:
    turn = round_of(sample, rounds) if rounds else UNKNOWN
    slots = slots_in(sample) if rounds else []
    # A sample without a parent is nobody's sibling.
    return [sample.entity, (sample.parents or (sample.id,))[0], turn, slots, row.astype(np.float32)]
