"""How often is ADOPT false, and how often is it missed? Measured in whole simulated worlds.

Every world is a fresh finite dataset pushed through the path of a real study: plan, splits, comparator
chosen on validation, weight tuned on validation, a gate, decision. The design is the least favourable one
that is not exploratory: the fewest splits (6) and a small test share (0.1). There the standard error that
decides was 1.1 times the real spread of the estimate; it was 1.3 times with a test share of 0.2, and 1.6 to
2 times with 0.4, with more splits or with few shots (200 worlds each): those err further on the safe side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Arm, ArmKeep, Domain, Feature, StudySpec
from shisaku.core.seed import rng_for
from shisaku.lab.bench import Bench
from shisaku.lab.comparator import agree
from shisaku.lab.contrast import Contrast, contrasts
from shisaku.lab.decide import decide
from shisaku.lab.plan import MIN_SPLITS, freeze, row_of
from shisaku.lab.trial import run_trial
from shisaku.lab.trials import run_trials, spread
from shisaku.lab.worlds import FIELD, HUGE, MADE, REAL, World
from shisaku.message import say
from shisaku.stats.power import POWER
from shisaku.stats.proportions import clopper_pearson, upper_bound

CLEAN = "clean"
CONTRAST = "gated"
TRUTH_WORLDS = 200
HUGE_GROUPS = 400
LIMIT = 0.05  # largest upper bound of the false ADOPT rate that is accepted
NOMINAL = 0.025
LEAST_POWER = 0.75
# With fewer worlds than this even no false ADOPT at all leaves the upper bound above 5 %.
CONCLUSIVE = 59


@dataclass(frozen=True, slots=True)
class Truth:
    """The true effect of the procedure, its standard error, and the sd of a split's difference."""

    effect: float
    error: float
    sd: float
    worlds: int


def calibrate(worlds: int = 400, seed: int = 0, workers: int = 1, progress: Progress = silent) -> dict[str, Any]:
    """Return the measured false ADOPT rate and power of the whole procedure, as plain data.

    The true effect D is measured first, on other worlds with huge fresh test sets. The margin is then set to
    exactly D for false ADOPT, and to D less the distance that the plan promises to show with 80 % power for
    power: the same worlds answer both, for no bound depends on the margin. Accepted when the one-sided
    95 % upper bound of false ADOPT is at most 5 % and power at least 75 %; with fewer than 59 worlds, when
    neither is contradicted. Raises ValueError for no worlds.
    """
    if worlds < 1:
        raise ValueError(f"calibrate needs at least one world, got {worlds}")
    truth = _truth(max(TRUTH_WORLDS, worlds), seed, workers, progress)
    what = str(say("calibration: worlds"))
    found: list[dict[str, Any]] = [{}] * worlds
    for count, (place, one) in enumerate(spread(_same, (seed, truth), _world, range(worlds), workers), 1):
        found[place] = one
        progress(what, count, worlds)
    return _summary(found, truth, seed)


def study(truth: Truth | None = None, margin: float = 0.0, *, huge: bool = False) -> StudySpec:
    """Return the study that every world is put through; its deployment is the clean domain alone."""
    domains = [Domain(CLEAN, "resplit", delta_gain=margin, delta_safe=1.0)]
    domains.append(Domain(HUGE if huge else FIELD, "external", stream=HUGE if huge else FIELD, delta_gain=margin))
    grid = (0.1, 0.3, 1.0)
    return StudySpec(
        name="calibration",
        label="class",
        real=REAL,
        feature=Feature("none"),
        domains=tuple(domains),
        primary=CLEAN,
        deploy=(CLEAN,),
        arms=(
            Arm("real"),
            Arm("copies", oversample=2),
            Arm(CONTRAST, add=MADE, weights=grid, keep=ArmKeep("dataset.label_agreement", 0.8, {"folds": 2})),
        ),
        comparators=("real", "copies"),
        contrasts=(CONTRAST,),
        splits=MIN_SPLITS,
        test_share=0.1,
        learner={"name": "logistic", "C": 10.0, "tol": 1e-2, "transform": "none"},
        assumed_sd=truth.sd if truth else 0.1,
    )


def _same(ground: Any) -> Any:
    return ground


def _truth(worlds: int, seed: int, workers: int, progress: Progress) -> Truth:
    what = str(say("calibration: true effect"))
    effects, spreads = [], []
    for count, (_, (effect, gap)) in enumerate(spread(_same, seed, _true_effect, range(worlds), workers), 1):
        effects.append(effect)
        spreads.append(gap**2 / 2)
        progress(what, count, worlds)
    error = float(np.std(effects, ddof=1)) / len(effects) ** 0.5
    # Sums of floats depend on their order, and processes finish in any order.
    return Truth(float(np.mean(sorted(effects))), error, float(np.mean(sorted(spreads))) ** 0.5, worlds)


