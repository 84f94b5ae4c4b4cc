"""Clips and key frames for the tests of ops.sync: what is seen, heard, logged and measured on one clock."""

from __future__ import annotations

import functools

import numpy as np

from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import FrameWriter, encode_image, encode_points, encode_table, encode_wave

RATE = 16_000
FORWARD = [0.5, -0.5, 0.5, -0.5]  # camera's axes (right, down, forward) in the vehicle's (forward, left, up)


def beats(seconds: float, seed: int) -> list[float]:
    """Times of something that happens now and then, at no steady pace."""
    gaps = np.random.default_rng(seed).uniform(0.25, 0.7, round(4 * seconds))
    times = np.cumsum(gaps)
    return [float(t) for t in times[times < seconds - 0.2]]


def clip(
    seed: int, *, lead: float = 0.0, drift: float = 0.0, seconds: float = 8.0, fps: float = 25.0, linked: bool = True
) -> Sample:
    """A square that jumps aside and a click at the same moments; the sound `lead` s earlier, by `drift` more each s."""
    rng = np.random.default_rng(100 + seed)
    seen = beats(seconds, seed)
    heard = [t - lead - drift * (t - seconds / 2) for t in (seen if linked else beats(seconds, 999 + seed))]
    frames = FrameWriter()
    for t in np.arange(0, seconds, 1 / fps):
        frame = rng.integers(90, 110, (24, 32, 3)).astype(np.uint8)
        left = 6 if sum(b <= t for b in seen) % 2 else 18
        frame[6:18, left : left + 8] = 230
        frames.add(float(t), frame)
    wave, click = rng.normal(0, 1e-3, round(seconds * RATE)), np.exp(-np.arange(1200) / 300) * rng.normal(0, 0.3, 1200)
    for t in heard:
        start = round(t * RATE)
        if 0 <= start < len(wave) - 1200:
            wave[start : start + 1200] += click
    parts = {
        "video": Part("video", frames.to_bytes(), clock="video"),
        "video_audio": Part("audio", encode_wave(wave, RATE), clock="video"),
        "events": Part("table", encode_table({"events": [{"t": t} for t in seen]}), clock="video"),
        "text": Part("text", b"clicks", span=(0.5, 2.0), clock="video"),
        "other": Part("points", b"left alone"),
    }
    return Sample(f"clip{seed}", parts, facts={"video_fps": f"{fps:g}"})


def key_frame(seed: int, *, yaw: float = 0.0, skew: float = -0.035) -> Sample:
    """A camera and a LiDAR before posts of which both see the edges; the calibration is wrong by `yaw` degrees."""
    rng = np.random.default_rng(seed)
    posts = [(float(rng.uniform(6, 12)), float(rng.uniform(-5, 5)), float(rng.uniform(0.4, 1.0))) for _ in range(7)]
    image = np.full((120, 200, 3), 200, np.uint8) + rng.integers(0, 8, (120, 200, 3)).astype(np.uint8)
    columns = np.arange(200) + 0.5
    azimuth = np.arctan((100 - columns) / 150)
    for distance, aside, width in sorted(posts, reverse=True):
        image[20:115, np.abs(np.tan(azimuth) * distance - aside) < width / 2] = (40, 60, 90)
    angles = np.radians(np.arange(-35, 35, 0.25))
    reach = np.full(len(angles), 40.0)
    for distance, aside, width in sorted(posts, reverse=True):
        reach[np.abs(np.tan(angles) * distance - aside) < width / 2] = distance
    rings = [
        np.column_stack([reach, reach * np.tan(angles), np.full(len(angles), z) * reach / 10, reach * 0, reach * 0 + k])
        for k, z in enumerate(np.linspace(-1.5, 1.5, 8))
    ]
    half = np.radians(yaw) / 2
    w, x, y, z = FORWARD
    turn = [
        float(np.cos(half) * w - np.sin(half) * z),
        float(np.cos(half) * x - np.sin(half) * y),
        float(np.cos(half) * y + np.sin(half) * x),
        float(np.cos(half) * z + np.sin(half) * w),
    ]
    lens = [[150.0, 0.0, 100.0], [0.0, 150.0, 60.0], [0.0, 0.0, 1.0]]
    here = {"translation": [0.0, 0.0, 0.0], "rotation": [1.0, 0.0, 0.0, 0.0]}
    at = 1_500_000_000.0 + seed
    parts = {
        "CAM_FRONT": Part("image", encode_image(image), span=(at + skew, at + skew), clock="unix"),
        "LIDAR_TOP": Part("points", encode_points(np.concatenate(rings)), span=(at, at), clock="unix"),
        "calibration": Part(
            "table",
            encode_table({"CAM_FRONT": {**here, "rotation": turn, "camera_intrinsic": lens}, "LIDAR_TOP": here}),
        ),
        "ego_pose": Part("table", encode_table({"CAM_FRONT": here, "LIDAR_TOP": here})),
        "other": Part("text", b"left alone"),
    }
    return Sample(f"frame{seed}", parts)


@functools.cache
def synced_samples() -> tuple[Sample, ...]:
    """Samples with every part that an op of this shelf reads."""
    made = []
    for seed in range(4):
        one = clip(seed)
        made.append(Sample(one.id, {**key_frame(seed).parts, **one.parts}, facts=one.facts))
    return tuple(made)
