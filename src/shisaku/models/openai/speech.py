"""Speaker: a text read aloud by a voice of the server."""

from __future__ import annotations

from typing import Final

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.guard.call import Call, Units
from shisaku.guard.door import Door
from shisaku.guard.reply import Reply
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.openai.exchange import Exchange
from shisaku.models.openai.shown import words_of
from shisaku.models.openai.untrusted import as_sound
from shisaku.models.openai.usage import charged_by_tokens, sound_tokens, text_tokens

PATH: Final = "audio/speech"
PCM_RATE: Final = 24_000  # Hz; what the interface says of its `pcm`
VOICE: Final = "alloy"
SLOWEST: Final = 1.5  # seconds of speech for a character, with the slowest voice there is


class Speech(Exchange):
    """Reads `ask.prompt`, or the first text among the parts, with `options.voice` and `options.speed`."""

    def __init__(self, back_end: BackEnd, door: Door) -> None:
        super().__init__("speaker", back_end, door, PATH)

    def _call(self, ask: Ask) -> Call:
        text, leaves = words_of(ask)
        if not text.strip():
            raise DataError(say("There is nothing to say: the text is empty"))
        body = {"response_format": "wav", "voice": VOICE, **self._params(), "input": text}
        body |= {option: ask.options[option] for option in ("voice", "speed") if option in ask.options}
        out = sound_tokens(len(text) * SLOWEST) if charged_by_tokens(self._back_end) else 0
        units = Units(
            tokens_in=text_tokens(text) if out else 0,
            tokens_out=out,
            audio_seconds=len(text) * SLOWEST if self._back_end.prices.audio_minute else 0.0,
            characters=len(text),
        )
        return self._request(ask, PATH, [leaves], units, body=body)

    def _read(self, ask: Ask, reply: Reply) -> Answer:
        heard = as_sound(reply.body, reply.content_type, int(self._back_end.params.get("pcm_rate", PCM_RATE)))
        if isinstance(heard, Failure):
            return heard
        voice = ask.options.get("voice", self._back_end.params.get("voice", VOICE))
        return Part("audio", heard.data, uri=f"voice:{voice}", lang=str(ask.options.get("language", "")))
