"""What a plan foretells against what whole studies find: fresh worlds through split, comparator, tuning and gate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from poc_material import poc

from shisaku.core.amount import Amount
from shisaku.core.poc_form import Assumed, Held, PocForm
from shisaku.core.seed import rng_for
from shisaku.lab.bench import Bench
from shisaku.lab.calibrate_designs import MANY, OWN, Ground, grouped
from shisaku.lab.contrast import Contrast, contrasts
from shisaku.lab.poc.chance import Simulator
from shisaku.lab.poc.draws import draw_worlds
from shisaku.lab.trials import run_trials
from shisaku.stats.proportions import clopper_pearson

WORLDS = 30
Seen = list[tuple[Ground, dict[str, Contrast], float]]
BEYOND = 0.1  # what the ranges that the form does not know may be off, beside Monte Carlo error


@pytest.fixture(scope="module")
def found() -> Seen:
    """Return what whole studies found in fresh worlds, and how often the two models answered differently there."""
    ground, seen = grouped(), []
    for number in range(WORLDS):
        spec = replace(ground.spec, split_seed=number, test_share=0.3)
        bench = Bench.lay(spec, ground.world.draw(rng_for(11, "world", str(number))))
        trials = run_trials(spec, bench.raw)
        measured = {one.domain: one for one in contrasts(bench, trials)}
        seen.append((ground, measured, float(np.mean([_differing(bench, trial) for trial in trials]))))
    return seen


def _differing(bench: Bench, trial: object) -> float:
    """Return the share of test items that the arm and its comparator answer differently, one of them right."""
    new, base = trial.arm("gated"), trial.arm(trial.comparator)  # type: ignore[attr-defined]
    codes = bench.items(bench.domain(MANY))[1][list(trial.tests[MANY])]  # type: ignore[attr-defined]
    right = [np.array(arm.every(MANY)[0]) == codes for arm in (new, base)]
    return float(np.mean(right[0] != right[1]))


def form_of(domain: str, seen: Seen) -> PocForm:
    """Return the form of someone who knows sizes, gain and how often models differ, and takes the rest as it comes."""
    ground, measured, _ = seen[0]
    classes = [f"class{code}" for code in range(ground.world.classes)]
    gain = float(np.mean([one[1][domain].estimate.mean for one in seen]))
    per_class = round(ground.world.groups * (1 + ground.world.size) / 2)
    known = {
        "labelled": Held(dict.fromkeys(classes, per_class), ground.world.groups * ground.world.classes),
        "splits": ground.spec.splits,
        "expected_gain": Amount.of(gain),
        "error_rate": Amount.of(0.42),
        "assumed": Assumed(differing=Amount.of(float(np.mean([one[2] for one in seen])))),
    }
    if domain == OWN:
        return poc(**known)
    tested = measured[domain]
    there = Held(dict.fromkeys(classes, round(tested.n_test / 3)), tested.clusters or 0)
    return poc(test="untouched", untouched=there, **known)


def agrees(found: Seen, domain: str, margin: float, form: PocForm) -> bool:
    """Whether the share of studies that adopted, with its interval, is near to what the plan foretells."""
    foretold = Simulator(form, draw_worlds(form, 10_000, 0), margin, 0).adopts(0)
    low, high = clopper_pearson(sum(one[1][domain].estimate.low(0.025) > margin for one in found), len(found))
    return low - BEYOND <= foretold.share <= high + BEYOND


@pytest.mark.slow
@pytest.mark.parametrize("margin", [-0.03, -0.01, 0.0])
def test_studies_adopt_about_as_often_as_their_plan_foretold(found: Seen, margin: float) -> None:
    """What is not seen: a plan whose scatter is off by less than half to twice what it should be."""
    for domain in (OWN, MANY):
        form = form_of(domain, found)
        assert agrees(found, domain, margin, form)
    wrong = replace(form, assumed=Assumed(differing=Amount.of(4 * form.assumed.differing.low)))  # type: ignore[union-attr]
    assert not agrees(found, MANY, margin, wrong), "four times the answers that differ is found out"
