"""Every voice there is: ten settings of nine named persons on two synthesisers.

The five Kokoro voices are Japanese speakers: their English has an accent. Another synthesiser (piper, eSpeak NG, a
paid service) is not built in; a plugin may fill the Speaker role with one.

Persons are as the synthesisers name them. A voice embedding (Resemblyzer) takes jf_gongitsune and jf_nezumi for one
person and jf_tebukuro for one much like them: what a listener learns from these three may be no more than one voice.
"""

from __future__ import annotations

from collections.abc import Iterable

from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.models.roles import Voice

FLITE = "flite"
KOKORO = "kokoro-82m"
_ENGLISH = ("en",)
_BOTH = ("en", "ja")
SLOWEST, FASTEST = 0.5, 2.0

# kal and kal16 are one recorded speaker at 8 and 16 kHz
VOICES = (
    Voice("slt", FLITE, "slt", _ENGLISH),
    Voice("rms", FLITE, "rms", _ENGLISH),
    Voice("awb", FLITE, "awb", _ENGLISH),
    Voice("kal16", FLITE, "kal", _ENGLISH),
    Voice("kal", FLITE, "kal", _ENGLISH),
    Voice("jf_alpha", KOKORO, "jf_alpha", _BOTH),
    Voice("jf_gongitsune", KOKORO, "jf_gongitsune", _BOTH),
    Voice("jf_nezumi", KOKORO, "jf_nezumi", _BOTH),
    Voice("jf_tebukuro", KOKORO, "jf_tebukuro", _BOTH),
    Voice("jm_kumo", KOKORO, "jm_kumo", _BOTH),
)


def voices_of(language: str) -> tuple[Voice, ...]:
    """Return the voices that read `language`, empty if there is none."""
    return tuple(voice for voice in VOICES if language in voice.languages)


def names_of(model: str) -> tuple[str, ...]:
    """Return the names of a synthesiser's voices."""
    return tuple(voice.name for voice in VOICES if voice.model == model)


def voice_named(name: str) -> Voice:
    """Return the voice of that name. Raises RecipeError with the names there are."""
    for voice in VOICES:
        if voice.name == name:
            return voice
    raise RecipeError(
        say("There is no voice {voice}", voice=name),
        next=say("The voices are {voices}", voices=", ".join(voice.name for voice in VOICES)),
    )


def check_speech(model: str, voice: str, language: str, speed: float) -> None:
    """Raise DataError unless the synthesiser has this voice, it reads this language, and the speed is sensible."""
    known = {one.name: one for one in VOICES if one.model == model}
    if voice not in known:
        raise DataError(
            say("There is no voice {voice}", voice=voice),
            where=model,
            next=say("The voices are {voices}", voices=", ".join(known)),
        )
    if language not in known[voice].languages:
        raise DataError(
            say("Voice {voice} does not read the language {language}", voice=voice, language=language),
            where=model,
            next=say("It reads {languages}", languages=", ".join(known[voice].languages)),
        )
    if not SLOWEST <= speed <= FASTEST:
        raise DataError(
            say("The speed must be from {low} to {high}, got {speed}", low=SLOWEST, high=FASTEST, speed=speed),
            where=model,
        )


def persons(voices: Iterable[Voice]) -> tuple[str, ...]:
    """Return who speaks, each once: what a grouping by speaker counts, and not the number of settings."""
    return tuple(dict.fromkeys(voice.person for voice in voices))
