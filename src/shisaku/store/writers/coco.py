"""Writes COCO: images, their objects and captions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.core.sample import UNKNOWN, Part, Sample
from shisaku.message import say
from shisaku.store.codecs import encode_table
from shisaku.store.objects import OBJECTS, Objects, picture_size, scaled
from shisaku.store.readers.coco_annotations import Category, annotation_of, mark_of, object_of
from shisaku.store.readers.record_json import FIELD
from shisaku.store.readers.restored import carried
from shisaku.store.writers.coco_sheet import Lines, Numbers, category_rows, numbered, write_sheet
from shisaku.store.writers.files import file_bytes, file_name
from shisaku.store.writers.losses import FIELDS, Losses
from shisaku.store.writers.writer import Written

CAPTION = re.compile(r"caption(_\d+)?")
NAMELESS: Category = ("object", "")  # COCO wants a category for every object


@dataclass(frozen=True)
class CocoWriter:
    """A COCO dataset: ``images/*.png``, ``annotations/instances.json``, and ``captions.json`` where there are captions.

    Boxes, polygons and masks are in pixels of the image that is written, which may be smaller than its source.
    Numbers of images and annotations are kept where they can be, categories are sorted. Everything else about a
    sample is in the key ``shisaku`` of its image entry, so that the reader ``coco`` gives it back as it was; parts
    that are neither the image, text nor table are not carried. Samples without an image are left out.

    Example::

        shisaku data export street --to coco --out street-coco
    """

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write all samples into `out`. Raises MediaError for a damaged part."""
        for folder in ("images", "annotations"):
            (out / folder).mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            sheets = _Sheets(*(stack.enter_context(closing(Lines(out))) for _ in range(3)))
            for sample in samples:
                sheets.add(sample, out / "images")
            sheets.finish(out / "annotations")
        return Written(sheets.n, sheets.losses.left_out, sheets.losses.messages())


class _Sheets:
    """The entries of the two JSON files, on their way."""

    def __init__(self, images: Lines, objects: Lines, captions: Lines) -> None:
        self.losses = Losses()
        self.n = self.captioned = 0
        self._images, self._objects, self._captions = images, objects, captions
        self._image_numbers, self._numbers = Numbers(), Numbers()
        self._categories: set[Category] = set()
        self._licences: set[str] = set()

    def add(self, sample: Sample, folder: Path) -> None:
        media = image_of(sample)
        if not media:
            self.losses.leave_out(say("There is no image"))
            return
        name = file_name(sample.id, media, "image")
        (folder / name).write_bytes(file_bytes(sample, media))
        size = picture_size(sample.parts[media])
        captions = {
            part: held for part, held in sample.parts.items() if held.kind == "text" and CAPTION.fullmatch(part)
        }
        objects = Objects.of(sample)
        native = (media, *captions, *([OBJECTS] if objects else []))
        held = {"media": media, **carried(sample, native)}
        if objects:
            held[OBJECTS] = {**objects.table, OBJECTS: None}
            self._add_objects(objects, size, sample)
        self._add_captions(captions)
        entry: dict[str, Any] = {"file_name": name, "width": size[0], "height": size[1]}
        number = self._image_numbers.keep(_number(sample.facts.get("image_id", "")))
        entry |= {"id": number} if number else {}
        if sample.licence != UNKNOWN:
            self._licences.add(sample.licence)
            entry["license"] = sample.licence
        self._images.add({**entry, FIELD: held})
        self.losses.rest(sample, (*FIELDS, "times"), (*native, *held["content"]))
        self.n += 1

    def finish(self, folder: Path) -> None:
        licences = [{"id": n, "name": name, "url": ""} for n, name in enumerate(sorted(self._licences), 1)]
        number_of = {row["name"]: row["id"] for row in licences}
        about = {"info": {"description": "written by shisaku", "version": "1.0"}, "licenses": licences}
        ids: list[int] = []

        def licensed(entry: dict[str, Any]) -> None:
            ids.append(entry["id"])
            if "license" in entry:
                entry["license"] = number_of[entry["license"]]

        rows = category_rows(self._categories)
        category = {(row["name"], row["supercategory"]): row["id"] for row in rows}

        def placed(entry: dict[str, Any]) -> None:
            entry["image_id"] = ids[entry["image_id"]]
            if "category_id" in entry:
                entry["category_id"] = category[tuple(entry["category_id"])]

        images = numbered(self._images, self._image_numbers, licensed)
        objects = numbered(self._objects, self._numbers, placed)
        lists: dict[str, Iterator[Mapping[str, Any]]] = {"images": images, "annotations": objects}
        write_sheet(folder / "instances.json", {**lists, "categories": iter(rows)}, about)
        if self.captioned:
            names = ({**entry, "id": id_} for entry, id_ in zip(self._images, ids, strict=True))
            plain = ({key: entry[key] for key in ("id", "file_name", "width", "height")} for entry in names)
            captions = numbered(self._captions, Numbers(), placed)
            write_sheet(folder / "captions.json", {"images": plain, "annotations": captions}, {"info": about["info"]})

    def _add_captions(self, captions: Mapping[str, Part]) -> None:
        for name, part in captions.items():
            self._captions.add({"image_id": self.n, "caption": part.text, FIELD: name})
            self.captioned += 1

    def _add_objects(self, objects: Objects, size: tuple[int, int], sample: Sample) -> None:
        across, down = objects.scale_to(*size, sample)
        for item in objects.items:
            category = (item["label"], _above(item)) if item.get("label") else NAMELESS
            self._categories.add(category)
            made = annotation_of(scaled(item, across, down, size))
            number = self._numbers.keep(item.get("id"))
            made |= {"id": number} if number else {}
            # Only what COCO cannot say is said twice: the file stays small where sizes and ids are kept.
            if number is None or encode_table([object_of(made, category)]) != encode_table([item]):
                made[FIELD] = {"object": item, "mark": mark_of(made, category)}
            self._objects.add({**made, "image_id": self.n, "category_id": category})


def image_of(sample: Sample) -> str:
    """Return the name of the part that is the image of a sample: ``image``, or the first of that kind."""
    named = sample.parts.get("image")
    if named is not None and named.kind == "image":
        return "image"
    return next((name for name, part in sample.parts.items() if part.kind == "image"), "")


def _above(item: Mapping[str, Any]) -> str:
    above = item.get("supercategory")
    return above if isinstance(above, str) else ""


def _number(fact: str) -> int | None:
    return int(fact) if re.fullmatch(r"[1-9]\d{0,14}", fact) else None
