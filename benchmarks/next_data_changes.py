"""What a worse camera, line or typist does to the items of a source."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import soundfile
from scipy.signal import butter, sosfilt

from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.registry.make import make_op
from shisaku.store.codecs import decode_vector, encode_vector

Samples = list[Sample]
Change = Callable[[Samples], list[Sample | None]]


def by(op: str, seed: int = 0, **params: object) -> Change:
    def change(samples: Samples) -> list[Sample | None]:
        made = make_op(op, params)
        assert isinstance(made, Transform)
        outcomes = made.apply(samples, [rng_for(seed, op, one.id) for one in samples])
        return [one[0] if isinstance(one, tuple) and isinstance(one[0], Sample) else None for one in outcomes]

    return change


def inverted(samples: Samples) -> list[Sample | None]:
    """Turn light and dark round after a bad camera."""
    found: list[Sample | None] = []
    for one in by("image.degrade", 2, motion=15, blur=3.0, downscale=4.0, noise=30, jpeg=15)(samples):
        if one is not None:
            pixels = cv2.imdecode(np.frombuffer(one.parts["image"].data, np.uint8), cv2.IMREAD_COLOR)
            one = one.with_part("image", Part("image", cv2.imencode(".png", 255 - pixels)[1].tobytes()))
        found.append(one)
    return found


def drowned(samples: Samples) -> list[Sample | None]:
    """Put a recording under noise as loud as itself, and cut what lies above 1 kHz."""
    found: list[Sample | None] = []
    for one in by("audio.noise", 2, snr_min=-5.0, snr_max=0.0)(samples):
        if one is not None:
            wave, rate = soundfile.read(io.BytesIO(one.parts["audio"].data), dtype="float64")
            low = sosfilt(butter(4, 1000, fs=rate, output="sos"), wave)
            out = io.BytesIO()
            soundfile.write(out, np.clip(low, -1, 1), rate, format="WAV")
            one = one.with_part("audio", Part("audio", out.getvalue()))
        found.append(one)
    return found


def unsteady(spread: float) -> Change:
    """Measure anew with a device of this error, in standard deviations of each column."""

    def change(samples: Samples) -> list[Sample | None]:
        found: list[Sample | None] = []
        for one in samples:
            row = decode_vector(one.parts["features"])
            error = spread * rng_for(3, f"unsteady {spread}", one.id).standard_normal(len(row))
            found.append(one.with_part("features", Part("embedding", encode_vector(row + error))))
        return found

    return change
