"""What may make a study's numbers false, said by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from shisaku.core.recipe import Arm, StudySpec
from shisaku.core.study import Alarm
from shisaku.lab.alarms_data import copy_alarms, note, note_alarms
from shisaku.lab.bench import Bench
from shisaku.lab.comparator import favourites
from shisaku.lab.contrast import Contrast
from shisaku.lab.plan import MIN_SPLITS
from shisaku.lab.trial import Trial
from shisaku.message import say
from shisaku.stats.clusters import MIN_CLUSTERS
from shisaku.stats.resplit import paired_t

TINY_TEST = 30
FEW_CLUSTERS = 10
NOTABLE = 0.01  # a difference of one point between arms that should be equal
LEVEL = 0.025


def raise_alarms(bench: Bench, trials: Sequence[Trial], measured: Sequence[Contrast]) -> tuple[Alarm, ...]:
    """Return every alarm of a finished study, in a fixed order."""
    spec, notes = bench.spec, bench.data.notes
    found: list[Alarm] = []
    found += _design(spec)
    found += control_alarms(spec, trials)
    found += _weights(spec, trials)
    found += _comparator(spec, trials)
    found += _tests(spec, measured)
    found += copy_alarms(trials)
    found += _answers(spec, trials)
    found += note_alarms(notes)
    return tuple(found)


def _design(spec: StudySpec) -> Iterator[Alarm]:
    if spec.splits < MIN_SPLITS:
        yield Alarm(
            "few_splits", say("{n} splits are fewer than {least}: exploratory", n=spec.splits, least=MIN_SPLITS)
        )
    if spec.looks_taken > 0:
        yield Alarm(
            "looked_before",
            say(
                "These test items were looked at {n} times before this plan: a replication on data already looked "
                "at; a confirmatory claim needs an untouched set",
                n=spec.looks_taken,
            ),
        )
    if spec.kpi.illustrative:
        yield note("money_illustrative", say("Money is illustrative: the costs are not yours"))


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
    return not (arm.oversample or arm.stream or arm.scores or arm.choose) and arm.more_real == 1


def _is_oversample(arm: Arm) -> bool:
    return arm.oversample > 0 and not (arm.stream or arm.scores) and arm.more_real == 1


def _weights(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    for arm in spec.arms:
        ends = (min(arm.weights), max(arm.weights))
        if len(arm.weights) < 2:
            continue
        for shots in spec.shots:
            used = Counter(trial.arm(arm.name).weight for trial in trials if trial.shots == shots)
            weight, times = used.most_common(1)[0]
            if weight in ends and 2 * times > used.total():
                yield Alarm(
                    "weight_at_end",
                    say(
                        "{arm} at {shots} shots: weight {weight}, an end of its grid, was chosen in {times} of {n} "
                        "splits; widen the grid",
                        arm=arm.name, shots=shots, weight=weight, times=times, n=used.total(),
                    ),
                )  # fmt: skip


def _comparator(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    for shots in spec.shots:
        chosen = favourites([trial for trial in trials if trial.shots == shots])
        name, times = chosen.most_common(1)[0]
        if 3 * times < 2 * chosen.total():
            yield note(
                "comparator_unstable",
                say(
                    "At {shots} shots no comparator was clearly strongest: "
                    "{name} was the best on validation in {times} of {n} splits",
                    shots=shots, name=name, times=times, n=chosen.total(),
                ),
            )  # fmt: skip


def _tests(spec: StudySpec, measured: Sequence[Contrast]) -> Iterator[Alarm]:
    for domain in spec.domains:
        mine = [one for one in measured if one.domain == domain.name]
        n, clusters = min(one.n_test for one in mine), mine[0].clusters
        if n < TINY_TEST:
            yield Alarm("tiny_test", say("{domain} is tested on {n:.0f} items only", domain=domain.name, n=n))
        if clusters is not None and clusters < MIN_CLUSTERS:
            reason = say(
                "{domain} has {n} independent groups: too few for a bootstrap, cluster t decides",
                domain=domain.name, n=clusters,
            )  # fmt: skip
            yield (Alarm if clusters < FEW_CLUSTERS else note)("few_clusters", reason)
        for one in mine:
            if len(set(one.differences)) == 1 and domain.kind != "external":
                yield Alarm(
                    "no_spread",
                    say(
                        "{arm} on {domain}: the difference is the same in every split; its interval is as wide as "
                        "if one item had changed sides",
                        arm=one.arm,
                        domain=domain.name,
                    ),
                )


def _answers(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    for arm in spec.arms:
        silent = (
            0
            if spec.target
            else sum(code < 0 for t in trials for codes in t.arm(arm.name).predicted.values() for code in codes)
        )
        if silent:
            yield Alarm(
                "no_answer",
                say("{arm} gave no answer to {n} test items; they count as wrong", arm=arm.name, n=silent),
            )
        edge = sum(trial.arm(arm.name).at_edge for trial in trials)
        if 2 * edge > len(trials):
            yield Alarm(
                "setting_at_end",
                say("{arm}: in {n} of {all} fits the learner chose an end of its grid; widen the grid",
                    arm=arm.name, n=edge, all=len(trials)),
            )  # fmt: skip
        loose = sum(not trial.arm(arm.name).converged for trial in trials)
        if loose:
            yield note("not_converged", say("{arm}: {n} fits stopped before they converged", arm=arm.name, n=loose))
