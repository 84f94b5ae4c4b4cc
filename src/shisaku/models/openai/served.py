"""The model behind a server in one role."""

from __future__ import annotations

from shisaku.core.back_end import BackEnd
from shisaku.errors import RecipeError
from shisaku.guard.door import Door
from shisaku.message import say
from shisaku.models.ask import Role
from shisaku.models.openai.chat import Chat
from shisaku.models.openai.embeddings import Embeddings
from shisaku.models.openai.exchange import Exchange
from shisaku.models.openai.images import Images
from shisaku.models.openai.speech import Speech
from shisaku.models.openai.transcriptions import Transcriptions


def generator(role: Role, back_end: BackEnd, door: Door) -> Exchange:
    """Return `back_end` in `role`; nothing is sent yet.

    Of `params` this back end reads ``image_side`` (pixels of the longest side of an image that is sent, 1024),
    ``image_format`` (png or jpeg), ``image_tokens`` (what one image costs at most, where the estimate by patches is
    off), ``pcm_rate`` (Hz of a speaker's answers without a header, 24000), ``audio: chat`` (a listener hears through a
    chat model) and ``extra_body``; all others go to the server.
    Raises RecipeError for one of these that makes no sense.
    """
    _check(back_end)
    if role == "painter":
        return Images(back_end, door)
    if role == "speaker":
        return Speech(back_end, door)
    if role == "embedder":
        return Embeddings(back_end, door)
    if role == "listener" and back_end.params.get("audio") != "chat":
        return Transcriptions(back_end, door)
    return Chat(role, back_end, door)


def _check(back_end: BackEnd) -> None:
    params = back_end.params
    for name, allowed in {"image_format": ("png", "jpeg"), "audio": ("chat", "transcriptions")}.items():
        if params.get(name, allowed[0]) not in allowed:
            what = say("{name} must be one of {allowed}", name=name, allowed=", ".join(allowed))
            raise RecipeError(what, where=f"models.{back_end.name}")
    for name in ("image_side", "image_tokens", "pcm_rate", "max_tokens", "max_completion_tokens"):
        value = params.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise RecipeError(say("{name} must be a whole number above 0", name=name), where=f"models.{back_end.name}")
    if not isinstance(params.get("extra_body", {}), dict):
        raise RecipeError(say("{name} must be a mapping", name="extra_body"), where=f"models.{back_end.name}")
