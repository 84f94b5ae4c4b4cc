"""Error rates of recordings, and the spoken form in which texts are compared."""

from __future__ import annotations

import re

import jiwer
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.core.score import Score
from shisaku.models.english_numbers import number_in_words
from shisaku.ops.audio.cer import Cer
from shisaku.ops.audio.spoken_form import characters, spoken_words
from shisaku.ops.audio.wer import Wer

SENTENCES = (
    "The dog is running in the park.",
    "She opened the window and looked outside.",
    "We need three apples and a loaf of bread.",
    "The train to the city leaves in the morning.",
)
JAPANESE = (
    "公園で犬が走っています。",
    "彼女は窓を開けて外を見ました。",
    "りんごを三つとパンを買います。",
    "電車は朝に駅を出ます。",
)


def heard(said: str, heard: str, name: str = "s", lang: str = "en") -> Sample:
    return Sample(name, {"caption": Part.from_text(said, lang), "heard": Part.from_text(heard, lang)})


def scored(op: Metric, batch: list[Sample]) -> dict[str, Score]:
    return {score.sample: score for score in op.scores(op.measure(batch))}


@given(st.integers(0, 999_999))
def test_digits_and_words_are_the_same_to_a_rate(number: int) -> None:
    words = number_in_words(number)
    british = re.sub(r"(hundred|thousand) (?!thousand)", r"\1 and ", words)
    for spelling in (str(number), f"{number:,}", british, words.replace("ty ", "ty-")):
        assert spoken_words(spelling) == words


@pytest.mark.parametrize(
    ("number", "ordinal"),
    [
        (0, "zeroth"),
        (1, "first"),
        (2, "second"),
        (3, "third"),
        (5, "fifth"),
        (8, "eighth"),
        (9, "ninth"),
        (12, "twelfth"),
        (13, "thirteenth"),
        (20, "twentieth"),
        (21, "twenty first"),
        (90, "ninetieth"),
        (100, "one hundredth"),
        (112, "one hundred twelfth"),
    ],
)
def test_ordinals_in_digits(number: int, ordinal: str) -> None:
    assert spoken_words(f"the {number}th floor") == f"the {ordinal} floor"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Three dogs!", "three dogs"),
        ("3 dogs", "three dogs"),
        ("Don’t stop -- now", "don't stop now"),
        ("20 or 21", "twenty or twenty one"),
        ("twenty-one", "twenty one"),
        ("a hundred and five, a dog", "one hundred five a dog"),
        ("one hundred and first", "one hundred first"),
        ("a hundred and a half", "one hundred and a half"),
        ("007th", "zero zero seven"),
        ("0001234567890", "zero zero zero one two three four five six seven eight nine zero"),
        ("1,200 + 12,34", "one thousand two hundred twelve thirty four"),
        ("mp3 and 3d", "mp3 and 3d"),
        ("'quoted' well-known", "quoted well known"),
        ("Ａ　ＤＯＧ", "a dog"),
        ("...", ""),
    ],
)
def test_spoken_words(text: str, plain: str) -> None:
    assert spoken_words(text) == plain


@given(st.text(max_size=80))
def test_spoken_words_are_stable(text: str) -> None:
    assert spoken_words(spoken_words(text)) == spoken_words(text)


def test_digits_without_end_are_no_trouble() -> None:
    assert len(spoken_words("7" * 5000).split()) == 5000
    assert len(spoken_words("7" * 5000 + "th").split()) == 5000


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("公園で、犬が　走っています。", "公園で犬が走っています"),
        ("ケーキ！（３つ）", "ケーキ3つ"),
        ("ｹｰｷ", "ケーキ"),
        ("Don't stop", "dontstop"),
        ("…", ""),
    ],
)
def test_characters(text: str, plain: str) -> None:
    assert characters(text) == plain


@given(
    st.lists(st.sampled_from(["the", "dog", "ran", "7"]), min_size=1, max_size=8),
    st.lists(st.sampled_from(["the", "dog", "cat", "seven"]), max_size=8),
)
def test_wer_is_jiwers_after_normalisation(said: list[str], got: list[str]) -> None:
    score = scored(Wer(), [heard(" ".join(said), " ".join(got))])["s"]
    assert score.raw == jiwer.wer(spoken_words(" ".join(said)), spoken_words(" ".join(got)))
    assert score.value == 1 - min(1, score.raw)


def levenshtein(one: str, other: str) -> int:
    """Wagner and Fischer (1974), row by row."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
    return row[-1]


@given(st.text("犬猫がい走るー", min_size=1, max_size=12), st.text("犬猫がい走るー", max_size=12))
def test_cer_is_the_edit_distance_over_the_length(said: str, got: str) -> None:
    score = scored(Cer(), [heard(said, got, lang="ja")])["s"]
    assert score.raw == pytest.approx(levenshtein(said, got) / len(said))
    assert score.value == 1 - min(1, score.raw)


def test_planted_mishearings_are_found() -> None:
    """Limit: one wrong word in a sentence of seven is a rate of 0.14 and no issue; another sentence is one."""
    right = [heard(s, s.lower().strip("."), f"right{i}") for i, s in enumerate(SENTENCES)]
    slips = [heard(s, s.replace("the", "a", 1), f"slip{i}") for i, s in enumerate(SENTENCES)]
    others = [heard(s, SENTENCES[i - 1], f"other{i}") for i, s in enumerate(SENTENCES)]
    cut = [heard(s, " ".join(s.split()[:2]), f"cut{i}") for i, s in enumerate(SENTENCES)]
    nothing = [heard(s, "", f"nothing{i}") for i, s in enumerate(SENTENCES)]
    scores = scored(Wer(), [*right, *slips, *others, *cut, *nothing])
    assert all(scores[s.id].raw == 0 for s in right)
    assert all(0 <= scores[s.id].raw < 0.2 and not scores[s.id].issue for s in slips)
    assert all(scores[s.id].issue for s in (*others, *cut, *nothing))
    assert all(scores[s.id].value == 0 for s in nothing)


def test_planted_mishearings_are_found_in_japanese() -> None:
    """Limit: one character in twelve is a rate of 0.08; a word spelt in kana (いぬ for 犬) counts as two edits."""
    right = [heard(s, s.rstrip("。"), f"right{i}", "ja") for i, s in enumerate(JAPANESE)]
    slips = [heard(s, s.replace("を", "お").replace("が", "か"), f"slip{i}", "ja") for i, s in enumerate(JAPANESE)]
    others = [heard(s, JAPANESE[i - 1], f"other{i}", "ja") for i, s in enumerate(JAPANESE)]
    cut = [heard(s, s[: len(s) // 3], f"cut{i}", "ja") for i, s in enumerate(JAPANESE)]
    scores = scored(Cer(), [*right, *slips, *others, *cut])
    assert all(scores[s.id].raw == 0 for s in right)
    assert all(scores[s.id].raw < 0.2 and not scores[s.id].issue for s in slips)
    assert all(scores[s.id].issue for s in (*others, *cut))
    kana = scored(Cer(), [heard("犬が走る", "いぬが走る", lang="ja")])["s"]
    assert kana.raw == pytest.approx(2 / 4)


def test_text_without_words_gets_no_score() -> None:
    assert Wer().measure([heard("...", "a"), heard("犬が走る", "a", lang="ja")]) == {}
    assert Cer().measure([heard("...", "a")]) == {}
    assert np.isfinite(scored(Cer(), [heard("犬", "猫" * 2000, lang="ja")])["s"].raw)
