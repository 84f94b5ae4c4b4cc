"""Pictures with boxes: objects as readers give them, and what annotators drew as Label Studio exports it."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from ops_material import image_part, samples

from shisaku.core.sample import Part, Sample

WIDE, HIGH = 200, 100


def box(x: float, y: float, wide: float, high: float, label: str = "cat", **more: Any) -> dict[str, Any]:
    return {"label": label, "box": [x, y, wide, high], **more}


def pictured(
    id_: str,
    items: Sequence[dict[str, Any]],
    frame: Any = (WIDE, HIGH),
    size: tuple[int, int] = (WIDE, HIGH),
    **facts: str,
) -> Sample:
    """A picture of `size` with these objects."""
    table = {"frame": list(frame) if frame else None, "objects": list(items)}
    parts = {
        "image": image_part(np.full((size[1], size[0], 3), 90, np.uint8)),
        "objects": Part("table", json.dumps(table).encode()),
    }
    return Sample(id_, parts, facts=facts)


def drew(who: Any, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An annotation of these boxes, in per cent of the picture."""
    results = []
    for item in items:
        x, y, wide, high = item["box"]
        value = {"x": x, "y": y, "width": wide, "height": high, "rectanglelabels": [item["label"]]}
        value |= {"rotation": item["rotation"]} if "rotation" in item else {}
        results.append({"type": "rectanglelabels", "from_name": "box", "value": value})
    return {"completed_by": who, "result": results, **more}


def drawn(id_: str, *annotations: Any) -> Sample:
    """A sample with nothing but what annotators said."""
    return Sample(id_, {"annotations": Part("table", json.dumps(annotations).encode())})


@functools.cache
def boxed_samples() -> tuple[Sample, ...]:
    """The samples with objects, one more in each, and with what two annotators drew."""
    made = []
    for k, one in enumerate(samples()):
        items = [box(5 * n, 4 * n, 20, 10 + k, "cat" if n % 2 else "dog") for n in range(k + 1)]
        with_boxes = pictured(one.id, [*items, box(90, 5, 30, 0)] if k == 3 else items)
        told = drawn(one.id, drew(1, *items), drew(2, *items[: k // 2 + 1]))
        made.append(replace(one, parts={**one.parts, **with_boxes.parts, **told.parts}))
    return tuple(made)
