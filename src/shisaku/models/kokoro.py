"""Kokoro-82M on onnxruntime: English and Japanese phonemes to speech."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import DataError, WeightsError
from shisaku.message import say
from shisaku.models.english_phonemes import read_english
from shisaku.models.english_words import EnglishWords
from shisaku.models.flite import FliteSpeaker
from shisaku.models.graph import open_graph
from shisaku.models.japanese_phonemes import read_japanese
from shisaku.models.kokoro_files import read_styles, read_symbols
from shisaku.models.letters import symbols_of
from shisaku.models.lexicon import open_lexicon
from shisaku.models.phonemes import Reading
from shisaku.models.roles import Wave
from shisaku.models.speakable import speakable
from shisaku.models.speech_cache import kept_speech
from shisaku.models.voices import KOKORO, check_speech, names_of
from shisaku.models.weights import find_weights

NAME = KOKORO
RATE = 24_000
MOST_SYMBOLS = 250  # the network takes 510, at twice the memory (1.1 GB)
PAUSE_SECONDS = 0.25
SILENCE = 0.01
MARGIN_SECONDS = 0.05
PAUSES = ".!?…;:,—"


class Kokoro:
    """Speaker: English and, with the extra ``ja``, Japanese, 24 kHz; same text, voice and speed, same wave.

    The five voices are Japanese speakers: their English has an accent. The symbols a text is read as are made here
    (`read`), not by the network; a text of more than 250 symbols is said in pieces cut at its pauses. Graph and
    voices: Kokoro-82M v1.0, int8 (StyleTTS 2, Li et al. 2023, with an iSTFTNet decoder).
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.voices = names_of(NAME)
        self.languages = ("en", "ja")
        self.backend = f"{weights.label} onnx int8"
        self._fingerprint = weights.fingerprint
        self._symbols = read_symbols(weights)
        self._styles = read_styles(weights, self.voices)
        self._session: Any = open_graph(weights.read("model.onnx"), NAME, threads)
        self._words: EnglishWords | None = None
        self._lock = threading.Lock()

    def read(self, text: str, language: str = "en") -> Reading:
        """Return the symbols a text is read as, and how each word was found. Raises DataError if it cannot be."""
        plain = speakable(text, language)
        reading = read_japanese(plain) if language == "ja" else read_english(plain, self._english())
        if not any(c.isalpha() for c in reading.symbols):
            raise DataError(say("There is nothing to say in this text"), next=say("Give a text with words"))
        return reading

    def speak(self, text: str, voice: str, *, language: str = "en", speed: float = 1.0) -> tuple[Wave, int]:
        """Return the wave in [-1, 1], without silence around it, and its rate in Hz.

        Raises DataError for a text, voice or language it cannot say, MachineError if the extra of a language is
        not installed.
        """
        check_speech(NAME, voice, language, speed)
        said = self.read(text, language).symbols
        return kept_speech(self._fingerprint, said, voice, speed, lambda: self.say(said, voice, speed))

    def say(self, said: str, voice: str, speed: float = 1.0) -> tuple[Wave, int]:
        """Return the wave of symbols, made anew, and its rate in Hz."""
        pause = np.zeros(round(PAUSE_SECONDS * RATE), np.float32)
        waves: list[Wave] = []
        for piece in pieces(said):
            waves += [pause, trimmed(self._wave(piece, voice, speed))]
        return np.concatenate(waves[1:]), RATE

    def _wave(self, said: str, voice: str, speed: float) -> Wave:
        ids = [self._symbols[symbol] for symbol in said if symbol in self._symbols]
        feeds = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": self._styles[voice][len(ids) - 1],
            "speed": np.array([speed], np.float32),
        }
        try:
            wave = self._session.run(None, feeds)[0]
        except Exception as error:  # onnxruntime raises bare pybind exceptions of many classes
            raise WeightsError(
                say("The graph of {model} cannot be run: {cause}", model=NAME, cause=str(error)[:300]),
                where=NAME,
                next=say("Delete its folder in the cache and run `shisaku models pull {model}`", model=NAME),
            ) from error
        return np.asarray(wave, np.float32).reshape(-1)

    def _english(self) -> EnglishWords:
        with self._lock:
            if self._words is None:
                lexicon, _ = open_lexicon()
                flite = FliteSpeaker()
                self._words = EnglishWords(lexicon, lambda word: symbols_of(flite.segments(word)))
            return self._words


def pieces(said: str) -> Iterator[str]:
    """Cut symbols into pieces of at most 250: after the last pause that fits, else at a space, else anywhere."""
    rest = said.strip()
    while len(rest) > MOST_SYMBOLS:
        window = rest[:MOST_SYMBOLS]
        cut = max(window.rfind(pause) for pause in PAUSES) + 1 or window.rfind(" ") + 1 or MOST_SYMBOLS
        yield rest[:cut].strip()
        rest = rest[cut:].strip()
    if rest:
        yield rest


def trimmed(wave: Wave) -> Wave:
    """Return the wave from 50 ms before its first sample above 0.01 (-40 dB) to 50 ms after the last."""
    loud = np.flatnonzero(np.abs(wave) > SILENCE)
    if not len(loud):
        return wave[:0]
    margin = round(MARGIN_SECONDS * RATE)
    return wave[max(0, loud[0] - margin) : loud[-1] + 1 + margin]
