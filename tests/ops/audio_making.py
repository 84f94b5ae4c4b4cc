"""Measures for the tests of ops that make recordings, and the recordings no op may stumble over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from audio_fakes import RATE
from ops_material import apply

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.core.transform import Transform
from shisaku.store.codecs import decode_wave, encode_wave


def heard(wave: np.ndarray, rate: int = RATE, name: str = "r", **facts: str) -> Sample:
    part = Part("audio", encode_wave(np.asarray(wave, dtype=np.float32), rate), lang="en")
    return Sample(name, {"audio": part}, {"class": "c"}, facts=facts)


def wave_in(sample: Sample) -> np.ndarray:
    return decode_wave(sample.parts["audio"])[0]


def sine(hertz: float, seconds: float = 1.0, rate: int = RATE, level: float = 0.3) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def hum(seed: int, seconds: float, rate: int = RATE) -> np.ndarray:
    """Noise of a narrow level and no pauses, as a machine makes it."""
    return (0.05 * np.random.default_rng(seed).standard_normal(round(seconds * rate))).astype(np.float32)


def babble(seed: int, seconds: float = 2.0, rate: int = RATE) -> np.ndarray:
    """Something like speech: a buzz of 120 Hz with two formants, in syllables of 0.25 s and a pause of 0.3 s."""
    from scipy.signal import lfilter

    rng = np.random.default_rng(seed)
    n = round(seconds * rate)
    pulses = np.zeros(n)
    steps = rng.uniform(0.92, 1.08, n) * rate / 120  # as uneven as a voice, so that no two periods fit each other
    pulses[np.unique(np.cumsum(steps).astype(int)[np.cumsum(steps) < n])] = 1.0
    for formant in (500 + 100 * rng.random(), 1500 + 300 * rng.random()):
        radius, angle = 0.97, 2 * np.pi * formant / rate
        pulses = lfilter([1.0], [1.0, -2 * radius * np.cos(angle), radius**2], pulses)
    syllables = np.abs(np.sin(np.pi * np.arange(n) / rate / 0.25)) ** 0.5
    middle = n // 2
    syllables[middle : middle + round(0.3 * rate)] = 0.0
    made = pulses * syllables
    return (0.4 * made / np.abs(made).max()).astype(np.float32)


def rms(wave: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(wave, dtype=np.float64))))


def decibels(one: float, other: float) -> float:
    return 20.0 * float(np.log10(one / other))


def loudest_hertz(wave: np.ndarray, rate: int = RATE) -> float:
    """The frequency of the highest peak, by a parabola through its logarithms."""
    n = 1 << 19
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(wave.size), n))
    at = int(spectrum.argmax())
    a, b, c = np.log(spectrum[at - 1 : at + 2])
    return (at + 0.5 * (a - c) / (a - 2 * b + c)) * rate / n


def band_level(wave: np.ndarray, low: float, high: float, rate: int = RATE) -> float:
    """The power between two frequencies in dB."""
    power = np.abs(np.fft.rfft(wave.astype(np.float64) * np.hanning(wave.size))) ** 2
    hertz = np.fft.rfftfreq(wave.size, 1 / rate)
    return 10.0 * float(np.log10(power[(hertz >= low) & (hertz < high)].mean() + 1e-12))


def lag(made: np.ndarray, wave: np.ndarray) -> float:
    """By how many samples `made` comes after `wave`, to a fraction of one."""
    from scipy.signal import correlate

    found = correlate(made.astype(np.float64), wave.astype(np.float64), method="fft")
    at = int(found.argmax())
    a, b, c = found[at - 1 : at + 2]
    return at - (wave.size - 1) + 0.5 * (a - c) / (a - 2 * b + c)


HARD = {
    "silence": np.zeros(RATE // 2),
    "one sample": np.full(1, 0.5),
    "10 ms": sine(300, 0.01),
    "full scale": np.sign(sine(150, 0.5)),
    "negative full scale": -np.ones(RATE // 4),
    "one click": np.r_[np.zeros(4000), 1.0, np.zeros(4000)],
}


def survives(op: Transform, rates: Sequence[int] = (8_000, RATE, 48_000), pool: Sequence[Sample] | None = None) -> None:
    """Every hard recording is handled, or fails with a reason; what is made is finite and of the same rate."""
    batch = [heard(wave, rate, f"{name} {rate}") for name, wave in HARD.items() for rate in rates]
    before = np.random.get_state()[1].copy()  # type: ignore[union-attr]
    for sample, outcome, again in zip(batch, apply(op, batch, 3, pool), apply(op, batch, 3, pool), strict=True):
        assert outcome == again, sample.id
        if isinstance(outcome, Failure):
            assert str(outcome.reason), sample.id
            continue
        (child,) = outcome
        assert isinstance(child, Sample)
        wave, rate = decode_wave(child.parts["audio"])
        assert wave.size > 0, sample.id
        assert rate == decode_wave(sample.parts["audio"])[1]
        assert child.parts["audio"].lang == "en"
    assert (np.random.get_state()[1] == before).all()  # type: ignore[index]


def alike(op: Transform, pool: Sequence[Sample] | None = None) -> None:
    """The op changes no sample of a recording."""
    for wave in (babble(0), -np.ones(RATE // 4), sine(300, 0.02)):
        sample = heard(wave)
        (outcome,) = apply(op, [sample], 1, pool)
        assert not isinstance(outcome, Failure), str(outcome.reason)
        (child,) = outcome
        assert isinstance(child, Sample)
        assert child.parts["audio"].data == sample.parts["audio"].data
        assert "peak_scaled" not in child.facts
