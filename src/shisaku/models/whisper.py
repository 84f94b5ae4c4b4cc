"""Whisper tiny.en on CTranslate2: English speech to text, and encoder states as audio features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.mel import HOP, RATE, WINDOW_SECONDS, log_mel
from shisaku.models.roles import Transcript, Vectors, Wave
from shisaku.models.threads import model_threads
from shisaku.models.weights import Weights, find_weights

NAME = "whisper-tiny-en"
EMBED_SECONDS = 4.0
MAX_TOKENS = 224
# silence is believed when the model says so and is unsure of its words (Radford et al. 2022, section 4.5);
# their -1.0 for the mean log probability would still hear "you" in digital silence (-0.8 to -0.9)
NO_SPEECH = 0.6
UNSURE = -0.5


class WhisperTinyEn:
    """Listener for English, greedy; the same wave gives the same words. Family: whisper (generators are of others)."""

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} ctranslate2 int8"
        self.languages = ("en",)
        self._model, self._tokenizer = _open(weights, model_threads(threads))
        start = ("<|startoftranscript|>", "<|notimestamps|>")
        self._prompt = [self._tokenizer.token_to_id(token) for token in start]

    def listen(self, wave: Wave, rate: int) -> Transcript:
        """Return what was heard; `rate` in Hz. Long waves are heard in windows of 30 s, whose seams may cut a word."""
        speech = resampled(wave, rate)
        span = RATE * WINDOW_SECONDS
        heard = [self._window(speech[start : start + span]) for start in range(0, max(len(speech), 1), span)]
        text = " ".join(part.text for part in heard if part.text)
        return Transcript(text, float(np.mean([part.confidence for part in heard])))

    def encode(self, wave: Wave, rate: int, seconds: float = EMBED_SECONDS) -> Vectors:
        """Return the encoder states [50 per second, 384] of the first `seconds` (at most 30).

        Shorter waves are padded with silence, so the shape depends on `seconds` only: rows beyond
        ``50 * len(wave) / rate`` are states of silence.
        """
        frames = 2 * round(min(seconds, WINDOW_SECONDS) * RATE / HOP / 2)
        mel = log_mel(resampled(wave, rate))[:, :frames]
        states = np.asarray(self._encoder(mel).to_device(_cpu()), dtype=np.float32)[0]
        return np.ascontiguousarray(states)

    def _window(self, speech: Wave) -> Transcript:
        result = self._model.generate(
            self._encoder(log_mel(speech)),
            [self._prompt],
            beam_size=1,
            max_length=MAX_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        score = float(result.scores[0])
        if result.no_speech_prob > NO_SPEECH and score < UNSURE:
            return Transcript("", float(np.exp(score)))
        text = self._tokenizer.decode(result.sequences_ids[0], skip_special_tokens=True)
        return Transcript(text.strip(), float(np.exp(score)))

    def _encoder(self, mel: Vectors) -> Any:
        from ctranslate2 import StorageView

        return self._model.encode(StorageView.from_array(np.ascontiguousarray(mel[None])))


def resampled(wave: Wave, rate: int) -> Wave:
    """Return the wave at 16 kHz."""
    if rate == RATE:
        return np.asarray(wave, dtype=np.float32)
    import soxr

    return np.asarray(soxr.resample(wave, rate, RATE), dtype=np.float32)


def _cpu() -> Any:
    from ctranslate2 import Device

    return Device.cpu


def _open(weights: Weights, threads: int) -> tuple[Any, Any]:
    from ctranslate2.models import Whisper
    from tokenizers import Tokenizer

    try:
        model = Whisper(str(weights.folder), device="cpu", compute_type="int8", intra_threads=threads, inter_threads=1)
        tokenizer = Tokenizer.from_str(weights.read("tokenizer.json").decode())
    except Exception as error:  # both libraries raise bare RuntimeError or Exception
        raise WeightsError(
            say("{model} cannot be opened: {cause}", model=NAME, cause=str(error)[:300]),
            where=str(weights.folder),
            next=say("Delete its folder in the cache and run `shisaku models pull {model}`", model=NAME),
        ) from error
    if model.is_multilingual or model.n_mels != 80:
        raise WeightsError(
            say("The folder holds another Whisper than an English-only one with 80 mel bands"),
            where=str(weights.folder),
            next=say("Give a tiny.en, base.en, small.en or medium.en in CTranslate2 form"),
        )
    return model, tokenizer
