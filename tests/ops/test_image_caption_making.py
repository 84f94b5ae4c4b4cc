"""The caption law: a mirrored or turned picture does not keep a caption that has become false."""

from __future__ import annotations

from dataclasses import replace

import pytest
from image_making import SIZE, captioned, drawn, items
from ops_material import image_part, one, reason

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.ops.image.directions import change_of, changes, mended
from shisaku.ops.image.geometry import Geometry
from shisaku.store.codecs import encode_table

STILL = Geometry(flip=0.0, rotation=0.0, scale_min=1.0, scale_max=1.0, crop=1.0)
MIRROR, UPEND, TURN = replace(STILL, flip=1.0), replace(STILL, upend=1.0), replace(STILL, quarters=1.0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A dog to the left of a cat.", "A dog to the right of a cat."),
        ("Left: a cat. Right: a dog.", "Right: a cat. Left: a dog."),
        ("the top right corner", "the top left corner"),
        ("LEFT SIDE", "RIGHT SIDE"),
        ("her right hand and left foot", "her left hand and right foot"),
        ("the leftmost car moves rightwards", "the rightmost car moves leftwards"),
        ("a right-handed player turning left", "a left-handed player turning right"),
        ("the wheel turns clockwise", "the wheel turns anticlockwise"),
        ("the wheel turns counter-clockwise", "the wheel turns clockwise"),
        ("the right answer is on the left", "the right answer is on the right"),
        ("a right angle", "a right angle"),
        ("a bright copyright sign above", "a bright copyright sign above"),
        ("犬は猫の左側にいる", "犬は猫の右側にいる"),
        ("右手に傘、左に鞄", "左手に傘、右に鞄"),
        ("左右対称の花瓶が右にある", "左右対称の花瓶が左にある"),
        ("時計回りに回る", "反時計回りに回る"),
        ("反時計回りに回る", "時計回りに回る"),
        ("机の上の本", "机の上の本"),
    ],
)
def test_a_mirror_swaps_sides(before: str, after: str) -> None:
    assert mended(before, "mirror") == after
    assert mended(after, "mirror").replace("counter-", "anti") == before.replace("counter-", "anti")


@pytest.mark.parametrize("text", ["the bus left the stop", "A man left.", "They turn, right where it was"])
def test_what_may_be_no_direction_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="Nobody can tell"):
        mended(text, "mirror")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("at the top of the page", "at the bottom of the page"),
        ("the upper half, above the line", "the lower half, below the line"),
        ("the wheel turns clockwise", "the wheel turns anticlockwise"),
        ("写真の上部に文字", "写真の下部に文字"),
    ],
)
def test_upending_swaps_above_and_below(before: str, after: str) -> None:
    assert mended(before, "upend") == after


@pytest.mark.parametrize("text", ["a cat under the table", "her left hand", "机の上の本", "a book on top of a box"])
def test_upending_refuses_what_it_cannot_tell(text: str) -> None:
    with pytest.raises(DataError, match="nobody can tell"):
        mended(text, "upend")


@pytest.mark.parametrize("text", ["on the left", "at the top", "turning clockwise", "左に犬", "机の上の本"])
def test_a_turn_refuses_every_direction(text: str) -> None:
    assert "nobody can tell" in reason(TURN, captioned(text, ""))


def test_small_turns_keep_directions() -> None:
    caption = captioned("a dog on the left")
    assert one(replace(STILL, rotation=44.0), caption).parts["caption"] == caption.parts["caption"]
    assert change_of(False, False, 46.0) == "turn"
    assert change_of(True, True, 0.0) == "turn"


def test_mend_refuse_and_keep() -> None:
    caption = captioned("a dog on the left")
    assert one(MIRROR, caption).parts["caption"] == Part.from_text("a dog on the right", "en")
    assert "would be false" in reason(replace(MIRROR, captions="refuse"), caption)
    assert one(replace(MIRROR, captions="keep"), caption).parts["caption"] == caption.parts["caption"]
    plain = captioned("a dog")
    for law in ("mend", "refuse", "keep"):
        assert one(replace(MIRROR, captions=law), plain).parts["caption"] == plain.parts["caption"]


def test_without_a_flip_the_caption_stays() -> None:
    caption = captioned("the bus left the stop")
    made = [one(replace(STILL, flip=0.0), caption, seed) for seed in range(3)]
    assert all(child.parts["caption"] == caption.parts["caption"] for child in made)


def test_an_unknown_language_is_refused() -> None:
    assert "language fr" in reason(MIRROR, captioned("un chien à gauche", "fr"))
    assert one(replace(MIRROR, captions="keep"), captioned("un chien à gauche", "fr"))


def test_a_label_with_a_side_is_refused() -> None:
    assert "left_hand" in reason(MIRROR, captioned("a hand", **{"class": "left_hand"}))
    assert "label side" in reason(MIRROR, captioned("a hand", side="right"))
    assert one(MIRROR, captioned("a hand", **{"class": "leftover"}))


def test_labels_of_objects_are_mended() -> None:
    table = {"frame": list(SIZE), "objects": [{"label": "left_shoe", "box": [0, 0, 60, 90]}]}
    sample = Sample("s", {"image": image_part(drawn()), "objects": Part("table", encode_table(table))})
    assert items(one(MIRROR, sample))[0]["label"] == "right_shoe"
    assert "left_shoe" in reason(replace(MIRROR, captions="refuse"), sample)


def test_only_words_count() -> None:
    assert not changes("a bright, upright cleft", "mirror")
    assert changes("to the Right", "mirror")
    assert mended("", "mirror") == ""
