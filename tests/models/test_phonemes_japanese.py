"""Japanese to symbols: kana, numbers with their sound changes, particles, long vowels, and what is refused."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.errors import DataError, MachineError
from shisaku.models import japanese_phonemes
from shisaku.models.japanese_numbers import number_kana, numbers_said
from shisaku.models.japanese_phonemes import kana_of, read_japanese
from shisaku.models.kana import ROWS, kana_symbols, to_katakana, with_long_vowels
from shisaku.models.speakable import speakable


@pytest.mark.parametrize(
    ("kana", "symbols"),
    [
        ("サクラ", "sakɯɾa"),
        ("シャシン", "ɕaɕiɴ"),
        ("キュウリ", "kʲɨɯɾʲi"),
        ("ニャー", "ɲaː"),
        ("キッテ", "kʲiʔte"),
        ("サンポ", "sampo"),
        ("デンキ", "deŋkʲi"),
        ("センチ", "seɲʨi"),
        ("カンナ", "kanna"),
        ("シンヨー", "ɕiɴjoː"),
        ("ホンヤ", "hoɴja"),
        ("フィルム", "ɸʲiɾɯmɯ"),
        ("ヴァイオリン", "vaioɾʲiɴ"),
        ("ティッシュ", "tʲiʔɕɨ"),
        ("クォーター", "kᵝoːtaː"),
        ("ウェブ", "βebɯ"),
        ("チェス", "ʨesɨ"),
        ("ファン", "ɸaɴ"),
        ("ーア", "a"),
        ("", ""),
    ],
)
def test_kana_to_symbols(kana: str, symbols: str) -> None:
    assert kana_symbols(kana) == symbols


def test_hiragana_is_read_as_katakana() -> None:
    assert to_katakana("ぴょんゔぁ々a") == "ピョンヴァ々a"


def test_a_long_vowel_is_heard_after_o_and_u_only() -> None:
    said = [with_long_vowels(kana) for kana in ("トウダイ", "ウチュウ", "アウ", "ストップウォッチ", "チョウチョウウオ")]
    assert said == ["トーダイ", "ウチュー", "アウ", "ストップウォッチ", "チョーチョーウオ"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "ゼロ"),
        (10, "ジュー"),
        (300, "サンビャク"),
        (600, "ロッピャク"),
        (800, "ハッピャク"),
        (1000, "セン"),
        (3333, "サンゼンサンビャクサンジューサン"),
        (8000, "ハッセン"),
        (10_000, "イチマン"),
        (10_000_000, "イッセンマン"),
        (100_000_000, "イチオク"),
        (10**12, "イッチョー"),
    ],
)
def test_numbers_change_their_sounds(number: int, said: str) -> None:
    assert number_kana(number) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1匹 2匹 3匹 6匹 8匹 10匹", "イッピキ ニヒキ サンビキ ロッピキ ハッピキ ジュッピキ"),
        ("3本の20本", "サンボンのニジュッポン"),
        ("1個6個100個", "イッコロッコヒャッコ"),
        ("1歳6歳8歳", "イッサイロクサイハッサイ"),
        ("3分4分3分の1", "サンプンヨンプンサンブンノイチ"),
        ("1人2人4人14人", "ヒトリフタリヨニンジューヨニン"),
        ("3つ 9つ", "ミッツ ココノツ"),
        ("4時7時9月24日3日", "ヨジシチジクガツニジューヨッカミッカ"),
        ("3階 3足", "サンガイ サンゾク"),
        ("10セント", "ジュッセント"),
        ("3.5 1,000 007 2~3", "サンテンゴ セン ゼロゼロナナ ニカラサン"),
        ("第5回 犬", "第ゴカイ 犬"),
    ],
)
def test_digits_and_counters_in_a_text(text: str, said: str) -> None:
    assert numbers_said(text) == said


@given(st.integers(0, 10**16 - 1))
def test_every_number_is_said_in_kana(number: int) -> None:
    assert kana_symbols(number_kana(number))
    assert numbers_said(f"{number:,}円") == numbers_said(f"{number}円")


@given(st.text(alphabet="".join(ROWS) + "ャュョッンー", max_size=12))
def test_any_kana_gives_symbols_and_no_kana_is_left(kana: str) -> None:
    symbols = kana_symbols(kana)
    assert not any("ァ" <= c <= "ヺ" for c in symbols)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "janome", None)
    monkeypatch.setitem(sys.modules, "janome.tokenizer", None)
    japanese_phonemes._tokenizer.cache_clear()
    with pytest.raises(MachineError, match="not installed") as caught:
        read_japanese("犬")
    assert "pip install 'shisaku[ja]'" in str(caught.value)


@pytest.mark.parametrize("text", ["강아지", "Собака", "犬 강", "สวัสดี"])
def test_other_scripts_are_refused(text: str) -> None:
    with pytest.raises(DataError, match="cannot be read as Japanese"):
        speakable(text, "ja")


@pytest.mark.parametrize("text", ["", "。", "🐧", "「」"])
def test_nothing_to_say_is_told(text: str) -> None:
    with pytest.raises(DataError, match="nothing to say"):
        speakable(text, "ja")


class TestWithJanome:
    @pytest.fixture(autouse=True)
    def _needs_janome(self) -> None:
        pytest.importorskip("janome")

    @pytest.mark.parametrize(
        ("text", "kana"),
        [
            ("私は学校へ行きます", "ワタシワガッコーエイキマス"),
            ("公園で犬が走る。", "コーエンデイヌガハシル"),
            ("はち！", "ハチ"),
            ("は", "ハ"),
            ("パンを たべよう！", "パンヲタベヨー"),
            ("とうだい", "トーダイ"),
            ("TシャツとDVD", "ティーシャツトディーブイディー"),
            ("ﾍﾟﾝｷﾞﾝ２匹", "ペンギンニヒキ"),
            ("６×７＝４２", "ロクカケルナナイコールヨンジューニ"),
            ("「A」の もじ", "エーノモジ"),
        ],
    )
    def test_how_a_text_is_pronounced(self, text: str, kana: str) -> None:
        assert kana_of(speakable(text, "ja")) == kana

    def test_words_and_pauses(self) -> None:
        reading = read_japanese(speakable("公園で、犬が（２匹）買った！", "ja"))
        assert reading.symbols == "koːeɴ de, inɯ ɡa (ɲiçikʲi) kaʔta!"
        assert [word.text for word in reading.words] == ["公園", "で", "犬", "が", "ニヒキ", "買った"]
        assert reading.guessed == ()

    @pytest.mark.parametrize(
        ("text", "told"),
        [("penguinです", "word penguin in Latin"), ("Sierraの", "word Sierra in Latin"), ("红色的", "no reading")],
    )
    def test_what_has_no_reading_is_told(self, text: str, told: str) -> None:
        with pytest.raises(DataError, match=told):
            read_japanese(speakable(text, "ja"))

    @pytest.mark.weights
    @given(
        st.text(
            alphabet="".join(ROWS) + "ャュョッンーあいうかきん犬猫公園学校へはを、。！「」（）1234567890", min_size=1
        )
    )
    def test_every_symbol_is_one_kokoro_knows(self, text: str) -> None:
        from shisaku.models.kokoro_files import read_symbols
        from shisaku.models.weights import find_weights

        assert set(read_japanese(text).symbols) <= set(read_symbols(find_weights("kokoro-82m")))
