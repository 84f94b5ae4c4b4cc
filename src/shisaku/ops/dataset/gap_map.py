"""A map of real and made samples: the two directions in which the features of all of them differ most."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.seed import rng_for
from shisaku.message import say
from shisaku.ops.dataset.sides import Sides
from shisaku.stats.two_sample import drawn_entities

MOST = 1000  # points of either side


def gap_map(sides: Sides, chances: npt.NDArray[np.float64], features: str, seed: int) -> Finding:
    """Return a Finding whose table has a row per point: place, side, class, sample, and the chance of being made.

    `chances` belong to the real samples first, then to the made ones.
    """
    points = []
    for side, word, start in ((sides.real, "real", 0), (sides.made, "made", len(sides.real))):
        places = drawn_entities(side.entities, MOST, rng_for(seed, "gap_map", word))
        points += [
            (side.rows[place], word, str(side.labels[place]), side.ids[place], float(chances[start + place]))
            for place in places
        ]
    where, share = _plane(np.stack([row for row, *_ in points]).astype(np.float64))
    table = tuple(
        {"x": round(float(x), 5), "y": round(float(y), 5), "set": word, "class": label, "sample": id_,
         "made_chance": round(chance, 4)}
        for (x, y), (_, word, label, id_, chance) in zip(where, points, strict=True)
    )  # fmt: skip
    what = say(
        "Map of {part}: {n} samples on the first two principal components, {share:.0%} of the variance",
        part=features,
        n=len(table),
        share=share,
    )
    return Finding("gap_map", what, "note", share, n=len(table), table=table)


def _plane(rows: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], float]:
    """Return the rows on their first two principal components, and the share of the variance that these hold."""
    apart = rows - rows.mean(axis=0)
    _, lengths, axes = np.linalg.svd(apart, full_matrices=False)
    axes = axes[:2]
    # The sign of an axis is free: its largest entry points up.
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    where = np.zeros((len(rows), 2))
    where[:, : len(axes)] = apart @ (axes * signs[:, None]).T
    whole = float(np.square(lengths).sum())
    return where, float(np.square(lengths[:2]).sum()) / whole if whole else 0.0
