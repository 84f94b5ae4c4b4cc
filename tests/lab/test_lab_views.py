"""Several modalities in a study: joined from their streams, missing or spoilt in tests, arms with learners, costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lab_material import REAL, study
from test_lab_data import LINEAGE, Cooked, sample

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.core.sample import Sample
from shisaku.core.study_spec import Grouping, StudySpec
from shisaku.errors import DataError, RecipeError
from shisaku.lab.bench import Bench
from shisaku.lab.data import load
from shisaku.lab.grouping import group_alike, near_pairs
from shisaku.lab.items import Items, StudyData
from shisaku.lab.prove import prove
from shisaku.lab.resolve import resolve
from shisaku.lab.spoil import spoiled
from shisaku.lab.trial import run_trial
from shisaku.learn.fusion.learner import Fusion

SPANS = {"feature": (0, 8), "caption": (8, 14)}
TEXT = Feature("text.embed")
FUSION: Mapping[str, Any] = {"name": "fusion", "how": "late", "C": 1.0, "transform": "none"}
PLACES = (
    Domain("clean", "resplit"),
    Domain("no_caption", "resplit", spoil={"caption": "missing"}),
    Domain("no_picture", "resplit", spoil={"feature": "missing"}),
    Domain("swapped", "resplit", spoil={"caption": "swapped"}),
    Domain("noisy", "resplit", spoil={"feature": 0.5, "caption": 0.5}),
)
ARMS = (
    Arm("picture", views=("feature",)),
    Arm("caption", views=("caption",)),
    Arm("early", learner={"name": "fusion", "how": "early", "C": 1.0}),
    Arm("late"),
    Arm("gated", learner={"name": "fusion", "how": "gated", "C": 1.0}),
)


def two_views(seed: int = 0, n: int = 96, gone: Sequence[int] = ()) -> StudyData:
    """Three classes that both views tell apart; the items in `gone` have no caption."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    x = np.concatenate([1.8 * np.eye(3, 8)[y], 1.8 * np.eye(3, 6)[y]], axis=1) + rng.normal(0, 0.8, (n, 14))
    x[list(gone), 8:] = np.nan
    ids = tuple(f"item{i:03d}" for i in range(n))
    return StudyData(Items(ids, tuple(f"class{c}" for c in y), ids, x.astype(np.float32), views=SPANS))


def plan(**changes: Any) -> StudySpec:
    plain: dict[str, Any] = {
        "domains": PLACES,
        "primary": "clean",
        "arms": ARMS,
        "comparators": ("picture", "caption"),
        "contrasts": ("late",),
        "learner": FUSION,
        "views": {"caption": TEXT},
        "splits": 4,
        "grouping": Grouping(near=0),
    }
    return study(**{**plain, **changes})


# --- loading ---------------------------------------------------------------------------------------------------

JOINED = study(
    domains=(Domain("clean", "resplit"), Domain("photo", "external", stream="photo")),
    primary="clean",
    arms=(Arm("real"), Arm("helpful", add="made")),
    contrasts=("helpful",),
    views={"caption": TEXT},
    grouping=Grouping(near=0.95),
    learner=FUSION,
)
LOOKS = [
    sample("a", "x", [1, 0.0]),
    sample("b", "y", [0, 1]),
    sample("c", "x", [1, 0.01]),
    Sample("d", {}, {"class": "y"}),
]
WORDS = [sample("a", "x", [1, 2, 3]), sample("b", "y", [4, 5, float("nan")]), sample("d", "y", [7, 8, 9])]
MADE = [sample("a/made.0", "x", [1, 1], parents=("a",), group="a", depth=1)]
PHOTO = [sample("p", "x", [5, 0]), sample("q", "y", [0, 5])]


def cooked(**changes: Sequence[Sample]) -> Cooked:
    plain: dict[str, Sequence[Sample]] = {
        "data": [*LOOKS, *PHOTO],
        "real.image.embed": LOOKS,
        "made.image.embed": MADE,
        "photo.image.embed": PHOTO,
        "real.text.embed": WORDS,
        "made.text.embed": [],
        "photo.text.embed": [],
    }
    return Cooked({**plain, **changes}, LINEAGE)


