"""Ops that change pixels and no place: colour, degrade, weather, low light, erase, deform, upscale."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from image_making import SIZE, SQUARE, annotated, drawn, items, mask_of_item, mask_picture, objects_part, pixels
from ops_material import apply, image_part, one, reason, samples, scene, shape
from upscale_material import doubling

from shisaku.core.drop import Failure
from shisaku.core.sample import Sample
from shisaku.core.transform import Transform
from shisaku.errors import WeightsError
from shisaku.ops.image.colour import Colour, in_light, with_gamma, with_hue
from shisaku.ops.image.deform import Deform
from shisaku.ops.image.degrade import Degrade, compressed, shaken, shrunk
from shisaku.ops.image.erase import Erase
from shisaku.ops.image.low_light import LowLight, darker
from shisaku.ops.image.sensor import with_noise
from shisaku.ops.image.upscale import Upscale
from shisaku.ops.image.weather import KINDS, Weather
from shisaku.ops.reading import over_white

NEUTRAL: list[Transform] = [
    Colour(brightness=0.0, contrast=0.0, saturation=0.0, hue=0.0, gamma=0.0, white_balance=0.0),
    Degrade(motion=0.0, blur=0.0, downscale=1.0, noise=0.0, jpeg=100),
    *(Weather(kind=kind, strength_min=0.0, strength_max=0.0) for kind in KINDS),
    LowLight(stops_min=0.0, stops_max=0.0),
    Erase(holes=0),
    Erase(side_min=0.0, side_max=0.0),
    Deform(strength=0.0),
]
CHANGING: list[Transform] = [
    Colour(),
    Degrade(),
    *(Weather(kind=kind, strength_min=0.8) for kind in KINDS),
    LowLight(),
    Erase(least_visible=0.0),
    Deform(),
]


def picture(array: np.ndarray, name: str = "p") -> Sample:
    return Sample(name, {"image": image_part(array)})


@pytest.mark.parametrize("op", NEUTRAL, ids=lambda op: f"{op.name}-{getattr(op, 'kind', '')}")
def test_with_nothing_to_do_the_pixels_stay(op: Transform) -> None:
    made = one(op, annotated())
    assert np.array_equal(pixels(made), drawn())
    assert np.array_equal(pixels(made, "mask"), mask_picture())
    assert [item["box"] for item in items_of(made)] == [list(SQUARE)] * 3
    white = pixels(one(op, picture(shape(1))))
    assert np.array_equal(over_white(white), over_white(shape(1)))


def items_of(sample: Sample) -> list[dict[str, Any]]:
    return items(sample)


@pytest.mark.parametrize("op", CHANGING, ids=lambda op: f"{op.name}-{getattr(op, 'kind', '')}")
def test_it_changes_pixels_but_not_size_nor_twice_otherwise(op: Transform) -> None:
    made = [pixels(one(op, picture(scene(2)), seed)) for seed in (0, 0, 1)]
    assert made[0].shape == scene(2).shape
    assert not np.array_equal(made[0], scene(2))
    assert np.array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])


@pytest.mark.parametrize("op", CHANGING, ids=lambda op: f"{op.name}-{getattr(op, 'kind', '')}")
def test_odd_pictures_work_or_have_a_reason(op: Transform) -> None:
    odd = [np.full((1, 1, 3), 9, np.uint8), np.full((1, 300, 4), 200, np.uint8), np.full((17, 16, 3), 128, np.uint8)]
    odd += [np.full((2, 3, 4), 0, np.uint8), np.full((64, 64, 3), 255, np.uint8)]
    for outcome in apply(op, [picture(image, f"o{k}") for k, image in enumerate(odd)]):
        assert isinstance(outcome, tuple) or str(outcome.reason)


def test_colour_keeps_alpha() -> None:
    assert np.array_equal(pixels(one(Colour(hue=90.0), picture(shape(1))))[:, :, 3], shape(1)[:, :, 3])


def test_grey_has_no_colour_and_grey_light_has_no_warmth() -> None:
    made = pixels(one(Colour(grey=1.0, hue=0.0, white_balance=0.0), picture(scene(1)))).astype(int)
    assert np.ptp(made, axis=2).max() <= 1
    wall = np.full((8, 8, 3), 128, np.uint8)
    warm, day, cold = (in_light(wall, warmth)[0, 0].astype(int) for warmth in (1.0, 0.0, -1.0))
    assert warm[0] > warm[2] + 30
    assert cold[2] > cold[0] + 10
    assert np.abs(day - 128).max() <= 8


def test_hue_and_gamma() -> None:
    red = np.full((4, 4, 3), (200, 20, 20), np.uint8)
    assert with_hue(red, 120.0)[0, 0].argmax() == 1
    assert np.abs(with_hue(red, 0.0).astype(int) - red).max() <= 2
    assert np.array_equal(with_gamma(red, 1.0), red)
    assert with_gamma(red, 2.0)[0, 0, 0] < 200 < with_gamma(red, 0.5)[0, 0, 0]


def test_noise_has_the_spread_asked_for_and_grows_with_the_light() -> None:
    rng = np.random.default_rng(0)
    spreads = []
    for level in (40, 128, 210):
        flat = np.full((200, 200, 3), level, np.uint8)
        spreads.append(float((with_noise(flat, 8.0, rng).astype(float) - level).std()))
    assert spreads[1] == pytest.approx(8.0, rel=0.03)
    assert spreads[0] < spreads[1] < spreads[2]


def test_a_shake_keeps_the_light_and_a_flat_wall_flat() -> None:
    wall = np.full((50, 50, 3), 77, np.uint8)
    assert np.array_equal(shaken(wall, 9.0, np.random.default_rng(0)), wall)
    image = scene(0)
    moved = shaken(image, 15.0, np.random.default_rng(0))
    assert abs(float(moved.mean()) - float(image.mean())) < 2.0
    assert np.array_equal(shaken(image, 0.9, np.random.default_rng(0)), image)


def test_shrinking_and_compression_lose_detail() -> None:
    image = scene(0)
    for made in (shrunk(image, 4.0), compressed(image, 5)):
        assert made.shape == image.shape
        assert 2.0 < np.abs(made.astype(int) - image).mean() < 60.0
    assert np.array_equal(compressed(image, 100), image)


def test_each_stop_halves_the_light() -> None:
    level = darker(np.full((2, 2, 3), 255, np.uint8), 1.0)[0, 0, 0]
    assert level == 188  # half of the light of white, by the sRGB curve
    assert np.array_equal(darker(scene(0), 0.0), scene(0))


def test_weather_says_which_and_refuses_specks() -> None:
    kinds = {one(Weather(), picture(scene(0)), seed).facts["weather"] for seed in range(20)}
    assert kinds == set(KINDS)
    assert "too small for rain" in reason(Weather(kind="rain"), picture(np.zeros((8, 80, 3), np.uint8)))


def test_erase_fills_holes_and_masks_lose_what_is_under() -> None:
    op = Erase(holes=1, side_min=0.3, side_max=0.3, fill="black", least_visible=0.0)
    for seed in range(6):
        made = one(op, annotated(), seed)
        hole = (pixels(made) == 0).all(axis=2)
        assert hole.sum() == round(0.3 * SIZE[0]) * round(0.3 * SIZE[1])
        expected = (mask_picture()[:, :, 0] > 0) & ~hole
        assert np.array_equal(pixels(made, "mask")[:, :, 0] > 0, expected)
        assert np.array_equal(mask_of_item(items(made)[2]), expected)
        assert items(made)[0]["box"] == list(SQUARE)


def test_erase_drops_covered_objects_or_refuses() -> None:
    table = objects_part((40, 30, 36, 28))
    whole = Erase(holes=1, side_min=1.0, side_max=1.0)
    assert "None of the 3 objects" in reason(whole, annotated(objects=table))
    half = {"holes": 1, "side_min": 0.5, "side_max": 0.5, "least_visible": 1.0}
    refused = [apply(Erase(**half, covered="refuse"), [annotated()], seed)[0] for seed in range(6)]
    assert any(isinstance(outcome, Failure) for outcome in refused)


@pytest.mark.parametrize("fill", ["mean", "black", "grey", "noise"])
def test_fills(fill: str) -> None:
    made = pixels(one(Erase(holes=1, side_min=1.0, side_max=1.0, fill=fill), picture(scene(0))))
    flat = {"mean": np.rint(scene(0).mean(axis=(0, 1))), "black": 0, "grey": 128}
    if fill != "noise":
        assert (made == flat[fill]).all()
    assert (np.ptp(made.reshape(-1, 3), axis=0) > 200).all() == (fill == "noise")


def test_deform_writes_its_mask_and_box() -> None:
    sample = annotated().with_part("image", image_part(np.kron(scene(0)[:45, :60], np.ones((2, 2, 1), np.uint8))))
    made = one(Deform(strength=0.5, becomes="dent"), sample)
    changed = (pixels(made) != pixels(sample)).any(axis=2)
    flaw = pixels(made, "defect_mask")[:, :, 0] > 0
    assert flaw.any()
    assert (changed & ~flaw).sum() < 0.5 * changed.sum()
    assert np.array_equal(mask_of_item(items(made)[3]), flaw)
    assert items(made)[3]["label"] == "deformed"
    assert made.labels == {"class": "dent"}
    assert one(Deform(), sample).labels == sample.labels
    middle = np.argwhere(flaw).mean(axis=0)
    assert SQUARE[1] - 8 <= middle[0] <= SQUARE[1] + SQUARE[3] + 8, "the defect lies on the subject"


@pytest.mark.parametrize("channels", [1, 3])
def test_upscale_scales_everything(channels: int) -> None:
    made = one(Upscale(weights=doubling(channels)), annotated())
    near = np.abs(pixels(made)[::2, ::2].astype(int) - drawn())
    assert pixels(made).shape == (180, 240, 3)
    assert np.median(near) <= 3
    assert items(made)[0]["box"] == [2 * n for n in SQUARE]
    assert np.array_equal(pixels(made, "mask")[::2, ::2], mask_picture())
    assert made.facts["upscaled_by"].startswith(f"x2c{channels}:")
    rgba = one(Upscale(weights=doubling(channels)), samples()[0])
    assert pixels(rgba).shape == (128, 128, 4)


def test_upscale_without_weights_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHISAKU_MODEL_UPSCALE", raising=False)
    with pytest.raises(WeightsError, match="no weights for super-resolution") as caught:
        apply(Upscale(), [annotated()])
    assert "SHISAKU_MODEL_UPSCALE" in str(caught.value.next)
    monkeypatch.setenv("SHISAKU_MODEL_UPSCALE", doubling())
    assert one(Upscale(), annotated())
    assert Upscale().fingerprint != Upscale(weights=doubling(1)).fingerprint


def test_upscale_refuses_what_is_no_such_network(tmp_path: Any) -> None:
    (tmp_path / "a.onnx").write_bytes(b"nothing")
    with pytest.raises(WeightsError, match="not a graph"):
        apply(Upscale(weights=str(tmp_path / "a.onnx")), [annotated()])
    fixed = onnx.load(doubling())
    fixed.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 2
    fixed.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 2
    onnx.save(fixed, tmp_path / "b.onnx")
    with pytest.raises(WeightsError, match="1 or 3 channels"):
        apply(Upscale(weights=str(tmp_path / "b.onnx")), [annotated()])
    assert "larger than 50 pixels" in reason(Upscale(weights=doubling(), largest=50), annotated())
