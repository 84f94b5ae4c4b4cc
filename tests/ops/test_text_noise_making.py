"""Typing errors and misread characters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_material import CAPTIONS, one, reason

from shisaku.core.sample import Part, Sample
from shisaku.ops.text.keyboards import neighbours
from shisaku.ops.text.ocr_noise import JAPANESE, LATIN, OcrNoise
from shisaku.ops.text.romaji import KEYS_OF, syllables, typed
from shisaku.ops.text.typos import Typos
from shisaku.ops.text.untouchable import JAPANESE_NEGATION, NUMBER

JA = "昨日、コーヒーカップを２個割ってしまいました。ロープは切れていない。"
EN = "The modern machine in hall 10 does not clear the burnt rubber label."
WORDS = ["car", "modern", "12", "3.5kg", "not", "don't", "without", "label", "コーヒー", "ない", "三", "ロープ", "です"]


def said(text: str, lang: str, **labels: str) -> Sample:
    return Sample("t", {"caption": Part.from_text(text, lang)}, labels)


def made(op: Typos | OcrNoise, text: str, seed: int = 0, lang: str = "en", **labels: str) -> str:
    return one(op, said(text, lang, **labels), seed).parts["caption"].text


NOISY = [Typos(share=0.5), Typos(share=0.5, japanese="kana"), OcrNoise(share=1.0)]


@pytest.mark.parametrize("op", NOISY)
@pytest.mark.parametrize(("text", "lang"), [(EN, "en"), (JA, "ja")])
def test_noise_is_made_counted_and_the_same_twice(op: Typos | OcrNoise, text: str, lang: str) -> None:
    child, again = one(op, said(text, lang), 1), one(op, said(text, lang), 1)
    assert child.parts["caption"].text != text
    assert child.digest == again.digest
    assert int(next(iter(child.facts.values()))) > 0
    assert len({made(op, text, seed, lang) for seed in range(4)}) > 1 or isinstance(op, OcrNoise)


@pytest.mark.parametrize("op", [Typos(share=0.0), Typos(share=0.0, japanese="kana"), OcrNoise(share=0.0)])
@pytest.mark.parametrize(("text", "lang"), [*((text, "en") for text in (*CAPTIONS, EN)), (JA, "ja")])
def test_nothing_asked_nothing_changed(op: Typos | OcrNoise, text: str, lang: str) -> None:
    child = one(op, said(text, lang))
    assert child.parts["caption"] == Part.from_text(text, lang)
    assert child.facts == {}


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8), st.integers(0, 1000), st.sampled_from(NOISY))
def test_numbers_negations_and_labels_never_change(words: list[str], seed: int, op: Typos | OcrNoise) -> None:
    lang = "ja" if any(not word.isascii() for word in words) else "en"
    new = made(op, " ".join(words), seed, lang, thing="label").split(" ")
    assert len(new) == len(words)
    for old, now in zip(words, new, strict=True):
        if (
            old == "label"
            or NUMBER.fullmatch(old)
            or re.fullmatch(r"not|don't|without", old)
            or JAPANESE_NEGATION.fullmatch(old)
        ):
            assert now == old


def test_protected_words_stay() -> None:
    for seed in range(10):
        assert "machine" in made(Typos(share=0.9, protect=("machine",)), EN, seed)
        assert "コーヒーカップ" in made(OcrNoise(share=1.0, protect=("コーヒーカップ",)), JA, seed, "ja")


@pytest.mark.parametrize(
    ("op", "text", "lang", "ways"),
    [
        (OcrNoise(share=1.0), "ロ", "ja", {"口", "□"}),
        (OcrNoise(share=1.0), "カー", "ja", {"力一"}),
        (OcrNoise(share=1.0), "burn", "en", None),
        (OcrNoise(share=1.0), "10", "en", {"10"}),
        (OcrNoise(share=1.0, numbers=True), "0", "en", {"O", "o"}),
        (Typos(share=1.0, near=0.0, missed=0.0, twice=1.0), "cat", "en", {"caatt"}),
        (Typos(share=1.0, near=0.0, missed=1.0, twice=0.0), "cat", "en", {"c"}),
        (Typos(share=1.0, near=0.0, missed=0.0, twice=1.0), "か", "ja", {"っかあ"}),
        (Typos(share=1.0, near=0.0, missed=0.0, twice=1.0, japanese="kana"), "カ", "ja", {"カカ"}),
    ],
)
def test_known_errors(op: Typos | OcrNoise, text: str, lang: str, ways: set[str] | None) -> None:
    found = {made(op, text, seed, lang) for seed in range(20)}
    assert found == ways if ways is not None else any("m" in new for new in found)


def test_line_ends_come_where_spaces_were() -> None:
    assert made(OcrNoise(share=0.0, line_breaks=1.0), "a big dog") == "a\nbig\ndog"


def test_confusions_are_pairs_and_make_no_negation() -> None:
    for pair in (*LATIN, *JAPANESE):
        one_side, other = pair.split(" ")
        assert one_side != other
        assert not any(JAPANESE_NEGATION.fullmatch(side) for side in (one_side, other))


def test_keys_touch_each_other_both_ways() -> None:
    for layout in ("qwerty", "kana"):
        near = neighbours(layout)
        assert all(key in near[other] for key, others in near.items() for other in others)
    assert set(neighbours("qwerty")["g"]) == set("tyfhvb")


def test_kana_are_typed_and_read_back() -> None:
    for kana, keys in KEYS_OF.items():
        assert typed(keys) == kana
    assert syllables("きゃく。") == ["きゃ", "く", "。"]
    assert (typed("kka"), typed("ks"), typed("nna")) == ("っか", "ｋｓ", "んあ")


@pytest.mark.parametrize("op", [Typos(), OcrNoise()])
def test_scripts_without_a_table_are_refused_with_a_reason(op: Typos | OcrNoise) -> None:
    assert "language ru" in reason(op, said("Красная птица", "ru"))
    assert "language zh" in reason(op, said("红色的鸟", "zh"))


@pytest.mark.parametrize(
    ("op", "params", "named"),
    [
        (Typos, {"share": 1.1}, "share"),
        (Typos, {"near": 0.0, "missed": 0.0, "twice": 0.0}, "near, missed and twice"),
        (Typos, {"japanese": "flick"}, "japanese"),
        (OcrNoise, {"share": -0.1}, "share"),
        (OcrNoise, {"line_breaks": 2.0}, "line_breaks"),
    ],
)
def test_bad_parameters_are_named(op: type, params: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        op(**params)
