"""Worlds as the form allows them: a true gain, how answers scatter, what things cost, drawn from the ranges given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from shisaku.core.amount import Amount
from shisaku.core.poc_form import ANY, FALSE_ALARM, MISSED, PocForm
from shisaku.core.seed import rng_for

Floats = npt.NDArray[np.float64]
Uniform = Callable[[str], Floats | None]
Drawing = Callable[[Amount, str], Floats]
STEP = "poc"
# Taken where the form says nothing: ranges, so that the plan is as unsure as its reader.
LASTING = Amount.of(0.0, 1.0)
ALIKE = Amount.of(0.0, 0.1, 0.5)
LEAST_ERROR = 0.02
LEAST_SCATTER = 1e-6


@dataclass(frozen=True, slots=True)
class Worlds:
    """One entry per world. `scatter` is the variance of the difference of one item; `prices` are those of the form.

    `yearly` is what a gain of 1 would be worth in a year; it, `running` and `rollout` are None where nobody knows.
    """

    gain: Floats
    scatter: Floats
    lasting: Floats
    alike: Floats
    prices: Mapping[str, Floats]
    yearly: Floats | None
    running: Floats | None
    rollout: Floats | None

    def __len__(self) -> int:
        return len(self.gain)


def draw_worlds(form: PocForm, n: int, seed: int) -> Worlds:
    """Return `n` worlds; what one range draws does not depend on what another one is."""
    return _worlds(form, lambda what: rng_for(seed, STEP, what).random(n))


def likely_world(form: PocForm) -> Worlds:
    """Return the one world in which every amount has its likely value (the middle, where none is more likely)."""
    return _worlds(form, lambda what: None)


def quantile(amount: Amount, at: Floats | None) -> Floats:
    """Return the quantiles of an amount, its likely value for None: uniform if flat, else triangular."""
    width = amount.high - amount.low
    if at is None:
        return np.array([amount.likely])
    if amount.known or amount.flat:
        return amount.low + width * at
    peak = (amount.likely - amount.low) / width
    rising = amount.low + np.sqrt(at * width * (amount.likely - amount.low))
    falling = amount.high - np.sqrt((1 - at) * width * (amount.high - amount.likely))
    found: Floats = np.where(at < peak, rising, falling)
    return found


def error_rate_of(form: PocForm) -> Amount:
    """Return today's error rate; where it is not known, anything from next to none to guessing."""
    if form.error_rate is not None:
        return form.error_rate
    chance = 1 - 1 / len(form.classes)
    return Amount.of(min(chance, max(LEAST_ERROR, form.expected_gain.high)), chance)


def _worlds(form: PocForm, uniform: Uniform) -> Worlds:
    def of(amount: Amount, what: str) -> Floats:
        return quantile(amount, uniform(what))

    errors = of(error_rate_of(form), "error rate")
    # A model cannot win more than all errors there are.
    gain = np.minimum(of(form.expected_gain, "gain"), errors)
    return Worlds(
        gain,
        np.maximum(_differing(form, errors, gain, uniform("differing")) - gain**2, LEAST_SCATTER),
        of(form.assumed.lasting or LASTING, "lasting"),
        of(form.assumed.alike or ALIKE, "alike"),
        {item.name: of(getattr(form.prices, item.name), item.name) for item in fields(form.prices)},
        *_money(form, of),
    )


def _differing(form: PocForm, errors: Floats, gain: Floats, at: Floats | None) -> Floats:
    """Return the share of items that two models answer differently, one right and the other wrong.

    No fewer than the gain itself; and, unless the form knows better, no more than models would that err independently
    of each other: e (1 - e') + e' (1 - e) for their error rates e and e' = e - gain.
    """
    least = np.abs(gain)
    if form.assumed.differing is not None:
        return np.maximum(quantile(form.assumed.differing, at), least)
    after = np.minimum(errors - gain, 1.0)
    most = np.maximum(errors * (1 - after) + after * (1 - errors), least)
    found: Floats = least + (0.5 if at is None else at) * (most - least)
    return found


def _money(form: PocForm, of: Drawing) -> tuple[Floats | None, Floats | None, Floats | None]:
    """Return what a gain of 1 is worth in a year, and what running and rolling out cost; None where nobody knows."""
    worth = form.worth
    if not worth.error_cost or worth.items_per_year is None or worth.running is None or worth.rollout is None:
        return None, None, None
    yearly = of(worth.items_per_year, "items a year") * _per_error(form, of)
    return yearly, of(worth.running, "running"), of(worth.rollout, "rollout")


def _per_error(form: PocForm, of: Drawing) -> Floats:
    """Return what an error costs in use: that of a missed item and of a false alarm, by how often each class comes.

    The gain is taken to be the same in every class.
    """
    costs = form.worth.error_cost
    if ANY in costs:
        return of(costs[ANY], "error cost")
    assert form.positive_share is not None  # noqa: S101 - as the form was checked
    share = of(form.positive_share, "positive share")
    return share * of(costs[MISSED], "missed") + (1 - share) * of(costs[FALSE_ALARM], "false alarm")
