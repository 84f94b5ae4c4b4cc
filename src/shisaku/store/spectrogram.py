"""A small picture of a sound: which frequencies are in it when."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 160, 64
HIGHEST = 8000.0  # Hz at the upper edge
RANGE = 80.0  # decibels from the loudest point down to white
BAND = 62.5  # Hz between the lines of the transform, so a window of 16 ms at any rate
STEP = 0.004  # seconds from one window to the next
LEVELS = 16  # shades, 4 bits a pixel
LIGHT, DARK = (255, 255, 255), (8, 48, 107)  # one hue, lightness alone tells: the same to every kind of eye


def spectrogram_png(wave: npt.NDArray[np.floating[Any]], rate: int) -> bytes:
    """Return a PNG of 160 x 64 pixels: the whole of a mono `wave` from left to right, 0 to 8 kHz from bottom to top.

    Short-time Fourier power (Hann windows of 16 ms), in decibels below the loudest point; 80 dB and more below
    it is white, darker is louder. A sound without samples has no picture and gives no bytes.
    """
    from PIL import Image

    if not wave.size:
        return b""
    power = Image.fromarray(_power(wave, rate)).resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    shades = _shades(np.asarray(power)[::-1])
    picture = Image.frombytes("P", (WIDTH, HEIGHT), shades.tobytes())
    picture.putpalette(_palette())
    target = io.BytesIO()
    picture.save(target, "PNG", bits=4, optimize=True)
    return target.getvalue()


def _power(wave: npt.NDArray[np.floating[Any]], rate: int) -> npt.NDArray[np.float32]:
    """Return [lines from 0 to 8 kHz, windows]; what lies above half of a low rate is 0."""
    from scipy.signal import spectrogram

    size = max(2, round(rate / BAND))
    padded = np.pad(np.asarray(wave, np.float64), (0, max(0, size - wave.size)))
    skip = min(size, max(1, round(rate * STEP)))
    found = spectrogram(padded, rate, "hann", size, size - skip, detrend=False, mode="psd")[2]
    lines = round(HIGHEST / BAND)
    shown = np.zeros((lines, found.shape[1]), np.float32)
    there = min(lines, found.shape[0])
    shown[:there] = found[:there]
    return shown


def _shades(power: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    loudest = float(power.max())
    if loudest <= 0.0:
        return np.zeros(power.shape, np.uint8)
    decibels = 10.0 * np.log10(np.maximum(power / loudest, 1e-12))
    scaled = np.clip(1.0 + decibels / RANGE, 0.0, 1.0)
    shades: npt.NDArray[np.uint8] = np.rint(scaled * (LEVELS - 1)).astype(np.uint8)
    return shades


def _palette() -> list[int]:
    shares = np.linspace(0.0, 1.0, LEVELS)[:, None]
    return [int(v) for v in np.rint((1 - shares) * np.array(LIGHT) + shares * np.array(DARK)).ravel()]
