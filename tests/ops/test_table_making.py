"""New rows and noise in tables: where they lie, what stays valid, whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from ops_material import apply, one, reason

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.ops.table.jitter import Jitter
from shisaku.ops.table.smote import Smote
from shisaku.store.codecs import decode_table, encode_table


def row_sample(name: str, row: Any, label: str = "a") -> Sample:
    return Sample(name, {"table": Part("table", encode_table(row))}, {"class": label}, licence="CC0-1.0")


def table_of(sample: Sample) -> Any:
    return decode_table(sample.parts["table"])


def pool(n: int = 40, seed: int = 0) -> list[Sample]:
    """Two classes in two numbers, a count, a category and a name."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(n):
        label = "ab"[i % 2]
        far = 5.0 * (i % 2)
        row = {
            "x": float(rng.normal(far)),
            "y": float(100 * rng.normal(far)),
            "count": int(rng.integers(1, 9)),
            "colour": str(rng.choice(["red", "blue"] if label == "a" else ["green"])),
            "name": f"row {i}",
        }
        made.append(row_sample(f"p{i:03d}", row, label))
    return made


POOL = pool()


@pytest.mark.parametrize("op", [Smote(reach=0.0), Jitter(strength=0.0, redraw=0.0)])
def test_no_reach_and_no_strength_change_nothing(op: Smote | Jitter) -> None:
    for sample in POOL[:6]:
        assert one(op, sample, pool=POOL).parts == sample.parts


def test_a_new_row_lies_between_the_row_and_its_neighbour() -> None:
    rows = {sample.id: table_of(sample) for sample in POOL}
    labels = {sample.id: sample.labels["class"] for sample in POOL}
    for seed in range(20):
        for sample in POOL[:4]:
            child = one(Smote(), sample, seed, POOL)
            own, made, mate = rows[sample.id], table_of(child), rows[child.facts["smote_neighbour"]]
            assert labels[child.facts["smote_neighbour"]] == labels[sample.id]
            shares = [(made[name] - own[name]) / (mate[name] - own[name]) for name in "xy"]
            assert shares[0] == pytest.approx(shares[1], abs=1e-6)
            assert 0.0 <= shares[0] <= 1.0
            assert isinstance(made["count"], int)
            assert min(own["count"], mate["count"]) <= made["count"] <= max(own["count"], mate["count"])
            assert made["colour"] in ("red", "blue") if labels[sample.id] == "a" else made["colour"] == "green"
            assert made["name"] == own["name"]
            assert set(child.parents[1:]) >= {child.facts["smote_neighbour"]}
            assert len(child.parents) == 6


def test_a_class_comes_out_as_imbalanced_learn_makes_it() -> None:
    from imblearn.over_sampling import SMOTE

    rng = np.random.default_rng(1)
    rows = rng.normal(size=(40, 3)) * (1, 10, 100) + rng.choice([0, 3], (40, 1)) * (1, 10, 100)
    samples = [row_sample(f"o{i:02d}", dict(zip("xyz", map(float, row), strict=True))) for i, row in enumerate(rows)]
    ours = np.array(
        [[table_of(one(Smote(), s, seed, samples))[n] for n in "xyz"] for s in samples for seed in range(8)]
    )
    spread = rows.std(axis=0)
    held, labels = np.vstack([rows / spread, np.zeros((2, 3))]), np.array([1] * 40 + [0] * 2)
    theirs = SMOTE(sampling_strategy={1: 40 + 320}, random_state=3).fit_resample(held, labels)[0][42:] * spread
    assert np.allclose(ours.mean(axis=0) / spread, theirs.mean(axis=0) / spread, atol=0.2)
    assert np.allclose(ours.std(axis=0), theirs.std(axis=0), rtol=0.15)


def test_only_the_nearest_of_its_class_are_asked() -> None:
    row = row_sample("mine", {"x": 0.0, "y": 0.0})
    others = [row_sample(f"o{i}", {"x": float(i), "y": float(i)}) for i in (1, 2, 3, 50, 60)]
    others += [row_sample("foreign", {"x": 0.1, "y": 0.1}, "b")]
    asked = {one(Smote(k=3), row, seed, [row, *others]).facts["smote_neighbour"] for seed in range(30)}
    assert asked == {"o1", "o2", "o3"}


def test_the_category_is_that_of_most_neighbours() -> None:
    kinds = ["p", "q", "p", "q", "q"]
    rows = [row_sample(f"o{i}", {"x": float(i), "kind": kind}) for i, kind in enumerate(kinds)]
    mine = row_sample("mine", {"x": 0.5, "kind": "p"})
    assert {table_of(one(Smote(k=5), mine, seed, rows))["kind"] for seed in range(8)} == {"q"}


