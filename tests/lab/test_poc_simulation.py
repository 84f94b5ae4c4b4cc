"""The simulated chance of ADOPT: false and sure ones, more is never less, and what the lab itself decides."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lab_material import external, planted, study
from poc_material import poc, untouched

from shisaku.core.amount import Amount
from shisaku.core.domain import Domain
from shisaku.core.poc_form import Assumed, Held, PocForm
from shisaku.lab.contrast import Contrast
from shisaku.lab.decide import decide
from shisaku.lab.plan import freeze
from shisaku.lab.poc.chance import Chance, Simulator
from shisaku.lab.poc.draws import draw_worlds
from shisaku.lab.poc.rules import Call, conditional_power, futile_under
from shisaku.stats.clusters import Clustered, fixed_test_estimate
from shisaku.stats.estimate import Estimate
from shisaku.stats.power import t_power
from shisaku.stats.proportions import clopper_pearson
from shisaku.stats.resplit import nadeau_bengio

WORLDS = 10_000
FORMS = [poc(), poc(looks=3), untouched(200), untouched(200, 20, looks=3)]


def simulator(form: PocForm, margin: float = 0.02, worlds: int = WORLDS) -> Simulator:
    return Simulator(form, draw_worlds(form, worlds, 0), margin, 0)


def adopts(form: PocForm, labels: int = 0, margin: float = 0.02) -> Chance:
    return simulator(form, margin).adopts(labels)


@pytest.mark.parametrize("form", FORMS)
def test_no_effect_is_adopted_no_more_often_than_the_error_that_is_allowed(form: PocForm) -> None:
    """The least favourable case: the true gain is the margin itself; a two-sided 5 % allows 2.5 %."""
    nothing = replace(form, expected_gain=Amount.of(0.0))
    assert adopts(nothing, 400).share < 0.005
    assert adopts(nothing, 400, margin=0.0).low <= 0.025
    at_margin = replace(form, expected_gain=Amount.of(0.05))
    found = adopts(at_margin, 400, margin=0.05)
    assert found.low <= 0.025
    assert found.share > 0.005, "the test is not so strict that it never adopts"


@pytest.mark.parametrize("form", FORMS)
def test_a_huge_effect_is_adopted_and_a_harmful_one_is_stopped(form: PocForm) -> None:
    assert adopts(replace(form, expected_gain=Amount.of(0.2), assumed=Assumed(alike=Amount.of(0.0))), 600).share > 0.99
    harmful = replace(form, expected_gain=Amount.of(-0.15), assumed=Assumed(Amount.of(0.2), alike=Amount.of(0.0)))
    ends = simulator(harmful).play(600)
    assert ends is not None
    assert np.isin(ends.call, [Call.HARM, Call.SMALL, Call.FUTILE]).mean() > 0.97
    assert not ends.adopted.any()


@pytest.mark.parametrize("looks", [1, 3])
@pytest.mark.parametrize("make", [poc, lambda **changes: untouched(60, 30, **changes)])
def test_more_items_a_larger_gain_and_more_splits_are_never_less(make: Any, looks: int) -> None:
    form = make(looks=looks, assumed=Assumed(), expected_gain=Amount.of(0.04, 0.06, 0.1))
    by_labels = [adopts(form, labels).share for labels in (10, 100, 400, 1_600, 5_000)]
    assert by_labels == sorted(by_labels)
    assert by_labels[-1] > by_labels[0] + 0.2
    by_gain = [adopts(replace(form, expected_gain=Amount.of(gain)), 400).share for gain in (0.0, 0.03, 0.06, 0.12)]
    assert by_gain == sorted(by_gain)
    by_splits = [adopts(replace(form, splits=splits), 400).share for splits in (3, 6, 20)]
    assert by_splits == sorted(by_splits)
    by_group = [adopts(replace(form, assumed=Assumed(alike=Amount.of(r))), 400).share for r in (0.5, 0.1, 0.0)]
    assert by_group == sorted(by_group)


@pytest.mark.parametrize("gain", [0.04, 0.06, 0.08])
def test_with_nothing_unknown_the_share_is_the_power_in_closed_form(gain: float) -> None:
    form = poc(expected_gain=Amount.of(gain))
    se = math.sqrt((0.1 - gain**2) / 600 * (1 + 0.7 / 0.3 / 20))
    found = adopts(form)
    assert found.low <= t_power((gain - 0.02) / se, 19, 0.025) <= found.high


def test_over_a_range_it_is_the_mean_of_the_powers() -> None:
    form = poc(expected_gain=Amount.of(0.0, 0.1))
    gains = np.linspace(0, 0.1, 201)
    se = np.sqrt((0.1 - gains**2) / 600 * (1 + 0.7 / 0.3 / 20))
    powers = [t_power((gain - 0.02) / s, 19, 0.025) for gain, s in zip(gains, se, strict=True)]
    assert adopts(form).share == pytest.approx(np.mean(powers), abs=0.012)


def test_stopping_for_futility_loses_no_more_power_than_it_may() -> None:
    """Lan, Simon and Halperin (1982): curtailed at 10 %, the chance to miss grows by no more than a factor 1 / 0.9."""
    form = poc(labelled=Held({"a": 0, "b": 0}), looks=3, unlabelled=100_000)
    for labels in (600, 1_000, 1_400):
        played = simulator(form).play(labels)
        assert played is not None
        never = (played.calls == Call.ADOPT).any(axis=0)
        assert 1 - played.adopted.mean() <= (1 - never.mean()) / 0.9 + 0.01
    idle = replace(simulator(form), worlds=draw_worlds(replace(form, expected_gain=Amount.of(0.0)), WORLDS, 0))
    played = idle.play(1_000)
    assert played is not None
    assert np.mean(played.at < 2) > 0.8, "without an effect the money of the last stage is mostly saved"


def test_conditional_power_by_simulation_and_at_its_threshold() -> None:
    rng = np.random.default_rng(0)
    se, fraction, truth, margin, reach = 0.02, 0.5, 0.05, 0.02, 2.0
    last = se * math.sqrt(fraction)
    seen = 0.03
    # The last estimate is the mean of what is seen and as much again, drawn around the truth.
    again = rng.normal(truth, se, 400_000)
    share = np.mean((seen + again) / 2 > margin + reach * last)
    at = {"fraction": fraction, "truth": truth, "margin": margin, "reach": reach}
    assert conditional_power(np.array([seen]), np.array([se]), **at)[0] == pytest.approx(share, abs=0.003)
    edge = futile_under(se, **at)
    assert conditional_power(np.array([edge]), np.array([se]), **at)[0] == pytest.approx(0.1)


def decided(estimates: Iterator[tuple[Estimate, int | None]], kind: str, margin: float) -> list[str]:
    """Return what the lab itself decides on these estimates."""
    domains = (Domain("own", "resplit") if kind == "own" else Domain("photo", "external", stream="photo"),)
    spec = study(domains=tuple(replace(one, delta_gain=margin) for one in domains), primary=domains[0].name)
    spec = replace(spec, contrasts=spec.contrasts[:1])
    data = planted()
    plan = freeze(spec, replace(data, streams={**data.streams, "photo": external()}))
    found = []
    for estimate, clusters in estimates:
        one = Contrast(spec.contrasts[0], spec.primary, 0, estimate, (0.0, 0.0), 1.0, 1.0, clusters, "real", (), {})
        verdict = decide(spec, plan, [one]).verdicts[0]
        harm = verdict.decision == "REJECT" and verdict.interval[1] < 0
        found.append("HARM" if harm else verdict.decision)
    return found


def differences(rng: np.random.Generator, n: int, gain: float, lasting: float) -> np.ndarray:
    """Return what each of `n` items of two classes adds in 20 trainings [20, 2, n]: +1, 0 or -1, a tenth not 0.

    Nothing of the plan's formulas is in it: an item either says the same in every training, or something new in each.
    """
    chances = [(0.1 - gain) / 2, 0.9, (0.1 + gain) / 2]
    same = rng.choice([-1.0, 0.0, 1.0], size=(2, n), p=chances)
    anew = rng.choice([-1.0, 0.0, 1.0], size=(20, 2, n), p=chances)
    return np.where(rng.random((2, n)) < lasting, same, anew)


def agrees(form: PocForm, told: list[str], margin: float) -> None:
    """Compare the shares of the lab's decisions with those of the simulator, within Monte Carlo error of both."""
    ends = simulator(form, margin).play(0)
    assert ends is not None
    calls = {"ADOPT": Call.ADOPT, "HARM": Call.HARM, "REJECT": Call.SMALL, "ABSTAIN": Call.OPEN}
    for name, call in calls.items():
        low, high = clopper_pearson(told.count(name), len(told), 0.999)
        assert low - 0.02 <= (ends.call == call).mean() <= high + 0.02, name


