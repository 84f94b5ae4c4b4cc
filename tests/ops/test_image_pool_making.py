"""Ops that mix in other images: whose label it is, whose boxes, and that the pool's order does not matter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from image_making import BLUE, SQUARE, annotated, blue, drawn, items, mask_of_item, objects_part, outside, pixels
from ops_material import apply, image_part, one, reason, scene

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.core.transform import Transform
from shisaku.errors import RecipeError
from shisaku.ops.image.background import Background
from shisaku.ops.image.cutmix import Cutmix
from shisaku.ops.image.defect import Defect
from shisaku.ops.image.foreground import foreground_of, grab_cut
from shisaku.ops.image.fourier import Fourier, with_amplitude
from shisaku.ops.image.histogram import Histogram
from shisaku.ops.image.mixup import Mixup
from shisaku.ops.image.paste import Paste
from shisaku.store.codecs import encode_table

POOLED: list[Transform] = [
    Mixup(),
    Cutmix(),
    Paste(),
    Paste(blend="poisson"),
    Background(),
    Defect(),
    Fourier(),
    Histogram(),
]
GREY = np.full((90, 120, 3), 128, np.uint8)


def plain(colour: int, name: str, **more: Any) -> Sample:
    return Sample(name, {"image": image_part(np.full((60, 80, 3), colour, np.uint8))}, **more)


def subject(name: str = "z", label: str = "boat") -> Sample:
    """A blue square that alone is opaque."""
    return Sample(name, {"image": image_part(drawn(alpha=True))}, {"class": label})


def texture(name: str = "t", seed: int = 3) -> Sample:
    return Sample(name, {"image": image_part(scene(seed))}, {"class": "other"})


@pytest.mark.parametrize("op", POOLED, ids=lambda op: f"{op.name}-{getattr(op, 'blend', '')}")
def test_the_laws_of_a_pool(op: Transform) -> None:
    sample = annotated("a").with_part("mask", image_part(drawn() // 200 * 255))
    pool = [replace(annotated(f"p{k}"), labels={"class": f"c{k}"}) for k in range(3)]
    made = [one(op, sample, 1, mates) for mates in (pool, pool[::-1], [*pool, sample])]
    assert made[0].digest == made[1].digest == made[2].digest, "order, or the sample itself, made a difference"
    assert made[0].labels == sample.labels
    assert made[0].parents[0] == "a"
    assert made[0].parents[1] in {"p0", "p1", "p2"}
    assert "holds no other sample" in reason(op, sample, [sample])
    with pytest.raises(RecipeError, match="needs a pool of images"):
        apply(op, [sample], pool=[])
    broken = Sample("wall", {"image": Part("image", b"no picture")})
    assert "wall" in reason(op, sample, [broken])


@pytest.mark.parametrize("op", POOLED, ids=lambda op: f"{op.name}-{getattr(op, 'blend', '')}")
def test_odd_pictures_work_or_have_a_reason(op: Transform) -> None:
    odd = [np.full((1, 1, 3), 9, np.uint8), np.full((1, 300, 4), 200, np.uint8), np.full((2, 3, 4), 0, np.uint8)]
    odd += [np.full((64, 64, 3), 255, np.uint8), drawn(), drawn(alpha=True)]
    many = [Sample(f"o{k}", {"image": image_part(image)}) for k, image in enumerate(odd)]
    for seed in range(3):
        for other in many:
            for outcome in apply(op, many, seed, [other]):
                assert isinstance(outcome, tuple) or str(outcome.reason)


@pytest.mark.parametrize(
    ("op", "image"),
    [
        (Mixup(alpha=0.0), drawn()),
        (Cutmix(alpha=0.0), drawn()),
        (Paste(chance=0.0), drawn()),
        (Background(chance=0.0), drawn()),
        (Fourier(strength=0.0), drawn()),
        (Histogram(strength=0.0), drawn()),
    ],
    ids=lambda held: getattr(held, "name", ""),
)
def test_with_nothing_to_do_the_pixels_stay(op: Transform, image: np.ndarray) -> None:
    sample = Sample("a", {"image": image_part(image)})
    assert np.array_equal(pixels(one(op, sample, 0, [texture()])), image)


def test_mixup_keeps_the_larger_share() -> None:
    black, white = plain(0, "black", labels={"class": "night"}), plain(200, "white", labels={"class": "day"})
    for seed in range(12):
        made = one(Mixup(alpha=1.0), black, seed, [white])
        share = float(made.facts["mix_share"])
        assert 0.5 <= share <= 1.0
        assert pixels(made)[0, 0, 0] == pytest.approx(200 * (1 - share), abs=1)
        assert made.labels == {"class": "night"}
        assert made.facts["mixed_class"] == "day"
        assert made.facts["mixed_with"] == "white"


def test_cutmix_keeps_the_larger_share() -> None:
    black, white = plain(0, "black"), plain(200, "white")
    for seed in range(12):
        made = one(Cutmix(), black, seed, [white])
        share = float((pixels(made)[:, :, 0] == 0).mean())
        assert share >= 0.5
        assert share == pytest.approx(float(made.facts["mix_share"]), abs=1e-3)


def test_boxes_of_both_are_in_the_mix() -> None:
    other = annotated("o").with_part("objects", objects_part(label="theirs"))
    for seed in range(8):
        mixed = one(Mixup(), annotated("a"), seed, [other])
        assert [item["label"] for item in items(mixed)] == ["square"] * 3 + ["theirs"] * 3
        patched = apply(Cutmix(), [annotated("a")], seed, [other])[0]
        if isinstance(patched, Failure):
            assert "objects would be left" in str(patched.reason)
            continue
        assert all(outside(mask_of_item(i), i["box"]) <= 0.5 for i in items(patched[0]) if "rle" in i)
    bare = Sample("b", {"image": image_part(drawn())})
    assert "objects" not in one(Mixup(), bare, 0, [other]).parts


def test_cutmix_takes_the_partners_mask_or_refuses() -> None:
    white = annotated("o").with_part("mask", image_part(np.full((90, 120, 3), 255, np.uint8)))
    sample = annotated("a").with_part("mask", image_part(np.zeros((90, 120, 3), np.uint8)))
    made = one(Cutmix(least_visible=0.0), sample, 3, [white])
    share = float((pixels(made, "mask") == 0).all(axis=2).mean())
    assert share == pytest.approx(float(made.facts["mix_share"]), abs=1e-3)
    assert "no mask to follow" in reason(Cutmix(least_visible=0.0), sample, [texture()])


@pytest.mark.parametrize("seed", range(5))
def test_paste_lays_the_subject_alone_and_writes_its_box(seed: int) -> None:
    empty = Part("table", encode_table({"frame": [120, 90], "objects": []}))
    scene_ = Sample("s", {"image": image_part(GREY), "objects": empty}, {"class": "sea"})
    made = one(Paste(scale_min=0.3, scale_max=0.5), scene_, seed, [subject()])
    (item,) = items(made)
    spots = blue(pixels(made))
    assert item["label"] == "boat"
    assert outside(spots, item["box"]) <= 0.5
    assert (mask_of_item(item) == spots).mean() > 0.99
    assert 0.3 * 90 - 1 <= max(item["box"][2:]) <= 0.5 * 90 + 1
    assert made.labels == {"class": "sea"}
    assert made.facts["cut"] == "alpha"
    assert made.facts["mixed_class"] == "boat"


def test_paste_covers_objects_and_takes_masks_along() -> None:
    partner = subject().with_part("mask", image_part(np.full((90, 120, 3), 40, np.uint8)))
    sample = annotated("a")
    for seed in range(8):
        outcome = apply(Paste(scale_min=1.0, scale_max=1.0, least_visible=0.6), [sample], seed, [partner])[0]
        if isinstance(outcome, Failure):
            assert "objects would be left" in str(outcome.reason)
            continue
        mask = pixels(outcome[0], "mask")
        cover = mask_of_item(items(outcome[0])[-1])
        assert (mask[cover] == 40).mean() > 0.97
        assert set(np.unique(mask[~cover])) <= {0, 255}
    assert "no mask to follow" in reason(Paste(), sample, [subject()])


def test_poisson_takes_on_the_light_of_the_place() -> None:
    dark = Sample("d", {"image": image_part(GREY // 4)})
    pool = [Sample("z", {"image": image_part(np.dstack([scene(1), np.full((96, 96), 255, np.uint8)]))})]
    pool[0] = pool[0].with_part("mask", image_part(np.pad(np.full((60, 60, 3), 255, np.uint8), ((18,), (18,), (0,)))))
    plainly, poisson = (pixels(one(Paste(blend=blend, cut="mask"), dark, 2, pool)) for blend in ("alpha", "poisson"))
    place = (plainly != GREY // 4).any(axis=2)
    assert poisson[place].mean() < plainly[place].mean() - 10
    assert (poisson[~place] == GREY[0, 0, 0] // 4).mean() > 0.97, "more than a rim of a pixel changed"
    assert poisson[place].std() > 10, "its texture is gone"


@pytest.mark.parametrize("how", ["alpha", "mask", "objects", "grabcut", "ground"])
def test_the_subject_is_found_every_way(how: str) -> None:
    noise = np.random.default_rng(0).integers(-12, 12, (90, 120, 1))
    image = np.clip(drawn() + noise, 0, 255).astype(np.uint8)
    parts = {"image": image_part(image)}
    box = {"label": "square", "box": [34, 24, 48, 40]}
    if how == "alpha":
        parts["image"] = image_part(drawn(alpha=True))
    elif how == "mask":
        parts["mask"] = annotated().parts["mask"]
    elif how == "objects":
        corners = [40, 30, 76, 30, 76, 58, 40, 58]
        table = {"frame": [120, 90], "objects": [{"label": "square", "polygons": [corners]}]}
        parts["objects"] = Part("table", encode_table(table))
    elif how == "grabcut":
        parts["objects"] = Part("table", encode_table({"frame": [120, 90], "objects": [box]}))
    cut = foreground_of(Sample("s", parts), "image", "mask", "objects", "auto")
    truth = blue(drawn())
    found = cut.alpha > 0.5
    assert cut.how == how
    assert (found & truth).sum() / (found | truth).sum() > 0.85


def test_grabcut_repeats_whatever_was_drawn_before() -> None:
    import cv2

    image, box = scene(5), [20.0, 20.0, 50.0, 50.0]
    first = grab_cut(image, box)
    cv2.randu(np.zeros((50, 50)), 0, 1)
    assert np.array_equal(grab_cut(image, box), first)


def test_background_keeps_the_subject_at_its_place() -> None:
    green = Sample("g", {"image": image_part(np.full((50, 50, 3), (10, 200, 10), np.uint8))})
    made = one(Background(), annotated(), 0, [green])
    x, y, w, h = SQUARE
    assert (pixels(made)[y + 2 : y + h - 2, x + 2 : x + w - 2] == BLUE).all()
    assert (pixels(made)[:20] == (10, 200, 10)).all()
    assert made.facts["background"] == "g"
    assert made.facts["cut"] == "mask"
    assert items(made)[0]["box"] == list(SQUARE)
    assert made.parts["mask"] == annotated().parts["mask"]


def test_background_drops_objects_of_the_old_ground() -> None:
    table = {
        "frame": [120, 90],
        "objects": [{"label": "in", "box": list(SQUARE)}, {"label": "out", "box": [0, 0, 9, 9]}],
    }
    sample = annotated(objects=Part("table", encode_table(table)))
    made = one(Background(), sample, 0, [texture()])
    assert [item["label"] for item in items(made)] == ["in"]
    assert made.facts["objects_lost"] == "1"


@pytest.mark.parametrize("blend", ["alpha", "poisson"])
def test_defect_lies_on_the_part_and_is_written_down(blend: str) -> None:
    crop = replace(texture("scratch"), labels={"class": "scratch"})
    for seed in range(5):
        made = one(Defect(blend=blend, becomes="scratch"), annotated("a"), seed, [crop])
        flaw = pixels(made, "defect_mask")[:, :, 0] > 0
        subject_ = pixels(made, "mask")[:, :, 0] > 0
        assert flaw.any()
        assert not (flaw & ~subject_).any(), "the defect stands over the part"
        assert items(made)[-1]["label"] == "scratch"
        assert np.array_equal(mask_of_item(items(made)[-1]), flaw)
        assert made.labels == {"class": "scratch"}
        assert made.facts["defect"] == "scratch"
    assert one(Defect(), annotated("a"), 0, [crop]).labels == {"class": "square"}


def test_fourier_takes_the_mean_and_keeps_the_edges() -> None:
    dark, light = drawn() // 3, GREY + 60
    made = with_amplitude(dark, light, 0.0, 1.0)
    assert made.mean(axis=(0, 1)) == pytest.approx(light.mean(axis=(0, 1)), abs=1.5)
    edges = [np.abs(np.diff(image.astype(int), axis=1)).max(axis=(1, 2)) for image in (dark, made)]
    assert np.corrcoef(*edges)[0, 1] > 0.99
    same = with_amplitude(scene(0), scene(0), 0.2, 1.0)
    assert np.abs(same.astype(int) - scene(0)).max() <= 1
    odd = scene(0)[:33, :47]
    assert np.abs(with_amplitude(odd, odd, 0.5, 1.0).astype(int) - odd).max() <= 1


def test_histogram_takes_the_levels_of_the_other() -> None:
    made = pixels(one(Histogram(), Sample("d", {"image": image_part(scene(1) // 4)}), 4, [texture()])).astype(int)
    assert made.max() > scene(1).max() // 4 + 40
    assert "too small for histogram" in reason(
        Histogram(), plain(3, "a"), [Sample("q", {"image": image_part(GREY[:1])})]
    )
