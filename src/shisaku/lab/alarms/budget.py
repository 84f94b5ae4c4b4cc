"""Whether the arms of a contrast had the same chances: trials, steps, grids, made items, money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.study import Alarm
from shisaku.core.study_spec import StudySpec
from shisaku.lab.alarms.data import note
from shisaku.lab.bench import Bench
from shisaku.lab.contrast import opponent
from shisaku.lab.gates import kept_size
from shisaku.lab.purchase import bought
from shisaku.lab.trial import Trial
from shisaku.lab.tuning import choices
from shisaku.message import say


def budget_alarms(bench: Bench, trials: Sequence[Trial]) -> Iterator[Alarm]:
    """Yield what one side of a contrast had more of, and what an arm asked for and did not get."""
    spec = bench.spec
    for name in spec.contrasts:
        yield from _trials(bench, trials, name)
        yield from _steps(bench, trials, name)
    yield from _settings(spec, trials)
    yield from _short(spec, trials)
    if bench.learner.steps and spec.inits == 1:
        yield note(
            "one_init",
            say("One model per split: what its random start adds cannot be told from what the split adds; set `inits`"),
        )


def _pairs(bench: Bench, trials: Sequence[Trial], name: str) -> Iterator[tuple[Trial, str]]:
    """Yield the trials in which both sides of a contrast are trained, and the other side's name."""
    for trial in trials:
        other = opponent(bench.spec, name, trial)
        if all(bench.arm(one).scores is None for one in (name, other)):
            yield trial, other


def _trials(bench: Bench, trials: Sequence[Trial], name: str) -> Iterator[Alarm]:
    found = [(_tried(bench, t, name), _tried(bench, t, other), other) for t, other in _pairs(bench, trials, name)]
    unequal = [one for one in found if one[0] > one[1]]
    if unequal:
        mine, others, other = max(unequal, key=lambda one: one[0] - one[1])
        yield Alarm(
            "unequal_trials",
            say(
                "{arm} had {n} tuning trials and {comparator} {m}: part of its gain may be tuning; give every arm a "
                "grid (`tune`) and the same number of `trials`",
                arm=name, n=mine, comparator=other, m=others,
            ),
        )  # fmt: skip


def _tried(bench: Bench, trial: Trial, name: str) -> int:
    """Return how many trained settings an arm was picked from; one that chooses among arms tried them all."""
    return sum(trial.arm(one).trials for one in bench.arm(name).choose or (name,))


def _steps(bench: Bench, trials: Sequence[Trial], name: str) -> Iterator[Alarm]:
    found = [(_taken(bench, t, name), _taken(bench, t, other), other) for t, other in _pairs(bench, trials, name)]
    if not found:
        return
    mine, others = (float(np.mean([one[side] for one in found])) for side in (0, 1))
    if mine > others:
        reason = say(
            "{arm} was trained for {n:.0f} steps and {comparator} for {m:.0f}, on average: part of its gain may be "
            "training",
            arm=name, n=mine, comparator=found[0][2], m=others,
        )  # fmt: skip
        # A number of steps that both sides chose from one grid is an outcome, not an advantage that was given.
        yield (note if "steps" in bench.spec.tune else Alarm)("unequal_steps", reason)


def _taken(bench: Bench, trial: Trial, name: str) -> int:
    return int(trial.arm(name).settings.get("steps", bench.learner_for(bench.arm(name)).steps))


def _settings(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    """Warn of a tuned number that most splits wanted at an end of what an arm could try: one alarm for each end."""
    ends: dict[tuple[str, float], list[str]] = {}
    for arm in spec.arms:
        there = () if arm.choose else choices(spec, arm)
        for setting in spec.tune if there else ():
            grid = sorted({one.settings[setting] for one in there if _is_number(one.settings.get(setting))})
            for shots in spec.shots if len(grid) > 1 else ():
                used = Counter(t.arm(arm.name).settings.get(setting) for t in trials if t.shots == shots)
                value, times = used.most_common(1)[0]
                if value in (grid[0], grid[-1]) and 2 * times > used.total():
                    ends.setdefault((setting, float(value)), []).append(f"{arm.name} ({shots})")
    for (setting, value), found in ends.items():
        yield Alarm(
            "setting_at_end",
            say(
                "{setting} {value}, an end of its grid, was chosen in most splits by {arms} (shots in brackets); widen "
                "the grid",
                setting=setting, value=value, arms=", ".join(found),
            ),
        )  # fmt: skip


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _short(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    for arm in spec.arms:
        for shots in spec.shots:
            mine = [trial for trial in trials if trial.shots == shots]
            if arm.ratio is not None:
                wanted = [_asked(arm, round(arm.ratio * len(trial.trained_on))) for trial in mine]
                found = [trial.arm(arm.name).n_synthetic for trial in mine]
                if any(a < b for a, b in zip(found, wanted, strict=True)):
                    yield Alarm(
                        "ratio_short",
                        say(
                            "{arm} at {shots} shots asked for {wanted:.1f} made items and got {found:.1f}, on average: "
                            "make more of them, or lower its ratio",
                            arm=arm.name, shots=shots, wanted=float(np.mean(wanted)), found=float(np.mean(found)),
                        ),
                    )  # fmt: skip
            if arm.buy:
                yield from _unspent(spec, arm, shots, mine)


def _asked(arm: Arm, n: int) -> int:
    """Return how many of `n` items are left behind the arm's gate or its control."""
    share = arm.keep.share if arm.keep is not None else arm.random_keep
    return n if share is None else kept_size(share, n)


def _unspent(spec: StudySpec, arm: Arm, shots: int, trials: Sequence[Trial]) -> Iterator[Alarm]:
    paid = bought(spec, arm)
    if arm.buy == "made":
        wanted, got = _asked(arm, paid), [trial.arm(arm.name).n_synthetic for trial in trials]
    elif arm.buy == "labels":
        wanted, got = paid, [trial.arm(arm.name).n_train - len(trial.trained_on) for trial in trials]
    else:
        wanted, got = paid, [min(paid, len(trial.trained_on)) for trial in trials]
    if min(got) < wanted:
        yield Alarm(
            "budget_unspent",
            say(
                "{arm} at {shots} shots could buy {wanted} items and there were {found:.1f}, on average: it spent less "
                "than the others",
                arm=arm.name, shots=shots, wanted=wanted, found=float(np.mean(got)),
            ),
        )  # fmt: skip