def held_out(gain: float, lasting: float) -> Iterator[tuple[Estimate, int | None]]:
    rng = np.random.default_rng(1)
    for _ in range(600):
        trained = differences(rng, 300, gain, lasting)
        splits = [np.mean([rng.permutation(row)[:90].mean() for row in items]) for items in trained]
        yield nadeau_bengio(splits, 180, 420, 600), None


def untouched_set(gain: float, lasting: float, groups: int) -> Iterator[tuple[Estimate, int | None]]:
    rng = np.random.default_rng(2)
    clusters = np.arange(600) if not groups else np.arange(600) // (600 // groups)
    for number in range(250):
        items = differences(rng, 300, gain, lasting).reshape(20, 600)
        data = Clustered.of(items, np.repeat([0, 1], 300), clusters)
        yield fixed_test_estimate(data, np.random.default_rng(number), 600), data.n_clusters


def known(lasting: float) -> Assumed:
    return Assumed(Amount.of(0.1), Amount.of(lasting), Amount.of(0.0))


@pytest.mark.parametrize(
    ("gain", "margin", "lasting"), [(0.06, 0.02, 1.0), (0.02, 0.02, 1.0), (0.0, 0.06, 1.0), (0.06, 0.02, 0.3)]
)
def test_the_lab_decides_as_often_on_items_held_out_again_and_again(gain: float, margin: float, lasting: float) -> None:
    form = poc(expected_gain=Amount.of(gain), assumed=known(lasting))
    agrees(form, decided(held_out(gain, lasting), "own", margin), margin)


