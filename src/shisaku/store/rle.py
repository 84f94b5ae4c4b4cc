"""Run lengths of a mask as COCO writes them: columns first, zeros first, plain numbers or a packed string.

Source: the mask API of the COCO data format (https://cocodataset.org/#format-data). In the packed string every
number, from the third on as the difference to the one two before, is written five bits a character, lowest first,
with a continuation bit and a sign, from the character ``0`` on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import say

PIXELS = 50_000_000
LONGEST = 4_000_000  # characters, or runs, of one mask
FIRST, BITS, MORE, SIGN = 48, 5, 0x20, 0x10
DIGITS = 7  # five bits each: more than any run within PIXELS needs


def runs_of(rle: Any) -> npt.NDArray[np.int64]:
    """Return the run lengths of ``{"size": [height, width], "counts": ...}``, checked to fill the mask.

    The object comes from a file and is not trusted. Raises DataError.
    """
    height, width = _size(rle)
    counts = rle.get("counts")
    if isinstance(counts, str | list) and len(counts) > LONGEST:
        raise DataError(say("The mask has more than {n} runs", n=LONGEST))
    if isinstance(counts, str):
        runs = _unpacked(counts)
    elif isinstance(counts, list) and all(type(n) is int and 0 <= n <= PIXELS for n in counts):
        runs = np.asarray(counts, dtype=np.int64)
    else:
        raise DataError(say("The mask has no run lengths"))
    if runs.sum() != height * width or (runs < 0).any():
        raise DataError(say("The run lengths do not fill a mask of {width} x {height}", width=width, height=height))
    return runs


def decode_mask(rle: Any) -> npt.NDArray[np.bool_]:
    """Return the mask as bool [height, width]. Raises DataError."""
    runs = runs_of(rle)
    height, width = _size(rle)
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape((height, width), order="F")


def encode_mask(mask: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return a mask, bool [height, width], with its run lengths as plain numbers."""
    flat = np.concatenate([[False], mask.ravel(order="F"), [not mask[-1, -1]]])
    ends = np.flatnonzero(flat[1:] != flat[:-1])
    return {"size": [int(side) for side in mask.shape], "counts": np.diff(ends, prepend=0).tolist()}


def mask_area(rle: Any) -> int:
    """Return how many pixels a mask covers. Raises DataError."""
    return int(runs_of(rle)[1::2].sum())


def resized_mask(rle: Any, width: int, height: int) -> dict[str, Any]:
    """Return the mask at another size, each pixel from the nearest one. Raises DataError."""
    mask = decode_mask(rle)
    rows = (np.arange(height) * 2 + 1) * mask.shape[0] // (2 * height)
    columns = (np.arange(width) * 2 + 1) * mask.shape[1] // (2 * width)
    return encode_mask(mask[np.ix_(rows, columns)])


def _size(rle: Any) -> tuple[int, int]:
    size = rle.get("size") if isinstance(rle, Mapping) else None
    if not isinstance(size, list) or len(size) != 2 or not all(type(side) is int and side > 0 for side in size):
        raise DataError(say("The mask has no size"))
    if size[0] * size[1] > PIXELS:
        raise DataError(say("The mask has more than {limit} million pixels", limit=PIXELS // 1_000_000))
    return size[0], size[1]


def _unpacked(text: str) -> npt.NDArray[np.int64]:
    if not text.isascii():
        raise DataError(say("The run lengths of the mask are damaged"))
    codes = np.frombuffer(text.encode(), np.uint8).astype(np.int64) - FIRST
    if not len(codes) or codes.min() < 0 or codes.max() >= 2 * MORE or codes[-1] & MORE:
        raise DataError(say("The run lengths of the mask are damaged"))
    last = np.flatnonzero(codes & MORE == 0)
    first = np.concatenate([[0], last[:-1] + 1])
    length = last - first + 1
    if length.max() > DIGITS:
        raise DataError(say("The run lengths of the mask are damaged"))
    place = np.arange(len(codes)) - np.repeat(first, length)
    values = np.add.reduceat((codes & (MORE - 1)) << (BITS * place), first)
    values -= np.where(codes[last] & SIGN, 1 << (BITS * length), 0)
    # From the third run on a value is the difference to the run two before.
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return values
