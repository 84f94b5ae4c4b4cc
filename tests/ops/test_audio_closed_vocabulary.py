"""Which of a few texts was said: the right one, another one, or none of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from audio_fakes import RATE, FakeDetector, FakeListener, put
from hypothesis import given
from hypothesis import strategies as st
from ops_material import one, tone
from scipy.special import softmax

from shisaku.core.sample import Part, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.ops.audio.closed_vocabulary import CERTAIN, ClosedVocabulary, chance_of
from shisaku.ops.audio.speak import Speak
from shisaku.store.codecs import encode_wave

WORDS = ("goat", "boat", "coat", "bear", "pear", "seal", "eel", "frog", "dog", "horse", "penguin", "elephant")
OUTSIDE = ("table", "river", "window", "zebra", "guitar", "monkey", "hammer", "bottle")
NEAR = ("beer", "moat", "deal", "note")
LOGS = {"frog": -1.0, "dog": -3.0, "hen": -9.0, "Flog.": -0.5, "This is a frog.": -1.0}


def said(text: str, wave: np.ndarray | None = None, name: str = "s") -> Sample:
    loud = tone(440, 1.0) if wave is None else wave
    part = Part("audio", encode_wave(np.asarray(loud, dtype=np.float32), RATE))
    return Sample(name, {"caption": Part.from_text(text, "en"), "speech": part})


def hears(monkeypatch: pytest.MonkeyPatch, text: str) -> FakeListener:
    fake = FakeListener(text, lambda candidate: LOGS.get(candidate, -20.0))
    put(monkeypatch, whisper_tiny_en=fake, voice_detector=FakeDetector())
    return fake


def score(op: ClosedVocabulary, sample: Sample) -> Score:
    (found,) = op.scores(op.measure([sample]))
    return found


@given(st.lists(st.floats(-40, 0), min_size=2, max_size=8), st.data())
def test_the_chance_is_a_softmax(logs: list[float], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(logs) - 1))
    chance, odds = chance_of(np.asarray(logs), place)
    assert chance == pytest.approx(softmax(logs)[place])
    assert odds == pytest.approx(logs[place] - max(logs[:place] + logs[place + 1 :]))


def test_the_right_text_is_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    hears(monkeypatch, "Frog!")  # the same as a text of the vocabulary: not something else
    found = score(ClosedVocabulary(("frog", "dog", "hen")), said("Frog."))
    assert found.value == pytest.approx(softmax([-1, -3, -9])[0])
    assert found.raw == pytest.approx(2.0)
    assert found.issue is False


def test_another_text_is_likelier(monkeypatch: pytest.MonkeyPatch) -> None:
    hears(monkeypatch, "frog")
    found = score(ClosedVocabulary(("frog", "dog", "hen")), said("dog"))
    assert found.raw == pytest.approx(-2.0)
    assert found.issue is True


@pytest.mark.parametrize(("margin", "issue"), [(0.0, True), (0.4, True), (0.6, False), (6.0, False)])
def test_something_else_is_likelier_by_more_than_the_margin(
    margin: float, issue: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears(monkeypatch, "Flog.")
    found = score(ClosedVocabulary(("frog", "dog"), margin=margin), said("frog"))
    assert found.issue is issue
    assert found.value == pytest.approx(softmax([-1.0, -3.0, -0.5 - margin])[0])


def test_nobody_and_no_word_are_no_text_of_the_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    hears(monkeypatch, "frog")
    op = ClosedVocabulary(("frog", "dog"))
    silent = said("frog", np.zeros(RATE))
    assert score(op, silent) == Score("s", "audio.closed_vocabulary", 0.0, -CERTAIN, True)
    assert score(replace(op, detect=False), silent).issue is False
    hears(monkeypatch, " ... ")
    assert score(op, said("frog")).value == 0.0


def test_the_carrier_is_what_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    hears(monkeypatch, "This is a frog.")
    op = ClosedVocabulary(("frog", "dog"), carrier="This is a {text}.")
    assert score(op, said("frog")).value == pytest.approx(softmax([-1.0, -20.0])[0])


def test_texts_are_found_in_the_vocabulary_as_they_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    hears(monkeypatch, "frog")
    op = ClosedVocabulary(("frog", "3 bears"))
    assert score(op, said("Three bears!")).raw == pytest.approx(-19.0)
    assert op.measure([said("cat")]) == {}


def test_what_the_listener_cannot_score_gets_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = hears(monkeypatch, "frog")

    def refuse(text: str) -> float:
        raise DataError(say("The recording has {seconds:.0f} s, more than {limit}", seconds=31, limit=30))

    fake.log = refuse
    assert ClosedVocabulary(("frog", "dog")).measure([said("frog")]) == {}


def test_the_language_must_be_one_of_the_listener() -> None:
    with pytest.raises(RecipeError, match="whisper-tiny-en knows English only"):
        ClosedVocabulary(("犬", "鳥"), language="ja")
    assert ClosedVocabulary(("犬", "鳥"), language="ja", model="whisper-base").models[0] == "whisper-base"


def spoken(word: str, voice: str, sentence: bool) -> Sample:
    article = "an" if word[0] in "aeiou" else "a"
    sample = said(f"This is {article} {word}." if sentence else word)
    child = one(Speak(voice=voice), sample)
    return replace(child, id=f"{voice}-{word}", parts={**child.parts, "word": Part.from_text(word, "en")})


def issues(op: ClosedVocabulary, batch: list[Sample]) -> float:
    return float(np.mean([score.issue for score in op.scores(op.measure(batch))]))


def instead(sample: Sample, word: str) -> Sample:
    return replace(sample, id=f"{sample.id}~", parts={**sample.parts, "word": Part.from_text(word, "en")})


@pytest.mark.weights
def test_a_wrong_text_noise_and_silence_are_found() -> None:
    op = ClosedVocabulary(WORDS, text="word")
    frog = spoken("frog", "rms", sentence=False)
    rng = np.random.default_rng(0)
    batch = {
        "right": frog,
        "another word": instead(frog, "penguin"),
        "a word outside": instead(spoken("guitar", "rms", sentence=False), "goat"),
        "noise": replace(instead(frog, "frog"), parts={**frog.parts, **said("x", 0.1 * rng.normal(size=RATE)).parts}),
        "silence": replace(frog, parts={**frog.parts, **said("x", np.zeros(RATE)).parts}),
    }
    named = [replace(sample, id=name) for name, sample in batch.items()]
    found = {score.sample: score.issue for score in op.scores(op.measure(named))}
    assert found == {"right": False, "another word": True, "a word outside": True, "noise": True, "silence": True}


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.parametrize("sentence", [False, True])
def test_planted_wrong_recordings_are_found(sentence: bool) -> None:
    """Limits: the doc page; here with labels that differ in one sound, in two voices."""
    article = {word: "an" if word[0] in "aeiou" else "a" for word in WORDS}
    op = ClosedVocabulary(tuple(f"{article[w]} {w}" if sentence else w for w in WORDS), text="asked")
    op = replace(op, carrier="This is {text}." if sentence else "{text}")

    def asked(sample: Sample, word: str) -> Sample:
        text = f"{article[word]} {word}" if sentence else word
        return replace(sample, id=f"{sample.id}?{word}", parts={**sample.parts, "asked": Part.from_text(text, "en")})

    right, wrong, outside = [], [], []
    for voice in ("rms", "jm_kumo"):
        for place, word in enumerate(WORDS):
            sample = spoken(word, voice, sentence)
            right.append(asked(sample, word))
            wrong.append(asked(sample, WORDS[place - 1]))
        for place, word in enumerate((*OUTSIDE, *NEAR)):
            outside.append(asked(spoken(word, voice, sentence), WORDS[place]))
    assert issues(op, right) <= (0.2 if sentence else 0.35)
    assert issues(op, wrong) >= 0.9
    assert issues(op, outside) >= 0.9
