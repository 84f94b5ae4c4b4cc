"""What a model can do for us, whatever is behind it. A back end names itself honestly in `backend`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]  # [height, width, 3] RGB
Wave = npt.NDArray[np.float32]  # [samples], mono, in [-1, 1]
Vectors = npt.NDArray[np.float32]  # [n, d]


class ImageEmbedder(Protocol):
    """Images to feature vectors."""

    backend: str

    def embed(self, images: Sequence[Pixels]) -> Vectors:
        """Return one row per image."""
        ...


class ImageClassifier(Protocol):
    """Images to logits over `classes`."""

    backend: str
    classes: tuple[str, ...]

    def logits(self, images: Sequence[Pixels]) -> Vectors:
        """Return [n, len(classes)]."""
        ...


class TextEmbedder(Protocol):
    """Texts to unit vectors."""

    backend: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row per text."""
        ...


class Painter(Protocol):
    """An image to another image of the same size."""

    backend: str
    styles: tuple[str, ...]

    def paint(self, image: Pixels, style: int) -> Pixels:
        """Return `image` in style number `style`."""
        ...


class Speaker(Protocol):
    """Text to speech."""

    backend: str
    voices: tuple[str, ...]
    languages: tuple[str, ...]

    def speak(self, text: str, voice: str) -> tuple[Wave, int]:
        """Return the wave and its rate in Hz. Raises DataError for a text or a voice it cannot say."""
        ...


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a Listener heard; `confidence` is the geometric mean of the token probabilities, in [0, 1]."""

    text: str
    confidence: float


class Listener(Protocol):
    """Speech to text."""

    backend: str
    languages: tuple[str, ...]

    def listen(self, wave: Wave, rate: int) -> Transcript:
        """Return what was heard in up to 30 s of speech."""
        ...
