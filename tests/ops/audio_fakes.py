"""Small stand-ins for the models behind the audio ops, and what puts them in the place of the real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.roles import Naturalness, Transcript
from shisaku.store.codecs import encode_wave

RATE = 16_000


class FakeSpeaker:
    """Says the length of the text as a tone; a text with digits cannot be said by `jf_alpha`."""

    backend = "fake:1"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str, float]] = []

    def speak(self, text: str, voice: str, *, language: str = "en", speed: float = 1.0) -> tuple[np.ndarray, int]:
        self.asked.append((text, voice, language, speed))
        if voice == "jf_alpha" and any(c.isdigit() for c in text):
            raise DataError(say("There is nothing to say in this text"))
        hertz = 100 + 20 * len(text) + len(voice)
        return (0.3 * np.sin(2 * np.pi * hertz * np.arange(RATE // 10) / RATE)).astype(np.float32), RATE


class FakeListener:
    """Hears `text` in every recording; `log` says how likely each text is to it."""

    backend = "fake:1"
    languages = ("en", "ja")

    def __init__(self, text: str = "", log: Callable[[str], float] = lambda text: 0.0) -> None:
        self.text, self.log = text, log
        self.asked: list[str] = []

    def listen(self, wave: np.ndarray, rate: int, *, language: str = "en") -> Transcript:
        self.asked.append(language)
        return Transcript(self.text, 0.9)

    def log_probabilities(
        self, wave: np.ndarray, rate: int, texts: Sequence[str], *, language: str = "en"
    ) -> np.ndarray:
        return np.asarray([self.log(text) for text in texts], dtype=np.float64)


class FakeDetector:
    """Finds speech wherever there is any sound."""

    backend = "fake:1"

    def speech(self, wave: np.ndarray, rate: int) -> tuple[tuple[float, float], ...]:
        return ((0.0, wave.size / rate),) if np.abs(wave).max() > 0.01 else ()


class FakeJudge:
    """Rates a recording by its loudness."""

    backend = "fake:1"

    def judge(self, wave: np.ndarray, rate: int) -> Naturalness:
        overall = 1.0 + 4.0 * float(np.abs(wave).max())
        return Naturalness(overall, overall, overall, overall)


class FakeVoiceEmbedder:
    """Hears voices by their loudness."""

    backend = "fake:1"

    def embed_voice(self, wave: np.ndarray, rate: int) -> np.ndarray:
        vector = np.array([1.0, float(np.abs(wave).max())], dtype=np.float32)
        return vector / np.linalg.norm(vector)


def put(monkeypatch: pytest.MonkeyPatch, **models: object) -> None:
    """Let `load` return these: weights names with `_` for `-`."""
    known = {name.replace("_", "-"): model for name, model in models.items()} | models
    monkeypatch.setattr("shisaku.models.loading.load", lambda name: known[name])


def recording(wave: np.ndarray, rate: int = RATE, name: str = "r") -> Sample:
    return Sample(name, {"speech": Part("audio", encode_wave(np.asarray(wave, dtype=np.float32), rate))})
