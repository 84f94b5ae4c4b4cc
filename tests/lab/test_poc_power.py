"""What a plan says it can show: by hand, by the protocol's table, and as the plan of the study it leads to says it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from poc_material import poc, untouched
from scipy.stats import nct, t

from shisaku.api.poc_study import starter_recipe
from shisaku.core.amount import Amount
from shisaku.core.poc_form import Assumed, Held, PocForm
from shisaku.lab.items import Items, StudyData
from shisaku.lab.plan import freeze
from shisaku.lab.poc.choice import labels_needed
from shisaku.lab.poc.margins import provable, shows
from shisaku.lab.poc.plan import plan_of
from shisaku.lab.poc.sizes import independent, lacking_to_train, mix, sizes_of

TODAY = date(2026, 1, 5)


@pytest.mark.parametrize(("items", "points"), [(100, 8.8), (300, 5.1), (1_000, 2.8), (3_000, 1.6), (10_000, 0.9)])
def test_the_table_of_the_protocol(items: int, points: float) -> None:
    """Smallest detectable difference with 10 % discordant pairs; with many trainings the t is nearly normal."""
    form = untouched(items // 2, splits=1_000, expected_gain=Amount.of(0.0))
    found = provable(form, 0, 0.0)
    df = min(items, 1_000) - 1
    assert found.gain == pytest.approx((t.isf(0.025, df) + t.isf(0.2, df)) * math.sqrt(0.1 / items), rel=0.01)
    assert 100 * found.gain == pytest.approx(points, abs=0.15)


def test_power_by_hand_on_an_untouched_test() -> None:
    found = provable(untouched(500), 0, 0.02)
    se = math.sqrt((0.1 - 0.06**2) / 1_000)
    assert found.se == pytest.approx(se)
    assert found.power == pytest.approx(float(nct.sf(t.isf(0.025, 19), 19, 0.04 / se)))
    assert found.item_sd == pytest.approx(math.sqrt(0.1 - 0.06**2))
    assert found.sd == pytest.approx(0.0)


def test_power_by_hand_on_held_out_parts() -> None:
    """Nadeau and Bengio: (1/J + f/(1-f)) s^2 with s^2 = (1-f)/f v/N, which is v/N (1 + (1-f)/(f J))."""
    found = provable(poc(), 0, 0.02)
    per_item = (0.1 - 0.06**2) / 600
    assert found.se == pytest.approx(math.sqrt(per_item * (1 + 0.7 / 0.3 / 20)))
    assert found.sd == pytest.approx(math.sqrt(per_item * 0.7 / 0.3))
    assert found.item_sd is None


def test_alike_items_widen_it_and_what_comes_anew_is_averaged_over_trainings() -> None:
    alone = provable(untouched(300, 60), 0, 0.02)
    alike = provable(untouched(300, 60, assumed=Assumed(Amount.of(0.1), Amount.of(1.0), Amount.of(0.25))), 0, 0.02)
    assert alone.se is not None
    assert alike.se == pytest.approx(alone.se * math.sqrt(1 + 9 * 0.25))
    v = (0.1 - 0.06**2) / 600
    anew = provable(untouched(300, assumed=Assumed(Amount.of(0.1), Amount.of(0.25), Amount.of(0.0))), 0, 0.02)
    assert anew.sd == pytest.approx(math.sqrt(0.75 * v))
    assert anew.item_sd == pytest.approx(math.sqrt((0.25 + 0.75 / 20) * v * 600))
    assert anew.se == pytest.approx(math.sqrt((0.25 + 2 * 0.75 / 20) * v))
    own = provable(poc(assumed=Assumed(Amount.of(0.1), Amount.of(0.25), Amount.of(0.0))), 0, 0.02)
    assert own.sd == pytest.approx(math.sqrt(v * (1 - 0.3 * 0.25) / 0.3))


def test_the_rarest_class_decides_how_sure_a_balanced_accuracy_is() -> None:
    assert independent({"a": 300, "b": 300}) == pytest.approx(600)
    assert independent({"a": 20, "b": 580}) == pytest.approx(4 / (1 / 20 + 1 / 580))
    assert independent({"a": 0, "b": 600}) == 0
    rng = np.random.default_rng(0)
    recalls = [rng.choice([-1, 0, 1], size=(4_000, n), p=[0.05, 0.9, 0.05]).mean(axis=1) for n in (20, 580)]
    assert np.mean(recalls, axis=0).var() == pytest.approx(0.1 / independent({"a": 20, "b": 580}), rel=0.08)


def test_labels_are_bought_as_they_come() -> None:
    form = poc(positive="a", positive_share=Amount.of(0.01, 0.03), unlabelled_share=Amount.of(0.1))
    assert mix(form) == pytest.approx({"a": 0.1, "b": 0.9})
    assert mix(replace(form, unlabelled_share=None)) == pytest.approx({"a": 0.02, "b": 0.98})
    assert mix(poc(labelled=Held({"a": 30, "b": 90}))) == pytest.approx({"a": 0.25, "b": 0.75})
    assert mix(poc(labelled=Held({"a": 0, "b": 0}))) == pytest.approx({"a": 0.5, "b": 0.5})
    sizes = sizes_of(form, 100)
    assert sizes.test == pytest.approx({"a": 310, "b": 390})
    assert sizes.train == pytest.approx({"a": 217, "b": 273})


def test_training_gets_what_it_lacks_before_the_untouched_test_does() -> None:
    form = untouched(100, labelled=Held({"a": 4, "b": 40}), positive="a", unlabelled_share=Amount.of(0.2))
    assert lacking_to_train(form) == 30
    assert sizes_of(form, 30).train["a"] == pytest.approx(10)
    assert sizes_of(form, 30).tested == pytest.approx(200)
    assert sizes_of(form, 80).tested == pytest.approx(250)
    never = replace(form, labelled=Held({"a": 0, "b": 40}), unlabelled_share=Amount.of(0.0))
    assert lacking_to_train(never) > form.unlabelled
    assert provable(never, 1_000, 0.02).gain is None


@pytest.mark.parametrize("form", [poc(labelled=Held({"a": 60, "b": 60})), untouched(40), untouched(100, 50)])
def test_the_labels_that_are_needed_are_the_fewest_that_are_enough(form: PocForm) -> None:
    needed = labels_needed(form, 0.02)
    assert needed is not None
    assert needed > 0
    assert shows(provable(form, needed, 0.02), form)
    assert not shows(provable(form, needed - 1, 0.02), form)


def test_no_number_of_labels_shows_a_gain_that_is_not_above_the_margin() -> None:
    assert labels_needed(poc(expected_gain=Amount.of(0.02)), 0.02) is None
    assert labels_needed(poc(splits=5), 0.02) is None


def items(name: str, n: int, group: int = 1) -> Items:
    rows = range(2 * n)
    features = np.random.default_rng(0).normal(size=(2 * n, 3)).astype(np.float32)
    return Items(tuple(f"{name}{i:05d}" for i in rows), tuple("ab"[i % 2] for i in rows),
                 tuple(f"{name}-g{i // group:05d}" for i in rows), features)  # fmt: skip


@pytest.mark.parametrize(
    "form",
    [
        poc(looks=2),
        poc(looks=3, assumed=Assumed(Amount.of(0.05, 0.1), Amount.of(0.2, 1.0))),
        untouched(120, looks=2),
        untouched(120, 60, looks=1, assumed=Assumed(Amount.of(0.1), Amount.of(0.5), Amount.of(0.3))),
    ],
)
def test_the_plan_of_the_study_it_leads_to_says_the_same(form: PocForm) -> None:
    form = replace(form, budget=sum((0.7 * 600 * 2, 250, 3_000)))
    plan = plan_of(form, TODAY, worlds=200)
    planned = plan["provable"]["planned"]
    spec = starter_recipe(form, plan).studies[0]
    streams = {"varied": items("made", 10)}
    whole = round(planned["tested"] / 2)
    if form.test == "own":
        real = items("real", whole)
    else:
        real = items("real", 300)
        streams["untouched"] = items("test", whole, round(planned["tested"] / planned["groups"]))
    last = replace(spec, look=spec.looks_planned)
    row = next(one for one in freeze(last, StudyData(real, streams))["rows"] if one["contrast"] == "made")
    assert row["smallest_gain"] == pytest.approx(planned["smallest_gain"], rel=0.01)
    assert row["smallest_safety"] == pytest.approx(planned["smallest_safety"], rel=0.01)
    assert row["power_at_expected"] == pytest.approx(planned["power_at_expected"], abs=0.02)
    assert row["exploratory"] == plan["exploratory"] or row["power_at_expected"] == pytest.approx(0.8, abs=0.01)
