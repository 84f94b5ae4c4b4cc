"""Whether past expectations held: expected gains beside what purchases added in truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from shisaku.errors import DataError
from shisaku.lab.conditions.interval import t_interval
from shisaku.lab.next_data.claim import POINTS
from shisaku.message import Message, say
from shisaku.stats.proportions import clopper_pearson

TAIL = 0.025


class Interval(Protocol):
    """A gain and its interval, as the log keeps it."""

    @property
    def mean(self) -> float:
        """The gain."""
        ...


class Expectation(Interval, Protocol):
    """An expected gain: its interval has ends."""

    @property
    def low(self) -> float:
        """The lower end."""
        ...

    @property
    def high(self) -> float:
        """The upper end."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """How `n` expectations held.

    `inside` of them had the realised gain inside their interval (share with its exact interval; realised gains are
    measured with noise, so that even right intervals hold fewer than they say). `bias` is the mean of realised minus
    expected, with Student's t over purchases from three of them on.
    """

    n: int
    inside: int
    share_low: float | None
    share_high: float | None
    bias: float | None
    bias_low: float | None
    bias_high: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the plain form, with the sentences."""
        return {**asdict(self), "lines": [line.with_text() for line in self.lines()]}

    def lines(self) -> Iterator[Message]:
        """Say how past expectations held."""
        if not self.n or self.share_low is None or self.share_high is None or self.bias is None:
            yield say("No purchase has a realised gain yet: how expectations hold is not known")
            return
        yield say(
            "Of {n} realised gains {inside} lay inside the interval expected ({share:.0%} [{low:.0%}, {high:.0%}])",
            n=self.n, inside=self.inside, share=self.inside / self.n, low=self.share_low, high=self.share_high,
        )  # fmt: skip
        if self.bias_low is None or self.bias_high is None:
            yield say(
                "Realised minus expected: {bias:+.1f} points on average; under three purchases nothing is said of that",
                bias=POINTS * self.bias,
            )
            return
        told = {"bias": POINTS * self.bias, "low": POINTS * self.bias_low, "high": POINTS * self.bias_high}
        if self.bias_high < 0:
            yield say("Expectations were too high: {bias:+.1f} points on average [{low:+.1f}, {high:+.1f}]", **told)
        elif self.bias_low > 0:
            yield say("Expectations were too low: {bias:+.1f} points on average [{low:+.1f}, {high:+.1f}]", **told)
        else:
            yield say(
                "Expectations are not shown to be off: {bias:+.1f} points on average [{low:+.1f}, {high:+.1f}]", **told
            )


def held(pairs: Mapping[str, tuple[Expectation, Interval]]) -> Held:
    """Sum up expectations and what was realised, by purchase."""
    if not pairs:
        return Held(0, 0, None, None, None, None, None)
    inside = sum(expected.low <= got.mean <= expected.high for expected, got in pairs.values())
    low, high = clopper_pearson(inside, len(pairs))
    away = {name: got.mean - expected.mean for name, (expected, got) in pairs.items()}
    found = t_interval(away)
    bias = sum(away.values()) / len(away)
    ends = (found.low(TAIL), found.high(TAIL)) if found is not None else (None, None)
    return Held(len(pairs), inside, low, high, bias, *ends)


def verdict_for(
    verdicts: Sequence[Mapping[str, Any]], *, study: str = "", arm: str = "", domain: str = ""
) -> Mapping[str, Any]:
    """Return the one verdict that measures a purchase. Raises DataError where none or several fit."""
    wanted = {"study": study, "arm": arm, "domain": domain}
    fits = [one for one in verdicts if all(not value or one[key] == value for key, value in wanted.items())]
    if len(fits) == 1 and fits[0]["effect"] is not None:
        return fits[0]
    there = "; ".join(f"{one['study']}, {one['arm']}, {one['domain']}" for one in (fits or verdicts)[:8])
    raise DataError(
        say("Which verdict measures the purchase is not clear: {n} fit", n=len(fits)),
        next=say("Name --study, --arm and --domain; the run has: {there}", there=there or "-"),
    )
