"""Image transforms: what they change, what they keep, what they refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_material import apply, backgrounds, image_part, one, reason, samples, shape

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.ops.image.classical import Classical, recoloured, turned
from shisaku.ops.image.composite import Composite
from shisaku.ops.image.embed import Embed
from shisaku.ops.image.restyle import Restyle
from shisaku.store.codecs import decode_image, decode_vector

STILL = Classical(flip=0.0, rotation=0.0, scale_min=1.0, scale_max=1.0, colour=0.0)
RED = (220, 30, 30)


def pixels(sample: Sample) -> np.ndarray:
    return decode_image(sample.parts["image"])


def picture(array: np.ndarray, name: str = "p") -> Sample:
    return Sample(name, {"image": image_part(array)})


def plain(colour: tuple[int, int, int], height: int = 80, width: int = 80) -> np.ndarray:
    return np.broadcast_to(np.array(colour, np.uint8), (height, width, 3)).copy()


def red_square(side: int = 20) -> np.ndarray:
    """A red square in the middle of a transparent green image."""
    image = np.dstack([plain((0, 255, 0), 60, 60), np.zeros((60, 60), np.uint8)])
    image[20 : 20 + side, 20 : 20 + side] = (*RED, 255)
    return image


def red_box(image: np.ndarray) -> tuple[int, int]:
    """Height and width of what is red."""
    red = (np.abs(image[:, :, :3].astype(int) - RED).max(axis=2) < 40).nonzero()
    return int(np.ptp(red[0])) + 1, int(np.ptp(red[1])) + 1


def test_classical_without_change_is_the_image_on_white() -> None:
    made = pixels(one(STILL, samples()[0]))
    expected = shape(0)
    assert made.shape == (64, 64, 3)
    assert np.array_equal(made[expected[:, :, 3] == 255], expected[expected[:, :, 3] == 255][:, :3])
    assert (made[expected[:, :, 3] == 0] == 255).all()


def test_classical_mirrors() -> None:
    made = pixels(one(replace(STILL, flip=1.0), samples()[0]))
    assert np.array_equal(made, pixels(one(STILL, samples()[0]))[:, ::-1])


@pytest.mark.parametrize(("ground", "corner"), [("white", 255), ("edge", 60), ("mirror", 60)])
def test_classical_fills_what_comes_into_view(ground: str, corner: int) -> None:
    made = turned(plain((60, 60, 60)), 0.0, 0.5, ground)
    assert made[0, 0].tolist() == [corner] * 3
    assert made[40, 40].tolist() == [60] * 3


def test_classical_scales_about_the_middle() -> None:
    image = np.full((101, 101, 3), 255, np.uint8)
    image[30:71, 30:71] = RED
    height, width = red_box(turned(image, 0.0, 0.5, "white"))
    assert 19 <= height <= 23
    assert 19 <= width <= 23


def test_classical_keeps_other_parts_but_not_stale_features() -> None:
    made = one(Classical(), samples()[0])
    assert made.parts["caption"] == samples()[0].parts["caption"]
    assert "features" not in made.parts


@given(st.floats(0.5, 1.5), st.floats(0.5, 1.5), st.floats(0.0, 2.0))
def test_grey_stays_grey_whatever_the_saturation(brightness: float, contrast: float, saturation: float) -> None:
    grey = plain((90, 90, 90), 4, 4)
    one_way = recoloured(grey, brightness, contrast, saturation)
    assert np.abs(one_way.astype(int) - recoloured(grey, brightness, contrast, 1.0)).max() <= 1


def test_different_draws_make_different_children() -> None:
    made = [pixels(one(Classical(), samples()[0], seed)) for seed in range(4)]
    assert len({image.tobytes() for image in made}) == 4


def test_composite_takes_the_subject_alone_by_its_alpha() -> None:
    grey = Sample("grey", {"image": image_part(plain((128, 128, 128), 300, 300))})
    made = pixels(one(Composite(size=200), picture(red_square()), pool=[grey]))
    assert made.shape == (200, 200, 3)
    greenish = made[:, :, 1].astype(int) - made[:, :, 0] > 20
    assert not greenish.any(), "hidden pixels bled in"
    assert ((np.abs(made.astype(int) - 128).max(axis=2) < 3) | (made[:, :, 0] > 128)).all()


@pytest.mark.parametrize("seed", range(8))
def test_composite_keeps_the_scale_range(seed: int) -> None:
    op = Composite(size=200, scale_min=0.3, scale_max=0.6)
    grey = Sample("grey", {"image": image_part(plain((128, 128, 128)))})
    height, width = red_box(pixels(one(op, picture(red_square()), seed, [grey])))
    assert 0.3 * 200 - 3 <= max(height, width) <= 0.6 * 200 + 3
    assert abs(height - width) <= 2


def test_composite_names_its_background() -> None:
    made = one(Composite(), samples()[0], pool=backgrounds())
    assert made.parents == ("s0", made.facts["background"])
    assert made.facts["background"] in {sample.id for sample in backgrounds()}
    assert made.facts["cut"] == "alpha"


def test_composite_needs_a_pool() -> None:
    with pytest.raises(RecipeError, match="needs a pool of background images"):
        apply(Composite(), samples())
    with pytest.raises(RecipeError, match="pool:"):
        apply(Composite(), samples(), pool=[])


def test_composite_estimates_the_subject_on_a_plain_ground() -> None:
    image = plain((250, 250, 250))
    image[25:55, 30:50] = RED
    grey = Sample("grey", {"image": image_part(plain((128, 128, 128)))})
    made = one(Composite(size=200, scale_min=0.5, scale_max=0.5), picture(image), pool=[grey])
    assert made.facts["cut"] == "ground"
    height, width = red_box(pixels(made))
    assert height == pytest.approx(100, abs=8)
    assert width == pytest.approx(67, abs=8)
    assert (pixels(made) < 245).all(), "the old ground came along"


def test_composite_refuses_what_it_cannot_cut_out() -> None:
    busy = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    assert "not of one colour" in reason(Composite(), picture(busy), backgrounds())
    assert "0% of the image" in reason(Composite(), picture(plain((255, 255, 255))), backgrounds())
    glass = np.dstack([plain(RED), np.zeros((80, 80), np.uint8)])
    assert "wholly transparent" in reason(Composite(), picture(glass), backgrounds())


def test_composite_says_which_background_is_broken() -> None:
    broken = Sample("wall", {"image": Part("image", b"no picture")})
    assert "wall" in reason(Composite(), samples()[0], [broken])


def test_a_tiny_image_is_no_accident() -> None:
    tiny = [picture(np.full((1, 1, 3), 9, np.uint8), "a"), picture(np.full((2, 300, 4), 200, np.uint8), "b")]
    for outcome in (*apply(Classical(), tiny), *apply(Composite(), tiny, pool=backgrounds())):
        assert isinstance(outcome, Failure | tuple)


@pytest.mark.weights
def test_embed_tells_alike_from_different() -> None:
    red, darker, other = plain(RED, 100, 100), plain((200, 20, 20), 100, 100), shape(3, 100, alpha=False)
    a, b, c = (decode_vector(one(Embed(), picture(p)).parts["features"]) for p in (red, darker, other))
    assert a.shape == (1280,)
    assert np.linalg.norm(a - b) < np.linalg.norm(a - c)


@pytest.mark.weights
def test_restyle_keeps_the_size_and_says_the_style() -> None:
    made = [one(Restyle(), samples()[0], seed) for seed in range(3)]
    assert {pixels(child).shape for child in made} == {(64, 64, 3)}
    assert all(child.facts["style"] for child in made)
    assert len({child.parts["image"].digest for child in made}) == 3


@pytest.mark.weights
def test_restyle_refuses_an_image_that_is_hardly_more_than_a_line() -> None:
    assert "too small" in reason(Restyle(), picture(plain(RED, 2, 800)))


@pytest.mark.weights
def test_restyle_paints_a_small_image_large_and_keeps_its_size() -> None:
    assert pixels(one(Restyle(), picture(plain(RED, 40, 30)))).shape == (40, 30, 3)
