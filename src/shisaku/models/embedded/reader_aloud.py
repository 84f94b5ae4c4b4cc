"""Texts read aloud by an embedded synthesiser."""

from __future__ import annotations

from collections.abc import Sequence

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.core.seed import rng_for
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.voices import VOICES
from shisaku.store.codecs import encode_wave


class ReaderAloud:
    """Speaker: says the prompt in the `voice` of the options, or in one drawn by the seed, at `speed`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.backend = name

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return each prompt as a recording; the part's `uri` names the voice."""
        return [self._answer(ask) for ask in asks]

    def _answer(self, ask: Ask) -> Answer:
        from shisaku.models.loading import load

        language = str(ask.options.get("language", "en"))
        able = [one.name for one in VOICES if one.model == self._name and language in one.languages]
        chosen = str(ask.options.get("voice", ""))
        if not chosen and not able:
            return Failure(say("No voice reads the language {language}", language=language))
        voice = chosen or able[int(rng_for(ask.seed, "reader-aloud", ask.prompt).integers(len(able)))]
        try:
            speed = float(ask.options.get("speed", 1.0))
            wave, rate = load(self._name).speak(ask.prompt, voice, language=language, speed=speed)
        except DataError as error:
            return Failure(error.what)
        return Part("audio", encode_wave(wave, rate), uri=f"voice:{voice}", lang=language)
