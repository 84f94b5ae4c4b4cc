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


@dataclass(frozen=True, slots=True)
class Voice:
    """A setting in which a Speaker speaks: who it is (`person`), what it runs on, and the languages it can read.

    Two settings of one person (another sampling rate, another speed) are two voices of one speaker.
    """

    name: str
    model: str
    person: str
    languages: tuple[str, ...]


class Speaker(Protocol):
    """Text to speech."""

    backend: str
    voices: tuple[str, ...]
    languages: tuple[str, ...]

    def speak(self, text: str, voice: str, *, language: str = "en", speed: float = 1.0) -> tuple[Wave, int]:
        """Return the wave and its rate in Hz; `speed` 1.2 is a fifth faster.

        Raises DataError for a text, language or voice it cannot say.
        """
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

    def listen(self, wave: Wave, rate: int, *, language: str = "en") -> Transcript:
        """Return what was heard, in a language of `languages`."""
        ...

    def log_probabilities(
        self, wave: Wave, rate: int, texts: Sequence[str], *, language: str = "en"
    ) -> npt.NDArray[np.float64]:
        """Return for each text the sum of its tokens' log probabilities, had exactly this been said in the wave."""
        ...


class VoiceDetector(Protocol):
    """Where somebody speaks."""

    backend: str

    def speech(self, wave: Wave, rate: int) -> tuple[tuple[float, float], ...]:
        """Return the stretches of speech as (start, end) in seconds, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Naturalness:
    """Predicted mean opinion scores, 1 (bad) to 5 (excellent): ITU-T P.835 signal, background, overall; P.808."""

    signal: float
    background: float
    overall: float
    p808: float


class SpeechJudge(Protocol):
    """How people would rate a recording."""

    backend: str

    def judge(self, wave: Wave, rate: int) -> Naturalness:
        """Return the scores of a recording of any length."""
        ...


class VoiceEmbedder(Protocol):
    """Who speaks."""

    backend: str

    def embed_voice(self, wave: Wave, rate: int) -> Vectors:
        """Return one unit vector [d] per recording; the cosine of two says how alike the voices are."""
        ...


class PairJudge(Protocol):
    """How well two texts belong together."""

    backend: str

    def judge_pairs(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """Return [n] scores, higher is better; only their order has a meaning."""
        ...


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a picture: its box in pixels, from the top left, and how sure the finder is, in [0, 1]."""

    left: float
    top: float
    width: float
    height: float
    sure: float


class FaceFinder(Protocol):
    """Where in a picture there are faces."""

    backend: str

    def faces(self, image: Pixels) -> tuple[Face, ...]:
        """Return the faces, surest first."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a picture: what it says, how sure that is in [0, 1], and its corners (x, y) in pixels."""

    text: str
    sure: float
    corners: tuple[tuple[float, float], ...]


class TextReader(Protocol):
    """The text in a picture."""

    backend: str

    def lines(self, image: Pixels) -> tuple[Line, ...]:
        """Return the lines that can be read, in reading order."""
        ...


class ImageJudge(Protocol):
    """How people would rate a picture."""

    backend: str

    def judge_image(self, image: Pixels) -> float:
        """Return how bad the picture is, 0 (excellent) to about 100."""
        ...
