"""Measures of a recording: clipping, silence, noise, bandwidth, hum, offset, length, speed."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.core.score import Score
from shisaku.ops.audio.bandwidth import Bandwidth
from shisaku.ops.audio.clipping import Clipping
from shisaku.ops.audio.hum import Hum
from shisaku.ops.audio.length import Length
from shisaku.ops.audio.offset import Offset
from shisaku.ops.audio.silence import Silence
from shisaku.ops.audio.snr import Snr
from shisaku.ops.audio.speed import Speed
from shisaku.store.codecs import encode_wave
from shisaku.store.limits import Limits
from shisaku.store.sounds import read_sound

RATE = 16_000
TIME = np.arange(2 * RATE) / RATE


def noise(seconds: float = 2.0, level: float = 0.1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, round(seconds * RATE)).astype(np.float32)


def babble(seed: int = 0, seconds: float = 2.0) -> np.ndarray:
    """Noise with four syllables and a pause a second: loud and quiet moments."""
    time = np.arange(round(seconds * RATE)) / RATE
    gate = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1) * (time % 1 < 0.8)
    return (noise(seconds, 0.1, seed) * gate + noise(seconds, 1e-3, seed + 1)).astype(np.float32)


def sample(wave: np.ndarray, name: str = "s", **facts: str) -> Sample:
    part = Part("audio", encode_wave(wave.astype(np.float32), RATE))
    return Sample(name, {"audio": part}, facts={f"audio_{key}": fact for key, fact in facts.items()})


def scored(op: Metric, *batch: Sample) -> list[Score]:
    return op.scores(op.measure(batch))


def raw(op: Metric, wave: np.ndarray, **facts: str) -> float:
    (score,) = scored(op, sample(wave, **facts))
    return score.raw


def read(wave: np.ndarray, rate: int, subtype: str = "PCM_16") -> Sample:
    """A sample whose part went through a WAV file, as data do."""
    file = io.BytesIO()
    soundfile.write(file, wave, rate, format="WAV", subtype=subtype)
    made = read_sound(file.getvalue(), Limits())
    return Sample("s", {"audio": Part("audio", made.data)}, facts={f"audio_{k}": v for k, v in made.facts.items()})


@pytest.mark.parametrize("hertz", [50, 100, 440, 1000, 2000, 4000])
@pytest.mark.parametrize("level", [0.05, 0.5, 0.99])
def test_a_tone_is_not_clipped(hertz: float, level: float) -> None:
    assert raw(Clipping(), level * np.sin(2 * np.pi * hertz * TIME)) == 0.0


@pytest.mark.parametrize("gain", [1.0, 0.1])
def test_a_tone_cut_at_half_its_height_is_clipped_for_two_thirds(gain: float) -> None:
    wave = np.clip(np.sin(2 * np.pi * 100 * TIME), -0.5, 0.5) * gain
    assert raw(Clipping(), wave) == pytest.approx(2 / 3, abs=0.02)


def test_clipping_before_resampling_is_seen_through_the_file() -> None:
    wave = np.clip(3 * babble()[::2], -0.1, 0.1)
    (score,) = scored(Clipping(), read(wave, 8000))
    assert score.issue
    assert "clipped" in str(score.reason)
    hidden = read(wave, 8000)
    assert not scored(Clipping(), Sample("s", hidden.parts))[0].issue


def test_clipping_of_one_channel_of_two_is_seen() -> None:
    good = babble()
    found = read(np.stack([good, np.clip(4 * good, -0.2, 0.2)], axis=1), RATE)
    assert float(found.facts["audio_clipped"]) > 0.005
    assert scored(Clipping(), found)[0].issue


@pytest.mark.parametrize("fact", ["", "many", "nan"])
def test_a_fact_that_is_no_number_is_no_fact(fact: str) -> None:
    assert raw(Clipping(), babble(), clipped=fact) == 0.0


def test_silence_is_counted_and_its_longest_found() -> None:
    wave = np.concatenate([noise(1.0), np.zeros(3 * RATE, np.float32), noise(1.0)])
    (score,) = scored(Silence(), sample(wave))
    assert (score.issue, score.raw) == (True, pytest.approx(0.6, abs=0.01))
    assert "the longest 3.0 s" in str(score.reason)
    assert not scored(Silence(longest=4.0), sample(wave))[0].issue


def test_a_dead_and_an_inverted_channel_are_seen() -> None:
    good = babble()
    for other, word in ((good * 0, "1 of its channels are silent"), (-good, "cancel each other")):
        (score,) = scored(Silence(), read(np.stack([good + 1e-3, other], axis=1), RATE))
        assert score.issue
        assert word in str(score.reason)
    assert not scored(Silence(), read(np.stack([good, babble(5)], axis=1), RATE))[0].issue


def test_noise_is_measured_to_a_few_decibels() -> None:
    gate = np.repeat([1.0, 0.0] * 5, RATE // 5).astype(np.float32)
    for db in (10.0, 20.0, 30.0):
        wave = 0.2 * gate * np.sin(2 * np.pi * 300 * TIME) + noise(level=0.2 / np.sqrt(2) * 10 ** (-db / 20))
        assert raw(Snr(), wave) == pytest.approx(db, abs=2.0)


@pytest.mark.parametrize("gain", [0.1, 3.0])
def test_snr_does_not_depend_on_gain(gain: float) -> None:
    assert raw(Snr(), gain * babble()) == pytest.approx(raw(Snr(), babble()), abs=0.3)


@pytest.mark.parametrize("op", [Snr(), Bandwidth(), Hum(), Speed()])
def test_of_silence_and_of_nearly_nothing_is_nothing_said(op: Metric) -> None:
    assert scored(op, sample(np.zeros(RATE)), sample(np.full(10, 0.5), "t")) == []


@pytest.mark.parametrize("cut", [2000, 4000, 6000])
def test_bandwidth_is_where_the_filter_cuts(cut: float) -> None:
    from scipy.signal import cheby2, sosfiltfilt

    wave = sosfiltfilt(cheby2(12, 80, cut, output="sos", fs=RATE), noise())
    assert 0.85 * cut < raw(Bandwidth(), wave) < cut


def test_a_telephone_recording_is_narrow_where_its_file_or_the_others_promise_more() -> None:
    narrow, wide = read(babble()[::2], 8000), [sample(babble(k), f"w{k}") for k in range(6)]
    assert not scored(Bandwidth(), narrow)[0].issue
    upsampled = Sample("s", narrow.parts, facts={"audio_rate": "16000"})
    assert scored(Bandwidth(), upsampled)[0].issue
    beside = {score.sample: score for score in scored(Bandwidth(), narrow, *wide)}
    assert [name for name, score in beside.items() if score.issue] == ["s"]
    assert "where half of all reach" in str(beside["s"].reason)


def test_different_rates_are_a_finding() -> None:
    some = [sample(babble(k), f"s{k}", rate="16000" if k else "44100") for k in range(5)]
    op = Bandwidth()
    (found,) = op.findings(op.measure(some))
    assert (found.weight, found.value, found.samples) == ("warn", pytest.approx(0.2), ("s0",))
    assert [row["n"] for row in found.table] == [4, 1]
    assert op.findings(op.measure(some[1:])) == []


@pytest.mark.parametrize("mains", [50, 60])
def test_hum_is_found_and_its_mains_named(mains: int) -> None:
    hum = sum(np.sin(2 * np.pi * k * mains * TIME) / k for k in (1, 2, 3))
    (score,) = scored(Hum(), sample(babble() + 0.02 * hum))
    assert score.issue
    assert f"Lines at {mains} Hz" in str(score.reason)
    assert not scored(Hum(), sample(babble()))[0].issue


def test_a_tone_beside_the_mains_is_no_hum() -> None:
    assert not scored(Hum(), sample(babble() + 0.02 * np.sin(2 * np.pi * 73 * TIME).astype(np.float32)))[0].issue


def test_an_offset_is_the_mean() -> None:
    found = scored(Offset(), sample(babble() + 0.03), sample(babble() - 0.03, "t"), sample(babble(), "u"))
    assert [score.issue for score in found] == [True, True, False]
    assert found[1].raw == pytest.approx(0.03, abs=1e-3)


def test_length_is_odd_among_others_and_outside_limits() -> None:
    usual = [sample(noise(1.0 + 0.05 * k), f"s{k:02}") for k in range(12)]
    short, long = sample(noise(0.1), "short"), sample(noise(20.0), "long")
    flagged = {score.sample for score in scored(Length(), *usual, short, long) if score.issue}
    assert flagged == {"short", "long"}
    assert {score.sample for score in scored(Length(), short, long) if score.issue} == {"short"}
    assert Length().scores({}) == []


def test_a_recording_at_another_speed_is_odd() -> None:
    from scipy.signal import lfilter, resample

    def voice(seed: int) -> np.ndarray:
        wave = noise(3.0, 1.0, seed)
        for hertz in (500, 1500, 2500):
            pole = 0.97 * np.exp(2j * np.pi * hertz / RATE)
            wave = lfilter([1], [1, -2 * pole.real, abs(pole) ** 2], wave)
        return 0.1 * wave / np.abs(wave).max()

    usual = [sample(voice(k), f"s{k:02}") for k in range(12)]
    fast = sample(resample(voice(50), 24_000), "fast")
    found = {score.sample: score for score in scored(Speed(), *usual, fast)}
    assert [name for name, score in found.items() if score.issue] == ["fast"]
    assert found["fast"].raw == pytest.approx(1.0, abs=0.1)
    assert "2.00 times" in str(found["fast"].reason) or found["fast"].raw != 1.0
    assert not any(score.issue for score in scored(Speed(), usual[0], fast))


@pytest.mark.parametrize(
    ("op", "params"),
    [
        (Clipping, {"issue_above": 2.0}),
        (Silence, {"longest": 0.0}),
        (Bandwidth, {"depth": 0.0}),
        (Length, {"shortest": 5.0, "longest": 1.0}),
        (Speed, {"issue_above": float("nan")}),
        (Hum, {"audio": ""}),
    ],
)
def test_parameters_out_of_range_are_refused(op: type[Metric], params: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        op(**params)
