"""Overlap of boxes agrees with pycocotools, keeps its symmetries, and refuses what is no box."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shisaku.stats import box_overlap
from shisaku.stats.box_overlap import box_iou, most_before, partners

# pycocotools 2.0 hands numpy 2 its arrays in a way that numpy asks it to change.
coco = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def some_boxes(rng: np.random.Generator, n: int, reach: float = 300.0) -> np.ndarray:
    """Boxes that overlap often; some are whole pixels, some copies of others, some have no area."""
    boxes = np.column_stack([rng.uniform(-reach, reach, (n, 2)), rng.uniform(0.5, reach, (n, 2))])
    boxes[::3] = np.rint(boxes[::3])
    boxes[1::5] = boxes[0]
    boxes[2::7, 2 + n % 2] = 0.0
    return boxes


def several(most: int) -> st.SearchStrategy[np.ndarray]:
    """Up to `most` boxes with sides from a hundredth to a thousand."""
    place, side = st.floats(-1e3, 1e3), st.floats(0.01, 1e3)
    return st.integers(1, most).flatmap(
        lambda n: st.tuples(arrays(float, (n, 2), elements=place), arrays(float, (n, 2), elements=side)).map(np.hstack)
    )


@coco
@pytest.mark.parametrize("seed", range(8))
def test_agrees_with_pycocotools_crowd_and_all(seed: int) -> None:
    from pycocotools import mask

    rng = np.random.default_rng(seed)
    boxes, others = some_boxes(rng, 90 + seed), some_boxes(rng, 40 + seed)
    for crowd in (np.zeros(len(others), bool), np.ones(len(others), bool), rng.random(len(others)) < 0.5):
        theirs = np.asarray(mask.iou(boxes, others, crowd.astype(np.uint8).tolist()))
        assert np.abs(box_iou(boxes, others, crowd) - theirs).max() <= 1e-12
    assert np.count_nonzero(theirs) > 100


def test_by_hand() -> None:
    boxes, others = [[0, 0, 4, 4]], [[2, 2, 4, 4], [0, 0, 4, 4], [4, 0, 4, 4], [1, 1, 2, 1], [0, 0, 8, 8]]
    assert box_iou(boxes, others)[0] == pytest.approx([4 / 28, 1.0, 0.0, 2 / 16, 16 / 64])
    assert box_iou(boxes, others, [True] * 5)[0] == pytest.approx([4 / 16, 1.0, 0.0, 2 / 16, 1.0])


@given(several(6), several(6), st.tuples(*[st.floats(-1e3, 1e3)] * 2), st.tuples(*[st.floats(0.01, 100)] * 2))
def test_moved_scaled_and_exchanged_it_is_the_same(
    boxes: np.ndarray, others: np.ndarray, shift: tuple[float, float], times: tuple[float, float]
) -> None:
    held = box_iou(boxes, others)
    assert ((held >= 0) & (held <= 1)).all()
    assert np.array_equal(held, box_iou(others, boxes).T)
    assert np.diag(box_iou(boxes, boxes)) == pytest.approx(1.0, abs=1e-9)
    moved = [one + np.array([*shift, 0.0, 0.0]) for one in (boxes, others)]
    assert box_iou(*moved) == pytest.approx(held, abs=1e-9)
    scaled = [one * np.array([*times, *times]) for one in (boxes, others)]
    assert box_iou(*scaled) == pytest.approx(held, abs=1e-9)


def test_sides_below_the_precision_of_the_place_stay_shares() -> None:
    far = [[1e9, 1e9, 6.1e-8, 6.1e-8], [1e9, 1e9, 1.0, 1.0], [1e9, 1e9, 0.0, 0.0]]
    held = box_iou(far, far)
    assert np.isfinite(held).all()
    assert held.min() >= 0.0
    assert held.max() <= 1.0


@pytest.mark.parametrize(
    "bad",
    [
        [[0.0, 0.0, float("nan"), 1.0]],
        [[float("inf"), 0.0, 1.0, 1.0]],
        [[0.0, 0.0, -1.0, 1.0]],
        [[0.0, 0.0, 1e200, 1.0]],
        [[0.0, 0.0, 1.0]],
        [0.0, 0.0, 1.0, 1.0],
    ],
)
def test_what_is_no_box_is_refused(bad: Any) -> None:
    for call in (lambda: box_iou(bad, [[0, 0, 1, 1]]), lambda: box_iou([[0, 0, 1, 1]], bad)):
        with pytest.raises(ValueError, match="boxes must be"):
            call()


def test_nothing_overlaps_nothing() -> None:
    assert box_iou([], [[0, 0, 1, 1]]).shape == (0, 1)
    assert box_iou([[0, 0, 1, 1]], []).shape == (1, 0)
    most, place = most_before([], [], alike=True)
    assert len(most) == len(place) == 0
    assert [len(one) for one in partners(np.zeros((0, 3)), 0.5)] == [0, 0]


@pytest.mark.parametrize("cells", [1, 50, 1 << 20])
@pytest.mark.parametrize("alike", [True, False])
def test_the_largest_before_is_that_of_all_pairs(cells: int, alike: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    boxes, kinds = some_boxes(rng, 60), rng.integers(0, 3, 60)
    whole = box_iou(boxes, boxes)
    monkeypatch.setattr(box_overlap, "CELLS", cells)
    most, place = most_before(boxes, kinds, alike)
    for k in range(60):
        before = [i for i in range(k) if (kinds[i] == kinds[k]) == alike and whole[k, i] > 0]
        best = max((whole[k, i] for i in before), default=0.0)
        assert most[k] == best
        assert place[k] == (min(i for i in before if whole[k, i] == best) if before else -1)


@settings(max_examples=60)
@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(0, 1)), st.floats(0, 1))
def test_partners_are_as_many_and_as_good_as_can_be(overlap: np.ndarray, least: float) -> None:
    def worth(pairs: list[tuple[int, int]]) -> tuple[int, float]:
        kept = [overlap[pair] for pair in pairs if overlap[pair] >= least and overlap[pair] > 0]
        return len(kept), sum(kept)

    turned = overlap if overlap.shape[0] <= overlap.shape[1] else overlap.T
    choices = [list(enumerate(order)) for order in permutations(range(turned.shape[1]), turned.shape[0])]
    if turned is not overlap:
        choices = [[(column, row) for row, column in pairs] for pairs in choices]
    rows, columns = partners(overlap, least)
    found = worth(list(zip(rows.tolist(), columns.tolist(), strict=True)))
    assert len(set(rows)) == len(set(columns)) == len(rows) == found[0]
    best = max(worth(pairs) for pairs in choices)
    assert found[0] == best[0]
    assert found[1] == pytest.approx(best[1])


@coco
def test_as_many_partners_as_coco_matches_where_truth_does_not_overlap() -> None:
    """COCO's evaluation takes one box after the other; above half, things that lie apart leave it one choice each."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    rng = np.random.default_rng(0)
    truth = [[40.0 * (k % 6), 40.0 * (k // 6), 36.0, 36.0] for k in range(30)]
    drawn = np.array(truth)[rng.permutation(30)[:26]] + rng.normal(0, 5, (26, 4))

    def entry(k: int, box: Any) -> dict[str, Any]:
        return {"id": k + 1, "image_id": 1, "category_id": 1, "bbox": list(box), "area": box[2] * box[3], "iscrowd": 0}

    with redirect_stdout(StringIO()):
        held = COCO()
        held.dataset = {"images": [{"id": 1}], "categories": [{"id": 1, "name": "x"}], "info": {},
                        "annotations": [entry(k, box) for k, box in enumerate(truth)]}  # fmt: skip
        held.createIndex()
        judged = COCOeval(held, held.loadRes([{**entry(k, box), "score": 1.0} for k, box in enumerate(drawn)]), "bbox")
        judged.evaluate()
    matches = next(one for one in judged.evalImgs if one is not None and one["aRng"][1] > 1e9)["dtMatches"]
    for place, least in enumerate(judged.params.iouThrs):
        assert len(partners(box_iou(drawn, truth), least)[0]) == np.count_nonzero(matches[place])
    assert 0 < np.count_nonzero(matches[-3]) < np.count_nonzero(matches[0])
