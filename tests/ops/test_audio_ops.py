"""Audio transforms and metrics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_material import RATE, one, reason, tone

from shisaku.core.sample import Part, Sample
from shisaku.ops.audio.classical import Classical, faster, shifted, with_noise
from shisaku.ops.audio.embed import Embed, summed_up
from shisaku.ops.audio.speak import Speak
from shisaku.store.codecs import decode_vector, decode_wave, encode_wave

STILL = Classical(speed_min=1.0, speed_max=1.0, shift=0.0, gain=0.0, snr_min=120.0, snr_max=120.0)


def recording(wave: np.ndarray, rate: int = RATE) -> Sample:
    return Sample("r", {"audio": Part("audio", encode_wave(wave, rate))})


def wave_in(sample: Sample, part: str = "audio") -> np.ndarray:
    return decode_wave(sample.parts[part])[0]


def pitch(wave: np.ndarray, rate: int = RATE) -> float:
    return float(np.abs(np.fft.rfft(wave)).argmax() * rate / wave.size)


def test_classical_without_change_is_the_recording() -> None:
    wave = tone(440)
    assert np.abs(wave_in(one(STILL, recording(wave))) - wave).max() < 1e-3


def test_faster_is_shorter_and_higher() -> None:
    wave = tone(440, 1.0)
    quick = faster(wave, RATE, 1.25)
    assert quick.size == pytest.approx(wave.size / 1.25, rel=0.01)
    assert pitch(quick) == pytest.approx(550, rel=0.01)


@given(st.integers(-100, 100), st.integers(1, 50))
def test_shift_keeps_the_length_and_never_loses_more_than_half(offset: int, size: int) -> None:
    wave = np.arange(1, size + 1, dtype=np.float32)
    made = shifted(wave, offset)
    assert made.size == size
    assert (made > 0).sum() >= size // 2


@pytest.mark.parametrize("snr", [0.0, 10.0, 30.0])
def test_noise_has_the_power_it_says(snr: float) -> None:
    wave = tone(440, 2.0)
    noise = with_noise(wave, snr, np.random.default_rng(0)) - wave
    assert 10 * np.log10((wave**2).mean() / (noise**2).mean()) == pytest.approx(snr, abs=0.3)


def test_nothing_clips() -> None:
    loud = replace(STILL, gain=40.0)
    made = [wave_in(one(loud, recording(2.4 * tone(440)), seed)) for seed in range(5)]
    assert all((np.abs(wave) >= 0.9999).mean() < 0.02 for wave in made)


def test_silence_stays_silent_and_one_sample_is_enough() -> None:
    assert not wave_in(one(Classical(), recording(np.zeros(100, np.float32)))).any()
    assert wave_in(one(Classical(), recording(np.ones(1, np.float32) / 2))).size >= 1


def test_an_empty_recording_fails_with_a_reason() -> None:
    assert "is empty" in reason(Classical(), recording(np.zeros(0, np.float32)))


def test_segment_means_keep_the_order_of_sounds() -> None:
    states = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
    forth, back = summed_up(states), summed_up(states[::-1])
    assert forth.shape == (30,)
    assert np.allclose(np.linalg.norm(forth.reshape(5, 6), axis=1), 1.0, atol=1e-6)
    assert np.allclose(forth[:6], back[:6], atol=1e-6)
    assert np.allclose(forth[6:12], back[24:], atol=1e-6)


@pytest.mark.weights
def test_the_same_word_in_two_voices_is_nearer_than_two_words() -> None:
    def feature(word: str, voice: str) -> np.ndarray:
        spoken = one(Speak(voice=voice), Sample("w", {"caption": Part.from_text(word)}))
        return decode_vector(one(Embed(audio="speech"), spoken).parts["features"])

    words = ("elephant", "bicycle", "strawberry")
    for word in words:
        same = feature(word, "slt") @ feature(word, "rms")
        assert all(same > feature(word, "slt") @ feature(other, "rms") for other in words if other != word)
