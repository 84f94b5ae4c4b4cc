"""Planted faults: a rule that takes a false short cut is not accepted, in worlds where the right one is.

Each design is made harder than the one that is calibrated (more splits, looks or arms, larger groups), so that few
worlds suffice: in the calibrated ones hundreds are needed to tell the worse of these rules from the right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from shisaku.core.study_spec import StudySpec
from shisaku.lab import calibrate_world, contrast, decide
from shisaku.lab.calibrate_designs import FEW, MANY, Design, crowd, grouped
from shisaku.lab.calibrate_rates import summary
from shisaku.lab.calibrate_truth import Truth, glimpse
from shisaku.lab.calibrate_world import one_world
from shisaku.lab.items import StudyData
from shisaku.lab.trial import Trial
from shisaku.lab.trials import run_trials
from shisaku.stats.clusters import Clustered
from shisaku.stats.estimate import TEstimate
from shisaku.stats.holm import HolmLevel
from shisaku.stats.resplit import paired_t

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def plain_t(values: Sequence[float], *_: float) -> TEstimate:
    """Take splits for independent."""
    return paired_t(values)


class Items(Clustered):
    """Take the items of a group for independent."""

    @classmethod
    def of(cls, differences: npt.ArrayLike, strata: npt.ArrayLike, clusters: npt.ArrayLike) -> Clustered:
        return Clustered.of(differences, strata, np.arange(len(np.asarray(clusters))))


def no_holm(p_values: Sequence[float], alpha: float) -> list[HolmLevel]:
    """Give every contrast all of alpha."""
    return [HolmLevel(alpha, p < alpha) for p in p_values]


def unspent(spec: StudySpec) -> float:
    """Give every look all of alpha."""
    return spec.alpha


def many_splits() -> Design:
    """Thirty splits, with so large a test share that they overlap in nearly everything."""
    ground = grouped()
    spec = replace(ground.spec, splits=30, test_share=0.4, domains=ground.spec.domains[:1])
    return Design("single", replace(ground, spec=spec), ("gated",))


def large_groups() -> Design:
    ground = grouped()
    world = replace(ground.world, groups=12, size=20)
    return Design("groups", replace(ground, world=world), ("gated",), domains=(FEW, MANY))


def many_arms() -> Design:
    ground = crowd(7, alpha=0.2, shots=(0,))
    return Design("family", ground, ground.world.made, domains=(FEW,))


def many_looks() -> Design:
    return replace(many_arms(), name="rounds", rounds=True)


BROKEN = {
    "plain_t": (many_splits(), 58, contrast, "nadeau_bengio", plain_t),
    "items": (large_groups(), 50, contrast, "Clustered", Items),
    "no_holm": (many_arms(), 40, decide, "holm", no_holm),
    "unspent": (many_looks(), 40, decide, "alpha_of", unspent),
}


@pytest.mark.parametrize("fault", list(BROKEN))
def test_a_broken_rule_is_not_accepted(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    design, worlds, module, name, broken = BROKEN[fault]
    known: dict[int, tuple[Trial, ...]] = {}

    def trained_once(spec: StudySpec, data: StudyData) -> tuple[Trial, ...]:
        if spec.split_seed not in known:
            known[spec.split_seed] = run_trials(spec, data)
        return known[spec.split_seed]

    monkeypatch.setattr(calibrate_world, "run_trials", trained_once)
    truth = Truth.of([glimpse(design.ground, 5, number) for number in range(60)], design.ground.alike)
    right = _false(design, truth, worlds)
    monkeypatch.setattr(module, name, broken)
    wrong = _false(design, truth, worlds)
    print(fault, worlds, right, wrong)
    assert all(accepted for _, accepted in right.values()), right
    assert not all(accepted for _, accepted in wrong.values()), wrong


def _false(design: Design, truth: Truth, worlds: int) -> dict[str, tuple[int, bool]]:
    seen = [one_world(design.ground, [design], truth, 5, number)[design.name] for number in range(worlds)]
    rates = summary(design, seen, truth)["false_adopt"]
    return {f"{one['claim']['kind']} {one['claim']['domain']}": (one["count"], one["accepted"]) for one in rates}
