"""Which voices read a text: named, drawn, or all that read its language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from shisaku.errors import DataError, RecipeError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.models.roles import Voice

RANDOM: Final = "random"
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Cast:
    """The voices that may be asked; `named` ones must all read a text, of the others those that can; or one `drawn`."""

    voices: tuple[Voice, ...]
    named: bool
    drawn: bool

    @property
    def weights(self) -> tuple[str, ...]:
        """The names of the weights behind the voices, sorted."""
        from shisaku.models.loading import MADE_OF

        models = {voice.model for voice in self.voices}
        return tuple(sorted({weights for model in models for weights in MADE_OF.get(model, (model,))}))

    def readers(self, language: str, rng: np.random.Generator) -> tuple[Voice, ...]:
        """Return the voices that read a text in `language`. Raises DataError where a named one or every one cannot."""
        able = tuple(voice for voice in self.voices if language in voice.languages)
        unable = [voice.name for voice in self.voices if voice not in able]
        if self.named and unable:
            raise DataError(
                say("Voice {voice} does not read the language {language}", voice=unable[0], language=language)
            )
        if not able:
            raise DataError(say("No voice reads the language {language}", language=language))
        return (able[int(rng.integers(len(able)))],) if self.drawn else able


def cast_of(voice: str, voices: Sequence[str], language: str) -> Cast:
    """Return the cast that the parameters of `audio.speak` ask for.

    Raises ValueError if they contradict each other, RecipeError for a voice there is not.
    """
    from shisaku.models.voices import VOICES, voice_named

    _check(voice, voices)
    names = [name for name in voices or (voice,) if name not in (ALL, RANDOM)]
    try:
        found = tuple(voice_named(name) for name in names)
    except DataError as error:
        raise RecipeError(error.what, error.where, error.next) from error
    able = tuple(one for one in found or VOICES if not language or language in one.languages)
    if not able or len(able) < len(found):
        raise ValueError(f"language must be one that the voices read, got {language!r} for {', '.join(names) or ALL}")
    return Cast(able, named=bool(found), drawn=not voices and voice == RANDOM)


def _check(voice: str, voices: Sequence[str]) -> None:
    if voice in ("", ALL):
        raise ValueError(f"voice must be a voice or {RANDOM!r}, got {voice!r} (all of them: voices: [{ALL}])")
    if voices and voice != RANDOM:
        raise ValueError(f"give voice or voices, not both, got {voice!r} and {', '.join(voices)}")
    if len(set(voices)) < len(voices) or RANDOM in voices or (ALL in voices and len(voices) > 1):
        raise ValueError(f"voices must be different names, or {ALL!r} alone, got {', '.join(voices)}")
