"""The calibration: worlds are what they say, and the whole procedure keeps its promises in them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from shisaku.core.seed import rng_for
from shisaku.errors import RecipeError
from shisaku.lab import calibrate as calibrate_module
from shisaku.lab.bench import Bench
from shisaku.lab.calibrate import calibrate
from shisaku.lab.calibrate_designs import FEW, MANY, OWN, crowd, designs, grouped
from shisaku.lab.calibrate_rates import conclusive, criterion
from shisaku.lab.calibrate_truth import Truth, glimpse
from shisaku.lab.contrast import contrasts
from shisaku.lab.plan import freeze
from shisaku.lab.rounds import alpha_of
from shisaku.lab.trials import run_trials
from shisaku.lab.worlds import BETTER, FIELD, HUGE, JITTER, MADE, World


def test_a_world_is_what_it_says() -> None:
    world = World(groups=200, size=3, wrong=0.25)
    data = world.draw(rng_for(0, "w", "0"), huge=30)
    assert len(set(data.real.groups)) == 600
    assert 600 <= len(data.real) <= 1800
    assert len(data.streams[MADE]) == world.children * len(data.real)
    assert set(data.streams) == {MADE, FIELD, HUGE}
    labels = np.array(data.real.labels)
    means = np.stack([data.real.features[labels == c].mean(axis=0) for c in data.classes])
    gaps = [np.linalg.norm(means[i] - means[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert gaps == pytest.approx([world.apart] * 3, abs=0.35)
    residual = data.real.features - means[[int(label[-1]) for label in labels]]
    assert residual.var() == pytest.approx(1 + world.between**2, rel=0.1)
    made = data.streams[MADE]
    nearest = np.linalg.norm(made.features[:, None] - means, axis=2).argmin(axis=1)
    agreed = np.mean(nearest == [int(label[-1]) for label in made.labels])
    assert 0.6 < agreed < 0.85  # a quarter wrong by construction, some more by noise


def test_worlds_are_fresh_and_repeatable() -> None:
    one, again, other = (World().draw(rng_for(0, "w", key)) for key in ("1", "1", "2"))
    assert one.fingerprint == again.fingerprint != other.fingerprint


def test_rivals_are_better_and_twins_alike() -> None:
    world = World(groups=300, blur=0.1, twins=1, rivals=True, fields={FEW: 8, MANY: 20})
    data = world.draw(rng_for(0, "w", "0"))
    assert set(data.streams) == {MADE, "made2", BETTER, JITTER, FEW, MANY}
    assert [len(set(data.streams[name].groups)) for name in (FEW, MANY)] == [24, 60]
    labels = np.array(data.real.labels)
    means = np.stack([data.real.features[labels == c].mean(axis=0) for c in data.classes])

    def off(name: str) -> float:
        items = data.streams[name]
        own = means[[int(label[-1]) for label in items.labels]]
        return float(np.linalg.norm(items.features - own, axis=1).mean())

    assert off(BETTER) < 0.8 * off(MADE)
    assert off("made2") == pytest.approx(off(MADE), rel=0.05)
    assert off(JITTER) > 1.2 * off(MADE)
    assert not np.array_equal(data.streams[MADE].features, data.streams["made2"].features)


def test_items_of_a_group_are_alike() -> None:
    world = grouped().world
    data = replace(world, groups=150).draw(rng_for(0, "w", "0"))
    labels, groups = np.array(data.real.labels), np.array(data.real.groups)
    means = {c: data.real.features[labels == c].mean(axis=0) for c in data.classes}
    residual = data.real.features - np.stack([means[label] for label in labels])
    within = np.concatenate([residual[groups == g] - residual[groups == g].mean(axis=0) for g in set(groups)])
    free = (len(within) - len(set(groups))) / len(within)
    assert 1 - within.var() / free / residual.var() > 0.8  # intraclass correlation of a feature


@pytest.mark.parametrize("name", list(designs()))
def test_every_calibrated_study_is_a_whole_one(name: str) -> None:
    design = designs()[name]
    spec = design.ground.spec
    assert len(spec.comparators) > 1
    assert all(len(arm.weights) > 1 for arm in spec.arms if arm.name in spec.contrasts)
    assert any(arm.keep for arm in spec.arms)
    assert set(design.nulls) <= set(design.ground.alike)
    assert not set(design.above) & set(design.ground.alike)
    data = design.ground.world.draw(rng_for(0, "w", "0"))
    for part in design.studies():
        far = tuple(replace(domain, delta_gain=-0.1) for domain in part.domains)
        plans = freeze(part, data), freeze(replace(part, domains=far), data)
        near, shifted = (plan["rows"][0]["smallest_gain"] for plan in plans)
        assert near - 0.02 == pytest.approx(shifted + 0.1)  # the distance planned does not depend on the margin


def test_the_designs_are_the_hard_ones() -> None:
    known = designs()
    data = {name: known[name].ground.world.draw(rng_for(0, "w", "0")) for name in known}
    rows = {name: freeze(known[name].studies()[0], data[name])["rows"] for name in known}
    assert {row["method"] for row in rows["groups"]} == {"nadeau_bengio_t", "cluster_t", "two_level_bootstrap"}
    family = known["family"]
    assert (len(family.nulls), len(family.above), len(family.shots)) == (2, 1, 2)
    rounds = known["rounds"].studies()
    assert [(part.look, part.looks_planned, part.contrasts) for part in rounds] == [
        (1, 3, ("made",)), (2, 3, ("made2",)), (3, 3, ("made3",)),
    ]  # fmt: skip
    assert sum(map(alpha_of, rounds)) == pytest.approx(0.05)


def test_the_distance_is_what_a_plan_with_these_sds_promises() -> None:
    ground = grouped()
    truth = Truth.of([glimpse(ground, 0, number) for number in range(2)], ground.alike)
    data = ground.world.draw(rng_for(0, "w", "0"))
    for domain in (OWN, FEW, MANY):
        sds = {"assumed_sd": truth.sds["gated", domain, 0], "assumed_item_sd": truth.item_sds["gated", 0]}
        row = next(r for r in freeze(replace(ground.spec, **sds), data)["rows"] if r["domain"] == domain)  # type: ignore[arg-type]
        assert truth.distance(row) == pytest.approx(row["smallest_gain"] - row["margins"]["delta_gain"])
    with pytest.raises(ValueError, match="two worlds"):
        Truth.of([])


def test_arms_alike_in_law_share_one_truth() -> None:
    ground = crowd(1, shots=(0,))
    seen = [glimpse(ground, 0, number) for number in range(2)]
    apart, joined = Truth.of(seen), Truth.of(seen, ground.alike)
    both = [apart.effects[arm, 0] for arm in ("made", "made2")]
    assert both[0] != both[1]
    assert joined.effects["made", 0] == joined.effects["made2", 0] == pytest.approx(np.mean(both))
    assert joined.effects[BETTER, 0] == apart.effects[BETTER, 0]


def test_a_round_is_the_study_it_would_be_alone() -> None:
    """A round takes its trials from the ground's: trained alone it would have the same."""
    design = designs()["rounds"]
    data = design.ground.world.draw(rng_for(0, "w", "0"))
    spec = replace(design.ground.spec, shots=design.shots)
    together = contrasts(Bench.lay(spec, data), run_trials(spec, data))
    part = design.studies()[1]
    alone = contrasts(Bench.lay(part, data), run_trials(part, data))
    assert [c.differences for c in alone] == [c.differences for c in together if c.arm in part.contrasts]


