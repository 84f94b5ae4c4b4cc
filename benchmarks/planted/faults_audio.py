"""Faults of recordings, planted at the rate of the file and decoded again as any file would be."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import soundfile

from planted.fault import Fault, Planted, Samples, each
from shisaku.core.sample import Part, Sample
from shisaku.store.limits import Limits
from shisaku.store.sounds import read_sound

Wave = npt.NDArray[np.float64]
Change = Callable[[Wave, int, float, np.random.Generator], Wave]
FULL = 32767 / 32768
BEEP = re.compile("beep|bip|suono|silen|гудок", re.IGNORECASE)


def speech(samples: Samples) -> Samples:
    """Leave out the prompts that are beeps or silent by design."""
    return [one for one in samples if "/silence/" not in one.id and not BEEP.search(one.parts["text"].text)]


def in_speech(change: Callable[[Sample, float, np.random.Generator], Sample]) -> Callable[..., Planted]:
    """Return a `plant` that changes a share of the prompts in which somebody speaks."""
    plant = each(change)
    return lambda samples, strength, seed: plant(speech(samples), strength, seed)


def planted(change: Change, name: str = "audio", rate: int = 0) -> Callable[..., Sample]:
    """Return an injector: the wave is changed at the rate of its file and written as 16-bit WAV of `rate`, or that."""

    def inject(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
        wave, own = native(sample, name)
        return decoded(sample, change(wave, own, strength, rng), rate or own, name)

    return inject


def native(sample: Sample, name: str = "audio") -> tuple[Wave, int]:
    """Return the wave at the rate that its file had, as far as the canonical form holds it."""
    from scipy.signal import resample_poly

    wave, rate = soundfile.read(io.BytesIO(sample.parts[name].data))
    own = min(rate, int(sample.facts.get(f"{name}_rate", rate)))
    return resample_poly(wave, own, rate), own


def decoded(sample: Sample, wave: Wave, rate: int, name: str = "audio", subtype: str = "PCM_16") -> Sample:
    """Return the sample with the wave [frames] or [frames, channels] read from a WAV file."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(wave, -1.0, FULL), rate, format="WAV", subtype=subtype)
    made = read_sound(file.getvalue(), Limits())
    kept = {key: fact for key, fact in sample.facts.items() if not key.startswith(f"{name}_")}
    facts = {**kept, **{f"{name}_{key}": fact for key, fact in made.facts.items()}}
    return replace(sample.with_part(name, Part("audio", made.data, sample.parts[name].uri)), facts=facts)


def _power(wave: Wave) -> float:
    return float(np.sqrt(np.mean(wave**2)))


def _overdriven(wave: Wave, rate: int, db: float, rng: np.random.Generator) -> Wave:
    top = np.abs(wave).max()
    return np.clip(wave * 10 ** (db / 20), -top, top) * rng.uniform(0.3, 1.0) / max(top, 1e-9)


def _white(wave: Wave, rate: int, noise: float, rng: np.random.Generator) -> Wave:
    return wave * 0.5 + rng.normal(size=len(wave)) * 0.5 * _power(wave) * 10 ** (noise / 20)


