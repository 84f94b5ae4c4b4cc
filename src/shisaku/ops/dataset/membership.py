"""Whether what was made gives away which real items it was made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.metric import State
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.alike.against import Once
from shisaku.ops.dataset.against_used import AgainstUsed
from shisaku.ops.dataset.used import HELD, NONE, OPEN, PARENTS, USED, Real, get_holdout, how_known
from shisaku.ops.limits import within
from shisaku.ops.outcome import measurable
from shisaku.stats.auroc import auroc
from shisaku.stats.membership import FEWEST, caught_at, relative_nearness
from shisaku.stats.nearest_apart import nearest_apart

REAL = ""  # the entry of the real items; no sample has this id
EXAMPLES = 20


@dataclass(frozen=True)
class Victims:
    """Real items of known side: scores of the attack, sides, groups, and the made item that each was nearest to."""

    attack: npt.NDArray[np.float64]
    used: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]
    made: tuple[str, ...]
    way: str


@dataclass(frozen=True)
class Membership(AgainstUsed):
    """Attack: tell real items that were used (members) from held-out ones by how near made items lie to them.

    A real item's score is the log of the distance to its nearest other real item over that to its nearest made one
    (Euclidean, features transformed by `transform`; black-box attack calibrated by density as in GAN-Leaks, Chen et
    al., CCS 2020), or with `calibrated: false` minus the distance to the made one (Hayes et al., PETS 2019, without a
    discriminator). Made items that come from a real item's own group do not count for it. The finding is the area under
    the ROC curve of members against non-members (0.5: nothing is given away) with its 95 % interval over groups
    (Obuchowski 1997), `bad` from a lower end above 0.5 + `margin` on; and the true-positive rate at 1 % false positives
    (Carlini et al., S&P 2022), only with 1,000 non-members or more. How members are known: see dataset.copying.
    A made item's `raw` is to how many members it is the nearest made item less to how many non-members, its score
    1 / (1 + raw) where that is above 0; none is an issue.

    What it finds: exact copies among 500 MNIST digits (pixels; 500 members, 500 non-members) from 20 % copies on (10
    of 10 draws, none at 10 %), no alarm in 10 clean draws.
    When it hurts: it is one simple attack from outside, through the features given: an area of 0.5 is no promise of
    privacy, and a stronger attack (on the generator itself) may find more.

    Example::

        - {name: membership, op: dataset.membership, from: seen, reference: real, with: {holdout: {role: holdout}}}
    """

    name: ClassVar[str] = "dataset.membership"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"calibrated", "margin", "at_least"})

    calibrated: bool = True
    margin: float = 0.02
    at_least: int = 20

    def __post_init__(self) -> None:
        super().__post_init__()
        within("margin", self.margin, 0.0, 0.5)
        within("at_least", self.at_least, 2, 1e9)
        object.__setattr__(self, "_alone", Once())

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return what is known of the real items, and sample id -> the real items that it is nearest to in the batch.

        Raises RecipeError without a reference, DataError where the reference lacks features.
        """
        real = self.real(reference)
        rows = measurable(sorted(batch, key=lambda one: one.id), lambda sample: real.row_of(sample, self.features))
        if not rows:
            return {}
        once: Once = getattr(self, "_alone")  # noqa: B009
        _, alone = once.of(reference or (), lambda _: ([], _alone(real)))
        by_id = {sample.id: sample for sample in batch}
        own = [real.own(by_id[name]) for name in rows]
        barred = _barred(real, own)
        place, apart = nearest_apart(real.rows, np.stack(list(rows.values())), 1, barred)
        made: State = {REAL: [real.way, real.sides, real.groups.astype(np.int32), alone]}
        for k, name in enumerate(rows):
            won = np.flatnonzero(place[:, 0] == k)
            made[name] = [own[k].astype(np.int32), won.astype(np.int32), apart[won, 0]]
        return made

    def _victims(self, state: Mapping[str, Any]) -> Victims | None:
        """Return the real items of known side with the attack's scores; None where no side is known."""
        if REAL not in state or state[REAL][0] == NONE:
            return None
        way, sides, groups, alone = state[REAL]
        names = sorted(set(state) - {REAL})
        near, winner = np.full(len(sides), np.inf), np.full(len(sides), -1)
        for k, name in enumerate(names):
            _, won, apart = state[name]
            better = np.asarray(apart) < near[won]
            near[won[better]], winner[won[better]] = apart[better], k
        if way == PARENTS:
            taken = np.unique(np.concatenate([np.asarray(state[name][0]) for name in names]))
            sides = np.where(np.isin(groups, taken), USED, HELD)
        known = np.flatnonzero((np.asarray(sides) != OPEN) & np.isfinite(near))
        attack = relative_nearness(near[known], alone[known]) if self.calibrated else -near[known]
        made = tuple(names[k] for k in winner[known])
        return Victims(attack, np.asarray(sides)[known] == USED, np.asarray(groups, np.int64)[known], made, way)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made item where the sides are known, by sample id."""
        victims = self._victims(state)
        if victims is None:
            return []
        more = dict.fromkeys(sorted(set(state) - {REAL}), 0)
        for name, used in zip(victims.made, victims.used.tolist(), strict=True):
            more[name] += 1 if used else -1
        return [Score(name, self.name, 1.0 / (1.0 + max(0, n)), float(n)) for name, n in more.items()]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return how well members are told from others, or why that was not asked."""
        if len(state) < 2:
            return []
        victims = self._victims(state)
        groups = [0, 0] if victims is None else [
            len(set(victims.groups[victims.used == side].tolist())) for side in (True, False)
        ]  # fmt: skip
        if victims is None or min(groups) < self.at_least:
            what = say(
                "Whether members are given away was not asked: {used} groups are known to be used and {held} not, and "
                "it takes {least} of each",
                used=groups[0],
                held=groups[1],
                least=self.at_least,
            )
            return [Finding("membership_not_asked", what, "note", n=len(state) - 1, next=get_holdout())]
        return [self._area(victims), self._rare(victims)]

    def _area(self, victims: Victims) -> Finding:
        inside, outside = victims.attack[victims.used], victims.attack[~victims.used]
        of = [victims.groups[victims.used == side].tolist() for side in (True, False)]
        found = auroc(inside, outside, of[0], of[1])
        bad = found.low > 0.5 + self.margin
        what = say(
            "Used real items are told from held-out ones by the made items with an area under the ROC curve of "
            "{area:.3f} [{low:.3f}, {high:.3f}] (0.5: nothing is given away; {used} used, {held} held out; {how})",
            area=found.value,
            low=found.low,
            high=found.high,
            used=found.n_positive,
            held=found.n_negative,
            how=how_known(victims.way),
        )
        table = tuple(
            {"false_positives": rate, "true_positives": float((inside > np.quantile(outside, 1.0 - rate)).mean())}
            for rate in (0.5, 0.2, 0.1, 0.05)
            if rate * len(outside) >= 10
        )
        return Finding(
            "membership", what, "bad" if bad else "note", found.value, found.low, found.high, len(victims.used),
            _then() if bad else None, _exposing(victims) if bad else (), table,
        )  # fmt: skip

    def _rare(self, victims: Victims) -> Finding:
        inside, outside = victims.attack[victims.used], victims.attack[~victims.used]
        caught = caught_at(inside, outside)
        if caught is None:
            what = say(
                "The true-positive rate at 1% false positives is not told: it takes {least} non-members, there are {n}",
                least=FEWEST,
                n=len(outside),
            )
            return Finding("membership_at_1_percent", what, "note", n=len(victims.used))
        bad = caught.low > max(0.01, caught.false_positives) * 2
        what = say(
            "At 1% false positives {caught:.1%} [{low:.1%}, {high:.1%}] of the used items are told (1% by chance)",
            caught=caught.value,
            low=caught.low,
            high=caught.high,
        )
        return Finding(
            "membership_at_1_percent", what, "bad" if bad else "note", caught.value, caught.low, caught.high,
            len(victims.used), _then() if bad else None,
        )  # fmt: skip


def _alone(real: Real) -> npt.NDArray[np.float32]:
    """Return the distance of every real item to its nearest other of another group."""
    found: npt.NDArray[np.float32] = nearest_apart(real.rows, real.rows, 1, [real.members[g] for g in real.groups])[1][
        :, 0
    ]
    return found


def _barred(real: Real, own: Sequence[npt.NDArray[np.intp]]) -> list[npt.NDArray[np.intp]]:
    """Return of each real item the places of the made items that come from its group."""
    by_group: dict[int, list[int]] = {}
    for k, groups in enumerate(own):
        for group in groups.tolist():
            by_group.setdefault(group, []).append(k)
    held = {group: np.array(places, np.intp) for group, places in by_group.items()}
    nothing = np.zeros(0, np.intp)
    return [held.get(group, nothing) for group in real.groups.tolist()]


def _exposing(victims: Victims) -> tuple[str, ...]:
    """Return the made items nearest to members, the most telling first."""
    order = np.argsort(-victims.attack, kind="stable")
    return tuple(dict.fromkeys(victims.made[i] for i in order if victims.used[i]))[:EXAMPLES]


def _then() -> Message:
    return say(
        "Drop what lies nearest to used items, make less from each, or train the generator with privacy, then ask again"
    )
