"""What going on is worth, stage by stage: what an ADOPT earns less what is still to be paid; stopping earns nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shisaku.core.poc_form import PocForm
from shisaku.lab.poc.draws import Floats, Worlds
from shisaku.lab.poc.looks import Ends, Look, first_stop
from shisaku.lab.poc.rules import Call
from shisaku.lab.poc.spending import stage_costs

NORMAL = 1.959964
FEWEST = 30  # worlds behind a mean


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over worlds with the 95 % interval of its Monte Carlo error, which says nothing of the ranges given."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Floats) -> Mean | None:
        """Return the mean of enough values, else None."""
        if len(values) < FEWEST:
            return None
        mean, reach = float(values.mean()), NORMAL * float(values.std(ddof=1)) / math.sqrt(len(values))
        return cls(mean, mean - reach, mean + reach)


@dataclass(frozen=True, slots=True)
class Pays:
    """When going on after a look earns more than it costs: ``from`` the estimate there on, or whatever it is."""

    when: Literal["always", "from", "never", "unknown"]
    estimate: float | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage as it stands before it is paid for.

    `going_on` is what is earned from here less what is paid from here, over the worlds that `reached` it. `option` is
    what the right to stop at the look before is worth: what those worlds save that it ends, less what they forgo.
    `pays` says what that look must have measured for the stage to pay.
    """

    reached: float
    going_on: Mean | None
    option: Mean | None = None
    pays: Pays | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What a plan is worth over all worlds: `whole` its mean, `ends` where nine in ten of its outcomes lie."""

    whole: Mean | None
    ends: tuple[float, float]
    stages: tuple[Stage, ...]


def value_of(form: PocForm, looks: Sequence[Look], ends: Ends, worlds: Worlds) -> Value | None:
    """Return what the plan is worth; None where the form does not say what a right answer is worth."""
    earned = _earned(form, worlds)
    if earned is None:
        return None
    costs = stage_costs(form, looks, worlds.prices)
    net = np.where(ends.adopted, earned, 0.0) - _paid(costs, ends)
    low, high = np.quantile(net, [0.05, 0.95])
    stages = [_stage(number, costs, ends, earned) for number in range(len(looks))]
    return Value(Mean.of(net), (float(low), float(high)), tuple(stages))


def _earned(form: PocForm, worlds: Worlds) -> Floats | None:
    """Return what an ADOPT earns in each world: the true gain's worth less running it, over the years, less rollout."""
    if worlds.yearly is None or worlds.running is None or worlds.rollout is None:
        return None
    return form.worth.years * (worlds.yearly * worlds.gain - worlds.running) - worlds.rollout


def _paid(costs: Floats, ends: Ends) -> Floats:
    paid: Floats = np.cumsum(costs, axis=0)[ends.at, np.arange(costs.shape[1])]
    return paid


def _stage(number: int, costs: Floats, ends: Ends, earned: Floats) -> Stage:
    reached = ends.at >= number
    ahead = _from_here(number, costs, ends, earned)
    if not number:
        return Stage(float(reached.mean()), Mean.of(ahead))
    before = ends.at >= number - 1
    stopped = before & (ends.at == number - 1) & (ends.call != Call.ADOPT)
    option = np.where(stopped, -ahead, 0.0)[before]
    going = before & (ends.calls[number - 1] != Call.ADOPT)
    return Stage(
        float(reached.mean()),
        Mean.of(ahead[reached]),
        Mean.of(option),
        _pays(ends.estimates[number - 1][going], ahead[going]),
    )


def _from_here(number: int, costs: Floats, ends: Ends, earned: Floats) -> Floats:
    """Return what each world would earn and pay from this stage on, whether or not a look before had stopped it."""
    at, call = first_stop(ends.calls[number:])
    paid = np.cumsum(costs[number:], axis=0)[at, np.arange(len(at))]
    found: Floats = np.where(call == Call.ADOPT, earned, 0.0) - paid
    return found


def _pays(estimates: Floats, ahead: Floats) -> Pays:
    """Return from which estimate on what lies ahead is worth more than nothing, by isotonic regression on it."""
    from scipy.optimize import isotonic_regression

    if len(estimates) < FEWEST:
        return Pays("unknown")
    order = np.argsort(estimates)
    fitted = isotonic_regression(ahead[order]).x
    if fitted[0] > 0:
        return Pays("always")
    return Pays("from", float(estimates[order][np.argmax(fitted > 0)])) if fitted[-1] > 0 else Pays("never")
