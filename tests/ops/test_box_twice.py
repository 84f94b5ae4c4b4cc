"""One object boxed twice, and one object under two classes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from box_material import box, boxed_samples, pictured

from shisaku.core.sample import Part, Sample
from shisaku.core.score import Score
from shisaku.ops.image.box_reading import MOST
from shisaku.ops.image.box_twice import BoxTwice
from shisaku.testing import check_op

ONE, TWO = BoxTwice(), BoxTwice(under="two")


def scored(op: BoxTwice, *items: dict[str, Any], **more: Any) -> Score | None:
    """The score of a picture with these objects, None without one."""
    return next(iter(op.scores(op.measure([pictured("a", items, **more)]))), None)


@pytest.mark.parametrize("params", [{}, {"under": "two"}])
def test_contract(params: dict[str, Any]) -> None:
    check_op(BoxTwice, boxed_samples(), params=params)


def test_two_boxes_of_one_class_are_one_object() -> None:
    found = scored(ONE, box(10, 10, 100, 50), box(150, 10, 20, 20), box(10, 10, 96, 50, id=7))
    assert found is not None
    assert found.issue
    assert found.raw == pytest.approx(0.96)
    assert found.value < 0.5
    assert str(found.reason) == "1 boxes lie on another of their class; #1 and id=7 (cat) overlap by 0.96"


def test_under_two_classes_it_is_the_other_fault() -> None:
    items = (box(10, 10, 100, 50), box(10, 10, 100, 50, "dog"))
    one, two = scored(ONE, *items), scored(TWO, *items)
    assert one is not None
    assert two is not None
    assert (one.issue, one.raw) == (False, 0.0)
    assert two.issue
    assert "cat" in str(two.reason)
    assert "dog" in str(two.reason)


@pytest.mark.parametrize(("overlap", "issue"), [(0.89, False), (0.91, True)])
def test_the_threshold_is_where_it_says(overlap: float, issue: bool) -> None:
    found = scored(ONE, box(0, 0, 100, 50), box(0, 0, 100, 50 * overlap))
    assert found is not None
    assert found.issue is issue
    assert found.raw == pytest.approx(overlap)
    assert (found.value < 0.5) is issue


@pytest.mark.parametrize(
    "item",
    [
        box(0, 0, 100, 50, crowd=True),
        box(0, 0, 100, 50, rotation=10),
        {"label": "cat", "shape": "ellipse"},
    ],
)
def test_crowds_and_turned_boxes_are_left_out(item: dict[str, Any]) -> None:
    found = scored(ONE, box(0, 0, 100, 50), item)
    assert found is not None
    assert (found.issue, found.raw) == (False, 0.0)


def test_boxes_without_a_label_are_compared_under_one_class_only() -> None:
    nameless = [{"box": [0, 0, 9, 9]}, {"box": [0, 0, 9, 9]}]
    one, two = scored(ONE, *nameless), scored(TWO, *nameless, box(0, 0, 9, 9))
    assert one is not None
    assert one.issue
    assert two is not None
    assert not two.issue


def test_polygons_stand_for_a_box_that_is_not_there() -> None:
    corners = {"label": "cat", "polygons": [[10, 10, 60, 10, 60, 40, 10, 40]]}
    found = scored(ONE, box(10, 10, 50, 30), corners)
    assert found is not None
    assert found.raw == 1.0


def test_shares_and_unknown_frames_do_as_well_as_pixels() -> None:
    shares = [box(0.1, 0.1, 0.5, 0.5), box(0.1, 0.1, 0.5, 0.48)]
    for frame in ((1, 1), None):
        found = scored(ONE, *shares, frame=frame)
        assert found is not None
        assert found.raw == pytest.approx(0.96)


def test_every_copy_counts_and_each_class_has_its_row() -> None:
    three = [box(0, 0, 50, 50)] * 3
    pictures = [pictured("a", three), pictured("b", [box(0, 0, 9, 9, "dog")] * 2), pictured("c", [box(0, 0, 9, 9)])]
    (found,) = ONE.findings(ONE.measure(pictures))
    assert found.weight == "warn"
    assert found.value == pytest.approx(2 / 3)
    assert found.samples == ("a", "b")
    assert found.table == ({"classes": "cat", "boxes": 2}, {"classes": "dog", "boxes": 1})
    assert "(3 boxes)" in str(found.what)
    (clean,) = TWO.findings(TWO.measure(pictures))
    assert (clean.weight, clean.value, clean.next) == ("note", 0.0, None)
    assert clean.high is not None
    assert clean.high > 0.5


def test_pairs_of_classes_are_told_once_whatever_their_order() -> None:
    cat, dog = box(0, 0, 50, 50), box(0, 0, 50, 50, "dog")
    state = TWO.measure([pictured("a", [cat, dog]), pictured("b", [dog, cat])])
    assert TWO.findings(state)[0].table == ({"classes": "cat + dog", "boxes": 2},)
    # What is measured does not depend on what is asked of it.
    assert state == ONE.measure([pictured("a", [cat, dog]), pictured("b", [dog, cat])])
    assert ONE.fingerprint == TWO.fingerprint


@pytest.mark.parametrize(
    "items",
    [[], [{"label": "cat"}], [box(0, 0, 0, 5), box(1, 1, 5, -2)], [box(0, 0, 1, 1)] * (MOST + 1)],
    ids=["none", "no box", "no area", "too many"],
)
def test_what_cannot_be_compared_has_no_score(items: list[dict[str, Any]]) -> None:
    assert scored(ONE, *items) is None


@pytest.mark.parametrize("table", [[], {"objects": 3}, {"objects": [{"box": [1, 2]}]}, {"n": 1}, "x"])
def test_a_table_that_is_something_else_has_no_score(table: Any) -> None:
    held = replace(pictured("a", []), parts={"objects": Part("table", json.dumps(table).encode())})
    assert ONE.scores(ONE.measure([held, Sample("b")])) == []


@pytest.mark.parametrize("bad", [{"near_from": 0.3}, {"near_from": float("nan")}, {"under": "three"}, {"objects": ""}])
def test_a_parameter_out_of_range_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"near_from|under|objects"):
        BoxTwice(**bad)
