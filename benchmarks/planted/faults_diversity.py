"""Classes that shrink to a few kinds, and gaps in what the data should cover."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planted.fault import Samples
from planted.prepared import pixel_features
from planted.whole import WholeFault
from shisaku.core.finding import Finding
from shisaku.core.sample import Sample
from shisaku.core.seed import rng_for

LIGHT = ("day", "dusk", "night")


def _one_kind(samples: Samples, strength: float | None, seed: int) -> Samples:
    """Replace a share of one class by slightly noisy copies of three of its samples."""
    rng = np.random.default_rng(seed)
    target = str(seed % 10)
    own = [one for one in samples if one.labels["class"] == target]
    models = [own[place] for place in rng.choice(len(own), 3, replace=False)]
    copied = {one.id for one in own[: round((strength or 0.0) * len(own))]}
    return [
        replace(one, parts={**one.parts, **models[int(rng.integers(3))].parts}) if one.id in copied else one
        for one in samples
    ]


def _lit(samples: Samples, strength: float | None, seed: int) -> Samples:
    """Give lighting and site at random, then take a share of the night away: a cell of the domain empties."""
    made: list[Sample] = []
    for one in samples:
        rng = rng_for(seed, "light", one.id)
        light = LIGHT[int(rng.integers(3))]
        if light == "night" and rng.random() < (strength or 0.0):
            light = "day"
        made.append(replace(one, facts={**one.facts, "lighting": light, "site": "AB"[int(rng.integers(2))]}))
    return made


def _about_class(found: Finding) -> bool:
    return "label" in found.what.values


WHOLE = [
    WholeFault(
        "one class of few kinds",
        "image_diversity",
        "digits",
        "share of the class that are copies of three samples",
        (0.2, 0.4, 0.6, 0.8, 0.9, 1.0),
        _one_kind,
        "class_varies_little",
        _about_class,
        {"label": "class"},
        prepare=pixel_features,
        n=600,
        seeds=10,
    ),
    WholeFault(
        "night missing",
        "attribute_coverage",
        "digits",
        "share of the night that is missing",
        (0.2, 0.5, 0.8, 0.9, 0.95, 1.0),
        _lit,
        "domain_gap",
        lambda found: found.what.values.get("cell") == "night",
        {"domain": {"lighting": list(LIGHT), "site": ["A", "B"]}},
        n=200,
    ),
]