def test_what_is_missing_stays_missing_and_neighbours_lack_nothing_else() -> None:
    mine = row_sample("mine", {"x": 0.0, "y": None, "z": "NA"})
    rows = [row_sample("whole", {"x": 1.0, "y": 2.0, "z": 3.0}), row_sample("gap", {"x": None, "y": 2.0, "z": 3.0})]
    child = one(Smote(), mine, pool=rows)
    assert child.facts["smote_neighbour"] == "whole"
    assert (table_of(child)["y"], table_of(child)["z"]) == (None, "NA")
    jittered = table_of(one(Jitter(strength=1.0, redraw=1.0), mine, pool=rows))
    assert (jittered["y"], jittered["z"]) == (None, "NA")


def test_numbers_named_as_categories_are_not_mixed() -> None:
    rows = [row_sample(f"o{i}", {"x": float(i), "code": 10 * (i % 3)}) for i in range(9)]
    child = one(Smote(categories=("code",)), rows[0], 3, rows)
    assert table_of(child)["code"] in (0, 10, 20)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ([{"x": 1.0}, {"x": 2.0}], "one row a sample"),
        ({"colour": "red"}, "no number to move"),
        ({"x": 1.0, "count": 2, "unheard": 1}, None),
    ],
)
def test_rows_that_cannot_be_mixed_say_why(row: Any, why: str | None) -> None:
    sample = row_sample("odd", row)
    if why:
        assert why in reason(Smote(), sample, POOL)
    else:
        assert table_of(one(Smote(), sample, pool=POOL))["unheard"] == 1


def test_a_class_of_one_has_no_neighbour() -> None:
    assert "no other row of this label" in reason(Smote(), row_sample("p", {"x": 1.0}, "rare"), POOL)
    assert "no other row of this label" in reason(Smote(), POOL[0], [POOL[0], POOL[1]])


def test_adasyn_makes_more_where_other_classes_are() -> None:
    rng = np.random.default_rng(3)
    own = [row_sample(f"a{i:02d}", {"x": float(x)}) for i, x in enumerate(rng.normal(0, 1, 60))]
    other = [row_sample(f"b{i:02d}", {"x": float(x)}, "b") for i, x in enumerate(rng.normal(2.5, 1, 60))]
    whole = [*own, *other]
    made: Mapping[str, int] = {}
    for seed in range(8):
        outcomes = apply(Smote(adaptive=True), own, seed, whole)
        counts = {s.id: 0 if isinstance(o, Failure) else len(o) for s, o in zip(own, outcomes, strict=True)}
        made = {name: made.get(name, 0) + n for name, n in counts.items()}
    places = {sample.id: table_of(sample)["x"] for sample in own}
    inside = [made[name] for name, x in places.items() if x < -0.5]
    border = [made[name] for name, x in places.items() if x > 1.0]
    assert np.mean(border) > 5 * max(0.1, np.mean(inside))
    assert sum(made.values()) / 8 == pytest.approx(60, rel=0.15)


def test_jitter_is_as_wide_as_it_says_and_stays_in_range() -> None:
    rng = np.random.default_rng(0)
    rows = [row_sample(f"o{i:03d}", {"x": float(x), "n": int(10 * x)}) for i, x in enumerate(rng.normal(0, 3, 200))]
    middle = row_sample("m", {"x": 0.0, "n": 0})
    drawn = [table_of(one(Jitter(strength=0.2), middle, seed, rows)) for seed in range(300)]
    spread = np.std([table_of(row)["x"] for row in rows])
    assert np.std([row["x"] for row in drawn]) == pytest.approx(0.2 * spread, rel=0.15)
    assert all(isinstance(row["n"], int) for row in drawn)
    highest = max(rows, key=lambda row: table_of(row)["x"])
    assert all(
        table_of(one(Jitter(strength=2.0), highest, seed, rows))["x"] <= table_of(highest)["x"] for seed in range(20)
    )


def test_redrawn_categories_are_of_the_class_and_their_rows_are_parents() -> None:
    ids = {sample.id: sample for sample in POOL}
    for seed in range(10):
        child = one(Jitter(strength=0.0, redraw=1.0), POOL[0], seed, POOL)
        assert table_of(child)["colour"] in ("red", "blue")
        assert table_of(child)["name"] == table_of(POOL[0])["name"]
        assert all(ids[parent].labels == POOL[0].labels for parent in child.parents)


def test_bad_parameters_are_named() -> None:
    for params in ({"k": 0}, {"reach": 1.5}):
        with pytest.raises(ValueError, match=next(iter(params))):
            Smote(**params)
    with pytest.raises(ValueError, match="redraw"):
        Jitter(redraw=2.0)
    with pytest.raises(RecipeError, match="pool"):
        apply(Smote(), POOL[:1])
