"""Tempo, pitch, voice, pauses and masks: what was asked for is measured."""

from __future__ import annotations

import numpy as np
import pytest
from audio_fakes import RATE
from audio_making import alike, babble, band_level, heard, hum, lag, loudest_hertz, rms, sine, survives, wave_in
from ops_material import one, reason

from shisaku.ops.audio.convert import Convert
from shisaku.ops.audio.pauses import Pauses
from shisaku.ops.audio.pitch import Pitch
from shisaku.ops.audio.specaugment import SpecAugment
from shisaku.ops.audio.tempo import Tempo


@pytest.mark.parametrize("tempo", [0.5, 0.8, 0.95, 1.1, 1.5, 2.0])
def test_the_length_follows_the_tempo_and_the_pitch_stays(tempo: float) -> None:
    made = wave_in(one(Tempo(tempo_min=tempo, tempo_max=tempo), heard(sine(440, 2.0))))
    assert made.size == pytest.approx(2 * RATE / tempo, rel=0.01)
    assert 1200 * np.log2(loudest_hertz(made) / 440) == pytest.approx(0.0, abs=10)
    tape = wave_in(one(Tempo(tempo_min=tempo, tempo_max=tempo, keep_pitch=False), heard(sine(440, 2.0))))
    assert tape.size == pytest.approx(2 * RATE / tempo, rel=0.01)
    assert 1200 * np.log2(loudest_hertz(tape) / (440 * tempo)) == pytest.approx(0.0, abs=5)


def test_a_click_comes_when_the_tempo_says() -> None:
    wave = np.zeros(2 * RATE)
    wave[RATE] = 0.9
    for tempo in (0.7, 1.3):
        made = wave_in(one(Tempo(tempo_min=tempo, tempo_max=tempo), heard(wave)))
        assert np.abs(made).argmax() / RATE == pytest.approx(1.0 / tempo, abs=0.005)


