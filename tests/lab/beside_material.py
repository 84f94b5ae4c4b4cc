"""Trials whose scores are known by construction: nothing is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from lab_material import LEARNER, external, planted

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.study_spec import StudySpec
from shisaku.lab.bench import Bench
from shisaku.lab.beside.effects import Effects
from shisaku.lab.trial import ArmTrial, Trial

Share = Callable[[str, str, int], float]  # (arm, domain, shots) -> share of test items that is answered rightly


def spec_of(arms: tuple[Arm, ...], **changes: Any) -> StudySpec:
    plain: dict[str, Any] = {
        "name": "known",
        "label": "class",
        "real": "real",
        "feature": Feature("image.embed"),
        "domains": (Domain("photo", "external", stream="photo"),),
        "primary": "photo",
        "arms": arms,
        "contrasts": (arms[-1].name,),
        "splits": 10,
        "learner": LEARNER,
        "shots": (10,),
    }
    return StudySpec(**{**plain, **changes})


def bench_of(spec: StudySpec, groups: int = 200) -> Bench:
    """Lay the study over data of three classes, one item per group, with a fixed test set `photo` and twins of it."""
    data = planted(groups=40, size=1)
    names = {domain.stream for domain in spec.domains if domain.kind == "external"}
    fixed = {name: external(groups=groups) for name in names}
    return Bench.lay(spec, replace(data, streams={**data.streams, **fixed}))


def effects_of(
    spec: StudySpec,
    share: Share,
    made: Mapping[str, int] | None = None,
    *,
    groups: int = 200,
    seed: int = 0,
    ratings: Mapping[str, float] | None = None,
) -> Effects:
    """Return trials in which every arm is right on its share of the items, the arms with common luck."""
    bench, rng = bench_of(spec, groups), np.random.default_rng(seed)
    trials = []
    for shots in spec.shots:
        for split in range(spec.splits):
            train = bench.split(split).train(shots)
            tests = {domain.name: bench.test_rows(domain, bench.split(split).test) for domain in spec.domains}
            luck = {name: rng.random(len(rows)) for name, rows in tests.items()}

            def arm(one: Arm, split: int = split, shots: int = shots, tests: Any = tests, luck: Any = luck) -> ArmTrial:
                told, values = {}, {}
                for domain in spec.domains:
                    rows = tests[domain.name]
                    truth = bench.items(domain)[1][rows]
                    right = luck[domain.name] < share(one.name, domain.name, shots)
                    codes = np.where(right, truth, (truth + 1) % len(bench.classes))
                    told[domain.name] = tuple(map(int, codes))
                    values[domain.name] = bench.score(truth, codes)
                n = 0 if one.alone else len(bench.split(split).train(shots, one.more_real))
                return ArmTrial(one.name, 1.0, n, (made or {}).get(one.name, 0), True, values, told)

            trials.append(
                Trial(
                    split=split,
                    shots=shots,
                    comparator=spec.comparators[0],
                    arms=tuple(arm(one) for one in spec.arms),
                    tests={name: tuple(map(int, rows)) for name, rows in tests.items()},
                    held_out=len(bench.split(split).test),
                    trained_on=tuple(bench.data.real.ids[i] for i in train),
                    validation={},
                    copies={},
                    ratings=ratings or {},
                )
            )
    return Effects(bench, tuple(trials))
