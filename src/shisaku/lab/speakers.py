"""Whose voices a fixed set of recordings holds: the unit that an interval may speak about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.domain import Speakers
from shisaku.errors import DataError
from shisaku.lab.items import Items
from shisaku.message import say

Vector = npt.NDArray[np.float32]


def by_speaker(
    items: Items, voices: Mapping[str, Vector | None], rule: Speakers, where: str
) -> tuple[Items, dict[str, Any]]:
    """Return the items grouped by speaker, and what was found: speakers, items of each, and the unit of the interval.

    With fewer than `rule.least` speakers the items keep their own groups (unit ``item``): an interval over so few
    speakers would say nothing, and one over items holds for these speakers only. Raises DataError for an item
    without a voice.
    """
    mute = [item for item in items.ids if voices.get(item) is None]
    if mute:
        raise DataError(
            say("{n} recordings have no voice in part {part}, first {item}", n=len(mute), part=rule.part, item=mute[0]),
            where=where,
            next=say("Run audio.voice_embed over the test stream, and test on what it could embed"),
        )
    found = clustered(np.stack([np.asarray(voices[item]) for item in items.ids]), rule.near)
    sizes = sorted(Counter(found).values(), reverse=True)
    unit = "speaker" if len(sizes) >= rule.least else "item"
    told = {"speakers": len(sizes), "sizes": sizes, "unit": unit, "least": rule.least, "near": rule.near}
    if unit == "item":
        return items, told
    return items.with_groups([f"speaker {code}" for code in found]), told


def clustered(vectors: npt.NDArray[np.floating[Any]], near: float) -> list[int]:
    """Return a code per row of `vectors` [n, d]: average linkage of cosines, cut at `near`."""
    from sklearn.cluster import AgglomerativeClustering

    if len(vectors) < 2:
        return [0] * len(vectors)
    rows = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    model = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=1.0 - near)
    return [int(code) for code in model.fit_predict(rows)]
