"""Whether what made data had to beat was worth beating, and whether the honest alternatives were tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from shisaku.core.domain import Domain
from shisaku.core.study import Alarm
from shisaku.core.study_spec import StudySpec
from shisaku.lab.alarms.data import note
from shisaku.lab.bench import Bench
from shisaku.lab.contrast import opponent
from shisaku.lab.items import Index
from shisaku.lab.trial import Trial
from shisaku.message import say


def baseline_alarms(bench: Bench, trials: Sequence[Trial]) -> Iterator[Alarm]:
    """Yield what is wrong with the comparator, and which controls the design lacks."""
    yield from _untuned(bench)
    yield from _weak(bench, trials)
    yield from _controls(bench.spec)
    if bench.spec.train == "real" and len(bench.spec.shots) == 1:
        yield note(
            "one_size", say("One number of real items: whether the gain stays with more of them is not seen; add shots")
        )


def _untuned(bench: Bench) -> Iterator[Alarm]:
    spec = bench.spec
    if spec.tune or len(spec.comparators) > 1 or all(name in spec.against for name in spec.contrasts):
        return
    arm = bench.arm(spec.comparators[0])
    # A learner with a grid of its own tunes itself in every fit.
    if arm.scores is None and len(arm.weights) < 2 and len(getattr(bench.learner, "grid", ())) < 2:
        yield Alarm(
            "comparator_untuned",
            say(
                "{comparator} is the only comparator and nothing of it was tuned: a weak baseline is easy to beat; "
                "set `tune`, or name more comparators",
                comparator=arm.name,
            ),
        )


def _weak(bench: Bench, trials: Sequence[Trial]) -> Iterator[Alarm]:
    spec = bench.spec
    for shots in spec.shots:
        mine = [trial for trial in trials if trial.shots == shots]
        names = dict.fromkeys(opponent(spec, name, mine[0]) for name in spec.contrasts)
        for domain in spec.domains:
            chance = float(np.mean([_chance(bench, domain, trial) for trial in mine]))
            for name in names:
                share = float(np.mean([trial.arm(name).values[domain.name] for trial in mine]))
                if share <= chance + 1e-9:
                    yield Alarm(
                        "comparator_at_chance",
                        say(
                            "{comparator} reaches {share:.1%} on {domain} at {shots} shots, guessing {chance:.1%}: to "
                            "beat it proves little",
                            comparator=name, share=share, domain=domain.name, shots=shots, chance=chance,
                        ),
                    )  # fmt: skip


def _chance(bench: Bench, domain: Domain, trial: Trial) -> float:
    """Return what guessing reaches in the study's metric: the same class always, or a random order."""
    rows: Index = np.array(trial.tests[domain.name], dtype=np.intp)
    truth = bench.items(domain)[1][rows]
    if bench.spec.target is not None:
        return min(1.0, bench.spec.found_in / len(rows))
    times = np.unique(truth, return_counts=True)[1]
    return float(1 / len(times) if bench.spec.metric == "balanced_accuracy" else times.max() / times.sum())


def _controls(spec: StudySpec) -> Iterator[Alarm]:
    arms = {arm.name: arm for arm in spec.arms}

    def adds(name: str) -> bool:
        return any(arms[one].stream for one in arms[name].choose or (name,))

    larger = [name for name in spec.contrasts if adds(name) and not (name in spec.against and adds(spec.against[name]))]
    copies = spec.train == "real" and any(arm.oversample and not arm.stream for arm in spec.arms)
    if larger and not copies and not any(arm.shuffle for arm in spec.arms):
        yield Alarm(
            "no_size_control",
            say(
                "{arm} trains on more items than what it is compared with, and no arm shows what more items alone do: "
                "add one with `oversample`, or one with `shuffle`",
                arm=larger[0],
            ),
        )
    if larger and not any(arm.nearest or arm.more_real > 1 or arm.buy == "labels" for arm in spec.arms):
        yield note(
            "no_retrieval_or_more_real",
            say(
                "No arm shows what real items would have brought instead of {arm}: add one with `nearest` (retrieval) "
                "or with `more_real`",
                arm=larger[0],
            ),
        )
