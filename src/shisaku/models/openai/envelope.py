"""The JSON around an answer, taken apart without trust in its shape."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shisaku.core.drop import Failure
from shisaku.guard.reply import Reply
from shisaku.message import say
from shisaku.models.openai.untrusted import excerpt

DATA_URL: Final = ";base64,"


@dataclass(frozen=True, slots=True)
class Said:
    """The text of a chat answer; `cut` where the model stopped at the limit of tokens and not at its end."""

    text: str
    cut: bool = False


def opened(reply: Reply) -> Mapping[str, Any] | Failure:
    """Return the JSON object of a reply, or a Failure with its first characters."""
    import orjson

    try:
        found = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return Failure(say("The answer is not JSON: {start}", start=excerpt(_decoded(reply.body))))
    if isinstance(found, dict):
        return found
    return Failure(say("The answer is not a JSON object: {start}", start=excerpt(_decoded(reply.body))))


def said(reply: Reply) -> Said | Failure:
    """Return the text of a chat answer, or why there is none."""
    whole = opened(reply)
    if isinstance(whole, Failure):
        return whole
    choice = _first(whole, "choices")
    message = choice.get("message")
    if not isinstance(message, Mapping):
        return _shapeless("choices[0].message")
    ended = choice.get("finish_reason")
    if ended == "content_filter":
        return Failure(say("The endpoint's content filter withheld the answer"))
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal:
        return Failure(say("The model declined: {start}", start=excerpt(refusal)))
    text = _joined(message.get("content"))
    return _shapeless("choices[0].message.content") if text is None else Said(text, cut=ended == "length")


def transcript(reply: Reply) -> tuple[str, str] | Failure:
    """Return a transcript and the language that the server names, which may be "" or a word."""
    if reply.content_type.startswith("text/plain"):
        return _decoded(reply.body), ""
    whole = opened(reply)
    if isinstance(whole, Failure):
        return whole
    text, language = whole.get("text"), whole.get("language")
    if not isinstance(text, str):
        return _shapeless("text")
    return text, language if isinstance(language, str) else ""


def picture(reply: Reply) -> bytes | Failure:
    """Return the file of the first picture, or why there is none; addresses are not followed."""
    whole = opened(reply)
    if isinstance(whole, Failure):
        return whole
    first = _first(whole, "data")
    coded = first.get("b64_json")
    if not isinstance(coded, str):
        if isinstance(first.get("url"), str):
            return Failure(say("The server answered with an address in place of the picture; nothing is fetched"))
        return _shapeless("data[0].b64_json")
    try:
        return base64.b64decode(coded.partition(DATA_URL)[2] or coded, validate=True)
    except (binascii.Error, ValueError):
        return Failure(say("The picture in the answer is not base64"))


def vector(reply: Reply) -> list[float] | bytes | Failure:
    """Return the first embedding, as numbers or as float32 bytes, or why there is none."""
    whole = opened(reply)
    if isinstance(whole, Failure):
        return whole
    found = _first(whole, "data").get("embedding")
    if isinstance(found, str):
        try:
            return base64.b64decode(found, validate=True)
        except (binascii.Error, ValueError):
            return _shapeless("data[0].embedding")
    if isinstance(found, list) and found and all(isinstance(one, float | int) for one in found):
        return found
    return _shapeless("data[0].embedding")


def _first(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = whole.get(name)
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, Mapping) else {}


def _joined(content: object) -> str | None:
    """Return the text of a message: a string, or the texts among a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    texts = [part.get("text") for part in content if isinstance(part, Mapping)]
    return "".join(text for text in texts if isinstance(text, str))


def _shapeless(place: str) -> Failure:
    return Failure(say("The answer has no {place}", place=place))


def _decoded(body: bytes) -> str:
    return body.decode(errors="replace")
