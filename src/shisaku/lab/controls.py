"""A keep-rule is worth something only against a random drop of the same size: that control is never left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from shisaku.core.arm import Arm
from shisaku.core.study import Alarm
from shisaku.core.study_spec import StudySpec
from shisaku.lab.bench import Bench
from shisaku.lab.contrast import Contrast, measure_pairs
from shisaku.lab.trial import Trial
from shisaku.message import say
from shisaku.registry.streams import CONTROL

LEVEL = 0.025


def with_controls(spec: StudySpec, kept: Collection[str]) -> StudySpec:
    """Return `spec` with a control arm for every gated arm that has none; `kept` names the streams of keep-rules."""
    arms = list(spec.arms)
    for arm in spec.arms:
        control = _control(arm, kept)
        if control is not None and not any(_same_drop(control, other) for other in arms):
            arms.append(control)
    return replace(spec, arms=tuple(arms))


def gates(spec: StudySpec) -> list[tuple[str, str]]:
    """Return (gated arm, its control) by name."""
    streams = {arm.stream for arm in spec.arms}
    found = []
    for arm in spec.arms:
        control = _control(arm, {arm.stream} if f"{arm.stream}{CONTROL}" in streams else ())
        match = next((o.name for o in spec.arms if control is not None and _same_drop(control, o)), None)
        if match is not None:
            found.append((arm.name, match))
    return found


def gate_rows(bench: Bench, trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Return every gated arm minus its control, per domain and number of shots, with its 95 % interval."""
    return [
        {
            "arm": arm, "control": control, "domain": c.domain, "shots": c.shots, "effect": c.estimate.mean,
            "interval": [c.estimate.low(LEVEL), c.estimate.high(LEVEL)],
        }
        for arm, control, c in _measured(bench, trials)
    ]  # fmt: skip


def gate_alarms(bench: Bench, trials: Sequence[Trial]) -> Iterator[Alarm]:
    """Say of every gate what it did in the primary domain against its control."""
    for arm, control, c in _measured(bench, trials):
        if c.domain != bench.spec.primary:
            continue
        numbers: dict[str, Any] = {
            "arm": arm, "control": control, "shots": c.shots, "domain": c.domain, "effect": 100 * c.estimate.mean,
            "low": 100 * c.estimate.low(LEVEL), "high": 100 * c.estimate.high(LEVEL),
        }  # fmt: skip
        if numbers["high"] < 0:
            yield Alarm(
                "gate_hurts",
                say(
                    "The keep-rule of {arm} did worse than a random drop of equal size ({control}), {shots} shots, "
                    "{domain}: {effect:+.1f} points [{low:+.1f}, {high:+.1f}]", **numbers,
                ),
            )  # fmt: skip
        elif numbers["low"] <= 0:
            yield Alarm(
                "gate_not_shown",
                say(
                    "The keep-rule of {arm} was not shown to do better than a random drop of equal size ({control}), "
                    "{shots} shots, {domain}: {effect:+.1f} points [{low:+.1f}, {high:+.1f}]", **numbers,
                ),
                "note",
            )  # fmt: skip


def _control(arm: Arm, kept: Collection[str]) -> Arm | None:
    """Return the control that a gated arm needs, None for an arm without a gate."""
    plain = replace(arm, name=f"{arm.name}_random", keep=None)
    if arm.keep is not None:
        return replace(plain, random_keep=arm.keep.share)
    if not arm.stream or arm.stream not in kept:
        return None
    random = f"{arm.stream}{CONTROL}"
    return replace(plain, add=random) if arm.add else replace(plain, rows=random)


def _same_drop(control: Arm, other: Arm) -> bool:
    """Return whether `other` is that control under another name."""
    return replace(control, name=other.name, weights=other.weights) == other


def _measured(bench: Bench, trials: Sequence[Trial]) -> Iterator[tuple[str, str, Contrast]]:
    for arm, control in gates(bench.spec):
        for shots in bench.spec.shots:
            mine = [trial for trial in trials if trial.shots == shots]
            new, base = [t.arm(arm) for t in mine], [t.arm(control) for t in mine]
            for domain in bench.spec.domains:
                yield arm, control, measure_pairs(bench, mine, new, base, domain)
