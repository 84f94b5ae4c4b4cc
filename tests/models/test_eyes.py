"""The arithmetic around the networks that look for faces and text, and what they find."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.models.centerface import boxes_at
from shisaku.models.check_eyes import finder_check, reader_check, written
from shisaku.models.loading import load
from shisaku.models.ppocr import greedy
from shisaku.models.text_boxes import clockwise, cut_out, in_lines, text_boxes


def test_boxes_of_a_heat_map() -> None:
    heat = np.zeros((8, 8), np.float32)
    heat[2, 5] = 0.8
    sizes = np.full((2, 8, 8), np.log(3.0), np.float32)
    boxes, scores = boxes_at(heat, sizes, np.zeros((2, 8, 8), np.float32))
    np.testing.assert_allclose(boxes, [[5.5 * 4 - 6, 2.5 * 4 - 6, 12, 12]], rtol=1e-5)
    np.testing.assert_allclose(scores, [0.8])


def test_greedy_joins_repeats_and_drops_blanks() -> None:
    steps = np.eye(4, dtype=np.float32)[[1, 1, 0, 1, 2, 2, 0, 3]] * 0.9
    assert greedy(steps, ("a", "b", "c")) == ("aabc", pytest.approx(0.9))
    assert greedy(np.eye(4, dtype=np.float32)[[0, 0]], ("a", "b", "c")) == ("", 0.0)


def test_a_box_grows_back_to_the_whole_line() -> None:
    chances = np.zeros((64, 128), np.float32)
    chances[28:36, 20:108] = 0.9
    (box,) = text_boxes(chances, 256, 128)
    left, top = box.min(axis=0)
    right, bottom = box.max(axis=0)
    assert left < 2 * 20 - 6
    assert right > 2 * 108 + 6
    assert top < 2 * 28 - 6
    assert bottom > 2 * 36 + 6
    assert text_boxes(np.where(chances > 0, 0.35, 0).astype(np.float32), 256, 128) == []
    assert text_boxes(np.zeros((64, 128), np.float32), 256, 128) == []


def test_lines_come_in_reading_order() -> None:
    def box(x: float, y: float) -> np.ndarray:
        return np.array([[x, y], [x + 40, y], [x + 40, y + 10], [x, y + 10]], np.float32)

    boxes = [box(100, 52), box(0, 100), box(0, 50), box(50, 0)]
    assert [tuple(found[0]) for found in in_lines(boxes)] == [(50, 0), (0, 50), (100, 52), (0, 100)]


def test_corners_and_pieces() -> None:
    corners = np.array([[50, 10], [10, 20], [10, 10], [50, 20]], np.float32)
    assert clockwise(corners).tolist() == [[10, 10], [50, 10], [50, 20], [10, 20]]
    image = np.arange(100 * 100 * 3, dtype=np.uint32).reshape(100, 100, 3).astype(np.uint8)
    assert cut_out(image, clockwise(corners)).shape == (10, 40, 3)
    standing = np.array([[10, 10], [20, 10], [20, 60], [10, 60]], np.float32)
    assert cut_out(image, standing).shape == (10, 50, 3)


@pytest.mark.weights
def test_known_answers() -> None:
    for check in (finder_check, reader_check):
        ok, what = check()
        assert ok, str(what)


@pytest.mark.weights
def test_lines_are_read_with_their_places() -> None:
    image = np.concatenate([written("first line 123"), written("second one")])
    lines = load("text_reader").lines(image)
    assert [line.text for line in lines] == ["first line 123", "second one"]
    assert max(y for _, y in lines[0].corners) < 120 < min(y for _, y in lines[1].corners)
    turned = load("text_reader").lines(np.ascontiguousarray(np.rot90(written("Synthetic data 2026"), -1)))
    assert [line.text for line in turned] == ["Synthetic data 2026"]


@pytest.mark.weights
@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (400, 5)])
def test_odd_sizes_are_no_trouble(shape: tuple[int, int]) -> None:
    image = np.full((*shape, 3), 200, np.uint8)
    assert load("text_reader").lines(image) == ()
    assert load("face_finder").faces(image) == ()
