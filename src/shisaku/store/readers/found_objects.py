"""The objects that a format says are in an image, on their way into the part ``objects``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.objects import OBJECTS, is_numbers, is_object, is_polygon
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.rle import runs_of

OUTSIDE, SET_ASIDE = "objects_outside", "objects_set_aside"  # facts: how many of them the image has
SHOWN = 2000  # characters of what is set aside
TOLERANCE = 1e-6


class FoundObjects:
    """Collects the objects of one image; nothing that the file says is lost in silence.

    Finite boxes are kept as they are, also those outside the frame or without area, which are counted. What is not
    finite numbers is set aside: word for word, with the reason, under ``set_aside`` in the part.
    """

    def __init__(self, frame: Sequence[float] | None) -> None:
        self.frame = list(frame) if frame else None
        self.items: list[Mapping[str, Any]] = []
        self.aside: list[dict[str, str]] = []

    def add(self, item: Mapping[str, Any], given: Any) -> None:
        """Take one object in the form of the part; `given` is what the file says."""
        if "box" in item and not is_numbers(item["box"], 4):
            self.set_aside(say("The box is not four finite numbers"), given)
            return
        kept = dict(item)
        polygons = kept.get("polygons")
        if polygons is not None and not (isinstance(polygons, list) and all(is_polygon(p) for p in polygons)):
            self.set_aside(say("The polygon is not three or more points of finite numbers"), kept.pop("polygons"))
        if "rle" in kept:
            try:
                runs_of(kept["rle"])
            except DataError as error:
                self.set_aside(error.what, kept.pop("rle"))
        if is_object(kept):
            self.items.append(kept)
        else:
            self.set_aside(say("The object holds values that are not numbers"), given)

    def set_aside(self, why: Message, given: Any) -> None:
        """Keep what cannot be understood beside the objects, with the reason."""
        self.aside.append({"why": str(why), "given": json.dumps(given, ensure_ascii=False, default=str)[:SHOWN]})

    @property
    def classes(self) -> frozenset[str]:
        """The labels of all objects."""
        return frozenset(item["label"] for item in self.items if item.get("label"))

    def part(self) -> RawPart:
        """Return the part."""
        table: dict[str, Any] = {"frame": self.frame, OBJECTS: self.items}
        if self.aside:
            table["set_aside"] = self.aside
        return RawPart("table", json.dumps(table, ensure_ascii=False))

    def facts(self) -> dict[str, str]:
        """Return how many boxes are doubtful and how many objects are set aside, where there are any."""
        outside = sum(self._is_outside(item["box"]) for item in self.items if "box" in item)
        counts = {OUTSIDE: outside, SET_ASIDE: len(self.aside)}
        return {name: str(n) for name, n in counts.items() if n}

    def _is_outside(self, box: Sequence[float]) -> bool:
        x, y, w, h = box
        if w <= 0 or h <= 0:
            return True
        if self.frame is None:
            return x < 0 or y < 0
        wide, high = self.frame
        slack_x, slack_y = wide * TOLERANCE, high * TOLERANCE
        return x < -slack_x or y < -slack_y or x + w > wide + slack_x or y + h > high + slack_y


def object_notes(records: Iterable[Record]) -> list[Message]:
    """Say how many objects are doubtful or set aside, over all records."""
    totals = dict.fromkeys((OUTSIDE, SET_ASIDE), 0)
    for record in records:
        for name in totals:
            totals[name] += int(record.facts.get(name, 0))
    said = []
    if totals[OUTSIDE]:
        said.append(
            say("{n} boxes lie outside their image or have no area; they are kept as they are", n=totals[OUTSIDE])
        )
    if totals[SET_ASIDE]:
        said.append(
            say("{n} shapes cannot be understood; they are kept in objects under set_aside", n=totals[SET_ASIDE])
        )
    return said


def one_class_each(classes: Iterable[frozenset[str]]) -> bool:
    """Say whether every image that has objects has them of one class only, so that the class is its label."""
    return all(len(found) <= 1 for found in classes)


def several_classes(label: str) -> Message:
    """Say why no image has a label."""
    return say("Some images hold objects of several classes, so none has the label {label}", label=label)
