"""Who listens to recordings, in which language, and whether there is anybody to hear."""

from __future__ import annotations

from typing import Final

from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.ops.limits import one_of

TINY: Final = "whisper-tiny-en"
BASE: Final = "whisper-base"
LISTENERS: Final = (TINY, BASE)
DETECTOR: Final = "silero-vad"


def check_listener(model: str, language: str, op: str) -> None:
    """Raise ValueError for a model that is no listener, RecipeError for a language it does not know."""
    one_of("model", model, LISTENERS)
    if not language:
        raise ValueError("language must be a language such as 'en', got an empty text")
    if model == TINY and language != "en":
        raise RecipeError(
            say("{model} knows English only, not {language}", model=model, language=language),
            where=op,
            next=say("Use the model {model}", model=BASE),
        )


def weights_for(model: str, detect: bool) -> tuple[str, ...]:
    """Return the names of the weights behind a listener and, with `detect`, the voice detector before it."""
    return (model, DETECTOR) if detect else (model,)
