"""One simulated world pushed through the whole path of a study, and what its verdicts said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shisaku.core.seed import rng_for
from shisaku.core.study_spec import StudySpec
from shisaku.lab.bench import Bench
from shisaku.lab.calibrate_designs import Design, Ground
from shisaku.lab.calibrate_truth import Truth
from shisaku.lab.contrast import Contrast, contrasts
from shisaku.lab.decide import Decided, decide
from shisaku.lab.plan import freeze, row_of
from shisaku.lab.trial import Trial
from shisaku.lab.trials import run_trials
from shisaku.stats.estimate import DrawsEstimate, Estimate, TEstimate


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """Something that a world answers with yes or no: of a study (`kind` alone), a family, an arm or a look."""

    kind: str
    domain: str = ""
    shots: int = 0
    arm: str = ""
    look: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What one world said of one design: false ADOPTs, ADOPTs where the plan promised them, things beside.

    `estimates` are the mean and standard error of each contrast, `methods` what decided it.
    """

    false: dict[Claim, bool]
    shown: dict[Claim, bool]
    beside: dict[Claim, bool]
    estimates: dict[Claim, tuple[float, float]]
    methods: dict[Claim, str]


def one_world(ground: Ground, designs: Sequence[Design], truth: Truth, seed: int, number: int) -> dict[str, Seen]:
    """Draw a fresh world, train every arm of the ground once, and decide in every design."""
    data = ground.world.draw(rng_for(seed, "world", str(number)))
    spec = replace(ground.spec, split_seed=number)
    bench, trials = Bench.lay(spec, data), run_trials(spec, data)
    return {design.name: _seen(design, bench, trials, truth) for design in designs}


def _seen(design: Design, bench: Bench, trials: Sequence[Trial], truth: Truth) -> Seen:
    seen = Seen({}, {}, {}, {}, {})
    for part in design.studies():
        spec = replace(part, split_seed=bench.spec.split_seed)
        measured = contrasts(replace(bench, spec=spec), trials)
        asked = _Asked(design, spec, freeze(spec, bench.raw), measured, truth)
        for shots in spec.shots:
            margin = truth.effects[design.nulls[0], shots]
            asked.tell_false(asked.decided(margin), shots, seen)
            if design.rounds:
                unspent = replace(asked, spec=replace(spec, look=1, looks_planned=1))
                unspent.tell_rounds(unspent.decided(margin), shots, "unspent", seen.beside)
            asked.tell_shown(shots, seen.shown)
        for c in measured:
            key = Claim("estimate", c.domain, c.shots, c.arm)
            seen.estimates[key] = (c.estimate.mean, _se(c.estimate))
            seen.methods[key] = c.estimate.method
    return seen


@dataclass(frozen=True, slots=True)
class _Asked:
    """One study of a design in one world, planned and measured."""

    design: Design
    spec: StudySpec
    plan: Mapping[str, Any]
    measured: Sequence[Contrast]
    truth: Truth

    def decided(self, margin: float) -> Decided:
        """Decide at another margin: no interval depends on it, so that one world answers several questions."""
        domains = tuple(replace(domain, delta_gain=margin) for domain in self.spec.domains)
        return decide(replace(self.spec, domains=domains), self.plan, self.measured)

    def tell_false(self, found: Decided, shots: int, seen: Seen) -> None:
        """Write down which families hold a false ADOPT, and whether the overall decision is one."""
        if self.design.rounds:
            self.tell_rounds(found, shots, "any_round", seen.false)
            return
        for domain in (domain.name for domain in self.spec.domains):
            wrong = self._adopted(found, domain, shots)
            judged = seen.false if domain in self.design.domains else seen.beside
            judged[Claim("family", domain, shots)] = wrong
            if len(self.design.shots) > 1:
                _either(seen.beside, Claim("any_size", domain), wrong)
        if shots == found.overall.detail["shots"]:
            seen.false[Claim("overall")] = found.overall.decision == "ADOPT"

    def tell_rounds(self, found: Decided, shots: int, kind: str, told: dict[Claim, bool]) -> None:
        """Write down whether this round, or one before it, ended in a false ADOPT."""
        for domain in self.design.domains:
            _either(told, Claim(kind, domain, shots), self._adopted(found, domain, shots))

    def tell_shown(self, shots: int, told: dict[Claim, bool]) -> None:
        """Write down whether each arm is adopted where its true effect lies at the distance that the plan promises."""
        for arm in self.spec.contrasts:
            for domain in self.design.domains:
                far = self.truth.distance(row_of(self.plan, arm, domain, shots))
                found = self.decided(self.truth.effects[arm, shots] - far)
                look = self.spec.look if self.design.rounds else 0
                told[Claim("power", domain, shots, arm, look)] = self._adopted(found, domain, shots, (arm,))

    def _adopted(self, found: Decided, domain: str, shots: int, arms: Sequence[str] = ()) -> bool:
        """Return whether any of `arms` (the nulls, if none is named) was adopted in one family."""
        return any(
            v.decision == "ADOPT"
            and v.arm in (arms or self.design.nulls)
            and (v.domain, v.detail["shots"]) == (domain, shots)
            for v in found.verdicts
        )


def _either(found: dict[Claim, bool], claim: Claim, happened: bool) -> None:
    found[claim] = found.get(claim, False) or happened


def _se(estimate: Estimate) -> float:
    if isinstance(estimate, TEstimate):
        return estimate.se
    return float(np.std(estimate.draws)) if isinstance(estimate, DrawsEstimate) else float("nan")
