"""Faults of boxes: drawn twice, under two classes, out of the picture, of a wrong size, and annotators who differ."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from planted.boxed import annotation, by_hand, objects_part
from planted.fault import Fault, each
from shisaku.core.sample import Sample

Rng = np.random.Generator
Item = dict[str, Any]
Items = list[Item]
Size = tuple[float, float]
SCENES, EDGES, ANNOTATED = "boxed scenes", "boxed edges", "annotated scenes"


def _changed(change: Callable[[Items, Size, float, Rng], Items]) -> Callable[[Sample, float, Rng], Sample]:
    """Return a change of the objects of a sample, read and written as JSON alone."""

    def apply(sample: Sample, strength: float, rng: Rng) -> Sample:
        table = json.loads(sample.parts["objects"].data)
        size = (table["frame"][0], table["frame"][1])
        return sample.with_part("objects", objects_part(change(table["objects"], size, strength, rng), size))

    return apply


def _one(change: Callable[[list[float], Size, float, Rng], list[float]]) -> Any:
    """Return a change of one box of every planted picture."""

    def apply(items: Items, size: Size, strength: float, rng: Rng) -> Items:
        chosen = int(rng.integers(len(items)))
        box = change(items[chosen]["box"], size, strength, rng)
        return [{**item, "box": box} if k == chosen else item for k, item in enumerate(items)]

    return _changed(apply)


def _copy(box: list[float], overlap: float, rng: Rng) -> list[float]:
    """Return a box whose intersection over union with `box` is `overlap`: moved aside, cut, or grown around it."""
    x, y, wide, high = box
    aside = wide * (1 - overlap) / (1 + overlap)
    grown = overlap**-0.5
    ways = (
        [x + aside, y, wide, high],
        [x, y, wide, high * overlap],
        [x - wide * (grown - 1) / 2, y - high * (grown - 1) / 2, wide * grown, high * grown],
    )
    return ways[int(rng.integers(len(ways)))]


def _twice(items: Items, size: Size, overlap: float, rng: Rng) -> Items:
    item = items[int(rng.integers(len(items)))]
    return [*items, {**item, "box": _copy(item["box"], overlap, rng)}]


def _redrawn(items: Items, size: Size, sure: float, rng: Rng) -> Items:
    """Draw one thing again by hand, edges off by a standard deviation of 1 - `sure` sides."""
    return [*items, *by_hand([items[int(rng.integers(len(items)))]], rng, 1 - sure)]


@cache
def _classes() -> list[str]:
    from planted.sources import source

    return sorted({one.labels["class"] for one in source("stamps")})


def _renamed(items: Items, size: Size, overlap: float, rng: Rng) -> Items:
    item = items[int(rng.integers(len(items)))]
    other = str(rng.choice([name for name in _classes() if name != item["label"]]))
    return [*items, {"label": other, "box": _copy(item["box"], overlap, rng)}]


def _out(box: list[float], size: Size, pixels: float, rng: Rng) -> list[float]:
    """Move a box over an edge of the picture."""
    x, y, wide, high = box
    places = ([-pixels, y], [size[0] - wide + pixels, y], [x, -pixels], [x, size[1] - high + pixels])
    return [*places[int(rng.integers(len(places)))], wide, high]


def _corners(items: Items, size: Size, share: float, rng: Rng) -> Items:
    """Write the far corner of some boxes where their width and height should be."""
    some = set(rng.permutation(len(items))[: max(1, round(share * len(items)))].tolist())
    return [
        {**item, "box": [x, y, x + wide, y + high]} if k in some else item
        for k, item in enumerate(items)
        for x, y, wide, high in [item["box"]]
    ]


def _stretched(sample: Sample, times: float, rng: Rng) -> Sample:
    """Say of the picture that it is `times` as wide or as high, with boxes that fit that."""
    table = json.loads(sample.parts["objects"].data)
    side = int(rng.integers(2))
    scale = [times if k % 2 == side else 1.0 for k in range(4)]
    items = [{**item, "box": [a * b for a, b in zip(item["box"], scale, strict=True)]} for item in table["objects"]]
    wide, high = (round(a * b) for a, b in zip(table["frame"], scale, strict=False))
    return sample.with_part("objects", objects_part(items, (wide, high)))


def _smaller(box: list[float], size: Size, times: float, rng: Rng) -> list[float]:
    """Shrink a box about its middle."""
    x, y, wide, high = box
    return [x + wide * (1 - 1 / times) / 2, y + high * (1 - 1 / times) / 2, wide / times, high / times]


def _larger(box: list[float], size: Size, share: float, rng: Rng) -> list[float]:
    """Let a box take a share of the whole picture, about its middle."""
    side = share**0.5
    return [size[0] * (1 - side) / 2, size[1] * (1 - side) / 2, size[0] * side, size[1] * side]


def _thin(box: list[float], size: Size, one_by: float, rng: Rng) -> list[float]:
    """Leave 1 / `one_by` pixels of one side."""
    x, y, wide, high = box
    return [x, y, 1 / one_by, high] if rng.random() < 0.5 else [x, y, wide, 1 / one_by]


def _astray(sample: Sample, share: float, rng: Rng) -> Sample:
    """Let the second annotator draw a share of the boxes somewhere else."""
    table, told = (json.loads(sample.parts[name].data) for name in ("objects", "annotations"))
    size = table["frame"]
    lost = set(rng.permutation(len(table["objects"]))[: round(share * len(table["objects"]))].tolist())
    drawn = []
    for k, item in enumerate(by_hand(table["objects"], rng)):
        _, _, wide, high = item["box"]
        place = [float(rng.uniform(0, max(1.0, size[0] - wide))), float(rng.uniform(0, max(1.0, size[1] - high)))]
        drawn.append({**item, "box": [*place, wide, high]} if k in lost else item)
    part = replace(sample.parts["annotations"], data=json.dumps([told[0], annotation(2, drawn, size)]).encode())
    return sample.with_part("annotations", part)


def _both(name: str, profile: str, unit: str, strengths: tuple[float, ...], change: Any) -> list[Fault]:
    return [Fault(f"{name} in {source}", profile, source, unit, strengths, each(change)) for source in (SCENES, EDGES)]


OVERLAPS = (0.8, 0.85, 0.88, 0.91, 0.95, 0.98, 1.0)
SURE = (0.9, 0.95, 0.97, 0.98, 0.99, 0.995)
PIXELS = (0.25, 0.5, 1.5, 2.0, 4.0, 16.0)
TIMES = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
FAULTS = [
    *_both("box twice", "box_twice", "IoU of the copy", OVERLAPS, _changed(_twice)),
    *_both("box redrawn", "box_twice", "= 1 - sd of an edge in sides", SURE, _changed(_redrawn)),
    Fault("two classes", "box_conflict", SCENES, "IoU of the copy", OVERLAPS, each(_changed(_renamed))),
    *_both("box shifted out", "box_bounds", "pixels beyond the edge", PIXELS, _one(_out)),
    *_both("corners for sides", "box_bounds", "share of the boxes", (0.1, 0.25, 0.5, 0.75, 1.0), _changed(_corners)),
    *_both("frame stretched", "box_bounds", "times a side", (1.01, 1.02, 1.03, 1.05, 1.1, 1.33), _stretched),
    *_both("box too small", "box_size", "times a side", TIMES, _one(_smaller)),
    *_both("box too large", "box_size", "share of the picture", (0.2, 0.5, 0.8, 0.9, 0.95, 1.0), _one(_larger)),
    *_both("box too thin", "box_size", "= 1 / pixels of a side", (0.1, 0.2, 0.4, 0.6, 1.0, 4.0), _one(_thin)),
    Fault("boxes astray", "box_agreement", ANNOTATED, "share of the boxes of one annotator",
          (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 1.0), each(_astray)),
]  # fmt: skip
