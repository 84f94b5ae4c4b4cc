"""Each alarm rings on its planted fault and is silent without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lab_material import REAL, external, planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.kpi import Kpi
from shisaku.core.study import StudyResult
from shisaku.lab.alarms.controls import control_alarms
from shisaku.lab.prove import prove
from shisaku.lab.trial import ArmTrial, Trial

CLEAN = (Domain("clean", "resplit"),)
OWN = Kpi(5.0, 1000, "EUR", illustrative=False)


def codes(result: StudyResult) -> set[str]:
    for alarm in result.alarms:
        assert "{" not in str(alarm.reason)
    return {alarm.code for alarm in result.alarms}


def test_a_study_with_every_control_is_quiet() -> None:
    arms = (REAL, Arm("copies", oversample=2), Arm("helpful", add="helpful"), Arm("more", more_real=2))
    spec = study(domains=CLEAN, primary="clean", kpi=OWN, arms=arms, shots=(4, 8), tune={"C": (1.0, 1e-5, 1e5)})
    found = prove(spec, planted())
    assert codes(found) == set(), [str(alarm.reason) for alarm in found.alarms]


def test_design_alarms() -> None:
    spec = study(splits=4, looks_taken=2, domains=CLEAN, primary="clean")
    found = prove(spec, planted(groups=5))
    assert {"few_splits", "looked_before", "money_illustrative", "tiny_test"} <= codes(found)
    assert str(found.headline).startswith("Exploratory")


def test_oversampling_that_differs_from_real() -> None:
    """Planted: far too strong regularisation, so that copies make a stronger model than the items once."""
    spec = study(
        arms=(REAL, Arm("copies", oversample=50), Arm("null", add="null")),
        contrasts=("null",),
        learner={"name": "logistic", "C": 1e-3, "transform": "none"},
        kpi=OWN,
    )
    data = planted()
    kept = [i for i in range(len(data.real)) if data.real.labels[i] != "class2" or i % 4 == 0]
    ids = {data.real.ids[i] for i in kept}
    streams = {
        name: made.take([i for i in range(len(made)) if made.parents[i][0] in ids])
        for name, made in data.streams.items()
    }
    assert "oversample_differs" in codes(prove(spec, replace(data, real=data.real.take(kept), streams=streams)))


def test_a_placebo_that_helps() -> None:
    arms = (REAL, Arm("placebo", add="null", shuffle=True))
    spec = study(domains=CLEAN, primary="clean", arms=arms, contrasts=("placebo",))
    assert "placebo_helps" not in codes(prove(spec, planted()))
    broken = [_trial(i, {"real": 0.5 + 0.01 * (i % 2), "placebo": 0.6}) for i in range(8)]
    assert [alarm.code for alarm in control_alarms(spec, broken)] == ["placebo_helps"]


def _trial(split: int, values: dict[str, float]) -> Trial:
    arms = tuple(ArmTrial(name, 1.0, 9, 0, True, {"clean": value}, {"clean": ()}) for name, value in values.items())
    return Trial(split, 0, "real", arms, {"clean": ()}, 0, (), {}, {})


def test_weights_at_the_end_of_their_grid() -> None:
    grid = (0.01, 0.1, 1.0)
    arms = (REAL, Arm("poor", add="harmful", weights=grid))
    assert "weight_at_end" in codes(prove(study(arms=arms, contrasts=("poor",)), planted()))


def test_comparators_that_take_turns() -> None:
    data = planted()
    scores = {item: np.random.default_rng(i).random(3) for i, item in enumerate(data.real.ids)}
    other = {item: np.random.default_rng(1000 + i).random(3) for i, item in enumerate(data.real.ids)}
    arms = (REAL, Arm("one", scores=Feature("x")), Arm("two", scores=Feature("x")))
    spec = study(domains=CLEAN, primary="clean", arms=arms, comparators=("one", "two"), contrasts=("real",), splits=9)
    result = prove(spec, replace(data, scores={"one": scores, "two": other}))
    chosen = {row["comparator"]: row["chosen"] for row in result.detail["validation"]}
    assert ("comparator_unstable" in codes(result)) == (3 * max(chosen.values()) < 2 * 9)


def test_items_without_an_answer_count_as_wrong_and_are_said() -> None:
    data = planted()
    scores = {item: np.eye(3)[int(label[-1])] for item, label in zip(data.real.ids, data.real.labels, strict=True)}
    silent = data.real.ids[::4]
    arms = (REAL, Arm("system", scores=Feature("x")))
    spec = study(domains=CLEAN, primary="clean", arms=arms, comparators=("real",), contrasts=("system",))
    whole = prove(spec, replace(data, scores={"system": scores}))
    assert "no_answer" not in codes(whole)
    part = prove(spec, replace(data, scores={"system": {k: v for k, v in scores.items() if k not in silent}}))
    assert "no_answer" in codes(part)
    assert {p.predicted for p in part.predictions if p.item in silent and p.arm == "system"} == {""}
    assert part.verdicts[0].effect < whole.verdicts[0].effect


def test_few_groups_in_a_fixed_test_set() -> None:
    data = planted()
    spec = study(domains=(Domain("photo", "external", stream="photo"),), primary="photo")
    for groups, severity in ((2, "warning"), (10, "note")):
        result = prove(spec, replace(data, streams={**data.streams, "photo": external(groups=groups)}))
        assert {alarm.severity for alarm in result.alarms if alarm.code == "few_clusters"} == {severity}


def test_no_spread_at_all() -> None:
    spec = study(domains=CLEAN, primary="clean", arms=(REAL, Arm("null", oversample=1)), contrasts=("real",), kpi=OWN)
    result = prove(spec, planted())
    assert "no_spread" in codes(result)
    assert result.verdicts[0].interval[0] < 0 < result.verdicts[0].interval[1]


@pytest.mark.parametrize(
    ("notes", "code"),
    [
        ({"merged": {"real": [["a", "b"]]}}, "near_duplicates"),
        ({"near_external": {"photo": [["a", "b"]]}}, "near_external"),
        ({"set_aside": {"real": 3}}, "set_aside"),
        ({"unknown_class": {"photo": 3}}, "unknown_class"),
    ],
)
def test_what_was_set_aside_is_said(notes: dict[str, object], code: str) -> None:
    spec = study(domains=CLEAN, primary="clean", kpi=OWN)
    assert code in codes(prove(spec, replace(planted(), notes=notes)))
