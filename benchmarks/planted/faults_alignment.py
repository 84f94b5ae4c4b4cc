"""Texts that belong to other pictures."""

from __future__ import annotations

import numpy as np

from planted.fault import Fault, Planted, Samples
from planted.prepared import through
from planted.whole import WholeFault

SHARES = (0.02, 0.05, 0.1, 0.2, 0.4)
UNIT = "share of captions that belong to another picture"


def _placed(samples: Samples) -> Samples:
    seen = through(samples, "pairs.conse", "image_vector")
    return through(seen, "text.embed", "text_vector", text="caption")


def _turned(samples: Samples, strength: float, seed: int) -> Planted:
    """Let the texts of a share of the samples change places in a circle."""
    rng = np.random.default_rng(seed)
    places = rng.choice(len(samples), max(2, round(strength * len(samples))), replace=False)
    made = list(samples)
    for place, other in zip(places, np.roll(places, 1), strict=True):
        made[place] = samples[place].with_part("caption", samples[other].parts["caption"])
    # Two pictures can bear the same words: such a pair is no fault.
    faulty = {samples[p].id for p in places if made[p].parts["caption"].text != samples[p].parts["caption"].text}
    return Planted(made, frozenset(faulty))


def _most_turned(samples: Samples, strength: float | None, seed: int) -> Samples:
    return samples if strength is None else _placed(_turned(samples, strength, seed).samples)


FAULTS = [Fault("captions turned", "alignment", "stamps", UNIT, SHARES, _turned, prepare=_placed)]
WHOLE = [
    WholeFault(
        "most captions turned",
        "alignment",
        "stamps",
        UNIT,
        (0.2, 0.6, 0.8, 0.9, 0.95, 1.0),
        _most_turned,
        "alignment_cannot_tell",
        prepare=_placed,
    )
]
