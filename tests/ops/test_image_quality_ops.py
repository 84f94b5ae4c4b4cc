"""Each look at the quality of a picture: what it measures, and what leaves it untouched."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from ops_material import image_part, scene, shape

from shisaku.core.metric import Metric
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.ops.image.blur import Blur, sharpness
from shisaku.ops.image.compression import Compression, blockiness
from shisaku.ops.image.exposure import Exposure, light_of
from shisaku.ops.image.information import Information, information
from shisaku.ops.image.noise import Noise
from shisaku.ops.image.odd_shape import OddShape
from shisaku.ops.image.odd_size import OddSize


def photo() -> np.ndarray:
    from sklearn.datasets import load_sample_image

    return np.asarray(load_sample_image("china.jpg"))[:256, :256]


def scored(op: Metric, *pictures: np.ndarray, **facts: Any) -> list[Score]:
    batch = [Sample(f"{k:03d}", {"image": image_part(pixels)}, facts=facts) for k, pixels in enumerate(pictures)]
    return op.scores(op.measure(batch))


def scored_one(op: Metric, pixels: np.ndarray) -> Score:
    return scored(op, pixels)[0]


@pytest.mark.parametrize("factor", [0.3, 0.6])
def test_sharpness_does_not_see_contrast(factor: float) -> None:
    faint = np.rint(photo() * factor + 60).astype(np.uint8)
    assert sharpness(faint) == pytest.approx(sharpness(photo()), rel=0.12)


def test_sharpness_of_an_edge_falls_with_its_width() -> None:
    edge = np.zeros((256, 256, 3), np.float64)
    edge[:, 128:] = 200.0
    found = [sharpness(cv2.GaussianBlur(edge, (0, 0), sigma).astype(np.uint8)) for sigma in (1.0, 2.0, 4.0)]
    assert found[1:] == pytest.approx([half / 2.0 for half in found[:-1]], rel=0.35)


def test_a_shaken_picture_is_blurred_along_one_direction() -> None:
    kernel = np.zeros((13, 13))
    kernel[6] = 1 / 13
    assert scored_one(Blur(), cv2.filter2D(photo(), -1, kernel)).issue
    assert not scored_one(Blur(), photo()).issue


def test_a_soft_ground_is_no_blur() -> None:
    picture = cv2.GaussianBlur(photo(), (0, 0), 6)
    picture[80:160, 80:160] = photo()[80:160, 80:160]
    assert not scored_one(Blur(), picture).issue


def test_a_blank_picture_is_not_called_blurred() -> None:
    blank = np.full((64, 64, 3), 90, np.uint8)
    assert not scored_one(Blur(), blank).issue
    assert scored_one(Information(), blank).issue


@pytest.mark.parametrize(("change", "word"), [(lambda x: x * 0.1, "dark"), (lambda x: 200 + x * 0.2, "light")])
def test_exposure_says_its_direction(change: Any, word: str) -> None:
    score = scored_one(Exposure(), np.rint(change(photo().astype(float))).astype(np.uint8))
    assert score.issue
    assert word in str(score.reason)


def test_exposure_looks_at_the_subject_and_not_at_its_ground() -> None:
    on_white = shape(1, 128, alpha=False)
    shade, middle, bright, white = light_of(on_white)
    assert middle < 0.9
    assert white < 0.1
    assert bright > shade
    assert not scored_one(Exposure(), shape(1, 128)).issue


def test_information_is_the_entropy_of_levels() -> None:
    four = np.kron(np.array([[0, 80], [160, 240]], np.uint8), np.ones((32, 32), np.uint8))
    assert information(np.repeat(four[:, :, None], 3, axis=2)) == pytest.approx(2.0)


@pytest.mark.parametrize("level", [7, 8, 120, 127, 128])
def test_a_plain_grey_holds_nothing_wherever_it_lies_between_bins(level: int) -> None:
    noisy = np.clip(level + np.random.default_rng(0).integers(-1, 2, (64, 64, 1)), 0, 255)
    assert information(np.repeat(noisy, 3, axis=2).astype(np.uint8)) < 0.3


def jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1])


@pytest.mark.parametrize(("top", "left"), [(0, 0), (3, 5), (1, 7)])
def test_blocks_are_found_wherever_the_grid_begins(top: int, left: int) -> None:
    assert scored_one(Compression(), jpeg(photo(), 20)[top:, left:]).issue
    assert not scored_one(Compression(), photo()[top:, left:]).issue


def test_blockiness_grows_with_compression() -> None:
    found = [blockiness(jpeg(photo(), quality)) for quality in (95, 60, 30, 10)]
    assert found == sorted(found)


@pytest.mark.parametrize("times", [2, 4])
def test_enlarged_pixels_are_no_jpeg_blocks(times: int) -> None:
    small = cv2.resize(photo(), (64, 64), interpolation=cv2.INTER_AREA)
    assert not scored_one(Compression(), np.kron(small, np.ones((times, times, 1), np.uint8))).issue


def test_noise_is_measured_in_grey_levels() -> None:
    grey = np.full((200, 200, 1), 128.0) + np.random.default_rng(0).normal(0, 20, (200, 200, 1))
    score = scored_one(Noise(), np.repeat(np.clip(grey, 0, 255).astype(np.uint8), 3, axis=2))
    assert score.raw == pytest.approx(20, rel=0.1)
    assert score.issue


def test_one_small_picture_among_many_is_odd() -> None:
    scores = scored(OddSize(), *[scene(k, 96) for k in range(12)], scene(99, 24))
    assert [score.sample for score in scores if score.issue] == ["012"]


def test_the_size_is_that_of_the_source_file() -> None:
    score = scored(OddSize(), *[scene(k) for k in range(12)], image_size="4000x3000")
    assert not any(one.issue for one in score)
    whole = [Sample(f"{k}", {"image": image_part(scene(k))}, facts={"image_size": "4000x3000"}) for k in range(12)]
    found = OddSize().scores(OddSize().measure([*whole, Sample("tiny", {"image": image_part(scene(1))})]))
    assert [one.sample for one in found if one.issue] == ["tiny"]


@pytest.mark.parametrize("told", ["", "x", "0x10", "axb", "12x", "1x2x3"])
def test_a_size_that_says_nothing_is_not_believed(told: str) -> None:
    sample = Sample("a", {"image": image_part(scene(0, 96))}, facts={"image_size": told})
    assert OddSize().measure([sample]) == {"a": [96, 96]}


def test_a_strip_is_odd_among_squares_and_a_square_never_is() -> None:
    wide = [np.tile(scene(k), (1, 2, 1)) for k in range(12)]
    strip = np.tile(scene(50, 40), (1, 12, 1))
    scores = scored(OddShape(), *wide, strip, scene(60))
    assert [score.sample for score in scores if score.issue] == ["012"]


@pytest.mark.parametrize("op", [Blur(), Exposure(), Information(), Compression(), Noise(), OddSize(), OddShape()])
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 2), (9, 9), (17, 300)])
def test_any_size_can_be_looked_at(op: Metric, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 4)).astype(np.uint8)
    (score,) = scored(op, pixels)
    assert 0.0 <= score.value <= 1.0
    assert np.isfinite(score.raw)


@pytest.mark.parametrize(
    ("op", "level"), [(Blur, "issue_below"), (Noise, "issue_from"), (Compression, "issue_from"), (OddSize, "far")]
)
def test_another_threshold_measures_nothing_anew(op: type[Metric], level: str) -> None:
    assert op().fingerprint == op(**{level: 3.21}).fingerprint
