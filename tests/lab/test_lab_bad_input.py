"""Bad input ends as one error that says what, where and what next; what was finished is kept and used again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fake_learners import behind_the_door
from lab_material import REAL, external, planted, study

from shisaku.core.arm import Arm, ArmKeep, Loss
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.study_spec import StudySpec
from shisaku.errors import ContaminationError, DataError, RecipeError, ShisakuError
from shisaku.lab.items import Items, StudyData
from shisaku.lab.prove import prove
from shisaku.lab.trial import Trial

CLEAN = (Domain("clean", "resplit"),)
HELPFUL = Arm("helpful", add="helpful")


def small(**changes: Any) -> StudySpec:
    return study(**{"splits": 2, "domains": CLEAN, "primary": "clean", "arms": (REAL, HELPFUL), **changes})


def asking(arm: Arm, **changes: Any) -> StudySpec:
    return small(arms=(REAL, arm), contrasts=(arm.name,), **changes)


def only(data: StudyData, keep: Callable[[int, Items], bool]) -> StudyData:
    return replace(data, real=data.real.take([i for i in range(len(data.real)) if keep(i, data.real)]))


def with_features(data: StudyData, stream: str, change: Callable[[np.ndarray], None]) -> StudyData:
    items = data.streams[stream] if stream else data.real
    x = items.features.copy()
    change(x)
    changed = items.with_features(x)
    return replace(data, streams={**data.streams, stream: changed}) if stream else replace(data, real=changed)


def put(value: float) -> Callable[[np.ndarray], None]:
    def change(x: np.ndarray) -> None:
        x[3, 2] = value

    return change


def level(x: np.ndarray) -> None:
    x[:] = 0.5


def twice(items: Items) -> Items:
    return replace(items, ids=(items.ids[1], *items.ids[1:]))


def one_group(data: StudyData) -> StudyData:
    photos = external()
    return replace(data, streams={**data.streams, "photo": photos.with_groups(["all"] * len(photos))})


def same(data: StudyData) -> StudyData:
    return data


PHOTO = {"domains": (Domain("photo", "external", stream="photo"),), "primary": "photo"}
CASES: dict[str, tuple[Callable[[StudyData], StudyData], StudySpec, type[ShisakuError], str]] = {
    "one class": (lambda d: only(d, lambda i, r: r.labels[i] == "class0"), small(), DataError, "class0"),
    "a class with one item": (
        lambda d: only(d, lambda i, r: r.labels[i] != "class2" or r.ids[i] == "item064"), small(), DataError, "class2",
    ),
    "groups fewer than folds": (
        lambda d: replace(d, real=d.real.with_groups([f"{c}{i % 2}" for i, c in enumerate(d.real.labels)])),
        small(tune={"C": (0.1, 1.0)}, folds=6), DataError, "6 inner folds",
    ),
    "no real items": (lambda d: only(d, lambda *_: False), small(), DataError, "has no items"),
    "NaN in a real item": (lambda d: with_features(d, "", put(np.nan)), small(), DataError, "item003"),
    "infinity in a made item": (lambda d: with_features(d, "helpful", put(np.inf)), small(), DataError, "helpful"),
    "features without variance": (lambda d: with_features(d, "", level), small(), DataError, "same features"),
    "an id twice": (lambda d: replace(d, real=twice(d.real)), small(), DataError, "item001"),
    "an id twice among made items": (
        lambda d: replace(d, streams={**d.streams, "helpful": twice(d.streams["helpful"])}), small(), DataError,
        "helpful",
    ),
    "a ratio of no made items": (
        lambda d: replace(d, streams={**d.streams, "helpful": d.streams["helpful"].take([])}),
        asking(Arm("twice", add="helpful", ratio=2.0)), DataError, "Stream helpful is empty",
    ),
    "a ratio that rounds to nothing": (
        same, asking(Arm("few", add="helpful", ratio=0.001)), DataError, "no item of helpful",
    ),
    "a ratio without made items": (same, asking(Arm("r", ratio=1.0)), RecipeError, "ratio is about them"),
    "alone without made items": (same, asking(Arm("r", alone=True)), RecipeError, "alone is about them"),
    "an unknown view": (same, asking(Arm("r", add="helpful", views=("sound",))), RecipeError, "no view sound"),
    "an unknown view to spoil": (
        same, small(domains=(Domain("clean", "resplit", spoil={"sound": 1.0}),)), RecipeError, "no view sound",
    ),
    "a purchase without a price": (same, asking(Arm("b", buy="labels"), budget=9.0), RecipeError, "no price"),
    "a purchase without a budget": (same, asking(Arm("b", buy="labels"), prices={"label": 1.0}), RecipeError, "budget"),
    "a purchase of nothing": (
        same, asking(Arm("b", add="helpful", buy="made"), prices={"made": 5.0}, budget=4.0), RecipeError, "too little",
    ),
    "no weights to try": (same, asking(replace(HELPFUL, weights=())), RecipeError, "weights"),
    "a weight that is none": (same, asking(replace(HELPFUL, weights=(float("nan"),))), RecipeError, "weights"),
    "an empty grid": (same, small(tune={"C": ()}), RecipeError, "grid of C"),
    "a setting that the learner has not": (same, small(tune={"depth": (1, 2)}), RecipeError, "no parameter depth"),
    "a setting that cannot be": (same, small(tune={"C": (1.0, -1.0)}), RecipeError, "C > 0"),
    "a setting of another kind": (same, small(tune={"C": (1.0, "much")}), DataError, "Logistic failed"),
    "one split": (same, small(splits=1), RecipeError, "2 splits"),
    "a fixed test of one group": (one_group, small(**PHOTO), DataError, "fewer than two groups"),
    "rows that are test items": (
        lambda d: replace(d, streams={**d.streams, "photo": external()}),
        asking(Arm("rows", rows="photo"), **PHOTO), ContaminationError, "on which the study tests",
    ),
    "rows that are real items": (
        lambda d: replace(d, streams={**d.streams, "again": d.real.take(range(20))}),
        asking(Arm("rows", rows="again")), ContaminationError, "on which the study tests",
    ),
    "test children of unknown classes": (
        lambda d: replace(d, streams={**d.streams, "clutter": replace(
            d.streams["clutter"], labels=("other",) * len(d.streams["clutter"]))}),
        small(domains=(Domain("clutter", "derived", stream="clutter"),), primary="clutter"), DataError, "clutter",
    ),
    "a gate that does not exist": (
        same, asking(Arm("g", add="helpful", keep=ArmKeep("no.such", 0.5))), RecipeError, "no.such",
    ),
    "a confidence that does not exist": (
        same, asking(Arm("g", add="helpful", loss=Loss(confidence=ArmKeep("no.such")))), RecipeError, "no.such",
    ),
    "an arm that nobody scored": (same, asking(Arm("z", scores=Feature("x"))), DataError, "Arm z has no scores"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_one_error_that_says_what_where_and_next(name: str) -> None:
    break_it, spec, kind, says = CASES[name]
    with pytest.raises(ShisakuError, match=says) as caught:
        prove(spec, break_it(planted()))
    assert isinstance(caught.value, kind)
    assert caught.value.where, "where"
    assert caught.value.next is not None or isinstance(caught.value, RecipeError)


def all_copies(data: StudyData) -> StudyData:
    """Brought rows that all copy real items: whichever are test items, none is far from one."""
    rows = replace(data.real.take(range(0, len(data.real), 16)), ids=tuple(f"row{i}" for i in range(6)))
    near = data.real.features.copy()
    near[:] = near[0] + 1e-4 * np.arange(len(near))[:, None]
    return replace(data, real=data.real.with_features(near),
                   streams={**data.streams, "rows": rows.with_features(near[:6])})  # fmt: skip


def test_an_arm_whose_made_items_are_all_left_out_is_no_silent_copy_of_real_alone() -> None:
    with pytest.raises(DataError, match=r"no item of rows .* \(6 were left out as copies of test items\)"):
        prove(asking(Arm("rows", rows="rows")), all_copies(planted()))


def test_two_classes_can_bear_label_noise() -> None:
    arms = (REAL, Arm("repaired", buy="repairs"))
    spec = small(arms=arms, contrasts=("repaired",), label_noise=0.3, prices={"repair": 1.0}, budget=20.0)
    result = prove(spec, planted(classes=2))
    assert {score.arm for score in result.arm_scores} == {"real", "repaired"}


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("fit", "ZeroDivisionError: division by zero"),
        ("answer", "KeyError"),
        ("nan", "no numbers"),
        ("short", r"scores of shape \(\d+, 3\)"),
    ],
)
def test_a_learner_that_fails_is_named_and_the_study_goes_on_from_where_it_was(
    how: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind_the_door(monkeypatch)
    good = small(learner={"name": "misbehaving", "C": 1.0}, splits=3)
    done: dict[int, Trial] = {}
    whole = prove(good, planted(), on_done=done.__setitem__)
    # The same study, of which the first split was finished when the learner began to fail.
    kept = {0: done[0]}
    bad = replace(good, learner={"name": "misbehaving", "C": 1.0, "how": how})
    with pytest.raises(DataError, match=says) as caught:
        prove(bad, planted(), done=kept)
    assert caught.value.next is not None
    assert caught.value.exit_code == 5
    again = prove(good, planted(), done=kept)
    assert again.arm_scores == whole.arm_scores
    assert again.verdicts == whole.verdicts


def test_a_learner_that_looks_at_all_rows_before_they_are_split_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    behind_the_door(monkeypatch)
    with pytest.raises(ContaminationError, match="prepares rows together"):
        prove(small(learner={"name": "misbehaving", "how": "together"}), planted())
