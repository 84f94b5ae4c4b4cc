"""What Whisper hears in a recording, asked only where a voice detector finds speech."""

from __future__ import annotations

from collections.abc import Sequence

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.roles import Listener, Wave
from shisaku.store.codecs import decode_wave


class Transcriber:
    """Listener: Whisper behind Silero's voice detector; `language` of an ask's options says what is spoken."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.backend = listener(name).backend

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return what was heard in the first recording of each ask."""
        return [self._answer(ask) for ask in asks]

    def _answer(self, ask: Ask) -> Answer:
        part = next((ask.sample.parts[name] for name in ask.parts if ask.sample.parts[name].kind == "audio"), None)
        if part is None:
            return Failure(say("The listener needs a recording"))
        language = str(ask.options.get("language", "en"))
        if language not in listener(self._name).languages:
            return Failure(say("{model} does not know the language {language}", model=self._name, language=language))
        try:
            wave, rate = decode_wave(part)
            return Part.from_text(heard_text(self._name, wave, rate, language, detect=True), language)
        except DataError as error:
            return Failure(error.what)


def listener(model: str) -> Listener:
    """Return the listener of that name."""
    from shisaku.models.loading import load

    found: Listener = load(model)
    return found


def somebody_speaks(wave: Wave, rate: int) -> bool:
    """Whether the voice detector finds any speech in a wave [samples] of `rate` Hz."""
    from shisaku.models.loading import load

    return bool(load("voice_detector").speech(wave, rate))


def heard_text(model: str, wave: Wave, rate: int, language: str, detect: bool) -> str:
    """Return what the listener writes down. Raises DataError if nobody speaks (asked only with `detect`)."""
    if detect and not somebody_speaks(wave, rate):
        raise DataError(say("Nobody speaks in the recording"))
    return listener(model).listen(wave, rate, language=language).text
