"""Metrics that estimate by how much two streams of a sample are apart, and may answer that it cannot be told."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.ops.grade import lower_is_better
from shisaku.ops.limits import within
from shisaku.ops.outcome import measurable
from shisaku.ops.sync.lag import Lag
from shisaku.ops.sync.systematic import EXAMPLES, systematic, untold

SURE = 1.96  # standard errors that an offset must lie outside the limits


@dataclass(frozen=True, slots=True)
class Estimate:
    """An offset in ms (positive: what `first` says), its standard error, and the drift in ms per second (0: none)."""

    offset: float
    error: float
    strength: float
    chance: float
    drift: float
    low: float
    high: float
    seconds: float

    @classmethod
    def of(cls, lag: Lag, seconds: float, error: float = 0.0) -> Estimate:
        """Return the estimate that a lag stands for; `error` (seconds) is what its own error cannot know."""
        about = (lag.error**2 + error**2) ** 0.5
        line = lag.drift if lag.drifts else None
        drift = (-1e3 * line.slope, -1e3 * line.high, -1e3 * line.low) if line else (0.0, 0.0, 0.0)
        return cls(-1e3 * lag.seconds, 1e3 * about, lag.strength, lag.chance, *drift, seconds)

    def row(self) -> list[float]:
        """Return it as a list of plain numbers."""
        return [float(getattr(self, name)) for name in self.__slots__]

    def drifts(self, least: float) -> bool:
        """Say whether there is a drift of at least `least` ms per second."""
        return abs(self.drift) >= least


@dataclass(frozen=True)
class OffsetMetric(Metric):
    """Base: thresholds of offset and drift, the answer "cannot be told", and the finding of all samples."""

    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"lead_ms", "lag_ms", "drift_ms", "chance_below"})
    first: ClassVar[Message]
    why: ClassVar[Message]
    resolution: ClassVar[float] = 20.0

    lead_ms: float = 45.0
    lag_ms: float = 125.0
    drift_ms: float = 1.0
    chance_below: float = 1e-4
    most_s: float = 0.5

    def __post_init__(self) -> None:
        within("lead_ms", self.lead_ms, 1.0, 1e5)
        within("lag_ms", self.lag_ms, 1.0, 1e5)
        within("drift_ms", self.drift_ms, 0.01, 1e3)
        within("chance_below", self.chance_below, 1e-12, 0.5)
        within("most_s", self.most_s, 0.1, 30.0)

    @abstractmethod
    def estimate(self, sample: Sample) -> Estimate | None:
        """Return the estimate, None where there is nothing to compare. Raises DataError for an unusable sample."""

    @abstractmethod
    def said(self, offset: float) -> Message:
        """Say an offset in words."""

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> the numbers of its `Estimate`, none where there is nothing to compare."""
        found = measurable(batch, self.estimate)
        return {sample: one.row() if one else [] for sample, one in found.items()}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample that can be told, by sample id; `raw` is the offset in ms."""
        return [self._score(sample, one) for sample, one in sorted(self._told(state).items())]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the offset of all samples together, and of how many it cannot be told."""
        told = self._told(state)
        offsets = {sample: one.offset for sample, one in told.items()}
        silent = tuple(sorted(state.keys() - told.keys()))
        limits = (-self.lag_ms, self.lead_ms)
        whole = systematic("offset", offsets, len(state), self.first, limits, self.resolution)
        drifting = [sample for sample in sorted(told) if told[sample].drifts(self.drift_ms)]
        return [*whole, *self._drift(drifting, told), *untold(len(told), len(state), silent, self.why)]

    def _told(self, state: Mapping[str, Any]) -> dict[str, Estimate]:
        rows = {sample: Estimate(*row) for sample, row in state.items() if row}
        return {sample: one for sample, one in rows.items() if one.chance < self.chance_below}

    def _score(self, sample: str, one: Estimate) -> Score:
        sure = SURE * one.error
        outside = one.offset - sure > self.lead_ms or one.offset + sure < -self.lag_ms
        drifts = one.drifts(self.drift_ms)
        reason = say(
            "{said} (+/- {error:.0f} ms; chance of such a peak without a link {chance:.1g})",
            said=self.said(one.offset),
            error=sure,
            chance=one.chance,
        )
        if drifts:
            reason = say(
                "{said}, and it drifts by {drift:+.1f} ms a second ({low:+.1f} to {high:+.1f})",
                said=self.said(one.offset),
                drift=one.drift,
                low=one.low,
                high=one.high,
            )
        beyond = max(one.offset / self.lead_ms, -one.offset / self.lag_ms)
        value = lower_is_better(beyond, 1.0)
        if outside or drifts:
            value = min(value, 0.5)
        return Score(sample, self.name, value, one.offset, outside or drifts, reason)

    def _drift(self, drifting: Sequence[str], told: Mapping[str, Estimate]) -> list[Finding]:
        if not drifting:
            return []
        worst = sorted(drifting, key=lambda one: (-abs(told[one].drift), one))
        what = say(
            "In {n} of {of} samples the offset drifts; most in {sample}: {drift:+.1f} ms a second",
            n=len(drifting),
            of=len(told),
            sample=worst[0],
            drift=told[worst[0]].drift,
        )
        then = say("Look for a wrong rate (29.97 against 30 frames: 1 ms a second) or two free-running clocks")
        share = len(drifting) / len(told)
        return [Finding("drift", what, "warn", share, n=len(told), next=then, samples=tuple(worst[:EXAMPLES]))]


def one_clock(sample: Sample, *parts: str) -> None:
    """Raise DataError where two parts name clocks that differ: times on them cannot be compared."""
    clocks = {sample.parts[name].clock for name in parts if name in sample.parts} - {""}
    if len(clocks) > 1:
        raise DataError(say("The parts are not on one clock: {clocks}", clocks=", ".join(sorted(clocks))), sample.id)
