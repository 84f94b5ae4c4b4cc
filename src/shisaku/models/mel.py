"""Mel spectrograms as the speech models were trained on them, without librosa or torch."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.models.roles import Vectors, Wave

Reals = npt.NDArray[np.floating[Any]]

RATE = 16_000
N_FFT = 400
HOP = 160
MELS = 80
WINDOW_SECONDS = 30
FRAMES = WINDOW_SECONDS * RATE // HOP
FLOOR = 1e-10


def hertz_to_mel(hertz: Reals) -> Reals:
    """Return Slaney's mel scale (Auditory Toolbox 1998): linear below 1 kHz, logarithmic above."""
    linear = hertz * 3.0 / 200.0
    return np.where(hertz < 1000.0, linear, 15.0 + np.log(np.maximum(hertz, 1000.0) / 1000.0) * 27.0 / np.log(6.4))


def mel_to_hertz(mel: Reals) -> Reals:
    """Return the inverse of `hertz_to_mel`."""
    return np.where(mel < 15.0, mel * 200.0 / 3.0, 1000.0 * np.exp((np.maximum(mel, 15.0) - 15.0) * np.log(6.4) / 27.0))


@cache
def mel_filters(bands: int = MELS, n_fft: int = N_FFT) -> Vectors:
    """Return [bands, n_fft // 2 + 1] triangular filters from 0 to 8000 Hz, each of unit area (Slaney normalisation)."""
    edges = mel_to_hertz(np.linspace(0.0, float(hertz_to_mel(np.array(RATE / 2.0))), bands + 2))
    bins = np.arange(n_fft // 2 + 1) * RATE / n_fft
    rising = (bins[None, :] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins[None, :]) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    filters: Vectors = (triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)
    return filters


def mel_power(padded: Wave, bands: int = MELS, n_fft: int = N_FFT, frames: int | None = None) -> Vectors:
    """Return [bands, frames]: the power in each mel band of a 16 kHz wave, every 10 ms, in periodic Hann windows.

    The first window starts at the first sample, so the caller pads the edges; `frames` is the most to return.
    """
    windows = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::HOP][:frames]
    hann = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(n_fft) / n_fft)).astype(np.float32)
    power = np.abs(np.fft.rfft(windows * hann, axis=1)) ** 2
    bands_of: Vectors = mel_filters(bands, n_fft) @ power.T.astype(np.float32)
    return bands_of


def log_mel(wave: Wave) -> Vectors:
    """Return [80, 3000], Whisper's input: up to 30 s of 16 kHz speech, padded with silence to 30 s.

    Radford et al. 2022, section 2.2 and the reference implementation: reflected edges, log10 of the power
    floored at 1e-10 and at 8 below the maximum, then (x + 4) / 4.
    """
    speech = np.asarray(wave[: RATE * WINDOW_SECONDS], dtype=np.float32)
    # frames that see only the padding are the floor: no need to transform 30 s of silence
    heard = min(FRAMES, -(-(len(speech) + N_FFT) // HOP))
    padded = np.zeros(max(RATE * WINDOW_SECONDS, N_FFT), np.float32)
    padded[: len(speech)] = speech
    padded = np.pad(padded, N_FFT // 2, mode="reflect")
    log = np.full((MELS, FRAMES), np.log10(FLOOR), np.float32)
    log[:, :heard] = np.log10(np.maximum(mel_power(padded, frames=heard), FLOOR))
    log = np.maximum(log, log.max() - 8.0)
    scaled: Vectors = (log + 4.0) / 4.0
    return scaled
