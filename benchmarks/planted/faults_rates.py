"""Made sets with near copies of a few of their own items, for the judges that count copies in pictures and sounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from planted.fault import Samples
from planted.faults_collapse import dealt
from planted.faults_copying import copied, in_noise, jpeg
from planted.whole import WholeFault
from shisaku.core.sample import Sample
from shisaku.store.beside import AGAINST, ROLE

MODELS, QUALITY, SNR = 3, 60, 25.0
SHARES = (0.02, 0.05, 0.1, 0.2, 0.4)
UNIT = "share that are copies of three"
Copy = Callable[[Sample, Sample, int], Sample]


def _picture(one: Sample, model: Sample, seed: int) -> Sample:
    return copied(one, model, jpeg, QUALITY, seed)


def _sound(one: Sample, model: Sample, seed: int) -> Sample:
    # Every copy has noise of its own: it is drawn by the id.
    noisy = in_noise(replace(model, id=one.id), SNR, seed)
    return one.with_part("audio", noisy.parts["audio"])


def _planted(copy: Copy, samples: Samples, share: float | None, seed: int) -> Samples:
    made, real = dealt(samples, seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(made))
    models = [made[k] for k in order[:MODELS]]
    hit = set(order[MODELS : MODELS + round((share or 0.0) * len(made))].tolist())
    planted = [copy(one, models[int(rng.integers(MODELS))], seed) if k in hit else one for k, one in enumerate(made)]
    return [*planted, *(replace(one, facts={**one.facts, ROLE: AGAINST}) for one in real)]


WHOLE = [
    WholeFault(
        "pictures that copy three", "image.duplicate_rate", "stamps", UNIT, SHARES, partial(_planted, _picture),
        "duplicate_rate", n=400, seeds=10,
    ),
    WholeFault(
        "prompts that copy three", "audio.duplicate_rate", "asterisk-it", UNIT, SHARES, partial(_planted, _sound),
        "duplicate_rate", n=200, seeds=10,
    ),
]  # fmt: skip
