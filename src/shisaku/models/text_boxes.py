"""From a map of where text is to turned boxes around its lines (differentiable binarization, Liao et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shisaku.models.roles import Pixels, Vectors

INK = 0.3  # probability from which a pixel is text
SURE = 0.5  # mean probability of a box
GROWN = 1.6  # the map holds shrunk lines: they are grown by this times area / perimeter
THIN = 3  # pixels of the map
MOST = 1000
TALL = 1.5  # higher than this times its width, a box is a line that stands

Quad = npt.NDArray[np.float32]  # [4, 2]: x, y of the corners from the top left, clockwise


def text_boxes(chances: Vectors, width: int, height: int) -> list[Quad]:
    """Return the boxes of the lines in the probability map [h, w] of a picture, in its pixels, in reading order."""
    import cv2

    ink = cv2.dilate((chances > INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    scale = np.array([width / chances.shape[1], height / chances.shape[0]], np.float32)
    found = []
    for contour in contours[:MOST]:
        centre, (wide, high), angle = cv2.minAreaRect(contour)
        if min(wide, high) < THIN or _mean(chances, _corners(centre, wide, high, angle)) < SURE:
            continue
        more = 2 * GROWN * wide * high / (2 * (wide + high))
        corners = _corners(centre, wide + more, high + more, angle) * scale
        found.append(clockwise(np.clip(corners, 0, [width - 1, height - 1]).astype(np.float32)))
    return in_lines(found)


def clockwise(corners: Quad) -> Quad:
    """Return the corners from the top left one on, clockwise."""
    left, right = np.split(corners[np.argsort(corners[:, 0], kind="stable")], 2)
    (top_left, bottom_left), (top_right, bottom_right) = (side[np.argsort(side[:, 1])] for side in (left, right))
    return np.stack([top_left, top_right, bottom_right, bottom_left])


def in_lines(boxes: Sequence[Quad]) -> list[Quad]:
    """Return boxes from top to bottom; those whose middles lie within half a line's height from left to right."""
    waiting = sorted(boxes, key=lambda box: (float(box[:, 1].mean()), float(box[:, 0].mean())))
    done: list[Quad] = []
    while waiting:
        middle, high = float(waiting[0][:, 1].mean()), float(np.ptp(waiting[0][:, 1]))
        count = sum(float(box[:, 1].mean()) <= middle + high / 2 for box in waiting)
        done += sorted(waiting[:count], key=lambda box: float(box[:, 0].min()))
        waiting = waiting[count:]
    return done


def cut_out(image: Pixels, box: Quad) -> Pixels:
    """Return what is in a box, upright; a line that stands is laid down."""
    import cv2

    wide = int(max(np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[3] - box[2])))
    high = int(max(np.linalg.norm(box[0] - box[3]), np.linalg.norm(box[1] - box[2])))
    if min(wide, high) < 1:
        return np.zeros((1, 1, 3), np.uint8)
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(box, target)
    piece = cv2.warpPerspective(image, turn, (wide, high), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)
    return np.ascontiguousarray(np.rot90(piece) if high >= TALL * wide else piece, dtype=np.uint8)


def _corners(centre: Sequence[float], wide: float, high: float, angle: float) -> Quad:
    import cv2

    return np.asarray(cv2.boxPoints((centre, (wide, high), angle)), dtype=np.float32)


def _mean(chances: Vectors, corners: Quad) -> float:
    import cv2

    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, None)
    end = np.ceil(corners.max(axis=0)).astype(int) + 1
    window = chances[low[1] : end[1], low[0] : end[0]]
    mask = np.zeros(window.shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(corners - low).astype(np.int32)], 1)
    return float(window[mask > 0].mean()) if mask.any() else 0.0
