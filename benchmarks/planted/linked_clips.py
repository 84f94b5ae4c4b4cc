"""Clips whose picture is known to move with their sound: real recordings, real pictures, and a simulated link.

The sound is prompts (or animal calls) one after another with silence between them; the picture is a real one that is
moved or lit by the sound's own loudness, over a pan that has nothing to do with it, with sensor noise. The link is
simulated and nothing else; so the true offset is 0 by construction and the onsets are known to the sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.store.codecs import FrameWriter, decode_image, decode_wave, encode_table, encode_wave

RATE = 16_000
SIZE = (96, 72)
KINDS = ("bob", "flash", "sway", "strike")
Wave = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """How a clip is made; `kind` is what the sound does to the picture (see `_state`)."""

    seconds: float = 12.0
    fps: float = 25.0
    kinds: tuple[str, ...] = KINDS
    noise: float = 4.0  # grey levels (sd) of the sensor
    pan: float = 6.0  # pixels per second of a movement that no sound explains


def linked_clips(waves: Sequence[Sample], pictures: Sequence[Sample], n: int, plan: Plan = Plan()) -> list[Sample]:
    """Return `n` clips with the parts video, video_audio and events (the onsets), on one clock."""
    held = [(one.id, decode_wave(next(p for p in one.parts.values() if p.kind == "audio"))[0]) for one in waves]
    seen = [decode_image(one.parts["image"])[:, :, :3] for one in pictures]
    return [
        _clip(f"clip-{k:04d}", held, seen[k % len(seen)], replace(plan, kinds=(plan.kinds[k % len(plan.kinds)],)))
        for k in range(n)
    ]


def _clip(name: str, waves: Sequence[tuple[str, Wave]], picture: npt.NDArray[np.uint8], plan: Plan) -> Sample:
    rng = rng_for(7, "linked clips", name)
    sound, onsets = in_a_row(waves, plan.seconds, rng)
    frames, times = FrameWriter(), np.arange(0, plan.seconds, 1 / plan.fps)
    for seconds, frame in zip(times, _frames(picture, sound, onsets, times, plan, rng), strict=True):
        frames.add(float(seconds), frame)
    parts = {
        "video": Part("video", frames.to_bytes(), clock="video"),
        "video_audio": Part("audio", encode_wave(sound, RATE), clock="video"),
        "events": Part("table", encode_table({"events": [{"t": round(float(t), 4)} for t in onsets]}), clock="video"),
    }
    return Sample(name, parts, facts={"kind": plan.kinds[0], "video_fps": f"{plan.fps:g}"})


def in_a_row(waves: Sequence[tuple[str, Wave]], seconds: float, rng: np.random.Generator) -> tuple[Wave, list[float]]:
    """Return recordings one after another with 0.2 to 1.2 s of near silence between, and when each starts to sound."""
    sound, at, onsets = rng.normal(0, 3e-5, round(seconds * RATE)), float(rng.uniform(0.2, 0.8)), []
    while True:
        _, wave = waves[int(rng.integers(len(waves)))]
        first = int(np.argmax(np.abs(wave) > 0.05 * np.abs(wave).max()))
        piece = wave[first:][: round(2.5 * RATE)]
        start = round(at * RATE)
        if start + len(piece) > len(sound):
            return sound, onsets
        sound[start : start + len(piece)] += piece
        onsets.append(start / RATE)
        at += len(piece) / RATE + float(rng.uniform(0.2, 1.2))


def loudness(sound: Wave) -> Wave:
    """Return the loudness at every sample of the sound, 0 to 1: power smoothed by 30 ms, square root."""
    kernel = np.hanning(round(0.03 * RATE) * 2 + 1)
    power = np.convolve(sound**2, kernel / kernel.sum(), mode="same")
    return np.sqrt(power / power.max())


def _frames(picture, sound, onsets, times, plan, rng):  # type: ignore[no-untyped-def]
    size = (SIZE[0] * 2, SIZE[1] * 2)
    large = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    moved, lit = _state(plan.kinds[0], sound, onsets, times, rng)
    turn = rng.uniform(0, 2 * np.pi)
    for k, seconds in enumerate(times):
        # A slow pan that nothing in the sound explains, and the object of the sound in the middle of the picture.
        pan = plan.pan * 3 * np.sin(2 * np.pi * seconds / 9 + turn)
        back = _crop(large, pan, 0.0)
        thing = _crop(large, pan + moved[k], moved[k] / 2) * lit[k]
        back[18:54, 24:72] = thing[18:54, 24:72]
        yield np.clip(back + rng.normal(0, plan.noise, back.shape), 0, 255).astype(np.uint8)


def _state(kind: str, sound: Wave, onsets: Sequence[float], times: Wave, rng: np.random.Generator) -> tuple[Wave, Wave]:
    """Return (pixels moved, brightness) at every frame.

    bob: stands where the loudness puts it. flash: as bright as loud. sway: moves as fast as loud (a mouth, a bow).
    strike: jumps when a recording starts, and falls back within half a second.
    """
    level = loudness(sound)
    still, dark = np.zeros(len(times)), np.ones(len(times))
    at = np.minimum(np.rint(times * RATE).astype(int), len(level) - 1)
    if kind == "bob":
        return 14 * level[at], dark
    if kind == "flash":
        return still, 0.6 + 0.7 * level[at]
    if kind == "sway":
        way = np.sign(np.sin(2 * np.pi * rng.uniform(2, 4) * np.arange(len(level)) / RATE))
        return 160 * np.cumsum(level * way)[at] / RATE, dark
    jumps = sum(np.where(times >= t, np.exp(-(times - t) / 0.15), 0.0) for t in onsets)
    return 14 * np.asarray(jumps), dark


def _crop(large: npt.NDArray[np.float32], x: float, y: float) -> npt.NDArray[np.float32]:
    shift = np.array([[1, 0, -SIZE[0] / 2 - x], [0, 1, -SIZE[1] / 2 - y]], np.float32)
    return cv2.warpAffine(large, shift, SIZE, borderMode=cv2.BORDER_REFLECT)


def resounded(sample: Sample, lead_ms: float, drift_ms_per_s: float = 0.0) -> Sample:
    """Return the clip with its sound `lead_ms` earlier (negative: later), and earlier by so much more every second."""
    wave, rate = decode_wave(sample.parts["video_audio"])
    here = np.arange(len(wave)) / rate
    middle = here[-1] / 2 if drift_ms_per_s else 0.0
    sound = np.interp(here + lead_ms / 1e3 + drift_ms_per_s / 1e3 * (here - middle), here, wave, left=0.0, right=0.0)
    part = replace(sample.parts["video_audio"], data=encode_wave(sound, rate))
    return sample.with_part("video_audio", part)
