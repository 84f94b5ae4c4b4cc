"""The table of voices: who there is, what each reads, and what is refused."""

from __future__ import annotations

import pytest

from shisaku.errors import DataError, RecipeError
from shisaku.models.voices import VOICES, check_speech, names_of, persons, voice_named, voices_of


def test_ten_settings_are_nine_persons() -> None:
    assert len({voice.name for voice in VOICES}) == 10
    assert len(persons(VOICES)) == 9
    assert persons([voice_named("kal"), voice_named("kal16")]) == ("kal",)


def test_the_voices_of_a_language() -> None:
    assert voices_of("en") == VOICES
    assert {voice.model for voice in voices_of("ja")} == {"kokoro-82m"}
    assert len(persons(voices_of("ja"))) == 5
    assert voices_of("fr") == ()
    assert names_of("flite") == ("slt", "rms", "awb", "kal16", "kal")


def test_an_unknown_voice_names_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="no voice nobody") as caught:
        voice_named("nobody")
    assert "jm_kumo" in str(caught.value)


@pytest.mark.parametrize(
    ("model", "voice", "language", "speed", "told"),
    [
        ("flite", "jm_kumo", "en", 1.0, "no voice jm_kumo"),
        ("flite", "slt", "ja", 1.0, "does not read the language ja"),
        ("kokoro-82m", "jm_kumo", "ko", 1.0, "does not read the language ko"),
        ("kokoro-82m", "jm_kumo", "zh", 1.0, "does not read the language zh"),
        ("kokoro-82m", "jm_kumo", "ja", 0.1, "from 0.5 to 2.0"),
        ("kokoro-82m", "jm_kumo", "ja", float("nan"), "from 0.5 to 2.0"),
    ],
)
def test_what_a_synthesiser_cannot_do_is_told(model: str, voice: str, language: str, speed: float, told: str) -> None:
    with pytest.raises(DataError, match=told):
        check_speech(model, voice, language, speed)
