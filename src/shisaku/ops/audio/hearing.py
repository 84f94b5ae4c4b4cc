"""Who listens to recordings, in which language, and whether there is anybody to hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.ops.limits import one_of

if TYPE_CHECKING:
    from shisaku.models.roles import Listener, Wave

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