@pytest.mark.parametrize("semitones", [-7.0, -1.0, 0.5, 2.0, 5.0, 12.0])
@pytest.mark.parametrize("hertz", [220.0, 1000.0])
def test_the_pitch_moves_as_far_as_asked(semitones: float, hertz: float) -> None:
    made = wave_in(one(Pitch(semitones_min=semitones, semitones_max=semitones), heard(sine(hertz, 2.0))))
    cents = 1200 * np.log2(loudest_hertz(made[RATE // 4 : -RATE // 4]) / hertz)
    assert cents == pytest.approx(100 * semitones, abs=10)
    assert made.size == 2 * RATE


def pitch_of(wave: np.ndarray) -> float:
    import pyworld

    hertz, _ = pyworld.harvest(wave.astype(np.float64), RATE)
    return float(np.median(hertz[hertz > 0]))


def centroid(wave: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float((power * np.fft.rfftfreq(wave.size, 1 / RATE)).sum() / power.sum())


@pytest.mark.parametrize("semitones", [-5.0, 4.0])
def test_a_voice_moves_in_pitch_and_its_formants_stay(semitones: float) -> None:
    wave = babble(0)
    op = Convert(semitones_min=semitones, semitones_max=semitones, formant_min=1.0, formant_max=1.0)
    made = wave_in(one(op, heard(wave)))
    assert made.size == wave.size
    assert 12 * np.log2(pitch_of(made) / pitch_of(wave)) == pytest.approx(semitones, abs=0.3)
    assert centroid(made) == pytest.approx(centroid(wave), rel=0.12)
    assert abs(lag(np.abs(made), np.abs(wave))) < 0.02 * RATE


@pytest.mark.parametrize("formants", [0.85, 1.2])
def test_formants_move_and_the_pitch_stays(formants: float) -> None:
    wave = babble(0)
    op = Convert(semitones_min=0.0, semitones_max=0.0, formant_min=formants, formant_max=formants)
    made = wave_in(one(op, heard(wave)))
    assert 12 * np.log2(pitch_of(made) / pitch_of(wave)) == pytest.approx(0.0, abs=0.3)
    assert centroid(made) / centroid(wave) == pytest.approx(formants, rel=0.1)
    assert rms(made) == pytest.approx(rms(wave), rel=0.02)


def test_nothing_to_move_changes_nothing() -> None:
    alike(Tempo(tempo_min=1.0, tempo_max=1.0))
    alike(Pitch(semitones_min=0.0, semitones_max=0.0))
    alike(Convert(semitones_min=0.0, semitones_max=0.0, formant_min=1.0, formant_max=1.0))
    alike(Pauses(factor_min=1.0, factor_max=1.0, insert=0))
    alike(SpecAugment(time_masks=0, freq_masks=0))


def test_a_recording_without_a_voice_is_not_converted() -> None:
    assert "No voiced sound" in reason(Convert(), heard(0.0005 * hum(0, 0.02) + 0.5 * np.r_[np.zeros(319), 1.0]))
    assert "silence" in reason(Convert(), heard(np.zeros(RATE)))


def spoken_with_a_pause() -> np.ndarray:
    """0.6 s of sound, 0.4 s of faint noise, 0.6 s of sound."""
    wave = np.concatenate([sine(200, 0.6), np.zeros(round(0.4 * RATE)), sine(300, 0.6)])
    return wave + np.float32(0.0005) * np.random.default_rng(0).standard_normal(wave.size).astype(np.float32)


@pytest.mark.parametrize("factor", [0.0, 0.5, 2.0, 3.7])
def test_a_pause_becomes_so_many_times_as_long(factor: float) -> None:
    made = one(Pauses(factor_min=factor, factor_max=factor, insert=0), heard(spoken_with_a_pause()))
    wave = wave_in(made)
    assert wave.size / RATE == pytest.approx(1.2 + 0.4 * factor, abs=0.002)
    assert made.facts["pauses_changed"] == "1"
    assert np.array_equal(wave[: round(0.59 * RATE)], wave_in(heard(spoken_with_a_pause()))[: round(0.59 * RATE)])
    assert np.array_equal(wave[-round(0.59 * RATE) :], wave_in(heard(spoken_with_a_pause()))[-round(0.59 * RATE) :])
    middle = wave[round(0.61 * RATE) : -round(0.61 * RATE)]
    assert factor < 0.1 or 0.0002 < rms(middle) < 0.001


def test_new_pauses_come_where_it_is_quiet() -> None:
    wave = sine(200, 3.0) * (1.0 - 0.8 * np.exp(-((np.arange(3 * RATE) / RATE - 1.3) ** 2) / 0.002)).astype(np.float32)
    made = one(Pauses(insert=1, insert_min=0.5, insert_max=0.5, factor_min=1.0, factor_max=1.0), heard(wave))
    assert made.facts["pauses_inserted"] == "1"
    assert wave_in(made).size / RATE == pytest.approx(3.5, abs=0.002)
    level = np.square(wave_in(made)[: 3 * RATE].reshape(-1, 160)).mean(axis=1)
    quiet = np.flatnonzero(level < 0.01 * np.median(level)) * 0.01
    assert 1.25 < quiet.min() < 1.35
    assert 1.75 < quiet.max() < 1.85
    many = one(Pauses(insert=50, factor_min=1.0, factor_max=1.0), heard(wave))
    assert 5 <= int(many.facts["pauses_inserted"]) <= 15


def test_without_a_pause_or_a_place_the_sample_fails() -> None:
    assert "No pause of 0.1 s" in reason(Pauses(insert=0), heard(sine(200, 1.0)))
    assert "No pause of 0.1 s" in reason(Pauses(insert=3), heard(sine(200, 0.2)))


def test_masks_are_silent_where_they_say() -> None:
    wave = (0.1 * np.random.default_rng(0).standard_normal(2 * RATE)).astype(np.float32)
    for seed in range(5):
        made = one(SpecAugment(time_masks=1, time_max=0.3, freq_masks=0), heard(wave), seed)
        low, high = (float(x) for x in made.facts["masked_seconds"].split("-"))
        assert high - low <= 0.3
        if high - low < 0.12:
            continue
        inner = wave_in(made)[round((low + 0.04) * RATE) : round((high - 0.04) * RATE)]
        assert rms(inner) < 0.02 * rms(wave)
        outer = np.r_[: max(0, round((low - 0.04) * RATE)), min(2 * RATE, round((high + 0.04) * RATE)) : 2 * RATE]
        assert np.abs(wave_in(made) - wave)[outer].max() < 1e-3


def test_masked_bands_are_gone() -> None:
    wave = (0.1 * np.random.default_rng(0).standard_normal(2 * RATE)).astype(np.float32)
    widths = []
    for seed in range(6):
        made = one(SpecAugment(time_masks=0, freq_masks=1, freq_max=2000.0), heard(wave), seed)
        low, high = (float(x) for x in made.facts["masked_hz"].split("-"))
        widths.append(high - low)
        if high - low > 400:
            inside = band_level(wave_in(made), low + 100, high - 100) - band_level(wave, low + 100, high - 100)
            assert inside < -20
    assert max(widths) <= 2000
    assert max(widths) > 1000


def test_a_time_mask_never_takes_more_than_its_share() -> None:
    made = one(SpecAugment(time_masks=1, time_max=10.0, share_max=0.1, freq_masks=0), heard(babble(0)), 4)
    low, high = (float(x) for x in made.facts["masked_seconds"].split("-"))
    assert 0.0 <= high - low <= 0.2


@pytest.mark.parametrize(
    "op",
    [Tempo(), Tempo(keep_pitch=False, tempo_min=2.0, tempo_max=4.0), Pitch(), Convert(), Pauses(), SpecAugment()],
    ids=lambda op: op.name,
)
def test_hard_recordings(op: Tempo) -> None:
    survives(op)
