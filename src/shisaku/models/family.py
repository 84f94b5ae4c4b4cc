"""Which family a model is of, by its name: relatives make the same mistakes, and praise each other's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# What stands in the names of relatives -> their family. A name that holds several has several: a model distilled from
# another into the frame of a third is kin to both.
STEMS: Final = {
    "bge": "bge",
    "chatgpt": "gpt",
    "claude": "claude",
    "clip": "clip",
    "codestral": "mistral",
    "command": "command",
    "deepseek": "deepseek",
    "devstral": "mistral",
    "efficientnet": "efficientnet",
    "flite": "flite",
    "flux": "flux",
    "gemini": "gemini",
    "gemma": "gemini",
    "gpt": "gpt",
    "granite": "granite",
    "imagenet": "efficientnet",
    "internvl": "internvl",
    "kokoro": "kokoro",
    "llama": "llama",
    "llava": "llava",
    "magistral": "mistral",
    "minilm": "minilm",
    "ministral": "mistral",
    "mistral": "mistral",
    "mixtral": "mistral",
    "phi": "phi",
    "pixtral": "mistral",
    "qvq": "qwen",
    "qwen": "qwen",
    "qwq": "qwen",
    "sdxl": "stable-diffusion",
    "siglip": "siglip",
    "stable": "stable-diffusion",
    "styletransfer": "style-transfer",
    "whisper": "whisper",
    "yi": "yi",
}
# OpenAI's models that reason bear a letter and a digit.
REASONERS: Final = re.compile(r"^o[134]$")
# Words of a back end's name and of a place in a hub that name no model.
PLAIN: Final = frozenset((
    "and", "based", "captioner", "compatible", "ctranslate", "embedded", "folder", "for", "in", "int", "labels",
    "learned", "local", "machine", "model", "models", "native", "no", "of", "on", "onnx", "openai", "over", "paints",
    "painter", "program", "rewriter", "rule", "server", "speaker", "stand", "style", "styles", "template", "tests",
    "the", "this", "torch", "transfer", "translator", "words",
))  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+|\d+", re.UNICODE)


def families_of(name: str) -> frozenset[str]:
    """Return the families that a model's name tells; for a name that tells none known, its own first word.

    ``Qwen/Qwen2.5-VL-7B-Instruct`` is qwen, ``DeepSeek-R1-Distill-Qwen-7B`` is deepseek and qwen. A name that says
    nothing (``my-model``) is a family of its own: it shares with nobody but itself.
    """
    text = name.casefold()
    words = [word for word in _WORD.findall(text) if not word.isdigit()]
    held = {STEMS[word] for word in words if word in STEMS}
    held |= {family for stem, family in STEMS.items() if len(stem) > 3 and any(word.startswith(stem) for word in words)}
    if any(REASONERS.match(piece) for piece in re.split(r"[\s/:_-]+", text)):
        held.add("gpt")
    if held:
        return frozenset(held)
    told = [word for word in words if word not in PLAIN and len(word) > 1]
    return frozenset(told[:1])


def shared_families(name: str, others: Iterable[str]) -> tuple[str, ...]:
    """Return the families that a model has in common with any of the others, sorted."""
    theirs: frozenset[str] = frozenset().union(*(families_of(other) for other in others))
    return tuple(sorted(families_of(name) & theirs))
