"""The hash of an image answers to what it shows and to little else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shisaku.stats.dct_hash import dct_hash, small, thumbnail, unlike


def _scene(seed: int, size: int = 128) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return cv2.resize(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8), (size, size), interpolation=cv2.INTER_CUBIC)


def _bits(one: np.ndarray, other: np.ndarray) -> int:
    a, b = dct_hash(small(one)), dct_hash(small(other))
    assert a is not None
    assert b is not None
    return (a ^ b).bit_count()


def _unlike(one: np.ndarray, other: np.ndarray) -> float:
    return float(unlike(thumbnail(small(one))[None], thumbnail(small(other))[None])[0])


@pytest.mark.parametrize(
    "change",
    [
        lambda image: cv2.resize(image, (60, 60), interpolation=cv2.INTER_AREA),
        lambda image: (image * 0.6 + 30).astype(np.uint8),
        lambda image: cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 20])[1], 1),
    ],
)
def test_a_copy_stays_near(change) -> None:  # type: ignore[no-untyped-def]
    for seed in range(5):
        image = _scene(seed)
        assert _bits(image, change(image)) <= 6
        assert _unlike(image, change(image)) <= 6


def test_different_images_are_far() -> None:
    assert min(_bits(_scene(a), _scene(b)) for a in range(6) for b in range(a)) > 15


def test_the_same_drawing_in_another_colour_is_unlike() -> None:
    image = np.full((64, 64, 3), 255, np.uint8)
    cv2.circle(image, (32, 32), 20, (200, 30, 30), -1)
    other = image[:, :, ::-1].copy()
    assert _bits(image, other) <= 2
    assert _unlike(image, other) > 30


def test_one_tone_has_no_hash() -> None:
    for tone in (0, 128, 255):
        assert dct_hash(small(np.full((40, 50, 3), tone, np.uint8))) is None
