"""Texts as sets of runs of words or characters."""

from __future__ import annotations

import pytest

from shisaku.stats.shingles import jaccard, shingles


def _jaccard(one: str, other: str, words: int = 3, characters: int = 5) -> float:
    return jaccard(shingles(one, words, characters), shingles(other, words, characters))


def test_width_case_and_punctuation_do_not_count() -> None:
    assert _jaccard("Please ENTER your ＰＩＮ, now!", "please enter your pin now") == 1.0
    assert _jaccard("ｶﾞｷﾞｸﾞｹﾞｺﾞ１２３", "ガギグゲゴ123") == 1.0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a b c d e", "a b c d f", 2 / 4),
        ("a b c d e", "a b c d e f", 3 / 4),
        ("a b", "a c", 0.0),
        ("", "", 0.0),
        ("あいうえおか", "あいうえおき", 1 / 3),
    ],
)
def test_jaccard_by_hand(one: str, other: str, expected: float) -> None:
    assert _jaccard(one, other) == pytest.approx(expected)


def test_order_matters() -> None:
    assert _jaccard("one two three four", "four three two one") == 0.0


def test_short_texts_are_one_shingle() -> None:
    assert shingles("yes", 3, 5).size == 1
    assert shingles("はい", 3, 5).size == 1
    assert shingles("?!", 3, 5).size == 0
