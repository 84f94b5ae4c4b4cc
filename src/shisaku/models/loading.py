"""One instance of each model per process, asked for by its name or by the role it fills."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Literal, overload

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.conse import Conse
from shisaku.models.efficientnet import EfficientNetLite0
from shisaku.models.flite import FliteSpeaker
from shisaku.models.minilm import MiniLm
from shisaku.models.style_transfer import StyleTransfer26
from shisaku.models.weights import find_weights
from shisaku.models.whisper import WhisperTinyEn

ROLES = {
    "image_embedder": "efficientnet-lite0",
    "image_classifier": "efficientnet-lite0",
    "text_embedder": "minilm-l6",
    "image_text_embedder": "conse",
    "painter": "styletransfer-26",
    "speaker": "flite",
    "listener": "whisper-tiny-en",
}
MADE_OF = {"conse": ("efficientnet-lite0", "minilm-l6")}

_loaded: dict[tuple[str, Path | None, int | None], Any] = {}
_lock = threading.RLock()


@overload
def load(
    name: Literal["image_embedder", "image_classifier", "efficientnet-lite0"],
    local: Path | None = None,
    threads: int | None = None,
) -> EfficientNetLite0: ...
@overload
def load(
    name: Literal["text_embedder", "minilm-l6"], local: Path | None = None, threads: int | None = None
) -> MiniLm: ...
@overload
def load(
    name: Literal["image_text_embedder", "conse"], local: Path | None = None, threads: int | None = None
) -> Conse: ...
@overload
def load(
    name: Literal["painter", "styletransfer-26"], local: Path | None = None, threads: int | None = None
) -> StyleTransfer26: ...
@overload
def load(name: Literal["speaker", "flite"], local: Path | None = None, threads: int | None = None) -> FliteSpeaker: ...
@overload
def load(
    name: Literal["listener", "whisper-tiny-en"], local: Path | None = None, threads: int | None = None
) -> WhisperTinyEn: ...
@overload
def load(name: str, local: Path | None = None, threads: int | None = None) -> Any: ...


def load(name: str, local: Path | None = None, threads: int | None = None) -> Any:
    """Return the model of that name, or the default model of that role, loaded and checked once per process.

    `local` is a folder of the user's own with the same files, `threads` how many threads it may use.
    Safe from many threads. Raises WeightsError if the weights are missing or damaged.
    """
    model = ROLES.get(name, name)
    key = (model, local, threads)
    with _lock:
        if key not in _loaded:
            _loaded[key] = _open(model, local, threads)
        return _loaded[key]


def _open(model: str, local: Path | None, threads: int | None) -> Any:
    if model == "conse":
        return Conse(load("image_classifier", threads=threads), load("text_embedder", threads=threads))
    if model == "flite":
        return FliteSpeaker(local)
    backends = {
        "efficientnet-lite0": EfficientNetLite0,
        "minilm-l6": MiniLm,
        "styletransfer-26": StyleTransfer26,
        "whisper-tiny-en": WhisperTinyEn,
    }
    if model not in backends:
        raise WeightsError(
            say("There is no model or role named {name}", name=model),
            next=say("There are: {names}", names=", ".join([*ROLES, *backends, "flite", "conse"])),
        )
    return backends[model](local, threads)


def weights_fingerprint(name: str) -> str:
    """Return a digest of the weights behind a model or role, for cache keys. Raises WeightsError if they lack."""
    model = ROLES.get(name, name)
    parts = MADE_OF.get(model, (model,))
    return "+".join(find_weights(part).fingerprint for part in parts)
