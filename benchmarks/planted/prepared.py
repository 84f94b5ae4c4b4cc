"""Parts that detectors read and sources do not have: features, and vectors of a common space."""

from __future__ import annotations

import cv2
import numpy as np

from planted.fault import Samples
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.registry.make import make_op
from shisaku.store.codecs import encode_vector

BATCH = 64
# What a view wrote is kept by what it read: the same clean samples are looked through again at every strength.
_SEEN: dict[tuple[object, ...], Part] = {}


def pixel_features(samples: Samples) -> Samples:
    """Add the picture itself, 14 x 14 grey values, as features: no weights, enough for digits."""
    return [one.with_part("features", Part("embedding", encode_vector(_small(one)))) for one in samples]


def through(samples: Samples, op: str, write: str, **params: object) -> Samples:
    """Add the part that a view writes; samples that it cannot use are left out."""
    made = make_op(op, {**params, "write": write})
    assert isinstance(made, Transform)

    def key(sample: Sample) -> tuple[object, ...]:
        return (made.fingerprint, *(sample.parts[name].digest for name in made.reads_parts() if name in sample.parts))

    fresh = [one for one in samples if key(one) not in _SEEN]
    for start in range(0, len(fresh), BATCH):
        batch = fresh[start : start + BATCH]
        for one, outcome in zip(batch, made.apply(batch, [rng_for(0, op, s.id) for s in batch]), strict=True):
            if isinstance(outcome, tuple):
                _SEEN[key(one)] = outcome[0].parts[write]
    return [one.with_part(write, _SEEN[key(one)]) for one in samples if key(one) in _SEEN]


def _small(sample: Sample) -> np.ndarray:
    grey = cv2.imdecode(np.frombuffer(sample.parts["image"].data, np.uint8), cv2.IMREAD_GRAYSCALE)
    return cv2.resize(grey, (14, 14), interpolation=cv2.INTER_AREA).astype(np.float32).ravel() + 1.0
