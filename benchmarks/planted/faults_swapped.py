"""Texts of another sample against the judges of pairs that look at one pair alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from planted.fault import Fault, Planted, Samples
from shisaku.core.sample import Part

SHARES = (0.05, 0.1, 0.2, 0.4, 1.0)
UNIT = "share of texts that belong to another sample"
LIGHT = {"a": "one", "an": "one", "the": "this", "in": "within", "on": "upon", "of": "from"}


def reworded(samples: Samples) -> Samples:
    """Add to every caption a rewording of it in lightly other words, halves turned."""
    return [
        one if "reworded" in one.parts else one.with_part("reworded", _reworded(one.parts["caption"]))
        for one in samples
    ]


def _reworded(part: Part) -> Part:
    words = [LIGHT.get(word, word) for word in part.text.lower().strip(". ").split()]
    turned = [*words[len(words) // 2 :], ",", *words[: len(words) // 2]]
    return Part.from_text(" ".join(turned), part.lang)


def _swapped(part: str, prepare: Callable[[Samples], Samples], samples: Samples, share: float, seed: int) -> Planted:
    """Let the texts of a share of the samples change places in a circle; two samples can bear the same words."""
    made = prepare(samples)
    clean = list(made)
    rng = np.random.default_rng(seed)
    some = rng.choice(len(made), max(2, round(share * len(made))), replace=False)
    for place, other in zip(some, np.roll(some, 1), strict=True):
        made[place] = clean[place].with_part(part, clean[other].parts[part])
    return Planted(made, frozenset(clean[k].id for k in some if made[k].parts[part].text != clean[k].parts[part].text))


FAULTS = [
    Fault("captions swapped", "pairs.alignment", "stamps", UNIT, SHARES, partial(_swapped, "caption", list), n=400),
    Fault(
        "rewordings swapped", "text.similarity", "stamps", UNIT, SHARES, partial(_swapped, "reworded", reworded),
        {"text": "caption", "other": "reworded"}, reworded, 400,
    ),
]  # fmt: skip
