"""The one text that a request is about."""

from __future__ import annotations

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Ask
from shisaku.models.openai.shown import one_of


def words_to_say(ask: Ask) -> str:
    """Return the prompt, or else the first text among the parts. Raises DataError where neither says anything."""
    text = ask.prompt or ask.sample.parts[one_of(ask.sample, ask.parts, "text")].text
    if not text.strip():
        raise DataError(say("There is nothing to say: the text is empty"))
    return text
