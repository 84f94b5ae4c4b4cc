"""What each arm costs to train and to ask, in time and memory: measured, never estimated."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from shisaku.core.arm import Arm
from shisaku.lab.arms import train_set
from shisaku.lab.bench import Bench
from shisaku.lab.made import Drawn
from shisaku.lab.predict import train
from shisaku.lab.trial import ArmTrial, Trial
from shisaku.lab.tuning import Choice
from shisaku.learn.one_thread import one_thread

REPEATS = 3
MEBI = 2**20


def cost_rows(bench: Bench, trials: Sequence[Trial]) -> Iterator[dict[str, Any]]:
    """Yield for every arm and number of shots the mean over splits of its `seconds`, choosing included.

    What comparators took to choose is not in it: that is done once for the split. With `StudySpec.meter` also, of one
    model of the first split with the settings chosen there and one thread: `train_seconds`, `answer_seconds` (the
    primary domain's test) and `cpu_seconds` (both; where no meter for energy is at hand, its nearest stand-in), each
    the median of 3, and `peak_mb`, the most memory (MiB) allocated through Python and numpy at once. What other
    processes and libraries' own workspaces take is not in it.
    """
    for shots in bench.spec.shots:
        mine = [trial for trial in trials if trial.shots == shots]
        for arm in bench.spec.arms:
            took = [trial.arm(arm.name).seconds for trial in mine]
            row: dict[str, Any] = {
                "arm": arm.name,
                "shots": shots,
                "seconds": float(np.mean(took)),
                "splits": len(mine),
            }
            if bench.spec.meter and arm.scores is None:
                row |= _metered(bench, mine[0], mine[0].arm(arm.name))
            yield row


def _metered(bench: Bench, trial: Trial, done: ArmTrial) -> dict[str, float]:
    arm = bench.arm(done.chosen or done.arm)
    drawn = _drawn(bench, trial)
    with one_thread():
        timed = np.median([_once(bench, arm, done, drawn, trial) for _ in range(REPEATS)], axis=0)
        was_tracing = tracemalloc.is_tracing()
        tracemalloc.start()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        _once(bench, arm, done, drawn, trial)
        _, peak = tracemalloc.get_traced_memory()
        if not was_tracing:
            tracemalloc.stop()
    names = ("train_seconds", "answer_seconds", "cpu_seconds")
    return {**dict(zip(names, map(float, timed), strict=True)), "peak_mb": (peak - before) / MEBI}


def _once(bench: Bench, arm: Arm, done: ArmTrial, drawn: Drawn, trial: Trial) -> tuple[float, float, float]:
    """Train and ask once; return seconds of training, of answering, and of the processor for both."""
    domain = bench.domain(bench.spec.primary)
    items, codes = bench.items(domain)
    rows = np.array(trial.tests[domain.name], dtype=np.intp)
    cpu, began = time.process_time(), time.perf_counter()
    system = train(bench, arm, train_set(bench, arm, drawn), Choice(done.weight, done.settings), f"{drawn.key}/0")
    trained = time.perf_counter()
    system.answer(items, codes, rows)
    return trained - began, time.perf_counter() - trained, time.process_time() - cpu


def _drawn(bench: Bench, trial: Trial) -> Drawn:
    """Return what the trial's models were allowed to know."""
    split = bench.split(trial.split)
    return Drawn(
        rows=split.train(trial.shots),
        more=lambda times: split.train(trial.shots, times),
        key=f"{trial.split}/{trial.shots}",
        further=lambda n: split.further(trial.shots, n),
        banned=frozenset(hit for found in trial.copies.values() for hit in found),
    )
