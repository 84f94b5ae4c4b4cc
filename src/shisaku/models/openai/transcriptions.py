"""Listener: a recording written down by a server that transcribes."""

from __future__ import annotations

import re
from typing import Final

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.guard.call import Call, Units
from shisaku.guard.door import Door
from shisaku.guard.reply import Reply
from shisaku.guard.sent import sent
from shisaku.models.ask import Answer, Ask
from shisaku.models.openai.envelope import transcript
from shisaku.models.openai.exchange import Exchange
from shisaku.models.openai.form import fields, file
from shisaku.models.openai.shown import one_of, seconds_of, told
from shisaku.models.openai.untrusted import as_text
from shisaku.models.openai.usage import answer_tokens, charged_by_tokens, sound_tokens

PATH: Final = "audio/transcriptions"
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Transcriptions(Exchange):
    """Writes down the first recording among the parts; `ask.prompt` is a hint of names and spellings."""

    def __init__(self, back_end: BackEnd, door: Door) -> None:
        super().__init__("listener", back_end, door, PATH)

    def _call(self, ask: Ask) -> Call:
        name = one_of(ask.sample, ask.parts, "audio")
        part = ask.sample.parts[name]
        seconds = seconds_of(part)
        leaves = [sent(ask.sample, name)]
        if ask.prompt:
            leaves.append(told(ask, ask.prompt))
        values = {"response_format": "json", **self._params(), "language": self._language(ask) or None}
        form = fields({**values, "prompt": ask.prompt or None})
        form.append(file("file", part.data, "audio.wav", "audio/wav"))
        tokens = charged_by_tokens(self._back_end)
        units = Units(
            tokens_in=sound_tokens(seconds) if tokens else 0,
            tokens_out=answer_tokens(self._back_end) if tokens else 0,
            audio_seconds=seconds,
        )
        return self._request(ask, PATH, leaves, units, form=form)

    def _read(self, ask: Ask, reply: Reply) -> Answer:
        found = transcript(reply)
        if isinstance(found, Failure):
            return found
        text, named = found
        # Some servers name the language by its English word; a tag that nobody can read is no tag.
        return as_text(text, self._language(ask) or (named if _TAG.fullmatch(named) else ""))

    def _language(self, ask: Ask) -> str:
        return str(ask.options.get("language") or self._back_end.params.get("language") or "")
