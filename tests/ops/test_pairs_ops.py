"""Images with texts: captions, alignment and zero-shot scores, all by ConSE and never called anything else."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from ops_material import auc, image_part, one, samples

from shisaku.core.sample import Part, Sample
from shisaku.ops.pairs.alignment import Alignment
from shisaku.ops.pairs.caption import BACKEND, Caption
from shisaku.ops.pairs.conse import Conse
from shisaku.ops.pairs.zero_shot import ZeroShot
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import decode_vector

TEXTS = {"temple": "a temple, a palace or a monastery", "flower": "a flower in a garden", "car": "a car or truck"}


@functools.cache
def photographs() -> tuple[Sample, ...]:
    """Crops of the two photographs of scikit-learn: a Chinese temple and a flower."""
    from sklearn.datasets import load_sample_images

    found = []
    for label, photo in zip(("temple", "flower"), load_sample_images().images, strict=True):
        for i in range(4):
            crop = photo[10 * i : 360 + 10 * i, 60 + 20 * i : 480 + 20 * i]
            parts = {"image": image_part(np.ascontiguousarray(crop)), "caption": Part.from_text(TEXTS[label], "en")}
            found.append(Sample(f"{label}{i}", parts, {"class": label}))
    return tuple(found)


def test_the_captioner_is_named_for_what_it_is() -> None:
    assert "template captioner" in BACKEND
    assert "not a vision-language model" in (Caption.__doc__ or "")
    assert "ConSE" in (Alignment.__doc__ or "")


def test_alignment_says_whose_family_it_is_of() -> None:
    assert {"pairs.caption", "image.embed"} <= set(Alignment.shares_family_with)
    assert set(Caption.models) & set(Alignment.models)


def test_zero_shot_is_a_value_whatever_the_order_of_its_texts() -> None:
    one_way, other = ZeroShot(TEXTS), ZeroShot(dict(reversed(TEXTS.items())))
    assert one_way == other
    assert hash(one_way) == hash(other)
    assert one_way.fingerprint == other.fingerprint
    given = dict(TEXTS)
    op = ZeroShot(given)
    given["car"] = "changed behind its back"
    assert op == one_way


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"one": "text"}, "at least 2 labels, got 1"),
        ({"a": "a dog", "b": " "}, "say something about b"),
        ({"a": "a dog", "b": "赤い鳥"}, "must be English"),
    ],
)
def test_zero_shot_refuses_texts_it_cannot_use(texts: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ZeroShot(texts)


@pytest.mark.weights
def test_zero_shot_scores_stand_in_the_order_of_sorted_labels() -> None:
    op = ZeroShot(TEXTS)
    for sample in photographs():
        scores = decode_vector(one(op, sample).parts["scores"])
        assert scores.shape == (3,)
        assert sorted(TEXTS)[int(scores.argmax())] == sample.labels["class"]


@pytest.mark.weights
def test_caption_names_what_the_classifier_sees() -> None:
    made = one(Caption(template="{name}, {name} {0}"), photographs()[0]).parts["caption_made"]
    name = made.text.split(", ")[0]
    assert made.text == f"{name}, {name} {{0}}"
    assert made.lang == "en"
    assert "caption_made" not in photographs()[0].parts


@pytest.mark.weights
def test_exchanged_texts_align_worse() -> None:
    swapped = [
        replace(s, parts={**s.parts, "caption": photographs()[i - 4].parts["caption"]})
        for i, s in enumerate(photographs())
    ]
    op = Alignment()
    good, bad = ([s.value for s in op.scores(op.measure(batch))] for batch in (photographs(), swapped))
    assert auc(bad, good) == 1.0


@pytest.mark.weights
def test_alignment_leaves_japanese_unscored() -> None:
    japanese = samples()[0].with_part("caption", Part.from_text("赤い鳥", "ja"))
    assert Alignment().measure([japanese]) == {}


@pytest.mark.weights
def test_conse_places_pictures_where_their_classes_are_named() -> None:
    from shisaku.models.loading import load

    placed = decode_vector(one(Conse(), photographs()[0]).parts["features"])
    assert placed.shape == (384,)
    assert np.linalg.norm(placed) == pytest.approx(1.0, abs=1e-5)
    expected = load("conse").embed([rgb_of(photographs()[0], "image")])[0]
    np.testing.assert_allclose(placed, expected, atol=1e-5)
    joined = decode_vector(one(Conse(joined=True), photographs()[0]).parts["features"])
    assert joined.shape == (1280 + 384,)
    np.testing.assert_allclose(joined[1280:], placed, atol=1e-5)
    assert np.linalg.norm(joined[:1280]) == pytest.approx(1.0, abs=1e-5)
