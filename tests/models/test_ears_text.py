"""What Whisper is asked, and how a text is spelt before it is scored."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.errors import DataError, WeightsError
from shisaku.models.tokenizer import open_tokenizer
from shisaku.models.weights import Weights, find_weights
from shisaku.models.whisper import BASE, TINY_EN
from shisaku.models.whisper_text import UNSPACED, WhisperText, spelt


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("penguin", "en", " Penguin."),
        (" sea  lion\n", "en", " Sea lion."),
        ("Who is it?", "en", " Who is it?"),
        ("TV", "en", " TV."),
        ("éléphant", "fr", " Éléphant."),
        ("ペンギン", "ja", "ペンギン。"),
        ("犬が走る。", "ja", "犬が走る。"),
    ],
)
def test_a_text_is_spelt_as_whisper_writes_it(text: str, language: str, written: str) -> None:
    assert spelt(text, language) == written


@given(st.text(min_size=1, max_size=30), st.sampled_from(["en", *UNSPACED]))
def test_spelling_twice_is_spelling_once(text: str, language: str) -> None:
    assert spelt(spelt(text, language), language) == spelt(text, language)


def test_a_damaged_tokenizer_is_told(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(WeightsError, match="tokenizer of toy cannot be read"):
        open_tokenizer(Weights("toy", tmp_path, (), True))


def test_a_tokenizer_of_another_model_is_told(tmp_path: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel

    Tokenizer(WordLevel({"a": 0}, unk_token="a")).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(WeightsError, match="tokenizer of toy has no <|endoftext|>".replace("|", r"\|")):
        WhisperText(Weights("toy", tmp_path, (), True), multilingual=False)


@pytest.mark.weights
def test_the_prompt_names_language_and_task_only_where_there_are_several() -> None:
    tiny, base = WhisperText(find_weights(TINY_EN), False), WhisperText(find_weights(BASE), True)
    assert tiny.languages == ("en",)
    assert tiny.prompt("en") == [50257, 50362]
    assert len(base.languages) == 99
    assert {"en", "ja", "fr", "ru", "es"} < set(base.languages)
    assert base.prompt("ja") == [50258, 50266, 50359, 50363]
    with pytest.raises(DataError, match="does not know the language ja"):
        tiny.prompt("ja")


@pytest.mark.weights
@pytest.mark.parametrize("text", ["", "  ", "<|endoftext|>", "a dog<|notimestamps|>"])
def test_texts_without_words_or_with_control_tokens_are_refused(text: str) -> None:
    with pytest.raises(DataError, match="cannot be scored"):
        WhisperText(find_weights(TINY_EN), False).tokens(text, "en")


@pytest.mark.weights
def test_what_is_tokenized_is_read_back() -> None:
    texts = WhisperText(find_weights(BASE), True)
    assert texts.read(texts.tokens("sea lion", "en")) == "Sea lion."
    assert texts.read(texts.tokens("公園で犬が走る", "ja")) == "公園で犬が走る。"
