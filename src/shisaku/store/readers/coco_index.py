"""The images of COCO files with their annotations: files of one split put together, problems named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.coco_annotations import Category, is_caption
from shisaku.store.readers.coco_files import CocoFile
from shisaku.store.readers.inside import plain_name
from shisaku.store.readers.json_file import read_json

Annotation = tuple[Mapping[str, Any], Category | None]


@dataclass(slots=True)
class CocoImage:
    """One image: its entry, its annotations with their categories, or why it cannot be used."""

    file: CocoFile
    name: str
    entry: Mapping[str, Any]
    licence: str = ""
    annotations: list[Annotation] = field(default_factory=list)
    place_of: dict[str, tuple[Path, int]] = field(default_factory=dict)
    problem: Message | None = None


class CocoIndex:
    """Everything that COCO files say. Files of one split that name the same image are put together.

    Raises DataError for a file that is no COCO file.
    """

    def __init__(self, files: Sequence[CocoFile]) -> None:
        self.notes: list[Message] = []
        self._images: dict[tuple[str, str], CocoImage] = {}
        self._strays: list[CocoImage] = []
        for file in files:
            self._add(file)

    @property
    def images(self) -> list[CocoImage]:
        """All images, and one entry for each image that annotations name but no file lists."""
        return [*self._images.values(), *self._strays]

    def _add(self, file: CocoFile) -> None:
        held, note = read_json(file.path)
        if not isinstance(held, dict) or not isinstance(held.get("images"), list):
            raise DataError(
                say("This is not a COCO file: it has no list of images"),
                str(file.path),
                next=say("Give a JSON file with images, annotations and categories"),
            )
        self.notes += [note] if note else []
        places = self._entries(file, held["images"], _licences(held))
        self._annotate(file, held, places)

    def _entries(self, file: CocoFile, entries: list[Any], licences: Mapping[str, str]) -> dict[str, list[CocoImage]]:
        """Return image id -> the images of that id (more than one is a fault of the file)."""
        places: dict[str, list[CocoImage]] = {}
        names: set[str] = set()
        again = 0
        for number, entry in enumerate(entries, 1):
            name = entry.get("file_name") if isinstance(entry, dict) else None
            if not isinstance(name, str) or not name:
                problem = say("Image {n} of the list names no file", n=number)
                self._strays.append(CocoImage(file, f"{file.path.name}:images[{number}]", {}, problem=problem))
                name = ""
            if not isinstance(entry, dict):
                continue
            licence = licences.get(_key(entry.get("license")), "")
            image = CocoImage(file, plain_name(name), entry, licence)
            if name:
                image = self._images.setdefault((file.split, name), image)
                image.entry = {**image.entry, **entry}
                image.licence = image.licence or licence
                again += name in names
                names.add(name)
            same = places.setdefault(_key(entry.get("id")), [])
            if all(other is not image for other in same):
                same.append(image)
        if again:
            self.notes.append(say("{n} images are listed more than once; each comes in once", n=again))
        return places

    def _annotate(self, file: CocoFile, held: Mapping[str, Any], places: Mapping[str, list[CocoImage]]) -> None:
        categories = _categories(held)
        panoptic, unlisted, unknown = 0, Counter[str](), 0
        annotations = held.get("annotations")
        for annotation in annotations if isinstance(annotations, list) else ():
            if not isinstance(annotation, dict) or "image_id" not in annotation:
                unlisted[""] += 1
                continue
            found = places.get(_key(annotation["image_id"]))
            if not found:
                unlisted[_key(annotation["image_id"])] += 1
            elif len(found) > 1:
                for image in found:
                    image.problem = say("Several images have the id {id}", id=_key(annotation["image_id"]))
            elif "segments_info" in annotation:
                panoptic += 1
            else:
                category = categories.get(_key(annotation.get("category_id")))
                unknown += category is None and "category_id" in annotation
                _put(found[0], file.path, annotation, category)
        self._strays += [_stray(file, id_, n) for id_, n in unlisted.items()]
        if panoptic:
            self.notes.append(say("{n} panoptic annotations are not read: their masks are other images", n=panoptic))
        if unknown:
            self.notes.append(
                say("{n} annotations have a category that is not listed; their label is its number", n=unknown)
            )


def _put(image: CocoImage, path: Path, annotation: Mapping[str, Any], category: Category | None) -> None:
    """Add an annotation; one that another file describes too (boxes here, keypoints there) becomes one of both."""
    id_ = "" if is_caption(annotation) else _key(annotation.get("id", ""))
    first, place = image.place_of.get(id_, (path, 0))
    if id_ and first != path and image.annotations[place][1] == category:
        image.annotations[place] = ({**image.annotations[place][0], **annotation}, category)
        return
    if id_:
        image.place_of[id_] = (path, len(image.annotations))
    image.annotations.append((annotation, category))


def _stray(file: CocoFile, id_: str, n: int) -> CocoImage:
    problem = (
        say("{n} annotations are of the image {id}, which is not listed", n=n, id=id_)
        if id_
        else say("{n} annotations name no image", n=n)
    )
    return CocoImage(file, f"{file.path.name}:image_id={id_}", {}, problem=problem)


def _categories(held: Mapping[str, Any]) -> dict[str, Category]:
    entries = held.get("categories")
    return {
        _key(entry.get("id")): (str(entry["name"]), str(entry.get("supercategory") or ""))
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and "name" in entry
    }


def _licences(held: Mapping[str, Any]) -> dict[str, str]:
    entries = held.get("licenses")
    return {
        _key(entry.get("id")): _licence_of(entry)
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    }


def _key(id_: Any) -> str:
    """Return an id as text: some files have numbers in one list and texts in another."""
    return plain_name(str(id_))


def _licence_of(entry: Mapping[str, Any]) -> str:
    """Return the address, which says the version, before the name."""
    url = str(entry.get("url") or "")
    return url if "creativecommons.org/licenses/" in url else str(entry.get("name") or url)
