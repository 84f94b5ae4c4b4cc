"""Pitfalls 4, 5, 14, 15, 16, 17: comparisons that are not fair, and tests that are not real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fake_learners import behind_the_door
from lab_material import REAL, planted, study
from test_lab_data import MADE, PHOTO, SPEC, cooked

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.study import StudyResult
from shisaku.core.study_spec import StudySpec
from shisaku.lab import data as data_module
from shisaku.lab.alarms import raised as alarms
from shisaku.lab.alarms.budget import budget_alarms
from shisaku.lab.alarms.data import made_alarms
from shisaku.lab.bench import Bench
from shisaku.lab.data import load
from shisaku.lab.generations import generations, simulated
from shisaku.lab.items import StudyData
from shisaku.lab.prove import prove
from shisaku.lab.trial import ArmTrial, Trial

CLEAN: dict[str, Any] = {"domains": (Domain("clean", "resplit"),), "primary": "clean", "splits": 3, "shots": (4,)}
HELPFUL = Arm("helpful", add="helpful")
taken_away = pytest.mark.parametrize("taken_away", [False, True], ids=["checked", "check taken away"])


def nothing(*_: object) -> Iterator[Any]:
    return iter(())


def codes(result: StudyResult) -> set[str]:
    for alarm in result.alarms:
        assert "{" not in str(alarm.reason)
    return {alarm.code for alarm in result.alarms}


def rings(**changes: Any) -> set[str]:
    return codes(prove(study(**{**CLEAN, **changes}), planted()))


@taken_away
def test_pitfall_04_an_arm_that_was_tuned_more(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if taken_away:
        monkeypatch.setattr(alarms, "budget_alarms", nothing)
    tuned = replace(HELPFUL, weights=(0.1, 0.3, 1.0))
    assert ("unequal_trials" in rings(arms=(REAL, tuned))) is not taken_away
    assert "unequal_trials" not in rings(arms=(REAL, tuned), tune={"C": (0.1, 1.0, 10.0)}), "as many for both"
    # Choosing among arms is tuning too.
    choosing = (REAL, HELPFUL, Arm("null", add="null"), Arm("best", choose=("helpful", "null")))
    assert ("unequal_trials" in rings(arms=choosing, contrasts=("best",))) is not taken_away
    assert "unequal_trials" not in rings(), "one each"


def test_an_arm_that_was_trained_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    behind_the_door(monkeypatch)
    own = {"name": "misbehaving", "C": 1.0}
    longer = replace(HELPFUL, learner={**own, "steps": 200})
    assert "unequal_steps" in rings(arms=(REAL, longer), learner={**own, "steps": 100})
    equal = rings(learner={**own, "steps": 100})
    assert "unequal_steps" not in equal
    assert "one_init" in equal
    assert "one_init" not in rings(learner={**own, "steps": 100}, inits=2)
    assert "one_init" not in rings(), "nothing is drawn where training runs until it has converged"


def test_a_setting_that_wanted_to_go_further() -> None:
    found = prove(study(**CLEAN, tune={"C": (1e-6, 1e-5)}), planted())
    (first, *_) = [str(alarm.reason) for alarm in found.alarms if alarm.code == "setting_at_end"]
    assert "an end of its grid" in first
    assert "setting_at_end" not in rings(tune={"C": (1.0, 1e-6, 1e6)})


@pytest.mark.parametrize(
    ("arm", "changes", "code"),
    [
        (Arm("many", add="null", ratio=3.0), {}, "ratio_short"),
        (Arm("many", add="null", ratio=3.0, keep=ArmKeep("dataset.label_agreement", 0.5)), {}, "ratio_short"),
        (Arm("some", add="helpful", ratio=0.5), {}, ""),
        (Arm("some", add="helpful", ratio=2.0, random_keep=0.5), {}, ""),
        (Arm("made", add="null", buy="made"), {"prices": {"made": 1.0}, "budget": 500.0}, "budget_unspent"),
        (Arm("labels", buy="labels"), {"prices": {"label": 1.0}, "budget": 500.0}, "budget_unspent"),
        (Arm("labels", buy="labels"), {"prices": {"label": 1.0}, "budget": 5.0}, ""),
        (Arm("repairs", buy="repairs"), {"prices": {"repair": 1.0}, "budget": 500.0, "label_noise": 0.2},
         "budget_unspent"),
    ],
)  # fmt: skip
def test_what_was_asked_and_not_got(arm: Arm, changes: dict[str, Any], code: str) -> None:
    found = rings(arms=(REAL, arm), contrasts=(arm.name,), **changes)
    assert found & {"ratio_short", "budget_unspent"} == ({code} if code else set())


@taken_away
def test_pitfall_05_more_items_whatever_they_are(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: regularisation so strong that more items of any kind help; and a design that could not show it."""
    if taken_away:
        monkeypatch.setattr(alarms, "control_alarms", nothing)
        monkeypatch.setattr(alarms, "baseline_alarms", nothing)
    data = planted()
    kept = [i for i in range(len(data.real)) if data.real.labels[i] != "class2" or i % 4 == 0]
    ids = {data.real.ids[i] for i in kept}
    streams = {
        name: made.take([i for i in range(len(made)) if made.parents[i][0] in ids])
        for name, made in data.streams.items()
    }
    few = replace(data, real=data.real.take(kept), streams=streams)
    strong = study(
        arms=(REAL, Arm("copies", oversample=50), HELPFUL), learner={"name": "logistic", "C": 1e-3, "transform": "none"}
    )
    assert ("oversample_differs" in codes(prove(strong, few))) is not taken_away
    assert ("no_size_control" in rings(arms=(REAL, HELPFUL))) is not taken_away
    placebo = Arm("placebo", add="helpful", shuffle=True)
    for control in (Arm("copies", oversample=2), placebo):
        assert "no_size_control" not in rings(arms=(REAL, HELPFUL, control))
    gate = (REAL, HELPFUL, Arm("half", add="helpful", random_keep=0.5))
    assert "no_size_control" not in rings(arms=gate, against={"helpful": "half"}), "both sides have made items"


