"""Faults of time: sound against picture, logs against sound, durations, frame times, cameras against LiDAR."""

from __future__ import annotations

import io
import json
import wave
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from planted.driven_scenes import driven_scenes, skewed, turned_camera
from planted.fault import Fault, Planted, Samples, drawn, each
from planted.linked_clips import resounded
from planted.whole import WholeFault
from shisaku.core.sample import Sample

Change = Callable[[Sample, float, np.random.Generator], Sample]


def _frames(change: Callable[[list[float], list[bytes], float], tuple[list[float], list[bytes]]]) -> Change:
    """Return a change of the times and pictures of a video part, written by the zip library alone."""

    def apply(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
        part = sample.parts["video"]
        with zipfile.ZipFile(io.BytesIO(part.data)) as file:
            times = json.loads(file.read("frames.json"))["times"]
            data = [file.read(f"{n:06d}.jpg") for n in range(len(times))]
        times, data = change(times, data, strength)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as file:
            for n, one in enumerate(data):
                file.writestr(f"{n:06d}.jpg", one)
            file.writestr("frames.json", json.dumps({"times": times}))
        return sample.with_part("video", replace(part, data=target.getvalue()))

    return apply


def _lost(times: list[float], data: list[bytes], ms: float) -> tuple[list[float], list[bytes]]:
    middle = times[len(times) // 2]
    kept = [n for n, t in enumerate(times) if not middle < t < middle + ms / 1e3]
    return [times[n] for n in kept], [data[n] for n in kept]


def _back(times: list[float], data: list[bytes], n: float) -> tuple[list[float], list[bytes]]:
    at = len(times) // 2
    return [t if not at <= k < at + n else times[at - 1] - 0.01 * (k - at) for k, t in enumerate(times)], data


def _cut_sound(part: str) -> Change:
    def apply(sample: Sample, ms: float, rng: np.random.Generator) -> Sample:
        with wave.open(io.BytesIO(sample.parts[part].data)) as file:
            rate, sound = file.getframerate(), file.readframes(file.getnframes())
        target = io.BytesIO()
        with wave.open(target, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(sound[: -2 * round(ms / 1e3 * rate)])
        return sample.with_part(part, replace(sample.parts[part], data=target.getvalue()))

    return apply


def _later_log(drift: bool) -> Change:
    def apply(sample: Sample, ms: float, rng: np.random.Generator) -> Sample:
        held = json.loads(sample.parts["events"].data)["events"]
        way = float(rng.choice([-1, 1]))
        moved = [{"t": row["t"] + way * ms / 1e3 * (row["t"] - 10.0 if drift else 1.0)} for row in held]
        data = json.dumps({"events": moved}).encode()
        return sample.with_part("events", replace(sample.parts["events"], data=data))

    return apply


def _moved_span(sample: Sample, ms: float, rng: np.random.Generator) -> Sample:
    part = sample.parts["text"]
    assert part.span is not None
    return sample.with_part("text", replace(part, span=(part.span[0] + ms / 1e3, part.span[1] + ms / 1e3)))


def _all(change: Change) -> Callable[[Samples, float | None, int], Samples]:
    """Return a `plant` that changes every sample of a draw of half of them: faults of the whole dataset."""

    def plant(samples: Samples, strength: float | None, seed: int) -> Samples:
        some = drawn(samples, 0.5, seed)
        rng = np.random.default_rng(seed)
        return [change(one, strength or 0.0, rng) for one in samples if one.id in some]

    return plant


def _one_rig(change: Callable[[Sample, float], Sample]) -> Callable[[Samples, float | None, int], Samples]:
    def plant(samples: Samples, strength: float | None, seed: int) -> Samples:
        some = sorted(drawn(samples, 0.25, seed))
        return [change(one, strength) if strength else one for one in samples if one.id in some]

    return plant


def _late_camera(samples: Samples, strength: float | None, seed: int) -> Samples:
    some = drawn(samples, 0.5, seed)
    return [one for one in _drive(len(samples), strength or 0.0) if one.id in some]


@cache
def _drive(n: int, ms: float) -> Samples:
    from planted.sources import source

    return driven_scenes([one for one in source("scikit-image") if "image" in one.parts], n, ms / 1e3)


def _turned(samples: Samples, degrees: float, seed: int) -> Planted:
    faulty = drawn(samples, 0.25, seed)
    return Planted([turned_camera(one, degrees) if one.id in faulty else one for one in samples], faulty)


def _sound(sign: float, drift: bool = False) -> Change:
    def apply(sample: Sample, ms: float, rng: np.random.Generator) -> Sample:
        return resounded(sample, 0.0, sign * ms) if drift else resounded(sample, sign * ms)

    return apply


LEADS, LAGS = (45.0, 60.0, 80.0, 120.0, 250.0), (125.0, 145.0, 170.0, 250.0, 350.0)
DRIFTS = (1.0, 2.0, 3.0, 5.0, 8.0)
TURNS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
FAULTS = [
    Fault("sound leads", "audio_video_offset", "clips 25", "ms (25 fps)", LEADS, each(_sound(1.0))),
    Fault("sound lags", "audio_video_offset", "clips 25", "ms (25 fps)", LAGS, each(_sound(-1.0))),
    Fault("sound leads, 10 fps", "audio_video_offset", "clips 10", "ms (10 fps)", LEADS, each(_sound(1.0))),
    Fault("sound lags, 10 fps", "audio_video_offset", "clips 10", "ms (10 fps)", LAGS, each(_sound(-1.0))),
    Fault("sound drifts", "audio_video_offset", "long clips", "ms/s over 40 s", DRIFTS, each(_sound(1.0, True), 0.5)),
    Fault(
        "log shifted",
        "event_offset",
        "logged prompts",
        "ms",
        (80.0, 110.0, 130.0, 160.0, 250.0),
        each(_later_log(False)),
    ),
    Fault(
        "log drifts",
        "event_offset",
        "logged prompts",
        "ms/s over 20 s",
        (2.0, 4.0, 6.0, 9.0, 12.0),
        each(_later_log(True)),
    ),
    Fault("frames lost", "frame_times", "clips 25", "ms", (80.0, 150.0, 200.0, 300.0, 500.0), each(_frames(_lost))),
    Fault("times go back", "frame_times", "clips 25", "frames", (1.0, 2.0, 3.0, 5.0, 10.0), each(_frames(_back))),
    Fault(
        "sound cut off",
        "durations",
        "clips 25",
        "ms",
        (100.0, 250.0, 300.0, 500.0, 1000.0),
        each(_cut_sound("video_audio")),
    ),
    Fault(
        "recording cut off",
        "declared_length",
        "asterisk-en",
        "ms",
        (20.0, 80.0, 120.0, 200.0, 400.0),
        each(_cut_sound("audio")),
        n=200,
    ),
    Fault("span shifted", "spans", "transcribed prompts", "ms", (50.0, 90.0, 120.0, 200.0, 500.0), each(_moved_span)),
    Fault(
        "camera late",
        "time_skew",
        "simulated drive",
        "ms",
        (5.0, 10.0, 20.0, 40.0, 80.0),
        each(lambda one, ms, _: skewed(one, ms)),
    ),
    Fault("camera turned (one frame)", "camera_lidar", "simulated drive", "degrees", TURNS, _turned),
]
WHOLE = [
    WholeFault(
        "all sound leads",
        "audio_video_offset",
        "clips 25",
        "ms",
        (10.0, 20.0, 30.0, 50.0, 80.0),
        _all(_sound(1.0)),
        "offset",
        n=40,
    ),
    WholeFault(
        "rig turned", "camera_lidar", "simulated drive", "degrees", TURNS, _one_rig(turned_camera), "calibration"
    ),
    WholeFault(
        "camera's clock late",
        "camera_lidar",
        "simulated drive",
        "ms",
        (25.0, 50.0, 75.0, 100.0, 150.0),
        _late_camera,
        "time_shift",
        n=64,
        seeds=10,
    ),
]
