"""Reads Pascal VOC: one XML file of boxes an image."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.encodings import read_text
from shisaku.store.objects import OBJECTS
from shisaku.store.readers.found_objects import object_notes, one_class_each, several_classes
from shisaku.store.readers.inside import inside, plain_name
from shisaku.store.readers.plain_xml import read_xml
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku.store.readers.voc_objects import voc_objects, zero_based
from shisaku.store.readers.walk import kind_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ANNOTATIONS, IMAGES = "Annotations", "JPEGImages"
SETS = ("train", "val", "test")
GLANCE = 4096


@dataclass(frozen=True)
class VocReader:
    """A Pascal VOC folder, one sample an image: ``Annotations/*.xml``, ``JPEGImages/``, ``ImageSets/Main/*.txt``.

    `path` is such a folder, or one that holds several (``VOC2007``, ``VOC2012``). Boxes become the part ``objects``
    in pixels; VOC counts them from `first_pixel` 1, tools that write its form from 0 (a note tells when it looks so).
    The lists train, val and test become the fact ``split``. Where every image has objects of one class only, that
    class is the label `label` (empty: none). An image without a file comes in without labels, a file without its
    image becomes a drop. Masks in ``SegmentationClass`` are not read. XML with a document type is refused.

    Example::

        data: {reader: voc, with: {path: VOCdevkit/VOC2012}}
    """

    path: str
    label: str = "class"
    first_pixel: int = 1
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout of a folder with ``Annotations/`` whose first file is one of VOC."""
        homes = _homes(path)
        if not homes or not any(_is_voc(home) for home in homes):
            return None
        why = say("{folder} holds one XML file of Pascal VOC an image", folder=ANNOTATIONS)
        return Layout("Pascal VOC", (why,), cls(str(path)), strength=CERTAIN)

    def records(self) -> Iterator[Record]:
        """Give one record per annotation file and image. Raises DataError if there are none of VOC here."""
        root = Path(self.path).expanduser()
        homes = _homes(root)
        if not homes:
            raise DataError(
                say("There is no folder {folder} here", folder=ANNOTATIONS),
                str(root),
                next=say("Give the folder that holds Annotations and JPEGImages"),
            )
        labelled = bool(self.label) and self._has_label(homes)
        for home in homes:
            yield from self._home(root, home, labelled)

    def notes(self) -> tuple[Message, ...]:
        """Say what was not understood, and whether the images have a label."""
        homes = _homes(Path(self.path).expanduser())
        said = object_notes(self.records())
        if self.label and not self._has_label(homes):
            said.append(several_classes(self.label))
        n = sum(zero_based(tree) for home in homes for tree in _trees(home)) if self.first_pixel else 0
        if n:
            said.append(say("{n} files have a box that starts at 0, where VOC counts from 1: try first_pixel: 0", n=n))
        masks = sum(len(list(home.glob(f"Segmentation{what}/*.png"))) for home in homes for what in ("Class", "Object"))
        if masks:
            said.append(say("{n} files were passed over: {suffix}", n=masks, suffix="Segmentation*/*.png"))
        return tuple(said)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("voc", asdict(self))

    def _has_label(self, homes: list[Path]) -> bool:
        found = (voc_objects(tree, self.first_pixel).classes for home in homes for tree in _trees(home))
        return one_class_each(found)

    def _home(self, root: Path, home: Path, labelled: bool) -> Iterator[Record]:
        splits = _splits(home)
        images = _images(home)
        seen: set[str] = set()
        for path in sorted((home / ANNOTATIONS).glob("*.xml")):
            name = plain_name(path.relative_to(root).as_posix())
            try:
                tree = read_xml(_below(root, path))
            except DataError as error:
                yield Record(name, problem=error.what)
                seen.add(images.get(path.stem, Path()).name)
                continue
            image = _image(root, home, path, tree, images)
            if isinstance(image, Message):
                yield Record(name, problem=image)
                continue
            seen.add(image.name)
            yield self._record(root, path, tree, image, splits, labelled)
        for image in sorted(images.values()):
            if image.name not in seen:
                yield self._bare(root, image, splits)

    def _record(
        self, root: Path, path: Path, tree: Element, image: Path, splits: dict[str, str], labelled: bool
    ) -> Record:
        objects = voc_objects(tree, self.first_pixel)
        parts = {"image": RawPart("image", image), OBJECTS: objects.part()}
        facts = {f"source_{node.tag}": (node.text or "").strip() for node in tree.iterfind("source/*")}
        facts |= {"split": splits[path.stem]} if path.stem in splits else {}
        return Record(
            plain_name(image.relative_to(root).as_posix()),
            parts,
            {self.label: next(iter(objects.classes))} if labelled and objects.classes else {},
            licence=self.licence,
            consent=self.consent,
            facts={**{key: value for key, value in facts.items() if value}, **objects.facts()},
        )

    def _bare(self, root: Path, image: Path, splits: dict[str, str]) -> Record:
        name = plain_name(image.relative_to(root).as_posix())
        checked = inside(root, image.relative_to(root).as_posix())
        if isinstance(checked, Message):
            return Record(name, problem=checked)
        facts = {"split": splits[image.stem]} if image.stem in splits else {}
        part = RawPart("image", image)
        return Record(name, {"image": part}, licence=self.licence, consent=self.consent, facts=facts)


def _homes(path: Path) -> list[Path]:
    for pattern in (".", "*", "VOCdevkit/*", "*/VOCdevkit/*"):
        places = [path] if pattern == "." else sorted(path.glob(pattern))
        found = [place for place in places if (place / ANNOTATIONS).is_dir() and not place.is_symlink()]
        if found:
            return found
    return []


def _is_voc(home: Path) -> bool:
    with os.scandir(home / ANNOTATIONS) as entries:
        first = next((Path(entry.path) for entry in entries if entry.name.endswith(".xml") and entry.is_file()), None)
    if first is None:
        return False
    with first.open("rb") as file:
        return b"<annotation" in file.read(GLANCE)


def _trees(home: Path) -> Iterator[Element]:
    for path in sorted((home / ANNOTATIONS).glob("*.xml")):
        try:
            yield read_xml(_below(home, path))
        except DataError:
            continue  # `records` says what is wrong with it


def _below(root: Path, path: Path) -> Path:
    found = inside(root, path.relative_to(root).as_posix())
    if isinstance(found, Message):
        raise DataError(found, str(path))
    return found


def _images(home: Path) -> dict[str, Path]:
    folder = home / IMAGES
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return {path.stem: path for path in found if kind_of(path.name) == "image" and not path.name.startswith(".")}


def _image(root: Path, home: Path, path: Path, tree: Element, images: dict[str, Path]) -> Path | Message:
    given = (tree.findtext("filename") or "").strip() or path.stem
    below = home.relative_to(root)
    places = [(below / folder / given).as_posix() for folder in (IMAGES, ANNOTATIONS, "")]
    refused: Message | None = None
    for place in places:
        found = inside(root, place)
        if isinstance(found, Path):
            return found
        refused = refused or found
    # Many tools leave out the suffix, or another name from before the files were renamed.
    other = images.get(path.stem)
    checked = inside(root, other.relative_to(root).as_posix()) if other and "/" not in given else None
    return checked if isinstance(checked, Path) else refused or say("There is no image")


def _splits(home: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in SETS:
        path = home / "ImageSets" / "Main" / f"{name}.txt"
        if path.is_file() and isinstance(inside(home, path.relative_to(home).as_posix()), Path):
            text, _ = read_text(path)
            found |= {line.split()[0]: name for line in text.splitlines() if line.strip()}
    return found
