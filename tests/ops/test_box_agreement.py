"""Whether annotators boxed the same things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from box_material import box, boxed_samples, drawn, drew
from ops_material import image_part, shape

from shisaku.core.score import Score
from shisaku.ops.image.box_agreement import PEOPLE, BoxAgreement
from shisaku.store.ingest import ingest
from shisaku.store.readers.label_studio import LabelStudioReader
from shisaku.testing import check_op

A, B, C = box(0, 0, 20, 20), box(40, 40, 20, 20), box(70, 70, 20, 20, "dog")


def scored(*annotations: Any, **params: Any) -> Score | None:
    op = BoxAgreement(**params)
    return next(iter(op.scores(op.measure([drawn("a", *annotations)]))), None)


def share(*annotations: Any, **params: Any) -> float:
    found = scored(*annotations, **params)
    assert found is not None
    assert found.value == found.raw
    return found.raw


def test_contract() -> None:
    check_op(BoxAgreement, boxed_samples())


def test_twice_the_pairs_over_the_boxes_of_both() -> None:
    assert share(drew(1, A, B, C), drew(2, A, B, C)) == 1.0
    assert share(drew(1, A, B, C), drew(2, A)) == pytest.approx(2 / 4)
    assert share(drew(1, A, B), drew(2, C)) == 0.0
    assert share(drew(1, A, B), drew(2)) == 0.0
    assert share(drew(1, A), drew(2, box(0, 0, 20, 20, "dog"))) == 0.0


def test_a_box_has_one_partner() -> None:
    assert share(drew(1, A, A), drew(2, A)) == pytest.approx(2 / 3)


def test_several_annotators_are_compared_two_by_two() -> None:
    # 1 and 2 agree, 3 drew another box: shares 1, 0, 0.
    found = scored(drew(1, A), drew(2, A), drew(3, B))
    assert found is not None
    assert found.raw == pytest.approx(1 / 3)
    assert found.issue
    assert str(found.reason) == "1 drew 1 boxes and 3 1; on 0 of them they agree"


def test_two_who_drew_nothing_take_no_part_beside_a_third() -> None:
    assert share(drew(1), drew(2), drew(3, A)) == 0.0
    assert scored(drew(1), drew(2)) is None


@pytest.mark.parametrize(("moved", "same"), [(0.0, True), (6.0, True), (7.0, False)])
def test_half_of_the_union_makes_a_pair(moved: float, same: bool) -> None:
    # Moved by d of 20: (20 - d) / (20 + d).
    assert share(drew(1, A), drew(2, box(moved, 0, 20, 20))) == float(same)
    assert share(drew(1, A), drew(2, box(moved, 0, 20, 20)), near_from=0.4) == 1.0


def test_the_last_word_of_an_annotator_counts_and_none_that_was_cancelled() -> None:
    assert share(drew(1, B), drew(1, A), drew(2, A)) == 1.0
    assert scored(drew(1, A), drew(2, B, was_cancelled=True)) is None
    # An export may tell who somebody is.
    assert share(drew({"id": 1, "email": "x"}, A), drew({"id": 2}, A)) == 1.0


def test_turned_boxes_and_those_without_area_are_left_out() -> None:
    odd = [{**B, "rotation": 30}, box(5, 5, 0, 9)]
    assert share(drew(1, A, *odd), drew(2, A)) == 1.0
    assert scored(drew(1, *odd), drew(2, *odd)) is None


@pytest.mark.parametrize("said", [[], [3], [{"completed_by": "x", "result": []}], [{"completed_by": 1}], [drew(1, A)]])
def test_fewer_than_two_have_no_score(said: list[Any]) -> None:
    assert scored(*said) is None


def test_a_crowd_of_annotators_is_refused() -> None:
    assert scored(*[drew(k, A) for k in range(PEOPLE)]) is not None
    assert scored(*[drew(k, A) for k in range(PEOPLE + 1)]) is None


def test_the_finding_counts_pictures_and_what_each_drew() -> None:
    op = BoxAgreement()
    state = op.measure([drawn("a", drew(1, A, B), drew(2, A, B)), drawn("b", drew(1, A, B), drew(2, C))])
    (found,) = op.findings(state)
    assert (found.weight, found.value, found.samples) == ("warn", 0.5, ("b",))
    assert found.table == (
        {"annotator": "1", "compared": 4, "agreed": 2},
        {"annotator": "2", "compared": 3, "agreed": 2},
    )
    (clean,) = op.findings({"a": state["a"]})
    assert (clean.weight, clean.low, clean.next) == ("note", 0.0, None)
    assert clean.high == pytest.approx(0.975)


def test_what_label_studio_exports_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(image_part(shape(1, alpha=False)).data)
    task = {"id": 1, "data": {"image": "a.png"}, "annotations": [drew(1, A, B), drew(2, A, C), drew(3, A, B, C)]}
    (tmp_path / "export.json").write_text(json.dumps([task]))
    dataset = ingest(LabelStudioReader(str(tmp_path / "export.json")), tmp_path / "cache").dataset
    op = BoxAgreement()
    (found,) = op.scores(op.measure(list(dataset)))
    assert found.raw == pytest.approx((2 / 4 + 4 / 5 + 4 / 5) / 3)
    assert not found.issue


@pytest.mark.parametrize("bad", [{"near_from": -0.1}, {"issue_below": 1.5}, {"annotations": ""}])
def test_a_parameter_out_of_range_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"near_from|issue_below|annotations"):
        BoxAgreement(**bad)
