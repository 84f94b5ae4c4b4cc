"""The calibration: worlds are what they say, and the whole procedure keeps its promises in them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from shisaku.core.seed import rng_for
from shisaku.lab import calibrate as calibrate_module
from shisaku.lab.calibrate import calibrate, study
from shisaku.lab.plan import freeze
from shisaku.lab.worlds import FIELD, HUGE, MADE, World


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


def test_the_calibrated_study_is_a_whole_one() -> None:
    spec = study()
    arm = spec.arms[-1]
    assert len(spec.comparators) > 1
    assert len(arm.weights) > 1
    assert arm.keep is not None
    data = World().draw(rng_for(0, "w", "0"))
    margin = freeze(replace(spec, domains=(replace(spec.domains[0], delta_gain=-0.1), spec.domains[1])), data)
    plain = freeze(spec, data)
    shifted = [plan["rows"][0]["smallest_gain"] - d for plan, d in ((plain, 0.0), (margin, -0.1))]
    assert shifted[0] == pytest.approx(shifted[1])  # the distance planned does not depend on the margin


def test_few_worlds_run_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate_module, "TRUTH_WORLDS", 4)
    steps: list[str] = []
    found = calibrate(2, seed=3, progress=lambda what, done, total: steps.append(f"{what} {done}/{total}"))
    assert json.loads(json.dumps(found)) == found
    assert found["worlds"] == 2
    for name in ("false_adopt", "power"):
        low, high = found[f"{name}_interval"]
        assert 0 <= low <= found[name] <= high <= 1
    assert found["planned_power"] == 0.8
    assert isinstance(found["accepted"], bool)
    assert steps[-1] == "calibration: worlds 2/2"
    with pytest.raises(ValueError, match="at least one"):
        calibrate(0)


@pytest.mark.slow
def test_forty_worlds_contradict_nothing() -> None:
    found = calibrate(40, seed=11, workers=2)
    assert found["accepted"], found
    assert found["false_adopt_count"] <= 3
    assert abs(found["mean_estimate"] - found["true_effect"]) < 4 * found["sd_of_estimate"] / 40**0.5
