"""image.geometry: neutral, exact where it can be, and nothing that is tied to a place is left behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_making import (
    SIZE,
    SQUARE,
    annotated,
    blue,
    captioned,
    drawn,
    items,
    mask_of_item,
    mask_picture,
    objects_part,
    outside,
    pixels,
)
from ops_material import apply, image_part, one, reason, scene, shape

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.ops.image.annotated import Annotated
from shisaku.ops.image.classical import Classical
from shisaku.ops.image.composite import Composite
from shisaku.ops.image.erase import Erase
from shisaku.ops.image.geometry import Geometry
from shisaku.ops.image.outline import area, inside
from shisaku.store.codecs import decode_table, encode_table

STILL = Geometry(flip=0.0, rotation=0.0, scale_min=1.0, scale_max=1.0, crop=1.0)
CHANGES = {
    "flip": {"flip": 1.0},
    "upend": {"upend": 1.0},
    "quarters": {"quarters": 1.0},
    "rotation": {"rotation": 40.0},
    "scale": {"scale_min": 0.5, "scale_max": 1.4},
    "shear": {"shear": 20.0},
    "crop": {"crop": 0.6},
    "perspective": {"perspective": 0.15},
    "all": {
        "flip": 0.5,
        "upend": 0.5,
        "rotation": 25.0,
        "scale_min": 0.7,
        "shear": 10.0,
        "crop": 0.8,
        "perspective": 0.1,
    },
}


def test_without_change_everything_stays() -> None:
    sample = annotated(caption=Part.from_text("a square on the left", "en"))
    made = one(STILL, sample)
    assert np.array_equal(pixels(made), drawn())
    assert made.parts["caption"] == sample.parts["caption"]
    assert made.parts["mask"] == sample.parts["mask"]
    assert decode_table(made.parts["objects"]) == decode_table(sample.parts["objects"])
    rgba = Sample("r", {"image": image_part(shape(1))})
    assert np.array_equal(pixels(one(STILL, rgba)), shape(1))


def test_a_flip_is_exact() -> None:
    made = one(replace(STILL, flip=1.0), annotated())
    assert np.array_equal(pixels(made), drawn()[:, ::-1])
    assert np.array_equal(pixels(made, "mask"), mask_picture()[:, ::-1])
    x, y, w, h = SQUARE
    assert [item["box"] for item in items(made)] == [[SIZE[0] - x - w, y, w, h]] * 3
    assert np.array_equal(mask_of_item(items(made)[2]), mask_picture()[:, ::-1, 0] > 0)


def test_a_quarter_turn_is_exact() -> None:
    for seed in range(6):
        made = one(replace(STILL, quarters=1.0), annotated(), seed)
        quarters = round(float(made.facts["turned"]) / 90) % 4
        assert np.array_equal(pixels(made), np.rot90(drawn(), quarters))
        assert np.array_equal(pixels(made, "mask"), np.rot90(mask_picture(), quarters))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seed", range(4))
def test_boxes_polygons_and_masks_follow(change: str, seed: int) -> None:
    made = one(replace(STILL, **CHANGES[change], ground="black", least_visible=0.05), annotated(), seed)
    spots = blue(pixels(made))
    found = items(made)
    assert [item["id"] for item in found] == [1, 2, 3]
    for item in found:
        assert outside(spots, item["box"]) <= 1.0
        assert "area" not in item or item["box"] == list(SQUARE), "the area of another place"
        x, y, w, h = item["box"]
        assert min(x, y) >= 0
        assert x + w <= pixels(made).shape[1] + 1e-6
        assert y + h <= pixels(made).shape[0] + 1e-6
    tight = found[1]["box"]
    rows, columns = spots.nonzero()
    assert tight[2] * tight[3] <= (np.ptp(rows) + 4) * (np.ptp(columns) + 4), "a box around a polygon is tight"
    for mask in (mask_of_item(found[2]), pixels(made, "mask")[:, :, 0] > 0):
        assert (mask & spots).sum() >= 0.9 * (mask | spots).sum()
    assert decode_table(made.parts["objects"])["set_aside"] == [{"why": "kept"}]


@pytest.mark.parametrize("seed", range(3))
def test_an_rgba_picture_keeps_its_alpha_and_hides_its_hidden_colours(seed: int) -> None:
    image = drawn(alpha=True)
    image[image[:, :, 3] == 0, :3] = (0, 255, 0)
    made = pixels(
        one(replace(STILL, **CHANGES["all"], ground="white"), Sample("r", {"image": image_part(image)}), seed)
    )
    assert made.shape[2] == 4
    seen = made[made[:, :, 3] > 60].astype(int)
    assert len(seen)
    assert (seen[:, 1] < 120).all(), "hidden green bled in"


def test_boxes_in_the_units_of_a_larger_source_follow_too() -> None:
    table = {"frame": [240, 180], "objects": [{"label": "square", "box": [2 * n for n in SQUARE]}]}
    sample = Sample("a", {"image": image_part(drawn()), "objects": Part("table", encode_table(table))})
    x, y, w, h = SQUARE
    assert items(one(replace(STILL, flip=1.0), sample))[0]["box"] == [SIZE[0] - x - w, y, w, h]
    hundred = {"frame": [100, 100], "objects": [{"label": "half", "box": [50, 0, 50, 100]}, {"label": "all"}]}
    sample = sample.with_part("objects", Part("table", encode_table(hundred)))
    assert items(one(replace(STILL, flip=1.0), sample)) == [{"label": "half", "box": [0, 0, 60, 90]}, {"label": "all"}]


def test_numbers_of_other_units_do_not_stay() -> None:
    fractions = {"frame": [1, 1], "objects": [{"label": "half", "box": [0.5, 0, 0.5, 1], "centre": [0.75, 0.5]}]}
    sample = Sample("a", {"image": image_part(drawn()), "objects": Part("table", encode_table(fractions))})
    assert items(one(STILL, sample)) == [{"label": "half", "box": [60, 0, 60, 90]}]


def test_a_turned_box_of_label_studio_becomes_a_polygon() -> None:
    item = {"label": "square", "box": [60, 20, 40, 20], "rotation": 90}
    table = Part("table", encode_table({"frame": list(SIZE), "objects": [item]}))
    made = one(replace(STILL, flip=1.0), Sample("a", {"image": image_part(drawn()), "objects": table}))
    assert items(made)[0]["box"] == pytest.approx([60, 20, 20, 40])
    assert "rotation" not in items(made)[0]


def test_objects_out_of_view_are_lost_and_counted_and_none_is_refused() -> None:
    table = decode_table(objects_part())
    table["objects"].append({"label": "corner", "box": [0, 0, 6, 6]})
    sample = annotated(objects=Part("table", encode_table(table)))
    made = [one(replace(STILL, crop=0.6), sample, seed) for seed in range(12)]
    lost = [child for child in made if child.facts.get("objects_lost") == "1"]
    assert lost
    assert all(len(items(child)) == 3 for child in lost)
    corner = annotated(objects=Part("table", encode_table({"frame": list(SIZE), "objects": table["objects"][3:]})))
    outcomes = [apply(replace(STILL, crop=0.5), [corner], seed)[0] for seed in range(12)]
    reasons = [str(outcome.reason) for outcome in outcomes if isinstance(outcome, Failure)]
    assert reasons
    assert all("None of the 1 objects" in why for why in reasons)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"rows": 1}, "no table of objects"),
        ({"frame": None, "objects": [{"label": "a", "keypoints": [[1, 2]]}]}, "has keypoints, which cannot follow"),
    ],
)
def test_what_cannot_follow_is_refused(table: dict[str, object], why: str) -> None:
    assert why in reason(STILL, annotated(objects=Part("table", encode_table(table))))


def test_a_broken_mask_is_refused() -> None:
    assert "PNG" in reason(STILL, annotated(mask=Part("image", b"no picture")))


def test_classical_takes_everything_along() -> None:
    for seed in range(6):
        made = one(Classical(rotation=30.0, least_visible=0.05), annotated(), seed)
        assert all(outside(blue(pixels(made)), item["box"]) <= 1.5 for item in items(made))
    mirror = Classical(flip=1.0)
    assert one(mirror, captioned("a dog to the left")).parts["caption"].text == "a dog to the right"


def test_composite_takes_boxes_along() -> None:
    sample = annotated().with_part("image", image_part(drawn(alpha=True)))
    ground = Sample("g", {"image": image_part(np.full((80, 80, 3), 90, np.uint8))})
    for seed in range(4):
        made = one(Composite(size=150), sample, seed, [ground])
        assert all(outside(blue(pixels(made)), item["box"]) <= 1.0 for item in items(made))
        assert (blue(pixels(made)) == (pixels(made, "mask")[:, :, 0] > 0)).mean() > 0.97


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 2)])
@pytest.mark.parametrize("depth", [3, 4])
def test_tiny_pictures_are_no_accident(size: tuple[int, int], depth: int) -> None:
    tiny = Sample("t", {"image": image_part(np.full((*size, depth), 200, np.uint8))})
    for seed in range(4):
        made = one(Geometry(quarters=0.5, shear=10.0, perspective=0.2), tiny, seed)
        assert pixels(made).shape[2] == depth


def test_repeats_are_the_same_and_draws_differ() -> None:
    sample = Sample("s", {"image": image_part(scene(1))})
    made = [pixels(one(Geometry(), sample, seed)).tobytes() for seed in (0, 0, 1, 2)]
    assert made[0] == made[1]
    assert len(set(made)) == 3


def test_outlines_are_cut_at_the_picture() -> None:
    triangle = np.array([[-10.0, 0.0], [10.0, 0.0], [-10.0, 20.0]])
    assert area(triangle) == 200.0
    assert area(inside(triangle, 10.0, 10.0)) == pytest.approx(50.0)
    assert len(inside(triangle - 100.0, 10.0, 10.0)) == 0


def test_an_object_under_a_cover_goes_at_its_share() -> None:
    cover = np.zeros(SIZE[::-1], np.bool_)
    x, y, w, h = SQUARE
    cover[y : y + h, x : x + w // 2] = True
    objects = Annotated.of(annotated(), "objects", SIZE)
    assert len(objects.uncovered(cover, 0.45).items) == 3
    assert len(objects.uncovered(cover, 0.55).items) == 0
    assert mask_of_item(dict(objects.uncovered(cover, 0.4).items[2])).sum() == w * h // 2


NUMBER = st.floats(-300, 300, allow_nan=False)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"label": st.sampled_from(["a", "b"])},
            optional={
                "box": st.lists(NUMBER, min_size=4, max_size=4),
                "polygons": st.lists(st.lists(NUMBER, min_size=6, max_size=6), max_size=2),
                "rle": st.sampled_from([{"size": [9, 12], "counts": [50, 20, 38]}, {"size": [9, 12], "counts": "x"}]),
                "rotation": NUMBER,
            },
        ),
        max_size=3,
    ),
    st.integers(0, 1000),
    st.sampled_from([None, list(SIZE), [1, 1], [5000, 20]]),
)
def test_odd_objects_follow_or_have_a_reason(found: list[dict[str, object]], seed: int, frame: object) -> None:
    table = Part("table", encode_table({"frame": frame, "objects": found}))
    sample = annotated(objects=table)
    for op in (replace(STILL, **CHANGES["all"], quarters=0.5), Erase(), Classical(rotation=180.0, captions="keep")):
        outcome = apply(op, [sample], seed)[0]
        assert isinstance(outcome, tuple) or str(outcome.reason)
        if isinstance(outcome, tuple) and op.name != "image.erase":
            assert isinstance(outcome[0], Sample)
            height, width = pixels(outcome[0]).shape[:2]
            for item in items(outcome[0]):
                x, y, w, h = item.get("box", [0, 0, 0, 0])
                assert min(x, y) >= -1e-2
                assert x + w <= width + 1e-2
                assert y + h <= height + 1e-2
