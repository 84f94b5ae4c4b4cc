"""Planted failures of visual quality, and its detection limit, on real photographs."""

from __future__ import annotations

import functools
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from ops_material import auc, image_part, shape

from shisaku.core.sample import Sample
from shisaku.ops.image.subject import noise_level
from shisaku.ops.image.visual_quality import VisualQuality, quality

Change = Callable[[np.ndarray], np.ndarray]


@functools.cache
def crops() -> tuple[np.ndarray, ...]:
    """Thirty crops of two photographs that come with scikit-learn, 256 pixels square."""
    from sklearn.datasets import load_sample_images

    rng, found = np.random.default_rng(0), []
    for photo in load_sample_images().images:
        for _ in range(15):
            side = int(rng.integers(256, 427))
            top, left = int(rng.integers(427 - side + 1)), int(rng.integers(640 - side + 1))
            crop = photo[top : top + side, left : left + side]
            found.append(cv2.resize(crop, (256, 256), interpolation=cv2.INTER_AREA))
    return tuple(found)


def blurred(sigma: float) -> Change:
    return lambda image: cv2.GaussianBlur(image, (0, 0), sigma)


def noisy(sigma: float) -> Change:
    def change(image: np.ndarray) -> np.ndarray:
        return np.clip(image + np.random.default_rng(1).normal(0, sigma, image.shape), 0, 255).astype(np.uint8)

    return change


def flagged(change: Change) -> float:
    """Share of the changed crops called an issue."""
    batch = [Sample(f"{i}", {"image": image_part(change(crop))}) for i, crop in enumerate(crops())]
    scores = VisualQuality().scores(VisualQuality().measure(batch))
    return float(np.mean([score.issue for score in scores]))


def test_clean_photographs_are_no_issue() -> None:
    assert flagged(lambda image: image) == 0.0


@pytest.mark.parametrize("change", [blurred(2), blurred(3), blurred(6), noisy(50), noisy(70)])
def test_strong_blur_and_noise_are_found(change: Change) -> None:
    assert flagged(change) >= 0.9


@pytest.mark.parametrize(
    "change",
    [
        lambda image: np.zeros_like(image),
        lambda image: np.full_like(image, 255),
        lambda image: np.full_like(image, 120),
        lambda image: (image * 0.06).astype(np.uint8),
    ],
    ids=["black", "white", "uniform", "dark"],
)
def test_images_of_nothing_are_always_found(change: Change) -> None:
    assert flagged(change) == 1.0


def test_the_detection_limit_is_where_the_doc_page_says() -> None:
    assert flagged(blurred(1)) <= 0.2
    assert flagged(noisy(40)) <= 0.2


@pytest.mark.parametrize("damage", [[blurred(1), blurred(2), blurred(3)], [noisy(25), noisy(50), noisy(75)]])
def test_more_damage_never_scores_better(damage: list[Change]) -> None:
    clean, *damaged = [[quality(change(crop))[0] for crop in crops()] for change in (lambda image: image, *damage)]
    means = [np.mean(values) for values in damaged]
    assert means == sorted(means, reverse=True)
    assert auc(damaged[-1], clean) > 0.99


def test_a_subject_on_white_is_judged_by_itself() -> None:
    assert quality(shape(0, 128, alpha=False))[0] > 0.5


def test_noise_level_is_the_planted_one() -> None:
    grey = np.full((200, 200), 128.0) + np.random.default_rng(0).normal(0, 12, (200, 200))
    assert noise_level(np.clip(grey, 0, 255).astype(np.uint8)) == pytest.approx(12, rel=0.1)