def _true_effect(seed: int, number: int) -> tuple[float, float]:
    """Mean effect of two splits of a fresh world on a huge fresh test set; gap of their clean differences."""
    data = World().draw(rng_for(seed, "truth", str(number)), huge=HUGE_GROUPS)
    spec = replace(study(huge=True), split_seed=number)
    bench = Bench.lay(spec, data)
    trials = agree([run_trial(bench, split, 0) for split in (0, 1)])

    def gap(which: int, domain: str) -> float:
        trial = trials[which]
        return trial.arm(CONTRAST).values[domain] - trial.arm(trial.comparator).values[domain]

    return (gap(0, HUGE) + gap(1, HUGE)) / 2, gap(0, CLEAN) - gap(1, CLEAN)


def _world(ground: tuple[int, Truth], number: int) -> dict[str, Any]:
    """Put one fresh world through the study, and decide at both margins."""
    seed, truth = ground
    data = World().draw(rng_for(seed, "world", str(number)))
    spec = replace(study(truth, truth.effect), split_seed=number)
    plan = freeze(spec, data)
    measured = contrasts(Bench.lay(spec, data), run_trials(spec, data))
    row = row_of(plan, CONTRAST, CLEAN, 0)
    distance = row["smallest_gain"] - truth.effect
    easier = replace(study(truth, truth.effect - distance), split_seed=number)
    clean, field = _pair(measured)
    return {
        "false_adopt": decide(spec, plan, measured).overall.decision == "ADOPT",
        "adopt": decide(easier, freeze(easier, data), measured).overall.decision == "ADOPT",
        "field_false_adopt": field.estimate.low(NOMINAL) > truth.effect,
        "mean": clean.estimate.mean,
        "low": clean.estimate.low(NOMINAL),
        "covered": clean.estimate.low(NOMINAL) <= truth.effect <= clean.estimate.high(NOMINAL),
        "distance": distance,
        "n_train": clean.n_train,
        "n_test": clean.n_test,
    }


def _pair(measured: Sequence[Contrast]) -> tuple[Contrast, Contrast]:
    clean = next(one for one in measured if one.domain == CLEAN)
    return clean, next(one for one in measured if one.domain == FIELD)


def _summary(found: Sequence[dict[str, Any]], truth: Truth, seed: int) -> dict[str, Any]:
    n = len(found)
    false = sum(one["false_adopt"] for one in found)
    adopted = sum(one["adopt"] for one in found)
    field = sum(one["field_false_adopt"] for one in found)
    upper = upper_bound(false, n)
    if n >= CONCLUSIVE:
        accepted = upper <= LIMIT and adopted / n >= LEAST_POWER
        criterion = say("false ADOPT shown to be at most {limit:.0%}, power at least {power:.0%}", limit=LIMIT,
                        power=LEAST_POWER)  # fmt: skip
    else:
        accepted = clopper_pearson(false, n, 0.9)[0] <= NOMINAL and clopper_pearson(adopted, n, 0.9)[1] >= LEAST_POWER
        criterion = say("too few worlds to show it: nothing contradicts {limit:.1%} false ADOPT and {power:.0%} power",
                        limit=NOMINAL, power=LEAST_POWER)  # fmt: skip
    return {
        "worlds": n,
        "seed": seed,
        "false_adopt": false / n,
        "false_adopt_count": false,
        "false_adopt_interval": list(clopper_pearson(false, n)),
        "false_adopt_upper": upper,
        "power": adopted / n,
        "power_interval": list(clopper_pearson(adopted, n)),
        "planned_power": POWER,
        "accepted": accepted,
        "criterion": criterion.to_json(),
        "true_effect": truth.effect,
        "true_effect_error": truth.error,
        "true_effect_worlds": truth.worlds,
        "sd_of_difference": truth.sd,
        "mean_estimate": float(np.mean([one["mean"] for one in found])),
        "sd_of_estimate": float(np.std([one["mean"] for one in found], ddof=1)) if n > 1 else None,
        "planned_distance": float(np.mean([one["distance"] for one in found])),
        "coverage": float(np.mean([one["covered"] for one in found])),
        "fixed_test": {"false_adopt": field / n, "false_adopt_interval": list(clopper_pearson(field, n))},
        "design": {"splits": MIN_SPLITS, "test_share": study().test_share,
                   "n_train": float(np.mean([one["n_train"] for one in found])),
                   "n_test": float(np.mean([one["n_test"] for one in found]))},
    }  # fmt: skip
