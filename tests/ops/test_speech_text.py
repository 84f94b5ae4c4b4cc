"""Transcripts beside their recordings: by their length, and by what a listener hears."""

from __future__ import annotations

import numpy as np
import pytest

import shisaku.ops.audio.transcript as module
from shisaku.core.sample import Part, Sample
from shisaku.core.score import Score
from shisaku.models.roles import Transcript as Words
from shisaku.ops.audio.heard_texts import Heard, told_apart, usual_rate
from shisaku.ops.audio.speech_rate import SpeechRate, letters_in
from shisaku.ops.audio.transcript import Transcript
from shisaku.store.codecs import encode_wave

RATE = 16_000
TEXTS = (
    "the dog is running in the park",
    "she opened the window and looked outside",
    "we need three apples and a loaf of bread",
    "the train to the city leaves in the morning",
    "nobody knows where the keys have gone",
    "a small boat crossed the river at night",
    "please leave your message after the tone",
    "our office is closed on public holidays",
    "the library opens at nine on weekdays",
    "rain is expected later this afternoon",
    "he painted the old fence bright green",
    "thank you for waiting on the line",
)
JAPANESE = (
    "公園で犬が走っています。",
    "彼女は窓を開けて外を見ました。",
    "りんごを三つとパンを買います。",
    "電車は朝に駅を出ます。",
)


def speech(name: str, text: str, seconds: float, lang: str = "en", said: str = "", group: str = "") -> Sample:
    """A sample whose sound is noise of a level that stands for what is `said` (the text where nothing else)."""
    place = np.random.default_rng(len(said or text)).normal(0, 0.1, round(seconds * RATE))
    parts = {
        "audio": Part("audio", encode_wave(place.astype(np.float32), RATE), uri=said or text),
        "caption": Part.from_text(text, lang),
    }
    return Sample(name, parts, group=group)


def pairs(lang: str = "en") -> list[Sample]:
    texts = TEXTS if lang == "en" else JAPANESE * 3
    return [speech(f"s{k:02}", text, 1.0 + k / 100, lang) for k, text in enumerate(texts)]


class Listening:
    """Hears what was said, told by the length of the wave, with a word misheard now and then."""

    def __init__(self, said: dict[int, str]) -> None:
        self.said = said
        self.asked: list[tuple[str, str]] = []

    def named(self, model: str) -> Listening:
        self.model = model
        return self

    def listen(self, wave: np.ndarray, rate: int, *, language: str = "en") -> Words:
        self.asked.append((self.model, language))
        return Words(self.said[len(wave)], 0.9)


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Listening:
    said: dict[int, str] = {}
    found = Listening(said)
    monkeypatch.setattr(module, "listener", found.named)
    monkeypatch.setattr(module, "somebody_speaks", lambda wave, rate: bool(said.get(len(wave))))
    return found


def hears(ears: Listening, batch: list[Sample], **other: str) -> None:
    for sample in batch:
        size = (len(sample.parts["audio"].data) - 44) // 2
        ears.said[size] = other.get(sample.id, sample.parts["caption"].text)


def scored(op: Transcript | SpeechRate, batch: list[Sample]) -> dict[str, Score]:
    return {score.sample: score for score in op.scores(op.measure(batch))}


def test_true_transcripts_pass_though_the_listener_errs(ears: Listening) -> None:
    batch = pairs()
    hears(ears, batch, s03="the train to the city leaves in the mourning", s11="thank you for wading on the line")
    found = scored(Transcript(), batch)
    assert not any(score.issue for score in found.values())
    assert found["s03"].raw == pytest.approx(1 / 9)
    assert set(ears.asked) == {("whisper-tiny-en", "en")}


def test_swapped_transcripts_name_each_other(ears: Listening) -> None:
    batch = pairs()
    hears(ears, batch, s02=TEXTS[5], s05=TEXTS[2])
    found = scored(Transcript(), batch)
    assert {name for name, score in found.items() if score.issue} == {"s02", "s05"}
    assert found["s02"].group == found["s05"].group == "s02/s05"
    assert "fits the text of s05" in str(found["s02"].reason)


def test_a_recording_in_which_nobody_speaks_has_a_wrong_transcript(ears: Listening) -> None:
    batch = pairs()
    hears(ears, batch, s04="")
    found = scored(Transcript(), batch)["s04"]
    assert (found.issue, found.value) == (True, 0.0)
    assert str(found.reason) == "No speech is heard in the recording"


