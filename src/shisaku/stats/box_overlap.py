"""How much boxes overlap: all pairs of two sets, each box with those before it, and which boxes are the same thing.

A box is [x, y, width, height] in any unit; x and y may have different ones.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
CELLS = 1 << 20  # pairs that are compared at once
LARGEST = 1e150  # the square of more is no number


def box_iou(boxes: npt.ArrayLike, others: npt.ArrayLike, crowd: npt.ArrayLike | None = None) -> Boxes:
    """Return intersection over union of each of `boxes` [n, 4] with each of `others` [m, 4], as [n, m].

    Of `others` that are a `crowd` (bool [m]) the union is the area of the box alone: a box that lies in a crowd
    region is 1 (COCO's rule for ``iscrowd``; Lin et al., ECCV 2014, and its detection evaluation). Boxes that share no
    area are 0, also those that have none. Raises ValueError for numbers that are not finite and for negative sides.
    """
    one, other = _checked(boxes), _checked(others)
    shared = np.ones((len(one), len(other)))
    for axis in (0, 1):
        low, side = one[:, None, axis], one[:, None, axis + 2]
        other_low, other_side = other[None, :, axis], other[None, :, axis + 2]
        common = np.minimum(low + side, other_low + other_side) - np.maximum(low, other_low)
        # Rounded sums of large numbers can give more than either side.
        shared *= np.clip(common, 0.0, np.minimum(side, other_side))
    area, other_area = one[:, 2:].prod(axis=1)[:, None], other[:, 2:].prod(axis=1)[None, :]
    union = area + other_area - shared
    if crowd is not None:
        union = np.where(np.asarray(crowd, dtype=np.bool_)[None, :], area, union)
    overlap: Boxes = np.divide(shared, union, out=np.zeros_like(shared), where=(shared > 0) & (union > 0))
    return overlap


def most_before(boxes: npt.ArrayLike, kinds: npt.ArrayLike, alike: bool) -> tuple[Boxes, Places]:
    """Return of each box its largest overlap with a box before it, and the place of that box; 0 and -1 without one.

    Only boxes of the same of the `kinds` [n] are compared, or without `alike` only those of another. Memory does not
    grow with the square of the boxes. Raises ValueError as `box_iou` does.
    """
    held, marks = _checked(boxes), np.asarray(kinds)
    n = len(held)
    most, place = np.zeros(n), np.full(n, -1, dtype=np.int64)
    rows = max(1, CELLS // max(1, n))
    for start in range(1, n, rows):
        stop = min(n, start + rows)
        asked = np.arange(start, stop)
        overlap = box_iou(held[start:stop], held[:stop])
        fits = (marks[asked, None] == marks[None, :stop]) == alike
        overlap[~fits | (np.arange(stop)[None, :] >= asked[:, None])] = 0.0
        best = overlap.argmax(axis=1)
        most[start:stop] = overlap[np.arange(len(asked)), best]
        place[start:stop] = np.where(most[start:stop] > 0, best, -1)
    return most, place


def partners(overlap: npt.NDArray[np.float64], least: float) -> tuple[Places, Places]:
    """Return the rows and columns of `overlap` [n, m] that belong together: one to one, with `least` or more.

    As many as there can be, and among these choices the one with the largest sum (assignment problem; Kuhn 1955).
    """
    from scipy.optimize import linear_sum_assignment

    fits = (overlap >= least) & (overlap > 0)
    # One pair more outweighs whatever the others gain.
    worth = np.where(fits, 1.0 + min(overlap.shape, default=0) + overlap, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    kept = fits[rows, columns]
    return np.asarray(rows[kept], dtype=np.int64), np.asarray(columns[kept], dtype=np.int64)


def _checked(boxes: npt.ArrayLike) -> Boxes:
    held = np.asarray(boxes, dtype=np.float64)
    if held.size == 0:
        return held.reshape(0, 4)
    if held.ndim != 2 or held.shape[1] != 4:
        raise ValueError(f"boxes must be [n, 4], got {list(held.shape)}")
    if not (np.abs(held) <= LARGEST).all() or (held[:, 2:] < 0).any():
        raise ValueError(f"boxes must be finite numbers up to {LARGEST:g} without negative sides")
    return held
