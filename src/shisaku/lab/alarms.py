"""What may make a study's numbers false, said by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from shisaku.core.recipe import Arm, StudySpec
from shisaku.core.study import Alarm
from shisaku.lab.bench import Bench
from shisaku.lab.comparator import favourites
from shisaku.lab.contrast import Contrast
from shisaku.lab.plan import MIN_SPLITS
from shisaku.lab.trial import Trial
from shisaku.message import Message, say
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
    found += _copies(trials)
    found += _answers(spec, trials)
    found += _notes(notes)
    return tuple(found)


def _alarm(code: str, reason: Message) -> Alarm:
    return Alarm(code, reason)


def _note(code: str, reason: Message) -> Alarm:
    return Alarm(code, reason, "note")


def _design(spec: StudySpec) -> Iterator[Alarm]:
    if spec.splits < MIN_SPLITS:
        yield _alarm(
            "few_splits", say("{n} splits are fewer than {least}: exploratory", n=spec.splits, least=MIN_SPLITS)
        )
    if spec.looks_taken > 0:
        yield _alarm(
            "looked_before",
            say(
                "These test items were looked at {n} times before this plan: a replication on data already looked "
                "at; a confirmatory claim needs an untouched set",
                n=spec.looks_taken,
            ),
        )
    if spec.kpi.illustrative:
        yield _note("money_illustrative", say("Money is illustrative: the costs are not yours"))


def control_alarms(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    """Yield alarms about arms that should do nothing (copies) or harm (shuffled labels), against real alone."""
    real = next((arm.name for arm in spec.arms if _is_real(arm)), None)
    if real is None:
        return
    for arm in spec.arms:
        for shots in spec.shots:
            for domain in spec.domains:
                mean, low, high = _against(trials, arm.name, real, domain.name, shots)
                values: dict[str, str | int | float] = {
                    "arm": arm.name, "domain": domain.name, "shots": shots, "effect": 100 * mean,
                }  # fmt: skip
                if _is_oversample(arm) and abs(mean) >= NOTABLE and not low <= 0 <= high:
                    yield _alarm(
                        "oversample_differs",
                        say(
                            "{arm} (copies only) differs from real alone on {domain} at {shots} shots by "
                            "{effect:+.1f} points: part of any effect is regularisation; widen its grid",
                            **values,
                        ),
                    )
                if arm.shuffle and low > 0:
                    yield _alarm(
                        "placebo_helps",
                        say(
                            "{arm} (shuffled labels) beats real alone on {domain} at {shots} shots by {effect:+.1f} "
                            "points: something in the pipeline is broken, or labels do not matter",
                            **values,
                        ),
                    )


def _against(trials: Sequence[Trial], arm: str, base: str, domain: str, shots: int) -> tuple[float, float, float]:
    mine = [trial for trial in trials if trial.shots == shots]
    gaps = [trial.arm(arm).values[domain] - trial.arm(base).values[domain] for trial in mine]
    if len(gaps) < 2:
        return (gaps[0] if gaps else 0.0), -np.inf, np.inf
    plain = paired_t(gaps)
    return plain.mean, plain.low(LEVEL), plain.high(LEVEL)


def _is_real(arm: Arm) -> bool:
    return not (arm.oversample or arm.add or arm.rows or arm.scores) and arm.more_real == 1


def _is_oversample(arm: Arm) -> bool:
    return arm.oversample > 0 and not (arm.add or arm.rows or arm.scores) and arm.more_real == 1


def _weights(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    for arm in spec.arms:
        ends = (min(arm.weights), max(arm.weights))
        if len(arm.weights) < 2:
            continue
        for shots in spec.shots:
            used = Counter(trial.arm(arm.name).weight for trial in trials if trial.shots == shots)
            weight, times = used.most_common(1)[0]
            if weight in ends and 2 * times > used.total():
                yield _alarm(
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
            yield _note(
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
            yield _alarm("tiny_test", say("{domain} is tested on {n:.0f} items only", domain=domain.name, n=n))
        if clusters is not None and clusters < MIN_CLUSTERS:
            reason = say(
                "{domain} has {n} independent groups: too few for a bootstrap, cluster t decides",
                domain=domain.name, n=clusters,
            )  # fmt: skip
            yield (_alarm if clusters < FEW_CLUSTERS else _note)("few_clusters", reason)
        for one in mine:
            if len(set(one.differences)) == 1 and domain.kind != "external":
                yield _alarm(
                    "no_spread",
                    say(
                        "{arm} on {domain}: the difference is the same in every split; its interval is as wide as "
                        "if one item had changed sides",
                        arm=one.arm,
                        domain=domain.name,
                    ),
                )


def _copies(trials: Sequence[Trial]) -> Iterator[Alarm]:
    found: dict[str, set[str]] = {}
    for trial in trials:
        for stream, hits in trial.copies.items():
            found.setdefault(stream, set()).update(hits)
    for stream, copies in sorted(found.items()):
        if copies:
            yield _alarm(
                "near_copies_of_test",
                say(
                    "{n} rows of {stream} are near copies of test items; each was left out of every arm where it was",
                    n=len(copies),
                    stream=stream,
                ),
            )


def _answers(spec: StudySpec, trials: Sequence[Trial]) -> Iterator[Alarm]:
    for arm in spec.arms:
        silent = sum(code < 0 for t in trials for codes in t.arm(arm.name).predicted.values() for code in codes)
        if silent:
            yield _alarm(
                "no_answer",
                say("{arm} gave no answer to {n} test items; they count as wrong", arm=arm.name, n=silent),
            )
        loose = sum(not trial.arm(arm.name).converged for trial in trials)
        if loose:
            yield _note("not_converged", say("{arm}: {n} fits stopped before they converged", arm=arm.name, n=loose))


def _notes(notes: Mapping[str, Any]) -> Iterator[Alarm]:
    for stream, pairs in sorted(notes.get("merged", {}).items()):
        if pairs:
            yield _note(
                "near_duplicates",
                say(
                    "{n} pairs in {stream} look alike and were kept on one side of every split, first {one} and {two}",
                    n=len(pairs), stream=stream, one=pairs[0][0], two=pairs[0][1],
                ),
            )  # fmt: skip
    for stream, near in sorted(notes.get("near_raised", {}).items()):
        yield _note(
            "near_raised",
            say(
                "The items of {stream} are so alike that only a cosine above {near:.3f} counts as a near-duplicate; "
                "check that the same thing never comes in twice, or name a group column",
                stream=stream, near=near,
            ),
        )  # fmt: skip
    for stream, pairs in sorted(notes.get("near_external", {}).items()):
        if pairs:
            yield _alarm(
                "near_external",
                say(
                    "{n} items of the test stream {stream} look like real items, first {one} and {two}",
                    n=len(pairs), stream=stream, one=pairs[0][0], two=pairs[0][1],
                ),
            )  # fmt: skip
    for stream, n in sorted(notes.get("set_aside", {}).items()):
        yield _note(
            "set_aside",
            say("{n} items of {stream} (or their ancestors) have no features or no label", n=n, stream=stream),
        )
    for stream, n in sorted(notes.get("unknown_class", {}).items()):
        yield _note("unknown_class", say("{n} items of {stream} bear a class that real has not", n=n, stream=stream))
