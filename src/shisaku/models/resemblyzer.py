"""Resemblyzer's voice encoder on onnxruntime: who speaks, as a vector."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import DataError, WeightsError
from shisaku.message import say
from shisaku.models.derived import derived
from shisaku.models.graph import open_graph
from shisaku.models.mel import HOP, N_FFT, RATE, mel_power
from shisaku.models.resample import resampled
from shisaku.models.resemblyzer_graph import BANDS, resemblyzer_onnx
from shisaku.models.roles import Vectors, Wave
from shisaku.models.tensors import tensors_from
from shisaku.models.weights import Weights, find_weights
from shisaku.store.places import weights_dir

NAME = "resemblyzer"
WRITER = 1  # goes up when the graph writer would write another graph
STATE = "model_state."
FRAMES = 160  # of 10 ms in one window
STEP = 77  # 1.3 windows per second
COVERAGE = 0.75  # of the last window that must be speech
LEVEL = 10.0 ** (-25 / 20)  # of the speech in every recording
PIECE = 480  # samples, 30 ms, kept or cut as one
RANGE = 10.0 ** (-35 / 20)  # pieces quieter than 35 dB below the loudest are silence
REACH = 3  # pieces kept on both sides of a spoken one
LEAST_SECONDS = 0.4
AUDIBLE = 1e-4  # of full scale


class Resemblyzer:
    """VoiceEmbedder: one 256-d unit vector per recording, all entries >= 0 (Wan et al. 2018).

    The original cuts silence with webrtcvad, this one by energy: the cosine between the two vectors is 0.99 or more.
    The original raises quiet recordings and leaves loud ones, whose vectors then tell loudness too (0.79 between a
    sentence and itself 14 dB lower); here all speech is brought to one level. Over sentences by ten synthetic voices,
    one voice had a cosine of 0.75 to 0.93 and two voices 0.34 to 0.83, but voices can be too alike to tell: kal and
    kal16, which are one person, and jf_gongitsune and jf_nezumi of Kokoro (0.84). In single words one voice had 0.68
    to 0.92 and two voices 0.43 to 0.86.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} onnx"
        self._session: Any = open_graph(_graph_bytes(weights), NAME, threads)

    def embed_voice(self, wave: Wave, rate: int) -> Vectors:
        """Return [256]. Raises DataError for less than 0.4 s of sound, or nothing but silence."""
        speech = spoken(resampled(wave, rate))
        if len(speech) < LEAST_SECONDS * RATE:
            raise DataError(
                say(
                    "There is {found:.1f} s of voice and {least:.1f} s are needed",
                    found=len(speech) / RATE,
                    least=LEAST_SECONDS,
                ),
                where=NAME,
                next=say("Give longer recordings"),
            )
        each = self._session.run(["voice"], {"mel": voice_mel(speech)})[0]
        mean = each.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def spoken(wave: Wave) -> Wave:
    """Return a 16 kHz wave without its silences, brought to -25 dB.

    A piece of 30 ms is silence if it is 35 dB below the loudest piece and so are its three neighbours on both
    sides; a wave under -80 dB is all silence.
    """
    pieces = wave[: len(wave) // PIECE * PIECE].reshape(-1, PIECE).astype(np.float32)
    loudness = np.sqrt(np.mean(pieces**2, axis=1))
    if not pieces.size or loudness.max() < AUDIBLE:
        return np.empty(0, np.float32)
    loud = loudness > RANGE * loudness.max()
    kept = np.convolve(loud, np.ones(2 * REACH + 1), mode="full")[REACH:-REACH] > 0
    level = float(np.sqrt(np.mean(pieces[kept] ** 2)))
    return (pieces[kept] * (LEVEL / level)).ravel()


def voice_mel(speech: Wave) -> Vectors:
    """Return [windows, 160, 40]: the power in 40 Slaney mel bands, in windows of 1.6 s that start 0.77 s apart.

    Silence is added to fill the last window, which is left out if less than three quarters of it are speech and it
    is not the only one.
    """
    starts = list(range(0, max(1, len(speech) // HOP + 1 - FRAMES + STEP + 1), STEP))
    if len(starts) > 1 and len(speech) - starts[-1] * HOP < COVERAGE * FRAMES * HOP:
        starts.pop()
    missing = max(0, (starts[-1] + FRAMES) * HOP - len(speech))
    mel = mel_power(np.pad(speech, (N_FFT // 2, missing + N_FFT // 2)), BANDS).T
    return np.stack([mel[start : start + FRAMES] for start in starts])


def _graph_bytes(weights: Weights) -> bytes:
    def build() -> bytes:
        path = weights.path("pretrained.pt")
        tensors = {name.removeprefix(STATE): value for name, value in tensors_from(path, NAME).items()}
        try:
            return resemblyzer_onnx(tensors)
        except (KeyError, ValueError) as error:
            raise WeightsError(
                say("A file of {model} lacks a tensor or has another shape: {cause}", model=NAME, cause=str(error)),
                where=str(path),
                next=say("Do not use this file"),
            ) from error

    stem = f"{NAME}-{weights.fingerprint[:8]}.onnx"
    return derived(weights_dir() / "derived" / stem, f"{weights.fingerprint} {WRITER} onnx {version('onnx')}", build)