def _pink(wave: Wave, rate: int, noise: float, rng: np.random.Generator) -> Wave:
    bins = np.fft.rfft(rng.normal(size=len(wave))) / np.sqrt(np.arange(len(wave) // 2 + 1) + 1.0)
    pink = np.fft.irfft(bins, len(wave))
    return wave * 0.5 + pink / pink.std() * 0.5 * _power(wave) * 10 ** (noise / 20)


def _narrow(wave: Wave, rate: int, taken: float, rng: np.random.Generator) -> Wave:
    from scipy.signal import cheby2, sosfiltfilt

    return sosfiltfilt(cheby2(10, 60, 1.0 - taken, output="sos"), wave)


def _humming(wave: Wave, rate: int, db: float, rng: np.random.Generator) -> Wave:
    mains, time = rng.choice([50, 60]) * rng.uniform(0.998, 1.002), np.arange(len(wave)) / rate
    hum = sum(np.sin(2 * np.pi * k * mains * time + rng.uniform(0, 6.28)) / k for k in (1, 2, 3, 5))
    return wave * 0.5 + hum / _power(hum) * 0.5 * _power(wave) * 10 ** (db / 20)


def _beside_zero(wave: Wave, rate: int, offset: float, rng: np.random.Generator) -> Wave:
    return wave * 0.5 + offset * rng.choice([-1, 1])


def _paused(wave: Wave, rate: int, seconds: float, rng: np.random.Generator) -> Wave:
    place = rng.integers(len(wave))
    quiet = rng.normal(size=round(seconds * rate)) * 1e-4
    return np.concatenate([wave[:place], quiet, wave[place:]])


def _mostly_silent(wave: Wave, rate: int, share: float, rng: np.random.Generator) -> Wave:
    quiet = rng.normal(size=round(len(wave) * share / (1 - share))) * 1e-4
    return np.concatenate([wave, quiet])


def _cut_off(wave: Wave, rate: int, taken: float, rng: np.random.Generator) -> Wave:
    return wave[: max(64, round(len(wave) * (1 - taken)))]


def _again(wave: Wave, rate: int, seconds: float, rng: np.random.Generator) -> Wave:
    return np.resize(wave, max(len(wave), round(seconds * rate)))


def _faster(wave: Wave, rate: int, octaves: float, rng: np.random.Generator) -> Wave:
    from scipy.signal import resample

    return resample(wave, max(64, round(len(wave) / 2.0 ** (octaves * rng.choice([-1, 1])))))


def _without_speech(wave: Wave, rate: int, share: float, rng: np.random.Generator) -> Wave:
    noise = rng.normal(size=round(len(wave) * share / (1 - share)))
    return np.concatenate([wave, noise * _power(wave) * 0.1])


def _one_channel(sample: Sample, db: float, rng: np.random.Generator) -> Sample:
    wave, rate = native(sample)
    return decoded(sample, np.stack([wave, wave * 10 ** (-db / 20)], axis=1), rate)


def _cancelling(sample: Sample, db: float, rng: np.random.Generator) -> Sample:
    wave, rate = native(sample)
    other = rng.normal(size=len(wave)) * _power(wave) * 10 ** (-db / 20)
    return decoded(sample, np.stack([wave + other, -wave + other], axis=1) * 0.5, rate)


def _telephone(sample: Sample, hertz: float, rng: np.random.Generator) -> Sample:
    from scipy.signal import cheby2, sosfiltfilt

    wave, rate = soundfile.read(io.BytesIO(sample.parts["audio"].data))
    return decoded(sample, sosfiltfilt(cheby2(10, 60, (8000 - hertz) / 8000, output="sos"), wave), rate)


NOISE = (-30.0, -20.0, -15.0, -10.0, -5.0, 0.0)
LOUD = (1.0, 3.0, 6.0, 12.0, 20.0)
SOURCES = ("asterisk-en", "asterisk-it")  # a woman's and a man's voice, 8 kHz


def _in_telephone(name: str, profile: str, unit: str, strengths: tuple[float, ...], inject: Callable[..., Sample]):  # type: ignore[no-untyped-def]
    return [
        Fault(f"{name} {source[-2:]}", profile, source, unit, strengths, in_speech(inject), prepare=speech)
        for source in SOURCES
    ]


FAULTS = [
    *_in_telephone("overdriven", "clipping", "dB over full scale", LOUD, planted(_overdriven)),
    *_in_telephone("white noise", "snr", "dB of noise to speech", NOISE, planted(_white)),
    *_in_telephone("pink noise", "snr", "dB of noise to speech", NOISE, planted(_pink)),
    *_in_telephone("hum", "hum", "dB of hum to speech", (-50.0, -40.0, -30.0, -20.0, -10.0), planted(_humming)),
    *_in_telephone("low-pass", "bandwidth", "share of the band taken", (0.1, 0.2, 0.3, 0.4, 0.6), planted(_narrow)),
    *_in_telephone("offset", "dc_offset", "of full scale", (0.002, 0.005, 0.01, 0.02, 0.05), planted(_beside_zero)),
    *_in_telephone("pause", "silence", "s of silence", (0.5, 1.0, 2.0, 3.0, 5.0), planted(_paused)),
    *_in_telephone("mostly silent", "silence", "share of silence", (0.4, 0.5, 0.6, 0.7, 0.9), planted(_mostly_silent)),
    *_in_telephone("cut off", "sound_length", "share taken", (0.5, 0.7, 0.8, 0.9, 0.95), planted(_cut_off)),
    *_in_telephone("repeated", "sound_length", "s in all", (15.0, 60.0, 130.0, 180.0, 240.0), planted(_again)),
    *_in_telephone("wrong rate", "speed", "octaves, either way", (0.25, 0.41, 0.58, 0.8, 1.0), planted(_faster)),
    *_in_telephone("noise for speech", "speech_share", "share", (0.5, 0.7, 0.8, 0.9, 0.95), planted(_without_speech)),
    Fault(
        "dead channel",
        "silence",
        "asterisk-en",
        "dB softer",
        (20.0, 40.0, 60.0, 70.0, 90.0),
        in_speech(_one_channel),
        prepare=speech,
    ),
    Fault(
        "inverted channel",
        "silence",
        "asterisk-en",
        "dB of what differs",
        (0.0, 6.0, 12.0, 20.0, 40.0),
        in_speech(_cancelling),
        prepare=speech,
    ),
    Fault(
        "noisy speech",
        "naturalness",
        "asterisk-en",
        "dB of noise to speech",
        NOISE,
        in_speech(planted(_white)),
        params={"audio": "audio"},
        prepare=speech,
        n=40,
    ),
    Fault(
        "low-pass",
        "bandwidth",
        "librivox",
        "Hz taken of 8000",
        (800.0, 1600.0, 2400.0, 3200.0, 4000.0),
        each(_telephone, share=1.0),
    ),
    Fault("white noise", "snr", "librivox", "dB of noise to speech", NOISE, each(planted(_white), share=1.0)),
    Fault(
        "hum",
        "hum",
        "librivox",
        "dB of hum to speech",
        (-40.0, -30.0, -20.0, -10.0, 0.0),
        each(planted(_humming), share=1.0),
    ),
]
