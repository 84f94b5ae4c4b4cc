"""Speaking rate and pauses between sentences."""

from __future__ import annotations

import numpy as np
import pytest
from audio_fakes import RATE, FakeSpeaker, put
from ops_material import one

from shisaku.core.sample import Part, Sample
from shisaku.ops.audio.reading_aloud import sentences
from shisaku.ops.audio.speak import Speak
from shisaku.store.codecs import decode_wave


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> FakeSpeaker:
    fake = FakeSpeaker()
    put(monkeypatch, flite=fake, kokoro_82m=fake)
    return fake


def text(words: str) -> Sample:
    return Sample("t", {"caption": Part.from_text(words)})


def test_each_child_has_a_rate_of_its_own_within_the_spread(speaker: FakeSpeaker) -> None:
    made = [one(Speak(voice="slt", speed=1.1, speed_spread=0.25), text("a frog"), seed) for seed in range(40)]
    speeds = [float(child.facts["speaking_speed"]) for child in made]
    assert [asked[3] for asked in speaker.asked] == speeds
    assert 1.1 / 1.25 - 1e-3 <= min(speeds) < 0.95
    assert 1.25 < max(speeds) <= 1.1 * 1.25 + 1e-3


def test_no_synthesiser_is_asked_for_more_than_it_can(speaker: FakeSpeaker) -> None:
    for seed in range(20):
        one(Speak(voice="slt", speed=2.0, speed_spread=1.0), text("a frog"), seed)
    assert max(asked[3] for asked in speaker.asked) == 2.0


def test_without_a_spread_nothing_is_drawn_or_told(speaker: FakeSpeaker) -> None:
    child = one(Speak(), text("a frog. a bird."))
    assert "speaking_speed" not in child.facts
    assert [asked[0] for asked in speaker.asked] == ["a frog. a bird."]


def test_sentences_are_read_with_a_pause_between(speaker: FakeSpeaker) -> None:
    child = one(Speak(voice="slt", pause_min=0.3, pause_max=0.5), text("A frog. A bird! What?"))
    assert [asked[0] for asked in speaker.asked] == ["A frog.", "A bird!", "What?"]
    wave, _ = decode_wave(child.parts["speech"])
    assert 0.3 + 0.6 <= wave.size / RATE <= 0.3 + 1.0
    assert not wave[round(0.11 * RATE) : round(0.39 * RATE)].any()
    assert np.abs(wave[: round(0.1 * RATE)]).max() > 0.2


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("One.", ["One."]),
        ("It costs 3.5 euros. Really?", ["It costs 3.5 euros.", "Really?"]),
        ("犬が走る。猫は寝る。", ["犬が走る。", "猫は寝る。"]),
        ("彼は「はい。」と言った。", ["彼は「はい。」と言った。"]),
        ("no stop", ["no stop"]),
        ("...", ["..."]),
        ("Yes. ?!", ["Yes."]),
    ],
)
def test_sentences(words: str, found: list[str]) -> None:
    assert sentences(words) == found


def test_bad_parameters_are_named() -> None:
    with pytest.raises(ValueError, match="pause_min must not be above pause_max"):
        Speak(pause_min=0.2)
    with pytest.raises(ValueError, match="speed_spread must be in"):
        Speak(speed_spread=2.0)