@taken_away
def test_pitfall_14_a_test_of_made_items_that_passes_for_real(
    taken_away: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if taken_away:
        monkeypatch.setattr(data_module, "generations", lambda samples: {})
    made = [replace(PHOTO[0], depth=1), *PHOTO[1:]]
    found = load(cooked(**{"photo.image.embed": made}), SPEC)
    rung = {alarm.code for alarm in made_alarms(SPEC, found.notes)}
    assert ("test_is_made" in rung) is not taken_away
    assert simulated(SPEC, SPEC.domains[1], found.notes) is not taken_away
    honest = load(cooked(), SPEC)
    assert not simulated(SPEC, SPEC.domains[1], honest.notes)


def test_what_is_made_is_simulated_in_the_verdict_too() -> None:
    told = {"generations": {"real": {"items": 96, "made": 96, "from_made": 0, "deepest": 1}}}
    spec = study(**CLEAN)
    honest, made = prove(spec, planted()), prove(spec, replace(planted(), notes=told))
    assert [one.simulated for one in honest.verdicts] == [False]
    assert [one.simulated for one in made.verdicts] == [True]
    assert "test_is_made" in codes(made) - codes(honest)
    derived = prove(study(splits=3), planted())
    assert {one.domain: one.simulated for one in derived.verdicts} == {"clean": False, "clutter": True}
    assert "simulated_primary" in codes(derived)


def test_what_an_earlier_run_made_is_known_by_its_fact() -> None:
    again = replace(PHOTO[0], facts={"made_by": "{}"})
    assert generations([again, PHOTO[1]]) == {"items": 2, "made": 1, "from_made": 0, "deepest": 1}
    assert generations([]) == {"items": 0, "made": 0, "from_made": 0, "deepest": 0}


@taken_away
def test_pitfall_15_made_from_made(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two made items one is a child of a made one: a note while real items stay beside, else a warning."""
    if taken_away:
        monkeypatch.setattr(data_module, "generations", lambda samples: {})
    assert [one.depth for one in MADE] == [1, 2]
    notes = load(cooked(), SPEC).notes

    def rung(*arms: Arm) -> list[str]:
        spec = replace(SPEC, arms=(REAL, *arms))
        return [alarm.severity for alarm in made_alarms(spec, notes) if alarm.code == "recursion"]

    beside, alone = Arm("helpful", add="made"), Arm("alone", add="made", alone=True)
    assert rung(beside) == ([] if taken_away else ["note"])
    for arms in ((alone,), (beside, alone), (Arm("rows", rows="made"),)):
        assert rung(*arms) == ([] if taken_away else ["warning"])
    assert rung() == []


def guessing(data: StudyData) -> StudyData:
    """A system that always says the same."""
    return replace(data, scores={"weak": dict.fromkeys(data.real.ids, np.array([1.0, 0.0, 0.0]))})


@taken_away
def test_pitfall_16_a_weak_baseline(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if taken_away:
        monkeypatch.setattr(alarms, "baseline_alarms", nothing)
    assert ("comparator_untuned" in rings()) is not taken_away
    assert ("one_size" in rings()) is not taken_away
    assert not {"comparator_untuned", "one_size"} & rings(tune={"C": (1.0, 0.1, 10.0)}, shots=(3, 6))
    both = (REAL, Arm("copies", oversample=2), HELPFUL)
    assert "comparator_untuned" not in rings(arms=both, comparators=("real", "copies"))
    arms = (Arm("weak", scores=Feature("x")), HELPFUL)
    weak = study(**CLEAN, arms=arms, comparators=("weak",))
    assert ("comparator_at_chance" in codes(prove(weak, guessing(planted())))) is not taken_away
    assert "comparator_at_chance" not in rings()


@taken_away
def test_pitfall_17_no_real_alternative(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if taken_away:
        monkeypatch.setattr(alarms, "baseline_alarms", nothing)
    assert ("no_retrieval_or_more_real" in rings()) is not taken_away
    assert "no_retrieval_or_more_real" not in rings(arms=(REAL, HELPFUL, Arm("more", more_real=2)))
    assert "no_retrieval_or_more_real" not in rings(contrasts=("copies",)), "nothing made is claimed to help"


def test_steps_that_both_sides_chose_are_an_outcome_and_no_advantage(monkeypatch: pytest.MonkeyPatch) -> None:
    behind_the_door(monkeypatch)
    spec: StudySpec = study(
        **CLEAN, learner={"name": "misbehaving"}, tune={"steps": (10, 20, 30)}, arms=(REAL, HELPFUL)
    )
    bench = Bench.lay(spec, planted())
    taken = {"real": 10, "helpful": 20}
    trial = Trial(0, 4, "real", tuple(
        ArmTrial(name, 1.0, 12, 0, True, {"clean": 0.9}, {"clean": ()}, settings={"steps": steps}, trials=3)
        for name, steps in taken.items()), {"clean": ()}, 36, (), {}, {})  # fmt: skip
    found = [(alarm.code, alarm.severity) for alarm in budget_alarms(bench, [trial])]
    assert ("unequal_steps", "note") in found
