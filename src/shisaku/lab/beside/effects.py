"""Scores and differences of any arms with their intervals: what a study says beside the contrasts that decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.lab.bench import Bench
from shisaku.lab.contrast import clustered, measure_pairs
from shisaku.lab.generations import simulated
from shisaku.lab.ratio_family import real_alone
from shisaku.lab.rounds import alpha_of
from shisaku.lab.trial import ArmTrial, Trial
from shisaku.message import Message, say
from shisaku.stats.clusters import cluster_t
from shisaku.stats.estimate import Estimate

POINTS = 100.0


@dataclass(frozen=True)
class Effects:
    """Measures arms in the trials of one study; each measure is made once.

    Resplit and derived domains: Nadeau-Bengio t. Fixed test sets: t over item groups, which errs on the wide side; the
    bootstrap that may decide a contrast there is not repeated for every cell.
    """

    bench: Bench
    trials: tuple[Trial, ...]
    _known: dict[tuple[str, str, str, int], Estimate] = field(default_factory=dict, repr=False)

    @cached_property
    def tail(self) -> float:
        """One-sided error of an interval that stands alone: what this look at the test items may spend."""
        return self.alpha / 2

    @cached_property
    def alpha(self) -> float:
        """The error that this look at the test items may spend."""
        return alpha_of(self.bench.spec)

    @cached_property
    def real(self) -> Arm | None:
        """The arm of real items alone."""
        return real_alone(self.bench.spec)

    @cached_property
    def base(self) -> str:
        """Name of what gains are over: real items alone, or ``""`` for the comparator where there is no such arm."""
        return self.real.name if self.real else ""

    def simulated(self, domain: Domain) -> bool:
        """Return whether the items of a test were made or spoiled on purpose."""
        return simulated(self.bench.spec, domain, self.bench.data.notes)

    def at(self, shots: int) -> tuple[Trial, ...]:
        """Return the trials at one number of shots."""
        return tuple(trial for trial in self.trials if trial.shots == shots)

    def against(self, shots: int) -> str:
        """Return the name of the arm that gains at `shots` are over."""
        return self.base or self.at(shots)[0].comparator

    def score(self, arm: str, domain: Domain, shots: int) -> Estimate:
        """Estimate the score of `arm`: its difference to a system that answers nothing."""
        key = (arm, "", domain.name, shots)
        if key not in self._known:
            mine = self.at(shots)
            nothing = [_silent(trial, domain.name) for trial in mine]
            self._known[key] = self._measure(mine, [trial.arm(arm) for trial in mine], nothing, domain)
        return self._known[key]

    def gain(self, arm: str, base: str, domain: Domain, shots: int) -> Estimate:
        """Estimate the paired difference of `arm` and `base`."""
        key = (arm, base, domain.name, shots)
        if key not in self._known:
            mine = self.at(shots)
            new, old = [trial.arm(arm) for trial in mine], [trial.arm(base) for trial in mine]
            self._known[key] = self._measure(mine, new, old, domain)
        return self._known[key]

    def sizes(self, arm: str, shots: int) -> tuple[float, float]:
        """Return how many real and how many made items `arm` was trained on, averaged over the splits."""
        mine = [trial.arm(arm) for trial in self.at(shots)]
        return float(np.mean([one.n_train for one in mine])), float(np.mean([one.n_synthetic for one in mine]))

    def _measure(
        self, trials: tuple[Trial, ...], new: list[ArmTrial], base: list[ArmTrial], domain: Domain
    ) -> Estimate:
        if domain.kind == "external":
            return cluster_t(clustered(self.bench, trials, new, base, domain))
        return measure_pairs(self.bench, trials, new, base, domain).estimate


def told(estimate: Estimate, tail: float) -> dict[str, Any]:
    """Return an estimate and its two-sided interval as plain data, in metric units."""
    return {
        "effect": estimate.mean,
        "low": estimate.low(tail),
        "high": estimate.high(tail),
        "method": estimate.method,
        "level": 1 - 2 * tail,
    }


def told_score(estimate: Estimate, tail: float) -> dict[str, Any]:
    """Return a score as `told` does, its interval cut at the ends of its scale, 0 and 1."""
    found = told(estimate, tail)
    return {**found, "low": max(0.0, found["low"]), "high": min(1.0, found["high"])}


def interval(found: Mapping[str, Any]) -> Message:
    """Return an effect and its interval in points, as part of a sentence."""
    return say(
        "{effect:+.1f} [{low:+.1f}, {high:+.1f}]",
        effect=POINTS * found["effect"], low=POINTS * found["low"], high=POINTS * found["high"],
    )  # fmt: skip


def score_name(which: str) -> Message:
    """Return which of the three scores is meant, as part of a sentence."""
    named = {"generalisation": say("generalisation"), "task": say("task"), "fit": say("fit")}
    return named[which]


def listed(parts: Sequence[Message]) -> Message:
    """Return one part of a sentence, or two or three of them joined by commas."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        return say("{first}, {second}", first=parts[0], second=parts[1])
    return say("{first}, {second}, {third}", first=parts[0], second=parts[1], third=parts[2])


def amount(shots: int) -> Message:
    """Return how many real items a class had, as part of a sentence."""
    return say("{n} real items per class", n=shots) if shots else say("all real items")


def _silent(trial: Trial, domain: str) -> ArmTrial:
    return ArmTrial("", 0.0, 0, 0, True, {domain: 0.0}, {domain: (-1,) * len(trial.tests[domain])})
