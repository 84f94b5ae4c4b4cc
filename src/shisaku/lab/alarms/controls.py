"""Arms that should do nothing (copies), or harm (shuffled labels): what it means when they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.study import Alarm
from shisaku.core.study_spec import StudySpec
from shisaku.lab.trial import Trial
from shisaku.message import say
from shisaku.stats.resplit import paired_t

NOTABLE = 0.01  # a difference of one point between arms that should be equal
LEVEL = 0.025


def control_alarms(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    """Yield alarms about arms that should do nothing (copies) or harm (shuffled labels), against real alone."""
    real = next((arm.name for arm in spec.arms if _is_real(arm)), None)
    if real is None:
        yield from _placebo_above_chance(spec, trials)
        return
    for arm in spec.arms:
        for shots in spec.shots:
            for domain in spec.domains:
                mean, low, high = _against(trials, arm.name, real, domain.name, shots)
                values: dict[str, str | int | float] = {
                    "arm": arm.name, "domain": domain.name, "shots": shots, "effect": 100 * mean,
                }  # fmt: skip
                if _is_oversample(arm) and abs(mean) >= NOTABLE and not low <= 0 <= high:
                    yield Alarm(
                        "oversample_differs",
                        say(
                            "{arm} (copies only) differs from real alone on {domain} at {shots} shots by "
                            "{effect:+.1f} points: part of any effect is regularisation; widen its grid",
                            **values,
                        ),
                    )
                if arm.shuffle and low > 0:
                    yield Alarm(
                        "placebo_helps",
                        say(
                            "{arm} (shuffled labels) beats real alone on {domain} at {shots} shots by {effect:+.1f} "
                            "points: something in the pipeline is broken, or labels do not matter",
                            **values,
                        ),
                    )


def _placebo_above_chance(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    """Without real training items shuffled labels have nothing to beat but chance."""
    for arm in spec.arms if trials else ():
        for domain in spec.domains if arm.shuffle else ():
            tests = trials[0].tests[domain.name]
            values = [trial.arm(arm.name).values[domain.name] for trial in trials]
            if tests and float(np.mean(values)) > 0.5:
                yield Alarm(
                    "placebo_helps",
                    say(
                        "{arm} (shuffled labels) is right on {share:.0%} of {domain}: something in the pipeline is "
                        "broken, or labels do not matter",
                        arm=arm.name, share=float(np.mean(values)), domain=domain.name,
                    ),
                )  # fmt: skip


def _against(trials: Sequence[Trial], arm: str, base: str, domain: str, shots: int) -> tuple[float, float, float]:
    mine = [trial for trial in trials if trial.shots == shots]
    gaps = [trial.arm(arm).values[domain] - trial.arm(base).values[domain] for trial in mine]
    if len(gaps) < 2:
        return (gaps[0] if gaps else 0.0), -np.inf, np.inf
    plain = paired_t(gaps)
    return plain.mean, plain.low(LEVEL), plain.high(LEVEL)


def _is_real(arm: Arm) -> bool:
    """Whether an arm is the real items of the study and nothing else, seen and trained as the study says."""
    return replace(arm, name="", weights=(1.0,)) == Arm("")


def _is_oversample(arm: Arm) -> bool:
    return arm.oversample > 0 and _is_real(replace(arm, oversample=0))