def test_a_listener_that_always_errs_makes_errors_usual(ears: Listening) -> None:
    batch = pairs()
    half = {one.id: " ".join(["nothing"] * 3 + one.parts["caption"].text.split()[3:]) for one in batch}
    hears(ears, batch, **half)
    assert not any(score.issue for score in scored(Transcript(), batch).values())


def test_japanese_is_compared_by_characters_after_nfkc_without_punctuation(ears: Listening) -> None:
    batch = pairs("ja")
    hears(ears, batch, s00="公園で犬が走っています", s01="ﾊﾟﾝを買う")
    found = scored(Transcript(), batch)
    assert found["s00"].raw == 0.0
    assert found["s01"].issue
    assert set(ears.asked) == {("whisper-base", "ja")}


def test_each_text_is_heard_in_its_own_language(ears: Listening) -> None:
    batch = [*pairs(), speech("x", "buenos dias amigos", 3.0, "es-MX"), speech("y", "good morning", 3.5, "")]
    hears(ears, batch)
    scored(Transcript(), batch)
    assert set(ears.asked) == {("whisper-tiny-en", "en"), ("whisper-base", "es")}
    assert Transcript(language="en").models == ("whisper-tiny-en", "silero-vad")
    assert Transcript(language="es").models == ("whisper-base", "silero-vad")


def test_the_finding_says_whether_the_listener_can_tell(ears: Listening) -> None:
    batch = pairs()
    hears(ears, batch)
    op = Transcript()
    (found,) = op.findings(op.measure(batch))
    assert (found.weight, found.value, found.n, found.next) == ("note", 1.0, 12, None)
    assert found.low == pytest.approx(0.025 ** (1 / 12))
    assert "100.0%" in str(found.what)
    hears(ears, batch, **{one.id: "thank you" for one in batch})
    (found,) = op.findings(op.measure(batch))
    assert found.weight == "warn"
    assert found.low < 0.7


def test_a_shuffled_transcript_is_of_another_group() -> None:
    said = tuple(f"text number {k // 2}" for k in range(8))
    heard = Heard(tuple("abcdefgh"), tuple(f"g{k // 2}" for k in range(8)), said, said, True)
    found = told_apart(heard, np.random.default_rng(0))
    assert found is not None
    assert (found.value, found.n_positive) == (1.0, 8)
    alone = Heard(("a",), ("g",), ("one",), ("one",), True)
    assert told_apart(alone, np.random.default_rng(0)) is None


def test_wrong_transcripts_do_not_make_errors_usual() -> None:
    said = tuple(f"these are words {k} {k}" for k in range(20))
    mixed = (*said[:16], "x", "x", "x", "x")
    ids = tuple(map(str, range(20)))
    assert usual_rate(Heard(ids, ids, said, mixed, True)) < 0.15


@pytest.mark.parametrize(
    ("text", "letters"),
    [("Hello, you!", 8), ("ﾊﾟﾝ", 4), ("公園で", 10), ("한국", 6), ("", 0), ("...", 0)],
)
def test_letters_that_are_to_be_said(text: str, letters: float) -> None:
    assert letters_in(text) == letters


def test_a_text_too_long_or_too_short_for_its_sound_is_odd() -> None:
    batch = [speech(f"s{k:02}", TEXTS[k % 12], len(TEXTS[k % 12]) / 15) for k in range(24)]
    batch += [speech("long", " ".join(TEXTS[:4]), 2.0), speech("short", "the dog", 3.0)]
    found = scored(SpeechRate(), batch)
    assert {name for name, score in found.items() if score.issue} == {"long", "short"}
    assert "is usual" in str(found["long"].reason)


def test_few_pairs_are_judged_by_limits_alone() -> None:
    found = scored(SpeechRate(), [speech("a", TEXTS[0] * 9, 1.0), speech("b", TEXTS[0], 2.0), speech("c", "so", 9.0)])
    assert [score.issue for score in found.values()] == [True, False, True]


def test_languages_are_judged_apart() -> None:
    english = [speech(f"e{k:02}", TEXTS[k % 12], len(TEXTS[k % 12]) / 25) for k in range(20)]
    russian = [speech(f"r{k:02}", "добрый день дорогие друзья", 2.4 + k / 50, "ru") for k in range(20)]
    assert not any(score.issue for score in scored(SpeechRate(), english + russian).values())
