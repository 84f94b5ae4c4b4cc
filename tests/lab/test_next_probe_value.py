"""What a first look is worth: hand-computed where it tells all or nothing, and labelled a simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shisaku.lab.next_data.offer import Money, Offer
from shisaku.lab.next_data.probe_value import BELIEF, probe_values
from shisaku.lab.next_data.worth import Worth
from shisaku.stats.learning_curve import PowerLaw

OFFER = Offer("vendor", "source", 1.0, 100)


def world(noise: float) -> Worth:
    """A curve 0.9 - n ** -0.5 at 100 items."""
    one = np.ones(3)
    curve = PowerLaw(0.9 * one, one, 0.5 * one)
    return Worth(curve, 100 * one, {}, {}, {}, 0 * one, None, "", one, noise)


def gain(items: float) -> float:
    return float(np.sign(items) * (0.1 - (100 + abs(items)) ** -0.5))


def test_a_look_that_tells_all_is_worth_the_choice_it_allows() -> None:
    known = 0.012
    (found,) = probe_values([OFFER], world(1e-9), np.full(3, known), 100.0, 4)
    belief = np.linspace(*BELIEF, 51)
    blind = max(known, np.mean([gain(rho * 100) for rho in belief]))
    left = 100.0 - found.n
    after = np.mean([max(gain(rho * min(100, int(left))), known * left / 100) for rho in belief])
    assert found.n == 4  # all sizes tell all: the smallest costs least
    assert found.value == pytest.approx(after - blind, abs=4 * found.error)
    assert found.value > 0
    assert found.pays


def test_a_look_that_tells_nothing_is_worth_its_price_less() -> None:
    (found,) = probe_values([OFFER], world(1e3), np.full(3, 0.02), 100.0, 4)
    assert found.value == pytest.approx(-0.02 * found.n / 100, abs=1e-9)
    assert not found.pays


def test_the_surer_the_look_the_more_it_is_worth() -> None:
    values = [probe_values([OFFER], world(noise), np.full(3, 0.012), 100.0, 4)[0].value for noise in (1e-9, 0.01, 0.1)]
    assert values == sorted(values, reverse=True)


def test_nothing_is_told_of_what_is_known_or_cannot_be_had() -> None:
    from next_material import drawn

    probed = replace(OFFER, probe=drawn(8))
    scarce = replace(OFFER, available=3)
    assert probe_values([probed, scarce, Offer("l", "labels", 1, 9)], world(0.01), np.full(3, 0.01), 100.0, 4) == []


def test_it_is_called_a_simulation() -> None:
    from shisaku.lab.next_data.lines import probe_line

    for noise in (1e-9, 1e3):
        (found,) = probe_values([OFFER], world(noise), np.full(3, 0.012), 100.0, 4)
        assert "Simulation, not evidence" in str(probe_line(found, Money(100, "JPY")))
