"""What is wrong with a text by itself: encoding, repetition, placeholders."""

from __future__ import annotations

import pytest

from shisaku.core.sample import Part, Sample
from shisaku.ops.text.encoding import Encoding
from shisaku.ops.text.mojibake import damage
from shisaku.ops.text.placeholder import Placeholder, form_of
from shisaku.ops.text.repetition import Repetition

CLEAN = (
    "A café in São Paulo, “naïve” — 12 °C, 5 €.",
    "c’è una chiamata in arrivo",
    "Москва́ — столица России; ёлка, Рёбра.",
    "赤い鳥が木にとまっている。ｶﾀｶﾅもある",
    "iPhone手机支持",
    "Ýmis orð á íslensku: þú, ÆÐI",
    "R&D & more; AT&T",
    "Ελληνικά, עברית, العربية, ไทย, 한국어",
    "👩‍👩‍👧 a family",
)


def texts(*many: str, lang: str = "") -> list[Sample]:
    return [Sample(f"t{i:03d}", {"caption": Part.from_text(text, lang)}) for i, text in enumerate(many)]


def one(op: Encoding | Placeholder | Repetition, text: str) -> tuple[bool | None, float]:
    (score,) = op.scores(op.measure(texts(text)))
    assert (score.reason is not None) == bool(score.issue)
    return score.issue, score.value


@pytest.mark.parametrize("text", CLEAN)
def test_right_text_of_many_scripts_is_not_damaged(text: str) -> None:
    assert damage(text) == {}


@pytest.mark.parametrize("wrong", ["cp1252", "latin-1", "mac_roman"])
@pytest.mark.parametrize("text", ["déjà vu", "mañana", "l’été"])
def test_utf8_read_as_a_western_encoding(text: str, wrong: str) -> None:
    assert one(Encoding(), text.encode().decode(wrong, "replace"))[0]


@pytest.mark.parametrize(
    ("right", "wrong", "text"),
    [
        ("utf-8", "cp932", "赤い鳥が木にとまっている"),
        ("utf-8", "cp1251", "Привет, мир"),
        ("utf-8", "gb18030", "赤い鳥が木にとまっている"),
        ("cp932", "latin-1", "赤い鳥が木にとまっている"),
        ("euc_jp", "latin-1", "こんにちは"),
        ("cp1251", "cp1252", "Привет, мир"),
        ("cp1252", "utf-8", "déjà vu"),
    ],
)
def test_other_encodings_taken_for_each_other(right: str, wrong: str, text: str) -> None:
    assert one(Encoding(), text.encode(right).decode(wrong, "replace"))[0]


@pytest.mark.parametrize("text", ["a\ufffdb", "Tom &amp; Jerry", "caf\\u00e9", "a\x00b", "a\x92s", "it&#39;s"])
def test_other_damage(text: str) -> None:
    assert one(Encoding(), text)[0]


def test_the_threshold_allows_a_share() -> None:
    text = "a long text about this and that, Tom &amp; Jerry"
    assert one(Encoding(issue_above=0.2), text)[0] is False
    assert one(Encoding(), text)[0]


@pytest.mark.parametrize("text", ["A red apple on a plate.", "bye bye", "the cat and the dog and the bird", "カエル"])
def test_short_text_is_not_repetition(text: str) -> None:
    assert one(Repetition(), text)[0] is False


@pytest.mark.parametrize(
    "text",
    [
        "thanks " * 8,
        "I see a cat. " * 6,
        "one line\nanother\n" * 10,
        "赤い鳥が木にとまっている。" * 6,
        "word " * 400,
    ],
)
def test_repetition(text: str) -> None:
    issue, value = one(Repetition(), text)
    assert issue
    assert value < 0.5


def test_a_long_ordinary_text_is_not_repetition() -> None:
    words = [f"w{i * 7919 % 997}" for i in range(400)]
    assert one(Repetition(), " ".join(words))[0] is False


@pytest.mark.parametrize(
    "text",
    ["IMG_1234", "img-0001.jpg", "Untitled", "無題", "N/A", "holiday photo (3).png", "DSC00012", "lorem ipsum dolor",
     "https://example.org/x", "2f1c7a90b3d4e5f60718293a4b5c6d7e", "スクリーンショット 2024-05-01", "---", "<caption>",
     "ＩＭＧ_１２３４"],
)  # fmt: skip
def test_placeholders(text: str) -> None:
    assert one(Placeholder(), text) == (True, 0.0)


@pytest.mark.parametrize(
    "text",
    ["A frog.", "なし", "A photo of a frog", "An untitled painting by Miró", "P", "12", "Number 1234", "null island"],
)
def test_descriptions_are_no_placeholders(text: str) -> None:
    assert form_of(text) == ""
