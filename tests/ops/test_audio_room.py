"""Simulated rooms: what was planted is measured again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from audio_fakes import RATE, recording
from ops_material import one, reason, tone

from shisaku.core.sample import Sample
from shisaku.ops.audio.room import Room, impulse_response, in_room
from shisaku.store.codecs import decode_wave

QUIET = Room(snr_min=120.0, snr_max=120.0)


def rt60_of(response: np.ndarray, rate: int) -> float:
    """Schroeder (1965): the slope from -5 to -25 dB of the squared response integrated backwards (T20, ISO 3382)."""
    energy = np.cumsum(np.square(response[::-1], dtype=np.float64))[::-1]
    level = 10 * np.log10(np.maximum(energy / energy[0], 1e-12))
    straight = (level <= -5) & (level >= -25)
    slope = np.polyfit(np.flatnonzero(straight) / rate, level[straight], 1)[0]
    return -60.0 / slope


def wave_in(sample: Sample) -> np.ndarray:
    return decode_wave(sample.parts["speech"])[0]


def rms(wave: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(wave, dtype=np.float64))))


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000])
@pytest.mark.parametrize("rt60", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("direct", [-20.0, 0.0, 6.0])
def test_the_planted_reverberation_time_is_measured(rate: int, rt60: float, direct: float) -> None:
    """Limit: single responses scatter by 8 %, most at 8 kHz and 0.1 s; their median over 20 lies within 4 %."""
    rng = np.random.default_rng(0)
    measured = [rt60_of(impulse_response(rate, rt60, direct, rng), rate) / rt60 for _ in range(20)]
    assert np.median(measured) == pytest.approx(1.0, abs=0.04)
    assert np.std(measured) < 0.08


def test_the_planted_direct_sound_is_measured() -> None:
    response = impulse_response(RATE, 0.5, 6.0, np.random.default_rng(0))
    assert response[0] == 1.0
    assert 10 * np.log10(1.0 / np.sum(np.square(response[1:], dtype=np.float64))) == pytest.approx(6.0, abs=0.01)


def test_the_reverberation_time_of_the_children_lies_in_the_range() -> None:
    """A click through the whole op, 16-bit recording and all."""
    click = np.zeros(RATE // 100)
    click[0] = 0.5
    op = replace(QUIET, rt60_min=0.3, rt60_max=0.6, direct_min=-20.0, direct_max=-20.0)
    measured = [rt60_of(wave_in(one(op, recording(click), seed)), RATE) for seed in range(12)]
    assert min(measured) > 0.3 * 0.9
    assert max(measured) < 0.6 * 1.1
    assert max(measured) - min(measured) > 0.1


def test_level_rate_and_beginning_stay_and_the_tail_is_heard() -> None:
    wave = tone(440, 1.0)
    child = one(replace(QUIET, rt60_min=0.5, rt60_max=0.5), recording(wave))
    made, rate = decode_wave(child.parts["speech"])
    assert rate == RATE
    assert made.size == wave.size + RATE // 2
    assert rms(made[: wave.size]) == pytest.approx(rms(wave), rel=0.01)
    assert 0 < rms(made[wave.size :]) < rms(wave)


def test_a_dry_room_without_noise_changes_nothing() -> None:
    wave = tone(440, 1.0)
    dry = in_room(wave, impulse_response(RATE, 0.2, 80.0, np.random.default_rng(0)))
    assert np.abs(dry[: wave.size] - wave).max() < 1e-3


@pytest.mark.parametrize("snr", [0.0, 20.0])
def test_the_noise_has_the_power_it_says(snr: float) -> None:
    op = replace(QUIET, snr_min=snr, snr_max=snr)
    quiet, noisy = (
        wave_in(one(QUIET, recording(0.3 * tone(440, 2.0)))),
        wave_in(one(op, recording(0.3 * tone(440, 2.0)))),
    )
    assert 20 * np.log10(rms(quiet) / rms(noisy - quiet)) == pytest.approx(snr, abs=0.3)


def test_silence_stays_silent_and_one_sample_is_enough() -> None:
    assert not wave_in(one(Room(), recording(np.zeros(100)))).any()
    assert wave_in(one(Room(), recording(np.ones(1) / 2))).size > 1
    assert "is empty" in reason(Room(), recording(np.zeros(0)))


def test_nothing_clips() -> None:
    loud = recording(np.sign(np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE)) * 0.99)
    made = [wave_in(one(Room(), loud, seed)) for seed in range(5)]
    assert all((np.abs(wave) >= 0.9999).sum() <= 2 for wave in made)
