"""Texts read aloud: who reads, what the children carry, what cannot be read."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from audio_fakes import FakeSpeaker, put
from ops_material import apply, one, reason, samples

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.models.voices import VOICES, voices_of
from shisaku.ops.audio.speak import Speak
from shisaku.registry.make import make_op
from shisaku.store.codecs import decode_wave

ENGLISH = [voice.name for voice in voices_of("en")]
JAPANESE = [voice.name for voice in voices_of("ja")]
UNREADABLE = {
    "emoji only": ("😀🎉", "en"),
    "signs only": ("?!", "en"),
    "too long": ("word " * 500, "en"),
    "another script": ("the letters αβγ are greek", "en"),
}


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> FakeSpeaker:
    fake = FakeSpeaker()
    put(monkeypatch, flite=fake, kokoro_82m=fake)
    return fake


def text(words: str, lang: str = "", **more: Part) -> Sample:
    return Sample("t", {"caption": Part.from_text(words, lang), **more}, {"class": "c"}, group="g")


def made(op: Speak, sample: Sample, seed: int = 0) -> tuple[Sample, ...]:
    outcome = apply(op, [sample], seed)[0]
    assert not isinstance(outcome, Failure), str(outcome.reason)
    return outcome


def test_every_voice_makes_a_child_that_says_who_speaks(speaker: FakeSpeaker) -> None:
    children = made(Speak(voices=("all",)), text("a frog", "en"))
    assert [child.facts["voice"] for child in children] == ENGLISH
    assert [child.parts["speech"].uri for child in children] == [f"voice:{name}" for name in ENGLISH]
    assert {child.facts["voice"]: child.facts["person"] for child in children}["kal16"] == "kal"
    assert {child.facts["synthesiser"] for child in children} == {"fake:1"}
    assert len({child.id for child in children}) == len(ENGLISH)
    assert {(child.depth, child.group, child.parents) for child in children} == {(1, "g", ("t",))}
    assert {child.parts["speech"].lang for child in children} == {"en"}


def test_named_voices_read_in_the_order_given(speaker: FakeSpeaker) -> None:
    children = made(Speak(voices=("rms", "jm_kumo"), speed=1.2), text("a frog"))
    assert [child.facts["voice"] for child in children] == ["rms", "jm_kumo"]
    assert speaker.asked == [("a frog", "rms", "en", 1.2), ("a frog", "jm_kumo", "en", 1.2)]


def test_a_random_voice_is_drawn_among_those_that_read_the_language(speaker: FakeSpeaker) -> None:
    english = Counter(one(Speak(), text("a frog"), seed).facts["voice"] for seed in range(120))
    japanese = Counter(one(Speak(), text("犬が走る"), seed).facts["voice"] for seed in range(80))
    assert sorted(english) == sorted(ENGLISH)
    assert sorted(japanese) == sorted(JAPANESE)
    assert {asked[2] for asked in speaker.asked} == {"en", "ja"}


def test_the_language_given_overrules_that_of_the_text(speaker: FakeSpeaker) -> None:
    assert {asked[2] for asked in speaker.asked} == set()
    one(Speak(voice="jf_alpha", language="ja"), text("ABC", "en"))
    assert speaker.asked[-1][2] == "ja"


def test_parts_travel_as_asked(speaker: FakeSpeaker) -> None:
    image, vector = Part("image", b"pixels"), Part("embedding", b"\0\0\0\0")
    sample = text("a frog", image=image, features=vector, heard=Part.from_text("x"))
    assert set(one(Speak(), sample).parts) == {"caption", "speech", "image", "heard"}
    assert set(one(Speak(carry=("image",)), sample).parts) == {"caption", "speech", "image"}
    assert set(one(Speak(carry=()), sample).parts) == {"caption", "speech"}
    assert one(Speak(carry=("image",)), sample).parts["image"] is image


def test_an_english_voice_does_not_read_japanese(speaker: FakeSpeaker) -> None:
    for words, lang in (("犬が走る", "ja"), ("犬が走る", ""), ("犬が走る", "en")):
        assert reason(Speak(voice="slt"), text(words, lang)) == "Voice slt does not read the language ja"
    assert "Voice slt" in reason(Speak(voices=("jf_alpha", "slt")), text("犬が走る"))
    assert reason(Speak(), text("un chien", "fr")) == "No voice reads the language fr"
    assert not speaker.asked


def test_a_voice_that_cannot_read_a_text_is_named_and_the_others_stand(speaker: FakeSpeaker) -> None:
    (some,) = apply(Speak(voices=("slt", "jf_alpha", "rms")), [text("3 frogs")])
    assert isinstance(some, tuple)
    said, failed, other = some
    assert isinstance(failed, Failure)
    assert str(failed.reason) == "Voice jf_alpha: There is nothing to say in this text"
    assert isinstance(said, Sample)
    assert isinstance(other, Sample)
    assert (said.facts["voice"], other.facts["voice"]) == ("slt", "rms")
    alone = reason(Speak(voice="jf_alpha"), text("3 frogs"))
    assert alone == "Voice jf_alpha: There is nothing to say in this text"


def test_empty_text_fails_with_a_reason(speaker: FakeSpeaker) -> None:
    assert "is empty" in reason(Speak(), text("  \n"))


@pytest.mark.parametrize(
    ("params", "models"),
    [
        ({}, ("flite", "kokoro-82m", "misaki-lexicon")),
        ({"voice": "slt"}, ("flite",)),
        ({"voices": ("slt", "kal")}, ("flite",)),
        ({"voice": "jm_kumo"}, ("flite", "kokoro-82m", "misaki-lexicon")),
        ({"voices": ("all",), "language": "ja"}, ("flite", "kokoro-82m", "misaki-lexicon")),
    ],
)
def test_only_the_models_of_the_voices_are_needed(params: dict[str, Any], models: tuple[str, ...]) -> None:
    assert Speak(**params).models == models


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"voice": "slt", "voices": ("rms",)}, "give voice or voices, not both"),
        ({"voices": ("slt", "slt")}, "different names"),
        ({"voices": ("all", "slt")}, "'all' alone"),
        ({"voices": ("random",)}, "different names"),
        ({"voice": "all"}, "voices: "),
        ({"voice": "slt", "language": "ja"}, "got 'ja' for slt"),
        ({"language": "fr"}, "got 'fr' for all"),
        ({"speed": 3.0}, r"speed must be in \[0.5, 2\]"),
        ({"write": "caption"}, "another part than text"),
    ],
)
def test_parameters_that_contradict_each_other(params: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Speak(**params)


def test_a_voice_there_is_not_is_the_recipes_error() -> None:
    with pytest.raises(RecipeError, match="There is no voice nobody"):
        Speak(voice="nobody")
    with pytest.raises(RecipeError, match="The voices are"):
        make_op("audio.speak", {"voices": ["slt", "nobody"]})


@pytest.mark.weights
@pytest.mark.parametrize("voice", [voice.name for voice in VOICES])
@pytest.mark.parametrize("case", UNREADABLE)
def test_no_voice_reads_what_is_no_text(voice: str, case: str) -> None:
    words, lang = UNREADABLE[case]
    assert reason(Speak(voice=voice), text(words, lang))


@pytest.mark.weights
@pytest.mark.parametrize("voice", ["slt", "jm_kumo"])
@pytest.mark.parametrize(
    "words", ["3 dogs, 21 cats and 1,200 birds", "a glorbix eats broccoli", "犬 dog", "don’t — stop…"]
)
def test_odd_texts_are_read_or_fail_with_a_reason(voice: str, words: str) -> None:
    outcome = apply(Speak(voice=voice), [text(words, "en")])[0]
    if isinstance(outcome, Failure):
        assert str(outcome.reason)
    else:
        wave, rate = decode_wave(outcome[0].parts["speech"])
        assert 0.2 < wave.size / rate < 20
        assert np.abs(wave).max() > 0.05


@pytest.mark.weights
def test_the_same_text_and_voice_give_the_same_recording() -> None:
    fixed = {one(Speak(voice="slt"), samples()[0], seed).parts["speech"].digest for seed in range(3)}
    assert len(fixed) == 1


@pytest.mark.weights
def test_a_faster_voice_is_shorter() -> None:
    def seconds(voice: str, speed: float) -> float:
        wave, rate = decode_wave(one(Speak(voice=voice, speed=speed), text("This is a penguin.")).parts["speech"])
        return wave.size / rate

    for voice in ("slt", "jm_kumo"):
        assert seconds(voice, 1.5) < 0.85 * seconds(voice, 1.0)
