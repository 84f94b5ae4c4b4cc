"""Reads COCO: boxes, polygons, masks and captions of images, from one JSON file or several."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.objects import OBJECTS, is_frame, scaled
from shisaku.store.readers.coco_annotations import carried_object, is_caption, object_of
from shisaku.store.readers.coco_files import coco_files, looks_like_coco
from shisaku.store.readers.coco_index import CocoImage, CocoIndex
from shisaku.store.readers.found_objects import FoundObjects, object_notes, one_class_each, several_classes
from shisaku.store.readers.inside import plain_name
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku.store.readers.record_json import FIELD
from shisaku.store.readers.restored import restored

TAKEN = ("id", "file_name", "width", "height", "license", FIELD)
CREATIVE_COMMONS = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/([0-9.]+)")


@dataclass(frozen=True)
class CocoReader:
    """Images with COCO annotations (detection, segmentation, key points, captions), one sample an image.

    `path` is a JSON file, or a folder with ``annotations/*.json`` or with JSON files among the images; images are
    looked for in the folder of their split, beside the JSON and in ``images``. Captions become the parts ``caption``,
    ``caption_1`` and so on (language `lang`), all else the part ``objects``: boxes, polygons and run lengths as
    given, in pixels of the ``width`` and ``height`` that the file states. Where every image has objects of one class
    only, that class is the label `label` (empty: none). `group` names a key of the image entries, such as
    ``video_id``. Other keys of an entry become facts, the split the fact ``split``.

    An image without annotations comes in without labels. Boxes outside the image are kept and counted, shapes that
    are not finite numbers are set aside in ``objects``; annotations of an image that is not listed become a drop.
    The files are read whole: about six times their size is needed in memory, and 1024 MB each is the limit.

    Example::

        data: {reader: coco, with: {path: street, label: "", group: sequence}}
    """

    path: str
    label: str = "class"
    group: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout where a JSON file begins and ends as COCO files do."""
        try:
            files = coco_files(path)
        except DataError:
            return None
        if not looks_like_coco(files[0].path):
            return None
        named = ", ".join(file.path.name for file in files[:4])
        why = say("{files} list images and annotations as COCO does", files=named)
        return Layout("COCO", (why,), cls(str(path)), strength=CERTAIN)

    def records(self) -> Iterator[Record]:
        """Give one record per image. Raises DataError for a file that is no COCO file, with the line if it is cut."""
        index = self._index()
        labelled = bool(self.label) and one_class_each(_classes(image) for image in index.images)
        homes: dict[Path, str] = {}
        for image in index.images:
            yield self._record(image, homes, labelled)

    def notes(self) -> tuple[Message, ...]:
        """Say what was not understood, and whether the images have a label."""
        index = self._index()
        said = [*index.notes, *object_notes(self.records())]
        if self.label and not one_class_each(_classes(image) for image in index.images):
            said.append(several_classes(self.label))
        return tuple(said)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("coco", asdict(self))

    def _index(self) -> CocoIndex:
        return CocoIndex(coco_files(Path(self.path).expanduser()))

    def _record(self, image: CocoImage, homes: dict[Path, str], labelled: bool) -> Record:
        if image.problem:
            return Record(image.name, problem=image.problem)
        home = homes.get(image.file.path, "")
        path, homes[image.file.path] = image.file.image(str(image.entry["file_name"]), home)
        if isinstance(path, Message):
            return Record(image.name, problem=path)
        if FIELD in image.entry:
            try:
                return _restored(image, path)
            except DataError as error:
                return Record(image.name, problem=error.what)
        name = plain_name(path.relative_to(image.file.root).as_posix())
        objects, captions = _objects(image), _captions(image, self.lang)
        parts = {"image": RawPart("image", path), **captions}
        if objects.items or objects.aside:
            parts[OBJECTS] = objects.part()
        return Record(
            name,
            parts,
            {self.label: next(iter(objects.classes))} if labelled and objects.classes else {},
            group=plain_name(str(image.entry[self.group])) if self.group in image.entry else "",
            licence=self.licence if self.licence != UNKNOWN else _licence(image.licence),
            consent=self.consent,
            facts={**_facts(image, self.group), **objects.facts()},
        )


def _classes(image: CocoImage) -> frozenset[str]:
    if FIELD in image.entry or image.problem:
        return frozenset()
    things = [one for one in image.annotations if not is_caption(one[0])]
    return frozenset(object_of(annotation, category).get("label", "") for annotation, category in things) - {""}


def _objects(image: CocoImage, frame: Any = None) -> FoundObjects:
    """Return the objects of an image; those that shisaku wrote and nobody changed as they were, in `frame`."""
    size: Any = [image.entry.get("width"), image.entry.get("height")]
    known = is_frame(size)
    found = FoundObjects(frame or (size if known else None))
    for annotation, category in image.annotations:
        if is_caption(annotation):
            if not isinstance(annotation["caption"], str):
                found.set_aside(say("The caption is not text"), annotation)
            continue
        before = carried_object(annotation, category)
        item = before or object_of(annotation, category)
        if before is None and frame and known:
            item = _in_frame(item, frame, size)
        found.add(item, annotation)
    return found


def _in_frame(item: dict[str, Any], frame: list[float], size: list[Any]) -> dict[str, Any]:
    check = FoundObjects(size)
    check.add(item, item)
    whole = (round(frame[0]), round(frame[1]))
    return scaled(item, frame[0] / size[0], frame[1] / size[1], whole) if check.items and not check.aside else item


def _captions(image: CocoImage, lang: str) -> dict[str, RawPart]:
    texts = [one["caption"] for one, _ in image.annotations if is_caption(one) and isinstance(one["caption"], str)]
    kept = [text.strip() for text in texts if text.strip()]
    return {f"caption_{n}" if n else "caption": RawPart("text", text, lang) for n, text in enumerate(kept)}


def _restored(image: CocoImage, path: Path) -> Record:
    """Return the record that shisaku wrote, with the captions and objects that the file holds now."""
    held = image.entry[FIELD] if isinstance(image.entry[FIELD], dict) else {}
    native: dict[str, Path | str | bytes] = {str(held.get("media")): path}
    added: dict[str, RawPart] = {}
    for one, _ in image.annotations:
        if is_caption(one) and isinstance(one["caption"], str):
            name = one.get(FIELD)
            if isinstance(name, str) and name.startswith("caption") and name not in native:
                native[name] = one["caption"]
            elif one["caption"].strip():
                free = (f"caption_{n}" if n else "caption" for n in range(len(image.annotations)))
                name = next(place for place in free if place not in native and place not in added)
                added[name] = RawPart("text", one["caption"].strip())
    table = held.get(OBJECTS)
    if isinstance(table, dict):
        frame = table.get("frame")
        found = _objects(image, frame if is_frame(frame) else None)
        native[OBJECTS] = json.dumps({**table, OBJECTS: found.items}, ensure_ascii=False)
    elif any(not is_caption(one) for one, _ in image.annotations):
        added[OBJECTS] = _objects(image).part()
    return restored(held, native, added)


def _facts(image: CocoImage, group: str) -> dict[str, str]:
    facts = {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in image.entry.items()
        if key not in (*TAKEN, group) and value not in (None, "")
    }
    facts |= {"image_id": str(image.entry["id"])} if "id" in image.entry else {}
    return facts | ({"split": image.file.split} if image.file.split else {})


def _licence(stated: str) -> str:
    """Return the SPDX id of a Creative Commons address, or what the file calls the licence."""
    found = CREATIVE_COMMONS.search(stated)
    return f"CC-{found[1].upper()}-{found[2]}" if found else stated or UNKNOWN
