"""Faults of pictures."""

from __future__ import annotations

import cv2
import numpy as np

from planted.fault import Fault, each
from shisaku.core.sample import Part, Sample


def _blurred(sample: Sample, sigma: float, rng: np.random.Generator) -> Sample:
    part = sample.parts["image"]
    pixels = cv2.imdecode(np.frombuffer(part.data, np.uint8), cv2.IMREAD_UNCHANGED)
    done, data = cv2.imencode(".png", cv2.GaussianBlur(pixels, (0, 0), sigma))
    assert done
    return sample.with_part("image", Part("image", data.tobytes(), part.uri))


FAULTS = [Fault("blur", "visual_quality", "stamps", "pixels (sd)", (0.5, 1.0, 2.0, 3.0, 5.0), each(_blurred))]
