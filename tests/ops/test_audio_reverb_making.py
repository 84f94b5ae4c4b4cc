"""Simulated rooms with walls: the reverberation time drawn is measured, the direct sound stays in time."""

from __future__ import annotations

import numpy as np
import pytest
from audio_fakes import RATE
from audio_making import babble, decibels, heard, rms, survives, wave_in
from ops_material import one

from shisaku.ops.audio.reverb import Reverb
from shisaku.ops.audio.room_response import Shoebox, room_response, two_places


def rt60_of(response: np.ndarray, rate: int) -> float:
    """Schroeder (1965): the slope from -5 to -25 dB of the squared response integrated backwards (T20, ISO 3382)."""
    energy = np.cumsum(np.square(response[::-1], dtype=np.float64))[::-1]
    level = 10 * np.log10(np.maximum(energy / energy[0], 1e-12))
    straight = (level <= -5) & (level >= -25)
    return -60.0 / float(np.polyfit(np.flatnonzero(straight) / rate, level[straight], 1)[0])


@pytest.mark.parametrize("rate", [8_000, RATE])
@pytest.mark.parametrize("rt60", [0.2, 0.4, 0.8])
def test_the_reverberation_time_drawn_is_measured(rate: int, rt60: float) -> None:
    """Limit: single rooms within 25 %, the median over 12 rooms of all sizes within 10 %."""
    measured = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        room = Shoebox((rng.uniform(3, 8), rng.uniform(3, 8), rng.uniform(2.4, 3.5)), rt60)
        source, microphone = two_places(room, float(rng.uniform(1.0, 3.0)), rng)
        measured.append(rt60_of(room_response(room, source, microphone, rate, rng), rate) / rt60)
    assert max(abs(ratio - 1.0) for ratio in measured) < 0.25, measured
    assert np.median(measured) == pytest.approx(1.0, abs=0.1)


def test_the_response_begins_with_the_direct_sound() -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        room = Shoebox((6.0, 5.0, 3.0), 0.4)
        response = room_response(room, *two_places(room, 0.8, rng), RATE, rng)
        assert np.abs(response).argmax() <= 1


def test_farther_away_there_is_less_direct_sound() -> None:
    shares = []
    for distance in (0.5, 1.5, 3.5):
        rng = np.random.default_rng(0)
        room = Shoebox((8.0, 7.0, 3.0), 0.5)
        response = room_response(room, *two_places(room, distance, rng), RATE, rng)
        first = response[: RATE // 500]
        shares.append(10 * np.log10(np.sum(first**2) / np.sum(response[first.size :] ** 2)))
    assert shares[0] > shares[1] + 3 > shares[2] + 6


def test_the_first_sound_stays_where_it_was() -> None:
    click = np.zeros(RATE)
    click[5000] = 0.9
    for seed in range(8):
        made = np.abs(wave_in(one(Reverb(), heard(click), seed)))
        assert not (made[:4985] > 0.02 * made.max()).any()
        assert made[5000:5003].max() > 0.2 * made.max()


def test_level_and_length_stay() -> None:
    wave = babble(0)
    for seed in range(4):
        made = one(Reverb(), heard(wave), seed)
        assert wave_in(made).size == wave.size
        assert abs(decibels(rms(wave_in(made)), rms(wave))) < 0.1 or "peak_scaled" in made.facts
        assert 0.2 <= float(made.facts["rt60_s"]) <= 0.8
        assert 0.45 <= float(made.facts["distance_m"]) <= 3.0


def test_the_tail_is_kept_if_wanted() -> None:
    made = one(Reverb(tail=True, rt60_min=0.5, rt60_max=0.5), heard(babble(0)))
    assert wave_in(made).size / RATE == pytest.approx(2.0 + 0.5 + 0.06, abs=0.01)


def test_small_rooms_and_long_distances_fit() -> None:
    op = Reverb(side_min=1.0, side_max=1.5, height_min=1.0, height_max=1.2, distance_min=20.0, distance_max=50.0)
    assert 0.0 < float(one(op, heard(babble(0))).facts["distance_m"]) < 2.0


def test_hard_recordings() -> None:
    survives(Reverb())
    assert not wave_in(one(Reverb(), heard(np.zeros(1000)))).any()
