"""Copies within one dataset: who is kept, who is called, and what is said of the whole."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from ops_material import RATE, image_part, scene, vector_part

from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.core.score import Score
from shisaku.ops.audio import near_duplicate as heard
from shisaku.ops.dataset.exact_duplicate import ExactDuplicate
from shisaku.ops.dataset.semantic_duplicate import SemanticDuplicate
from shisaku.ops.image.near_duplicate import NearDuplicate
from shisaku.ops.text import near_duplicate as worded
from shisaku.store.codecs import encode_wave


def _smooth(seed: int, size: int = 96) -> np.ndarray:
    return cv2.GaussianBlur(scene(seed), (0, 0), 4)[:size, :size]


def _image(name: str, pixels: np.ndarray, size: str = "") -> Sample:
    return Sample(name, {"image": image_part(pixels)}, facts={"image_size": size} if size else {})


def _scored(op: Metric, samples: list[Sample]) -> dict[str, Score]:
    return {score.sample: score for score in op.scores(op.measure(samples))}


def _half(pixels: np.ndarray) -> np.ndarray:
    return cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def test_the_largest_original_is_kept() -> None:
    picture = _smooth(1)
    samples = [
        _image("a", _half(picture), "48x48"),
        _image("b", picture, "4000x3000"),
        _image("c", picture, "96x96"),
        _image("d", _smooth(2), "96x96"),
    ]
    found = _scored(NearDuplicate(), samples)
    assert {name: score.issue for name, score in found.items()} == {"a": True, "b": False, "c": True, "d": False}
    assert {name: score.group for name, score in found.items()} == {"a": "b", "b": "b", "c": "b", "d": ""}
    assert "Matches b" in str(found["a"].reason)
    assert found["a"].value < 0.5 < found["b"].value
    assert found["d"].raw == 64


def test_a_real_sample_is_kept_before_a_made_one() -> None:
    real, made = _image("z", _smooth(1), "48x48"), replace(_image("a", _smooth(1), "96x96"), depth=1)
    assert _scored(NearDuplicate(), [made, real])["a"].issue


def test_blank_images_are_not_one_group() -> None:
    tones = [_image(f"t{tone}", np.full((40, 40, 3), tone, np.uint8)) for tone in (0, 120, 121, 255)]
    assert not any(score.issue for score in _scored(NearDuplicate(), tones).values())
    twice = [tones[0], replace(tones[0], id="again")]
    assert [score.issue for _, score in sorted(_scored(ExactDuplicate(), twice).items())] == [False, True]


def test_the_same_drawing_in_another_colour_is_another_image() -> None:
    red = np.full((96, 96, 3), 255, np.uint8)
    cv2.circle(red, (48, 48), 30, (200, 30, 30), -1)
    samples = [_image("red", red), _image("blue", np.ascontiguousarray(red[:, :, ::-1]))]
    assert not any(score.issue for score in _scored(NearDuplicate(), samples).values())


def test_exact_copies_are_compared_by_pixels_and_not_by_files() -> None:
    pixels = scene(1)
    done, packed = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    assert done
    opaque = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    other = Sample("b", {"image": Part("image", packed.tobytes(), "b.png")})
    nearly = pixels.copy()
    nearly[0, 0, 0] ^= 1
    found = _scored(ExactDuplicate(), [_image("a", pixels), other, _image("c", opaque), _image("d", nearly)])
    assert {name for name, score in found.items() if score.issue} == {"b", "c"}


@pytest.mark.parametrize(
    ("one", "other", "copy"),
    [
        ("please enter your number and then press pound", "Please ENTER your number, and then press pound!", True),
        ("please enter your number and then press pound", "you may now hang up and call again tomorrow", False),
        ("これは冬になると湖に渡ってくる白鳥の写真です", "これは冬になると湖に渡ってくる白鳥の写真です。", True),
        ("これは冬になると湖に渡ってくる白鳥の写真です", "これは夏になると山に咲いている百合の絵です", False),
        ("a red bird", "a red bird", False),
    ],
)
def test_texts(one: str, other: str, copy: bool) -> None:
    samples = [Sample(name, {"caption": Part.from_text(text)}) for name, text in (("a", one), ("b", other))]
    assert any(score.issue for score in _scored(worded.NearDuplicate(), samples).values()) == copy


def test_the_longest_text_is_kept() -> None:
    text = "the conference will begin when our glorious leader arrives at the table"
    samples = [Sample(name, {"caption": Part.from_text(t)}) for name, t in (("a", text), ("b", f"{text} today"))]
    assert _scored(worded.NearDuplicate(), samples)["a"].issue


def _noise(seed: int, seconds: float = 1.5) -> np.ndarray:
    """Noise whose colour wanders: nothing like any other."""
    rng = np.random.default_rng(seed)
    size = int(seconds * RATE)
    shaped = np.fft.irfft(np.fft.rfft(rng.normal(size=size)), size)
    return np.asarray(0.1 * shaped / np.abs(shaped).max() * 3, np.float32)


def test_recordings() -> None:
    waves = {"a": _noise(1), "b": _noise(2), "a quiet": 0.1 * _noise(1), "a trimmed": _noise(1)[1500:-900]}
    samples = [Sample(name, {"audio": Part("audio", encode_wave(wave, RATE))}) for name, wave in waves.items()]
    silent = Sample("silent", {"audio": Part("audio", encode_wave(np.zeros(RATE, np.float32), RATE))})
    found = _scored(heard.NearDuplicate(), [*samples, silent, replace(silent, id="silent too")])
    assert {name for name, score in found.items() if score.issue} == {"a quiet", "a trimmed"}


def test_meaning_by_cosine() -> None:
    base = np.random.default_rng(0).normal(size=32)
    near = base + 0.05 * np.random.default_rng(1).normal(size=32)
    other = np.random.default_rng(2).normal(size=32)
    rows = {"a": base, "b": near, "c": other, "short": base[:8], "zero": np.zeros(32)}
    samples = [Sample(name, {"features": vector_part(row)}) for name, row in rows.items()]
    found = _scored(SemanticDuplicate(), samples)
    assert {name for name, score in found.items() if score.issue} == {"b"}


def test_the_whole_is_told() -> None:
    samples = [_image(f"{seed}-{k}", _smooth(seed)) for seed in range(3) for k in range(3)]
    op = NearDuplicate()
    (told,) = op.findings(op.measure(samples))
    assert (told.weight, told.value, told.n) == ("warn", pytest.approx(6 / 9), 9)
    assert told.low is not None
    assert told.low < 6 / 9
    assert [row["copies"] for row in told.table] == [2, 2, 2]
    (nothing,) = op.findings(op.measure(samples[:1]))
    assert (nothing.weight, nothing.value) == ("note", 0.0)
    assert op.findings({}) == []


def test_a_threshold_measures_nothing_anew() -> None:
    assert NearDuplicate(radius=4).fingerprint == NearDuplicate(across="split").fingerprint
    assert NearDuplicate(image="other").fingerprint != NearDuplicate().fingerprint
    assert ExactDuplicate(kind="text").fingerprint != ExactDuplicate().fingerprint