def test_few_worlds_run_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate_module, "TRUTH_WORLDS", 2)
    steps: list[str] = []
    names = ("rounds", "groups", "family")
    found = calibrate(2, seed=3, names=names, progress=lambda what, n, of: steps.append(f"{what} {n}/{of}"))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert tuple(found["designs"]) == names
    for design in found["designs"].values():
        for one in (*design["false_adopt"], *design["power"], *design["beside"]):
            low, high = one["interval"]
            assert 0 <= low <= one["rate"] <= high <= 1
    judged = [one["rate"] for design in found["designs"].values() for one in design["false_adopt"]]
    assert found["false_adopt"] == max(judged)
    assert found["planned_power"] == 0.8
    assert found["accepted"] == all(design["accepted"] for design in found["designs"].values())
    assert steps[-1] == "calibration: worlds 4/4"  # two designs share their worlds
    claims = [one["claim"] for one in found["designs"]["family"]["false_adopt"]]
    places = [(claim["kind"], claim["domain"], claim["shots"]) for claim in claims]
    assert places == [*(("family", domain, n) for n in (30, 0) for domain in (OWN, FEW)), ("overall", "", 0)]


def test_bad_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        calibrate(0)
    with pytest.raises(RecipeError, match="no design nothing"):
        calibrate(1, names=("nothing",))


def test_what_is_accepted_with_how_many_worlds() -> None:
    assert [conclusive(n, 0.05) for n in (58, 59, 400)] == [False, True, True]
    assert "5%" in str(criterion(400, 0.05))
    assert "2.5%" in str(criterion(40, 0.05))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", list(designs()))
def test_forty_worlds_contradict_nothing(name: str) -> None:
    found = calibrate(40, seed=11, workers=2, names=(name,))
    assert found["accepted"], found
    for one in found["designs"][name]["effects"]:
        assert abs(one["mean_estimate"] - one["true_effect"]) < 4.5 * one["sd_of_estimate"] / 40**0.5