def test_views_are_joined_and_what_is_missing_is_nan() -> None:
    data = load(cooked(), JOINED)
    assert data.real.views == {"feature": (0, 2), "caption": (2, 5)}
    assert data.real.ids == ("a", "b", "c", "d")
    nan = np.nan
    expected = [[1, 0, 1, 2, 3], [0, 1, nan, nan, nan], [1, 0.01, nan, nan, nan], [nan, nan, 7, 8, 9]]
    np.testing.assert_allclose(data.real.features, expected)
    assert data.notes["views"]["real"] == {"feature": 3, "caption": 2}
    assert data.streams["photo"].features.shape == (2, 5)  # a stream without captions has their columns all the same
    assert np.isnan(data.streams["photo"].features[:, 2:]).all()
    assert data.notes["merged"]["real"] == [["a", "c"]]  # alike in the first view; nothing is alike to what lacks it


def test_items_no_view_could_read_are_set_aside() -> None:
    blind = cooked(**{"real.text.embed": WORDS[:2]})
    data = load(blind, JOINED)
    assert data.real.ids == ("a", "b", "c")
    assert data.notes["set_aside"] == {"real": 1}


def test_one_view_of_two_lengths_in_two_streams_is_refused() -> None:
    with pytest.raises(DataError, match="lengths"):
        load(cooked(**{"photo.text.embed": [sample("p", "x", [1, 2])]}), JOINED)


def test_rows_without_a_label_stay_for_retrieval_alone() -> None:
    other = [sample("r", "", [1, 0.2]), sample("s", "x", [0, 1]), sample("t", "elsewhere", [1, 1])]
    run = cooked(**{"other.image.embed": other, "other.text.embed": []})
    near = Arm("near", rows="other", nearest=1)
    data = load(run, replace(JOINED, arms=(REAL, near), contrasts=("near",)))
    assert data.streams["other"].labels == ("", "x", "elsewhere")
    assert Bench.lay(JOINED, data).codes["other"].tolist() == [-1, 0, -1]
    data = load(run, replace(JOINED, arms=(REAL, Arm("rows", rows="other")), contrasts=("rows",)))
    assert data.streams["other"].labels == ("x", "elsewhere")


def test_resolve_adds_every_view_of_every_stream_once() -> None:
    recipe = Recipe("r", Source("folder"), steps=(Step("made", "image.composite", ("real",)),), studies=(JOINED,))
    names = [step.name for step in resolve(recipe).steps]
    assert names == ["made", *(f"{s}.{op}" for op in ("image.embed", "text.embed") for s in ("real", "photo", "made"))]
    assert resolve(resolve(recipe)) == resolve(recipe)


def test_likeness_is_sought_in_the_first_view_and_survives_its_absence() -> None:
    """Planted failure: captions are equal, pictures are not; and a row without a picture must not be like any other."""
    x = np.array([[1, 0, 9, 9], [0, 1, 9, 9], [np.nan, np.nan, 9, 9], [np.nan, np.nan, 9, 9]], dtype=np.float32)
    items = Items(tuple("abcd"), ("x",) * 4, tuple("abcd"), x, views={"feature": (0, 2), "caption": (2, 4)})
    assert group_alike(items, Grouping(near=0.9)).merged == ()
    assert near_pairs(items, items.take([0, 2]), 0.9) == [("a", "a")]


# --- spoiling --------------------------------------------------------------------------------------------------


def test_spoilt_views_and_no_others() -> None:
    data = two_views(gone=[0])
    items, rows = data.real, np.arange(30)
    codes = Bench.lay(plan(), data).y
    rng = np.random.default_rng(0)
    missing = spoiled(items, codes, rows, {"caption": "missing"}, rng).features
    assert np.isnan(missing[:30, 8:]).all()
    np.testing.assert_array_equal(missing[:, :8], items.features[:, :8])
    np.testing.assert_array_equal(missing[30:], items.features[30:])
    swapped = spoiled(items, codes, rows, {"caption": "swapped"}, rng).features
    assert np.isnan(swapped[0, 8:]).all()  # what is missing cannot be swapped, and gives nobody anything
    for row in range(1, 30):
        (giver,) = np.flatnonzero((items.features[:30, 8:] == swapped[row, 8:]).all(axis=1))
        assert codes[giver] != codes[row]
    noise = spoiled(items, codes, rows, {"caption": 2.0}, rng).features[1:30, 8:] - items.features[1:30, 8:]
    assert noise.std() == pytest.approx(2.0 * items.features[1:30, 8:].std(), rel=0.15)


