"""One instance of each model per process, asked for by its name or by the role it fills."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal, overload

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.bge import BgeSmallEn
from shisaku.models.brisque import Brisque
from shisaku.models.centerface import CenterFace
from shisaku.models.conse import Conse
from shisaku.models.dnsmos import Dnsmos
from shisaku.models.edict import Edict
from shisaku.models.efficientnet import EfficientNetLite0
from shisaku.models.flite import FliteSpeaker
from shisaku.models.kokoro import Kokoro
from shisaku.models.minilm import MiniLm
from shisaku.models.ppocr import PpOcr
from shisaku.models.reranker import RerankerMiniLm
from shisaku.models.resemblyzer import Resemblyzer
from shisaku.models.silero import SileroVad
from shisaku.models.style_transfer import StyleTransfer26
from shisaku.models.weights import find_weights
from shisaku.models.whisper import Whisper
from shisaku.models.wordnet import WordNet

ROLES = {
    "image_embedder": "efficientnet-lite0",
    "image_classifier": "efficientnet-lite0",
    "text_embedder": "minilm-l6",
    "image_text_embedder": "conse",
    "painter": "styletransfer-26",
    "speaker": "flite",
    "multilingual_speaker": "kokoro-82m",
    "listener": "whisper-tiny-en",
    "multilingual_listener": "whisper-base",
    "text_judge": "bge-small-en",
    "pair_judge": "reranker-minilm",
    "speech_judge": "dnsmos",
    "image_judge": "brisque",
    "voice_detector": "silero-vad",
    "voice_embedder": "resemblyzer",
    "face_finder": "centerface",
    "text_reader": "pp-ocr-v6-small",
    "thesaurus": "wordnet",
    "japanese_thesaurus": "edict",
}
MADE_OF = {
    "conse": ("efficientnet-lite0", "minilm-l6"),
    "kokoro-82m": ("kokoro-82m", "misaki-lexicon", "flite"),
}

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
    name: Literal["multilingual_speaker", "kokoro-82m"], local: Path | None = None, threads: int | None = None
) -> Kokoro: ...
@overload
def load(
    name: Literal["listener", "whisper-tiny-en", "multilingual_listener", "whisper-base"],
    local: Path | None = None,
    threads: int | None = None,
) -> Whisper: ...
@overload
def load(
    name: Literal["text_judge", "bge-small-en"], local: Path | None = None, threads: int | None = None
) -> BgeSmallEn: ...
@overload
def load(
    name: Literal["pair_judge", "reranker-minilm"], local: Path | None = None, threads: int | None = None
) -> RerankerMiniLm: ...
@overload
def load(name: Literal["speech_judge", "dnsmos"], local: Path | None = None, threads: int | None = None) -> Dnsmos: ...
@overload
def load(
    name: Literal["voice_detector", "silero-vad"], local: Path | None = None, threads: int | None = None
) -> SileroVad: ...
@overload
def load(
    name: Literal["voice_embedder", "resemblyzer"], local: Path | None = None, threads: int | None = None
) -> Resemblyzer: ...
@overload
def load(
    name: Literal["face_finder", "centerface"], local: Path | None = None, threads: int | None = None
) -> CenterFace: ...
@overload
def load(
    name: Literal["text_reader", "pp-ocr-v6-small"], local: Path | None = None, threads: int | None = None
) -> PpOcr: ...
@overload
def load(name: Literal["image_judge", "brisque"], local: Path | None = None, threads: int | None = None) -> Brisque: ...
@overload
def load(name: Literal["thesaurus", "wordnet"], local: Path | None = None, threads: int | None = None) -> WordNet: ...
@overload
def load(
    name: Literal["japanese_thesaurus", "edict"], local: Path | None = None, threads: int | None = None
) -> Edict: ...
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
    backends: dict[str, Callable[[Path | None, int | None], Any]] = {
        "bge-small-en": BgeSmallEn,
        "centerface": CenterFace,
        "brisque": Brisque,
        "dnsmos": Dnsmos,
        "edict": Edict,
        "efficientnet-lite0": EfficientNetLite0,
        "kokoro-82m": Kokoro,
        "minilm-l6": MiniLm,
        "pp-ocr-v6-small": PpOcr,
        "reranker-minilm": RerankerMiniLm,
        "resemblyzer": Resemblyzer,
        "silero-vad": SileroVad,
        "styletransfer-26": StyleTransfer26,
        "whisper-base": partial(Whisper, "whisper-base"),
        "whisper-tiny-en": partial(Whisper, "whisper-tiny-en"),
        "wordnet": WordNet,
    }
    if model not in backends:
        raise WeightsError(
            say("There is no model or role named {name}", name=model),
            next=say("There are: {names}", names=", ".join([*ROLES, *backends, "flite", "conse"])),
        )
    return backends[model](local, threads)


def weights_hashes(name: str) -> dict[str, str]:
    """Return name and fingerprint of each set of weights behind a model or role, for cache keys and lineage.

    Raises WeightsError if they lack.
    """
    model = ROLES.get(name, name)
    return {part: find_weights(part).fingerprint for part in MADE_OF.get(model, (model,))}