@pytest.mark.parametrize(
    ("gain", "margin", "lasting", "groups"),
    [(0.05, 0.02, 1.0, 0), (0.02, 0.02, 1.0, 0), (0.06, 0.02, 1.0, 40), (0.05, 0.02, 0.3, 40)],
)
def test_the_lab_decides_as_often_on_an_untouched_test(gain: float, margin: float, lasting: float, groups: int) -> None:
    form = untouched(300, groups, expected_gain=Amount.of(gain), assumed=known(lasting))
    agrees(form, decided(untouched_set(gain, lasting, groups), "photo", margin), margin)


def test_a_plan_that_scatters_otherwise_is_found_out() -> None:
    """The planted fault: half or twice the variance. The comparison must not pass it."""
    told = decided(held_out(0.06, 1.0), "own", 0.02)
    for differing in (0.05, 0.2):
        wrong = poc(expected_gain=Amount.of(0.06), assumed=replace(known(1.0), differing=Amount.of(differing)))
        with pytest.raises(AssertionError):
            agrees(wrong, told, 0.02)


def test_looks_at_a_growing_number_of_items_move_together_as_they_do_in_the_lab() -> None:
    form = poc(labelled=Held({"a": 15, "b": 15}), looks=2)
    played = simulator(form).play(570)
    assert played is not None
    rng, found = np.random.default_rng(3), []
    for _ in range(600):
        whole = differences(rng, 300, 0.06, 1.0)[0]
        found.append([_mean_of_splits(rng, whole, size) for size in (158, 300)])
    seen = np.array(found).T
    assert played.estimates.mean(axis=1) == pytest.approx(seen.mean(axis=1), abs=0.003)
    assert played.estimates.std(axis=1) == pytest.approx(seen.std(axis=1), rel=0.1)
    apart = np.arctanh([np.corrcoef(played.estimates)[0, 1], np.corrcoef(seen)[0, 1]])
    assert np.tanh(apart[0]) > 0.6, "two looks share items"
    assert abs(np.diff(apart)[0]) < 3.5 / math.sqrt(600 - 3)


def _mean_of_splits(rng: np.random.Generator, whole: np.ndarray, size: int) -> float:
    """Return the gain over 20 splits of the first items of either class."""
    tested = round(0.3 * size)
    return float(np.mean([rng.permutation(row[:size])[:tested].mean() for row in whole for _ in range(20)]))


def test_the_share_has_its_exact_monte_carlo_interval() -> None:
    found = adopts(poc())
    assert (found.low, found.high) == pytest.approx(clopper_pearson(round(found.share * WORLDS), WORLDS))
    fewer = simulator(poc(), worlds=100).adopts(0)
    assert fewer.high - fewer.low > 5 * (found.high - found.low)
    again = simulator(poc(), worlds=100).adopts(0)
    assert fewer == again


def test_worlds_are_drawn_from_the_ranges() -> None:
    form = poc(expected_gain=Amount.of(0.0, 0.02, 0.1), assumed=Assumed(), error_rate=Amount.of(0.1, 0.3))
    worlds = draw_worlds(form, 20_000, 0)
    gain = worlds.gain
    assert (gain >= 0).all()
    assert (gain <= 0.1).all()
    assert gain.mean() == pytest.approx((0.0 + 0.02 + 0.1) / 3, abs=0.001)
    assert np.mean(gain < 0.02) == pytest.approx(0.2, abs=0.01)
    other = draw_worlds(replace(form, error_rate=Amount.of(0.2, 0.4)), 20_000, 0)
    assert (other.gain == gain).all(), "one range does not move what another draws"
    # A model cannot win more than all errors there are, and differs at least by its gain.
    small = draw_worlds(replace(form, error_rate=Amount.of(0.01, 0.3)), 20_000, 0)
    assert (small.gain <= 0.1).all()
    assert (small.scatter >= small.gain - small.gain**2 - 1e-9).all()