def test_one_view_alone_can_be_noisy_and_an_unknown_one_is_refused() -> None:
    items = replace(two_views().real, views={})
    codes, rng = np.zeros(len(items), dtype=np.intp), np.random.default_rng(0)
    assert not np.allclose(spoiled(items, codes, np.arange(5), {"feature": 1.0}, rng).features[:5], items.features[:5])
    with pytest.raises(RecipeError, match="no view caption"):
        spoiled(items, codes, np.arange(5), {"caption": "missing"}, rng)


# --- studies ---------------------------------------------------------------------------------------------------


def test_a_study_of_two_views_with_missing_and_conflicting_ones() -> None:
    result = prove(plan(meter=True, splits=3, folds=2), two_views(gone=range(0, 96, 7)))
    scores: dict[tuple[str, str], float] = {}
    for row in result.arm_scores:
        scores[row.arm, row.domain] = scores.get((row.arm, row.domain), 0.0) + row.value / 3
    for how in ("late", "gated"):
        assert scores[how, "clean"] > max(scores["picture", "clean"], scores["caption", "clean"]) - 0.02
        assert scores[how, "no_caption"] == pytest.approx(scores["picture", "clean"], abs=0.03)
        # Where both views are gone nothing can be said: those items have no answer.
        assert scores[how, "no_picture"] > 0.6
    assert scores["caption", "no_caption"] == 0.0
    assert scores["late", "swapped"] < scores["late", "clean"] - 0.1

    rows = {row["arm"]: row for row in result.detail["robustness"]}
    assert set(rows) == {arm.name for arm in ARMS}
    late = rows["late"]
    assert set(late["spoilt"]) == {"no_caption", "no_picture", "swapped", "noisy"}
    assert late["mean"]["effect"] == pytest.approx(np.mean([scores["late", d] for d in late["spoilt"]]))
    assert late["mean"]["low"] < late["mean"]["effect"] < late["mean"]["high"]
    assert late["worst"]["effect"] == pytest.approx(min(scores["late", d] for d in late["spoilt"]))
    assert rows["picture"]["worst"]["domain"] == "no_picture"

    costs = {row["arm"]: row for row in result.costs}
    assert set(costs) == set(rows)
    assert all(costs[name][key] > 0 for name in costs for key in ("seconds", "train_seconds", "peak_mb"))


def test_a_learner_that_takes_no_missing_view_says_which_one_does() -> None:
    with pytest.raises(DataError) as caught:
        prove(
            plan(learner={"name": "logistic", "transform": "none"}, arms=(*ARMS[:2], Arm("late"))),
            two_views(gone=range(0, 96, 7)),
        )
    assert "fusion" in str(caught.value.next)


def test_an_arm_has_its_own_learner_on_the_studys_rows() -> None:
    bench = Bench.lay(plan(learner={"name": "logistic", "C": 1.0}), two_views())
    early = bench.learner_for(ARMS[2])
    assert isinstance(early, Fusion)
    assert (early.how, early.transform) == ("early", "none")
    assert bench.learner_for(ARMS[3]) is bench.learner


def test_an_arms_learner_is_tried_as_often_as_the_studys() -> None:
    spec = plan(contrasts=("early",), tune={"C": (0.1, 1.0)}, domains=PLACES[:1], arms=ARMS[:3])
    trial = run_trial(Bench.lay(spec, two_views()), 0, 0)
    assert {arm.trials for arm in trial.arms} == {2}
    assert all(set(arm.settings) == {"C"} for arm in trial.arms)


@pytest.mark.parametrize(
    ("own", "match"),
    [
        ({"name": "cca"}, "max_iter"),
        ({"name": "fusion", "nonsense": 1}, "nonsense"),
        ({"name": "fusion", "transform": "l2"}, "transform"),
    ],
)
def test_a_learner_that_does_not_fit_the_study_is_refused(own: Mapping[str, Any], match: str) -> None:
    spec = plan(arms=(*ARMS, Arm("odd", learner=own)), tune={"max_iter": (100, 200)})
    with pytest.raises(RecipeError, match=match):
        Bench.lay(spec, two_views())


def test_an_arm_that_learns_another_kind_of_thing_is_refused() -> None:
    with pytest.raises(RecipeError, match="map"):
        Bench.lay(plan(arms=(*ARMS, Arm("odd", learner={"name": "ridge"}))), two_views())
