"""The looks of a plan: how many items each has, what error it may spend, and how it ends in every world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.core.poc_form import PocForm
from shisaku.core.seed import rng_for
from shisaku.lab.poc.draws import STEP, Floats, Worlds
from shisaku.lab.poc.rules import FUTILE_BELOW, Call, Codes, called, conditional_power
from shisaku.lab.poc.sizes import Sizes, independent, lacking_to_train, sizes_of
from shisaku.lab.poc.spread import Spread, spread_of
from shisaku.stats.alpha_spending import spent

ALPHA = 0.05
LEAST = 1e-12  # a variance that nothing is divided by
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Look:
    """One planned look: the labels bought until then, what they make, the share of the last look's items, its level."""

    labels: int
    sizes: Sizes
    fraction: float
    alpha: float

    @property
    def level(self) -> float:
        """The one-sided error of its bounds."""
        return self.alpha / 2


@dataclass(frozen=True, slots=True)
class Ends:
    """How the looks ended. `calls` [looks, worlds] are of each look alone, as if none before had stopped anything.

    `at` is the look at which each world ended, `call` what it ended in, `estimates` [looks, worlds] what was measured.
    """

    calls: Codes
    at: Codes
    call: Codes
    estimates: Floats

    @property
    def adopted(self) -> Bools:
        """Whether each world ended in ADOPT."""
        found: Bools = self.call == Call.ADOPT
        return found


def looks_of(form: PocForm, labels: int) -> tuple[Look, ...]:
    """Return the looks of a plan that buys so many labels: equal parts of them; one look where none are bought.

    What a look finds is what was there before and the labels until then; what training lacks comes first. The error of
    all looks together is 5 %, spent by an O'Brien-Fleming-like function of their number (`stats.alpha_spending`), as a
    study of the recipe would.
    """
    first = min(labels, lacking_to_train(form))
    planned = min(form.looks, max(labels - first, 1))
    steps = [first - (first - labels) * look // planned for look in range(1, planned + 1)]
    sizes = [sizes_of(form, bought) for bought in steps]
    whole = independent(sizes[-1].test)
    return tuple(
        Look(bought, size, independent(size.test) / whole if whole else 1.0, spent(number, planned, ALPHA))
        for number, (bought, size) in enumerate(zip(steps, sizes, strict=True), 1)
    )


def play(form: PocForm, looks: Sequence[Look], worlds: Worlds, margin: float, seed: int) -> Ends | None:
    """Play a plan in every world: measure and decide look by look; None where a look has nothing to test or train on.

    The gain measured moves from look to look as the mean of a growing number of items does, and by what each look does
    anew; the variance that its interval takes has chi-squared error, and for a sum Satterthwaite's degrees of freedom.
    The same worlds meet the same luck whatever the sizes, so that plans can be compared.
    """
    spreads = [spread_of(form, look.sizes, worlds) for look in looks]
    if any(spread is None for spread in spreads):
        return None
    known = [spread for spread in spreads if spread is not None]
    walked, before = np.zeros(len(worlds)), np.zeros(len(worlds))
    calls, estimates = [], []
    for number, (look, spread) in enumerate(zip(looks, known, strict=True)):
        rng = rng_for(seed, STEP, f"look {number}")
        steps, alone = rng.standard_normal((2, len(worlds)))
        information = 1 / np.maximum(spread.items, LEAST)
        walked = walked + np.sqrt(np.maximum(information - before, 0.0)) * steps
        before = information
        estimate = worlds.gain + walked / information + np.sqrt(spread.alone) * alone
        se, df = _estimated(spread, rng)
        calls.append(_call(form, looks, look, estimate, se, df, margin))
        estimates.append(estimate)
    every = np.array(calls)
    return Ends(every, *first_stop(every), np.array(estimates))


def _estimated(spread: Spread, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return standard errors as an interval would estimate them, and their degrees of freedom (Satterthwaite)."""
    from scipy.special import chdtri

    found = np.zeros(len(spread.items))
    squares = np.zeros(len(spread.items))
    for variance, free in spread.parts:
        part = variance * chdtri(free, rng.random(len(found))) / free
        found, squares = found + part, squares + part**2 / free
    return np.sqrt(found), found**2 / np.maximum(squares, LEAST**2)


def _call(
    form: PocForm, looks: Sequence[Look], look: Look, estimate: Floats, se: Floats, df: Floats, margin: float
) -> Codes:
    found = called(estimate, se, df, look.level, margin)
    if look is not looks[-1]:
        reach = last_reach(form, looks)
        chance = conditional_power(estimate, se, look.fraction, form.expected_gain.likely, margin, reach)
        found[(found == Call.OPEN) & (chance < FUTILE_BELOW)] = Call.FUTILE
    return found


def last_reach(form: PocForm, looks: Sequence[Look]) -> float:
    """Return how many standard errors the last look's bound lies from its estimate, by the plan's count of freedom."""
    from scipy.special import stdtrit

    return -float(stdtrit(planned_df(form, looks[-1].sizes), looks[-1].level))


def planned_df(form: PocForm, sizes: Sizes) -> float:
    """Return the degrees of freedom that a plan counts on, as `lab.plan` does."""
    splits = form.splits - 1.0
    return splits if form.test == "own" else max(1.0, min(sizes.whole_groups - 1.0, splits))


def first_stop(calls: Codes) -> tuple[Codes, Codes]:
    """Return at which of the looks [looks, worlds] each world ends, the last one at the latest, and in what."""
    stopped = calls != Call.OPEN
    stopped[-1] = True
    at: Codes = stopped.argmax(axis=0)
    return at, calls[at, np.arange(calls.shape[1])]
