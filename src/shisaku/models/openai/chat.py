"""Captioner, rewriter, translator, judge, and a listener that hears through a chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.guard.call import Call, Units
from shisaku.guard.door import Door
from shisaku.guard.reply import Reply
from shisaku.message import say
from shisaku.models.ask import Answer, Ask, Role
from shisaku.models.openai.envelope import said
from shisaku.models.openai.exchange import Exchange, whole
from shisaku.models.openai.instructions import AGAIN, instruction, language_answered, schema_text
from shisaku.models.openai.shown import Shown, asked, shown
from shisaku.models.openai.structured import Broken, check_schema, is_strict, structured
from shisaku.models.openai.untrusted import LONGEST, as_text, excerpt
from shisaku.models.openai.usage import DEFAULT_OUT, answer_tokens, text_tokens

PATH: Final = "chat/completions"


@dataclass(frozen=True, slots=True)
class Retry:
    """An answer that does not keep its schema, to be asked for once more."""

    text: str
    broken: Broken


class Chat(Exchange):
    """A role played by a chat model. With `ask.schema` its text is JSON that keeps the schema.

    An answer that does not is repaired (see `structured`), then asked for once more with the error, then a Failure.
    """

    def __init__(self, role: Role, back_end: BackEnd, door: Door) -> None:
        super().__init__(role, back_end, door, PATH)

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return one text for every ask, in their order."""
        calls = [self._prepared(ask, self._call) for ask in asks]
        first = [self._heard(ask, reply) for ask, reply in zip(asks, self._replies(calls), strict=True)]
        return [self._counted(answer) for answer in self._second(asks, first)]

    def _second(self, asks: Sequence[Ask], first: Sequence[Answer | Retry]) -> list[Answer]:
        places = {place: one for place, one in enumerate(first) if isinstance(one, Retry)}
        calls = [self._prepared(asks[place], partial(self._call, retry=one)) for place, one in places.items()]
        replies = dict(zip(places, self._replies(calls), strict=True))
        mended = {place: self._heard(asks[place], reply, "asked again") for place, reply in replies.items()}
        return [self._settled(mended.get(place, one)) for place, one in enumerate(first)]

    def _settled(self, outcome: Answer | Retry) -> Answer:
        if not isinstance(outcome, Retry):
            return outcome
        fault = outcome.broken.fault
        self._tally.add(fault)
        start, error = excerpt(outcome.text), excerpt(outcome.broken.error)
        if fault == "unparseable":
            return Failure(say("unparseable: no JSON in the answer, asked twice: {start}", start=start))
        return Failure(say("wrong schema: {error}, asked twice: {start}", error=error, start=start))

    def _heard(self, ask: Ask, reply: Reply | Failure, again: str = "") -> Answer | Retry:
        if isinstance(reply, Failure):
            return reply
        if ask.schema is None:
            return self._understood(ask, reply)
        answer = said(reply)
        if isinstance(answer, Failure):
            return answer
        found = structured(answer.text, ask.schema)
        if isinstance(found, Broken):
            return Retry(answer.text, found)
        self._tally.add(f"rung: {again or found.rung}")
        return Part.from_text(found.text)

    def _read(self, ask: Ask, reply: Reply) -> Answer:
        answer = said(reply)
        if isinstance(answer, Failure):
            return answer
        if answer.cut:
            self._tally.add("cut off at the limit of tokens")
        return as_text(answer.text, language_answered(self._role, ask))

    def _call(self, ask: Ask, retry: Retry | None = None) -> Call:
        words = [instruction(self._role, ask), ask.prompt]
        if ask.schema is not None:
            check_schema(ask.schema)
            # The schema is in the text too: servers that know no `response_format` mostly pass over it in silence.
            words.append(schema_text(ask.schema))
        pieces = [asked(ask, text) for text in words if text]
        pieces += [shown(ask.sample, name, self._back_end) for name in ask.parts]
        if not pieces:
            raise DataError(say("There is nothing to ask: no part and no prompt"))
        messages: list[Mapping[str, Any]] = [{"role": "user", "content": _content(pieces)}]
        added = [text for text in words if text and text != ask.prompt]
        if retry:
            back = [retry.text[:LONGEST], AGAIN.replace("{error}", retry.broken.error)]
            pieces += [asked(ask, text) for text in back]
            messages += [{"role": "assistant", "content": back[0]}, {"role": "user", "content": back[1]}]
            added += back
        units = Units(
            tokens_in=text_tokens() + sum(piece.tokens for piece in pieces),
            tokens_out=answer_tokens(self._back_end),
            audio_seconds=sum(piece.seconds for piece in pieces),
        )
        body = {**self._settings(ask), "messages": messages}
        return self._request(ask, PATH, [piece.sent for piece in pieces], units, body=body, words=added)

    def _settings(self, ask: Ask) -> dict[str, Any]:
        settings = {**self._params(), "seed": whole(ask.seed)}
        if "max_completion_tokens" not in settings:
            settings.setdefault("max_tokens", DEFAULT_OUT)
        if ask.schema is not None:
            form = {"name": "answer", "schema": dict(ask.schema), "strict": is_strict(ask.schema)}
            settings["response_format"] = {"type": "json_schema", "json_schema": form}
        return settings


def _content(pieces: Sequence[Shown]) -> str | list[Mapping[str, Any]]:
    """Return one string where there is only text: some servers know nothing else."""
    texts = [piece.content["text"] for piece in pieces if piece.content["type"] == "text"]
    return "\n\n".join(texts) if len(texts) == len(pieces) else [piece.content for piece in pieces]
