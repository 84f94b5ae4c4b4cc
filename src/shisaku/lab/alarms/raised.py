"""What may make a study's numbers false, said by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from shisaku.core.study import Alarm
from shisaku.core.study_spec import StudySpec
from shisaku.lab.alarms.baseline import baseline_alarms
from shisaku.lab.alarms.budget import budget_alarms
from shisaku.lab.alarms.controls import control_alarms
from shisaku.lab.alarms.data import copy_alarms, made_alarms, note, note_alarms
from shisaku.lab.bench import Bench
from shisaku.lab.comparator import favourites
from shisaku.lab.contrast import Contrast
from shisaku.lab.plan import MIN_SPLITS
from shisaku.lab.rounds import alpha_of
from shisaku.lab.trial import Trial
from shisaku.message import say
from shisaku.stats.clusters import MIN_CLUSTERS

TINY_TEST = 30
FEW_CLUSTERS = 10


def raise_alarms(bench: Bench, trials: Sequence[Trial], measured: Sequence[Contrast]) -> tuple[Alarm, ...]:
    """Return every alarm of a finished study, in a fixed order."""
    spec, notes = bench.spec, bench.data.notes
    found: list[Alarm] = []
    found += _design(spec)
    found += control_alarms(spec, trials)
    found += budget_alarms(bench, trials)
    found += baseline_alarms(bench, trials)
    found += _weights(spec, trials)
    found += _comparator(spec, trials)
    found += _tests(spec, measured)
    found += copy_alarms(trials)
    found += made_alarms(spec, notes)
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
        if clusters is not None and 2 ** (1 - clusters) > alpha_of(spec):
            yield Alarm(
                "exact_test_blind",
                say(
                    "An exact sign-flip test over {n} groups of {domain} cannot give a two-sided p below {p:.3f}: it "
                    "shows nothing at {alpha:.3f}, whatever the effect",
                    n=clusters, domain=domain.name, p=2.0 ** (1 - clusters), alpha=alpha_of(spec),
                ),
            )  # fmt: skip
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
