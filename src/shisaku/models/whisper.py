"""Whisper on CTranslate2: speech to text, how likely given texts are, and encoder states as audio features."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError, WeightsError
from shisaku.message import say
from shisaku.models.mel import HOP, MELS, RATE, WINDOW_SECONDS, log_mel
from shisaku.models.resample import resampled
from shisaku.models.roles import Transcript, Vectors, Wave
from shisaku.models.threads import model_threads
from shisaku.models.weights import Weights, find_weights
from shisaku.models.whisper_text import WhisperText

TINY_EN = "whisper-tiny-en"
BASE = "whisper-base"
EMBED_SECONDS = 4.0
MAX_TOKENS = 224
# silence is believed when the model says so and is unsure of its words (Radford et al. 2022, section 4.5);
# their -1.0 for the mean log probability would still hear "you" in digital silence (-0.8 to -0.9)
NO_SPEECH = 0.6
UNSURE = -0.5
# texts scored at once: more are slower, every one has its own copy of the states
TEXTS = 16
# what the states see when texts are scored: the clip and silence after it, for the network knows words in 30 s of it
LEAST_SECONDS = 6.0
AFTER_SECONDS = 1.0
LEAST_PROBABILITY = 1e-38


class Whisper:
    """Listener, greedy; the same wave gives the same words. Family: whisper (generators are of others).

    `whisper-tiny-en` hears English, `whisper-base` hears 99 languages.
    """

    def __init__(self, name: str = TINY_EN, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(name, local)
        self.backend = f"{weights.label} ctranslate2 int8"
        self._model = _open(weights, model_threads(threads))
        self._text = WhisperText(weights, multilingual=name == BASE)
        self.languages = self._text.languages

    def listen(self, wave: Wave, rate: int, *, language: str = "en") -> Transcript:
        """Return what was heard; `rate` in Hz. Long waves are heard in windows of 30 s, whose seams may cut a word.

        Raises DataError for a language it does not have.
        """
        prompt = self._text.prompt(language)
        speech = resampled(wave, rate)
        span = RATE * WINDOW_SECONDS
        heard = [self._window(speech[start : start + span], prompt) for start in range(0, max(len(speech), 1), span)]
        text = " ".join(part.text for part in heard if part.text)
        return Transcript(text, float(np.mean([part.confidence for part in heard])))

    def log_probabilities(
        self, wave: Wave, rate: int, texts: Sequence[str], *, language: str = "en"
    ) -> npt.NDArray[np.float64]:
        """Return for each text the sum of its tokens' log probabilities, had exactly this been said in the wave.

        Texts are spelt as Whisper itself would write them (`spelt`: "sea lion" is scored as " Sea lion."), because
        the score depends on capitals and the full stop. Probabilities are among text tokens: how likely it is that
        anything was said at all is not in them. Longer texts score lower: compare names of like length, or one text
        on several waves. The network sees the wave and silence up to 6 s; with less it hears words worse.

        Raises DataError for a wave above 30 s, a text that has no tokens of its own, or a language it does not have.
        """
        rows = [self._text.tokens(text, language) for text in texts]
        states = self._heard(resampled(wave, rate))
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        out = np.empty(len(rows), np.float64)
        for start in range(0, len(order), TEXTS):
            chosen = order[start : start + TEXTS]
            out[chosen] = self._scores(states, [rows[i] for i in chosen], language)
        return out

    def encode(self, wave: Wave, rate: int, seconds: float = EMBED_SECONDS) -> Vectors:
        """Return the encoder states [50 per second, d] of the first `seconds` (at most 30); d is 384, in base 512.

        Shorter waves are padded with silence, so the shape depends on `seconds` only: rows beyond
        ``50 * len(wave) / rate`` are states of silence.
        """
        from ctranslate2 import Device

        frames = 2 * round(min(seconds, WINDOW_SECONDS) * RATE / HOP / 2)
        states = self._encoder(log_mel(resampled(wave, rate))[:, :frames]).to_device(Device.cpu)
        return np.asarray(np.array(states)[0], dtype=np.float32)

    def _heard(self, speech: Wave) -> Vectors:
        seconds = len(speech) / RATE
        if seconds > WINDOW_SECONDS:
            raise DataError(
                say("The recording has {seconds:.0f} s, more than {limit}", seconds=seconds, limit=WINDOW_SECONDS),
                next=say("Cut it into pieces"),
            )
        return self.encode(speech, RATE, max(LEAST_SECONDS, seconds + AFTER_SECONDS))

    def _window(self, speech: Wave, prompt: list[int]) -> Transcript:
        result = self._model.generate(
            self._encoder(log_mel(speech)),
            [prompt],
            beam_size=1,
            max_length=MAX_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        score = float(result.scores[0])
        if result.no_speech_prob > NO_SPEECH and score < UNSURE:
            return Transcript("", float(np.exp(score)))
        return Transcript(self._text.read(result.sequences_ids[0]), float(np.exp(score)))

    def _scores(self, states: Vectors, rows: list[list[int]], language: str) -> npt.NDArray[np.float64]:
        from ctranslate2 import StorageView

        copies = StorageView.from_array(np.repeat(states[None], len(rows), axis=0))
        # `align` is the one call that returns probabilities of given tokens; the alignment itself is not used
        found = self._model.align(copies, self._text.task(language), rows, 2 * len(states))
        chances = (np.asarray(text.text_token_probs, dtype=np.float64) for text in found)
        return np.array([np.log(np.maximum(chance, LEAST_PROBABILITY)).sum() for chance in chances])

    def _encoder(self, mel: Vectors) -> Any:
        from ctranslate2 import StorageView

        return self._model.encode(StorageView.from_array(np.ascontiguousarray(mel[None])))


def _open(weights: Weights, threads: int) -> Any:
    from ctranslate2.models import Whisper as Network

    try:
        model = Network(str(weights.folder), device="cpu", compute_type="int8", intra_threads=threads, inter_threads=1)
    except Exception as error:  # ctranslate2 raises bare RuntimeError
        raise WeightsError(
            say("{model} cannot be opened: {cause}", model=weights.name, cause=str(error)[:300]),
            where=str(weights.folder),
            next=say("Delete its folder in the cache and run `shisaku models pull {model}`", model=weights.name),
        ) from error
    if model.is_multilingual != (weights.name == BASE) or model.n_mels != MELS:
        raise WeightsError(
            say("The folder holds another kind of Whisper than {model}", model=weights.name),
            where=str(weights.folder),
            next=say("Give one in CTranslate2 form with 80 mel bands, English-only in place of tiny.en alone"),
        )
    return model
