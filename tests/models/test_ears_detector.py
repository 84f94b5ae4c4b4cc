"""Silero VAD: speech is found, other sound is not; the limit in noise is stated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.models.loading import load
from shisaku.models.silero import CHUNK, LEAST_SPEECH, RATE, stretches

WIDTH = CHUNK / RATE
SENTENCE = "This is a picture of a penguin."
# of white noise at this many dB below speech, every voice is still found for the most part, see the last test
LIMIT_DB = 0.0


def steps(*runs: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(n, p, np.float32) for p, n in runs])


def test_a_short_fall_does_not_end_a_stretch_and_a_long_one_does() -> None:
    short = stretches(steps((0.0, 10), (0.9, 10), (0.1, 3), (0.9, 10), (0.0, 10)), 43 * WIDTH)
    long = stretches(steps((0.0, 10), (0.9, 10), (0.1, 8), (0.9, 10), (0.0, 10)), 48 * WIDTH)
    np.testing.assert_allclose(short, [(10 * WIDTH - 0.03, 33 * WIDTH + 0.03)])
    np.testing.assert_allclose(long, [(10 * WIDTH - 0.03, 20 * WIDTH + 0.03), (28 * WIDTH - 0.03, 38 * WIDTH + 0.03)])


def test_entering_takes_more_than_staying() -> None:
    assert stretches(steps((0.45, 20)), 20 * WIDTH) == ()
    np.testing.assert_allclose(stretches(steps((0.6, 5), (0.45, 20)), 25 * WIDTH), [(0.0, 25 * WIDTH)])


def test_a_click_is_no_speech() -> None:
    assert stretches(steps((0.0, 10), (0.9, 3), (0.0, 10)), 23 * WIDTH) == ()
    assert len(stretches(steps((0.0, 10), (0.9, 4), (0.0, 10)), 24 * WIDTH)) == 1


@given(st.lists(st.floats(0, 1), max_size=80), st.floats(0, 0.99))
def test_stretches_are_in_order_apart_and_inside(probabilities: list[float], cut: float) -> None:
    seconds = max(0.0, (len(probabilities) - cut) * WIDTH)
    found = stretches(np.array(probabilities, np.float32), seconds)
    edges = [edge for stretch in found for edge in stretch]
    assert edges == sorted(edges)
    assert all(0.0 <= edge <= seconds for edge in edges)
    assert all(end - start >= min(LEAST_SPEECH, seconds - start) for start, end in found)


@pytest.mark.weights
@pytest.mark.parametrize("voice", ["slt", "rms", "awb", "kal16"])
@pytest.mark.parametrize("text", [SENTENCE, "dog", "fox"])
def test_speech_between_silences_is_found_where_it_is(voice: str, text: str) -> None:
    wave, rate = load("flite").speak(text, voice)
    loud = np.flatnonzero(np.abs(wave) > 0.1 * np.abs(wave).max()) / rate
    found = load("voice_detector").speech(np.pad(wave, rate), rate)
    assert found
    assert found[0][0] == pytest.approx(1 + loud[0], abs=0.2)
    assert found[-1][1] == pytest.approx(1 + loud[-1], abs=0.3)


@pytest.mark.weights
@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_seconds_are_seconds_at_any_rate(rate: int) -> None:
    import soxr

    wave, own = load("flite").speak(SENTENCE, "slt")
    detector = load("voice_detector")
    found = detector.speech(np.asarray(soxr.resample(wave, own, rate), np.float32), rate)
    np.testing.assert_allclose(np.ravel(found), np.ravel(detector.speech(wave, own)), atol=0.1)


def other_sound(kind: str, rng: np.random.Generator) -> np.ndarray:
    time = np.arange(2 * RATE) / RATE
    if kind == "silence":
        return np.zeros(len(time))
    if kind == "white noise":
        return rng.normal(0, 10 ** rng.uniform(-3, -0.6), len(time))
    pitch = rng.uniform(50, 4000)
    return 0.3 * np.sin(2 * np.pi * pitch * time) if kind == "tone" else 0.3 * ((pitch / 10 * time) % 1 - 0.5)


@pytest.mark.weights
@pytest.mark.parametrize("kind", ["silence", "white noise", "tone", "sawtooth"])
def test_no_speech_is_found_in_other_sound(kind: str) -> None:
    rng = np.random.default_rng(0)
    waves = [other_sound(kind, rng).astype(np.float32) for _ in range(5)]
    assert [load("voice_detector").speech(wave, RATE) for wave in waves] == [()] * 5


@pytest.mark.weights
def test_an_empty_wave_has_no_speech() -> None:
    assert load("voice_detector").speech(np.zeros(0, np.float32), RATE) == ()


@pytest.mark.weights
def test_speech_is_found_under_noise_down_to_the_limit() -> None:
    """Planted: white noise under and over the speech. From 0 dB up every clip is found, at -15 dB none is."""
    rng, speaker = np.random.default_rng(0), load("flite")
    spoken = [speaker.speak(SENTENCE, voice)[0] for voice in ("slt", "rms", "awb", "kal16")]
    shares = {}
    for decibels in (20.0, 10.0, 5.0, LIMIT_DB, -15.0):
        found = [_found(wave + _noise(wave, decibels, rng)) for wave in spoken]
        shares[decibels] = np.mean([share >= 0.5 for share in found])
    assert {share for decibels, share in shares.items() if decibels >= LIMIT_DB} == {1.0}
    assert shares[-15.0] == 0.0


def _noise(wave: np.ndarray, decibels: float, rng: np.random.Generator) -> np.ndarray:
    power = np.mean(wave[np.abs(wave) > 0.02] ** 2)
    return rng.normal(0, np.sqrt(power) * 10 ** (-decibels / 20), len(wave))


def _found(wave: np.ndarray) -> float:
    stretches_found = load("voice_detector").speech(wave.astype(np.float32), RATE)
    return sum(end - start for start, end in stretches_found) / (len(wave) / RATE)
