"""Whisper: what is heard, how likely given words are, and what it refuses. Timings are not tested."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from shisaku.errors import DataError, WeightsError
from shisaku.models.loading import load
from shisaku.models.mel import RATE
from shisaku.models.weights import find_weights
from shisaku.models.whisper import BASE, TINY_EN, Whisper

VOICES = ("slt", "rms", "awb", "kal16")
# words that begin, end or sound like others of the list
NAMES = (
    "penguin", "pelican", "pig", "pigeon", "dog", "dolphin", "lion", "sea lion", "bear", "beaver", "horse", "seahorse",
    "goat", "gorilla", "elephant", "ant",
)  # fmt: skip


@pytest.mark.weights
@pytest.mark.parametrize("name", [TINY_EN, BASE])
def test_the_said_word_scores_highest(name: str) -> None:
    """Planted: 4 words by 4 voices among 16 names. Limit (65 animal names, 260 clips): 0.91 to 0.93 of words first."""
    right = [
        _first(name, word, voice) == word for word in ("penguin", "sea lion", "horse", "gorilla") for voice in VOICES
    ]
    assert np.mean(right) >= 0.8


def _first(name: str, word: str, voice: str) -> str:
    return NAMES[int(load(name).log_probabilities(*load("flite").speak(word, voice), NAMES).argmax())]


@pytest.mark.weights
def test_the_spelling_of_a_name_does_not_matter_but_its_end_does() -> None:
    wave, rate = load("flite").speak("sea lion", "slt")
    plain, spelt, start = load(TINY_EN).log_probabilities(wave, rate, ["sea lion", "Sea  lion.", "sea"])
    assert plain == spelt
    assert plain > start


@pytest.mark.weights
@pytest.mark.parametrize("count", [1, 3, 16, 17])
def test_a_score_does_not_depend_on_the_other_texts(count: int) -> None:
    wave, rate = load("flite").speak("pelican", "rms")
    names = [f"{NAMES[i % len(NAMES)]} {i}" for i in range(count - 1)]
    scores = load(TINY_EN).log_probabilities(wave, rate, ["pelican", *names])
    assert scores.shape == (count,)
    assert scores.dtype == np.float64
    assert (scores < 0).all()
    assert np.isfinite(scores).all()
    assert scores[0] == pytest.approx(load(TINY_EN).log_probabilities(wave, rate, ["pelican"])[0], abs=1e-3)
    assert load(TINY_EN).log_probabilities(wave, rate, []).shape == (0,)


@pytest.mark.weights
def test_a_sentence_said_scores_above_the_same_with_one_word_changed() -> None:
    wave, rate = load("flite").speak("This is a picture of a dog.", "rms")
    said, other = load(BASE).log_probabilities(
        wave, rate, ["This is a picture of a dog.", "This is a picture of a cat."]
    )
    assert said > other + 1


@pytest.mark.weights
def test_what_cannot_be_scored_is_told() -> None:
    ears = load(TINY_EN)
    with pytest.raises(DataError, match="31 s, more than 30"):
        ears.log_probabilities(np.zeros(31 * RATE, np.float32), RATE, ["dog"])
    with pytest.raises(DataError, match="cannot be scored"):
        ears.log_probabilities(np.zeros(RATE, np.float32), RATE, ["dog", " "])
    with pytest.raises(DataError, match="does not know the language ja"):
        ears.log_probabilities(np.zeros(RATE, np.float32), RATE, ["dog"], language="ja")
    with pytest.raises(DataError, match="does not know the language ja"):
        ears.listen(np.zeros(RATE, np.float32), RATE, language="ja")
    with pytest.raises(DataError, match="does not know the language xx"):
        load(BASE).listen(np.zeros(RATE, np.float32), RATE, language="xx")


@pytest.mark.weights
def test_the_multilingual_ears_hear_english_and_write_the_asked_script() -> None:
    wave, rate = load("flite").speak("This is a picture of a dog.", "rms")
    ears = load(BASE)
    assert "this is a picture of" in ears.listen(wave, rate).text.lower()
    japanese = ears.listen(wave, rate, language="ja").text
    assert any("\u3040" <= letter <= "\u30ff" or "\u4e00" <= letter <= "\u9fff" for letter in japanese)
    assert ears.encode(wave, rate, 2.0).shape == (100, 512)


@pytest.mark.weights
@pytest.mark.parametrize("seconds", [0.0, 0.5, 3.0])
def test_the_multilingual_ears_hear_nothing_in_silence(seconds: float) -> None:
    assert load(BASE).listen(np.zeros(round(seconds * RATE), np.float32), RATE).text == ""


@pytest.mark.weights
def test_two_threads_hear_what_one_hears() -> None:
    ears = load(TINY_EN)
    waves = [load("flite").speak(word, "slt")[0] for word in NAMES[:4]]
    alone = [ears.log_probabilities(wave, RATE, NAMES[:4]) for wave in waves]
    with ThreadPoolExecutor(2) as pool:
        for one, other in zip(
            alone, pool.map(lambda wave: ears.log_probabilities(wave, RATE, NAMES[:4]), waves), strict=True
        ):
            np.testing.assert_array_equal(one, other)


@pytest.mark.weights
def test_another_kind_of_whisper_is_refused() -> None:
    with pytest.raises(WeightsError, match="another kind of Whisper than whisper-base"):
        Whisper(BASE, find_weights(TINY_EN).folder)


@pytest.mark.weights
@pytest.mark.parametrize(("file", "told"), [("model.bin", "cannot be opened"), ("tokenizer.json", "cannot be read")])
def test_a_damaged_file_of_the_users_own_is_told(tmp_path: Path, file: str, told: str) -> None:
    own = tmp_path / "own"
    shutil.copytree(find_weights(TINY_EN).folder, own)
    (own / file).write_bytes((own / file).read_bytes()[:1000])
    with pytest.raises(WeightsError, match=told):
        Whisper(TINY_EN, own)
