"""A sound's picture: right place, right range, any rate, and nothing where there is nothing."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from shisaku.store.spectrogram import spectrogram_png

LIGHTEST, DARKEST = 255, 50


def grey(wave: np.ndarray, rate: int) -> np.ndarray:
    """Return the picture as [64 rows from 8 kHz down to 0, 160 columns] of grey, 255 white."""
    picture = Image.open(io.BytesIO(spectrogram_png(wave, rate)))
    assert (picture.format, picture.size) == ("PNG", (160, 64))
    return np.asarray(picture.convert("L"))


def tone(hertz: float, rate: int, seconds: float = 0.8) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 24_000, 48_000])
@pytest.mark.parametrize("hertz", [440.0, 1000.0, 3000.0])
def test_a_tone_is_dark_at_its_frequency_whatever_the_rate(hertz: float, rate: int) -> None:
    columns = grey(tone(hertz, rate), rate)[:, 20:140].astype(float).mean(axis=1)
    row = int(columns.argmin())
    assert abs((63 - row + 0.5) * 125 - hertz) <= 125
    assert columns[row] < DARKEST
    assert columns[0] == LIGHTEST


def test_what_sounds_later_is_further_right() -> None:
    wave = np.concatenate([np.zeros(8000, np.float32), tone(1000, 16_000, 0.5)])
    dark = grey(wave, 16_000).min(axis=0) < DARKEST
    assert not dark[:75].any()
    assert dark[85:155].all()


def test_eighty_decibels_below_the_loudest_is_white_and_less_is_not() -> None:
    def quiet(decibels: float) -> np.ndarray:
        wave = np.concatenate([tone(1000, 16_000, 0.5), 10 ** (-decibels / 20) * tone(1000, 16_000, 0.5)])
        return grey(wave, 16_000)[:, 100:140].min()

    assert quiet(90) == LIGHTEST
    assert LIGHTEST > quiet(60) > quiet(20) > DARKEST


@pytest.mark.parametrize("n", [2, 100, 161])
def test_short_sounds_and_silence_have_a_picture_and_no_samples_have_none(n: int) -> None:
    assert grey(np.ones(n, np.float32), 16_000).min() < LIGHTEST
    assert (grey(np.zeros(n, np.float32), 16_000) == LIGHTEST).all()
    assert grey(np.ones(1, np.float32), 16_000).shape == (64, 160)
    assert spectrogram_png(np.zeros(0, np.float32), 16_000) == b""


def test_it_is_small_even_for_noise() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000 * 6).astype(np.float32)
    assert len(spectrogram_png(noise, 16_000)) < 6_000
