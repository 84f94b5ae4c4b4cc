"""What the back-test says: the planner against chance, the oracle and habit, by dataset and over datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from shisaku.lab.next_data.claim import POINTS
from shisaku.lab.next_data.policies import RANDOM
from shisaku.message import Message, say
from shisaku.stats.estimate import Estimate

TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference of scores with its 95 % interval; ends are None where there are too few datasets for one."""

    mean: float
    low: float | None
    high: float | None
    method: str

    @classmethod
    def of(cls, estimate: Estimate) -> Difference:
        """Read it from an estimate."""
        return cls(estimate.mean, estimate.low(TAIL), estimate.high(TAIL), estimate.method)


@dataclass(frozen=True, slots=True)
class OnDataset:
    """The back-test on one dataset.

    `against` is the planner minus every other policy, `regret` the oracle minus the planner, `random_regret` the
    oracle minus chance: by Nadeau and Bengio where worlds share items, by a paired t where none do. `paired` is the
    plain paired t against chance, which speaks of these very items alone and decides nothing where worlds share them.
    `captured` is the part of the oracle's gain over chance that the planner reached. `covered` of `foretold` realised
    gains lay inside their 95 % interval (to a tenth of a point); `ranked` is the mean rank correlation of expected
    and realised gains, `by_offer` the mean of both by offer. The planner claimed BUY in `bought` worlds, and `right` of
    the `claims` it made there about what is worse were so.
    """

    dataset: str
    repeats: int
    n_train: float
    n_test: float
    scores: Mapping[str, float]
    against: Mapping[str, Difference]
    paired: Difference
    regret: Difference
    random_regret: Difference
    captured: float | None
    covered: int
    foretold: int
    ranked: float | None
    by_offer: Mapping[str, tuple[float, float]]
    bought: int
    right: int
    claims: int

    @property
    def beats_random(self) -> bool:
        """Whether the interval that decides lies above chance."""
        low = self.against[RANDOM].low
        return low is not None and low > 0


@dataclass(frozen=True, slots=True)
class BackTest:
    """All datasets, and over them (Student's t, a collection a unit): the planner against chance, its rules, and habit.

    `units` counts collections: datasets that share one count once. `habit` is the one offer that was best alone on all
    other collections. `claim` is ``BEATS RANDOM`` where the interval
    over datasets lies above 0, else ABSTAIN.
    """

    datasets: tuple[OnDataset, ...]
    over: Mapping[str, Difference]
    habit: Mapping[str, str]
    claim: Literal["BEATS RANDOM", "ABSTAIN"]
    units: int

    def to_json(self) -> dict[str, Any]:
        """Return the plain form, with the sentences."""
        held = [{**asdict(one), "beats_random": one.beats_random} for one in self.datasets]
        return {
            "schema": 1,
            "datasets": held,
            "over": {name: asdict(one) for name, one in self.over.items()},
            "habit": dict(self.habit),
            "claim": self.claim,
            "units": self.units,
            "lines": [line.to_json() for line in self.lines()],
        }

    def lines(self) -> list[Message]:
        """Say the outcome in sentences, the conclusion first."""
        random = self.over[RANDOM]
        if random.low is None or random.high is None:
            return [say("ABSTAIN: under three collections of data nothing is said over them")]
        told = {"n": self.units, "mean": POINTS * random.mean, "low": POINTS * random.low,
                "high": POINTS * random.high}  # fmt: skip
        first = (
            say(
                "Planned purchases beat random ones over {n} collections of data: {mean:+.1f} points [{low:+.1f}, "
                "{high:+.1f}]",
                **told,
            )
            if self.claim != "ABSTAIN"
            else say(
                "ABSTAIN: planned purchases are not shown to beat random ones over {n} collections of data: "
                "{mean:+.1f} points [{low:+.1f}, {high:+.1f}]", **told,
            )
        )  # fmt: skip
        return [first, *map(_line, self.datasets)]


def _line(one: OnDataset) -> Message:
    found, regret = one.against[RANDOM], one.regret
    return say(
        "{dataset}, {repeats} worlds: {mean:+.1f} points [{low:+.1f}, {high:+.1f}] against chance ({shown}); regret "
        "{regret:.1f} [{least:.1f}, {most:.1f}] against an oracle that sees the test",
        dataset=one.dataset, repeats=one.repeats, mean=POINTS * found.mean, low=POINTS * (found.low or 0.0),
        high=POINTS * (found.high or 0.0), shown=say("shown") if one.beats_random else say("not shown"),
        regret=POINTS * regret.mean, least=POINTS * (regret.low or 0.0), most=POINTS * (regret.high or 0.0),
    )  # fmt: skip
