"""Reads YOLO: images, and beside them text files of boxes or polygons in fractions of the image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.objects import OBJECTS
from shisaku.store.readers.found_objects import FoundObjects, object_notes, one_class_each, several_classes
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, LIKELY, Layout
from shisaku.store.readers.walk import Found, Survey, survey
from shisaku.store.readers.yolo_labels import is_labels, read_labels
from shisaku.store.readers.yolo_names import YAMLS, YoloNames, yolo_file, yolo_names

IMAGES, LABELS = "images", "labels"
ENOUGH = 50


@dataclass(frozen=True)
class YoloReader:
    """A YOLO dataset, one sample an image: ``data.yaml`` or ``classes.txt``, ``images/``, ``labels/``.

    `path` is the folder or its YAML. The labels of ``.../images/x.jpg`` are in ``.../labels/x.txt``, or in ``x.txt``
    beside it. Boxes (four numbers), polygons (more) and key points (``kpt_shape``) become the part ``objects``. Its
    frame is ``[1, 1]``: the numbers are the file's own fractions, true at any size of the image. An empty label file
    says that nothing is there; an image without one comes in without labels, and a file in ``labels`` without its
    image becomes a drop. Splits (YAML, or folders called train, val, test) become the fact ``split``. Where every
    image has objects of one class only, that class is the label `label` (empty: none).

    Example::

        data: {reader: yolo, with: {path: parts/data.yaml, label: ""}}
    """

    path: str
    label: str = "class"
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout where class names and label files of numbers lie beside images."""
        root = path if path.is_dir() else path.parent
        names = yolo_file(path)
        labels = _some_labels(root) if path.is_dir() or names else None
        if labels is None or (names is None and LABELS not in labels.relative_to(root).parts):
            return None
        why = [say("{file} holds an object a line, as YOLO writes it", file=labels.relative_to(root).as_posix())]
        why += [say("{file} names the classes", file=names.name)] if names else []
        strength = CERTAIN if names else LIKELY
        doubt = () if names else (say("No file names the classes: they are called class 0, class 1 and so on"),)
        return Layout("YOLO", tuple(why), cls(str(path)), doubt, strength=strength)

    def records(self) -> Iterator[Record]:
        """Give one record per image, and one per label file without its image. Raises DataError for a wrong YAML."""
        names, found = self._look()
        images = found.of("image", "link")
        labels = {file.name: file for file in found.of("text") if file.name.lower().endswith(".txt")}
        labelled = bool(self.label) and self._has_label(names, images, labels)
        used: set[str] = set()
        for image in images:
            name = _labels_of(image.name, labels)
            used.add(name)
            yield self._record(image, labels.get(name), names, labelled)
        for name, file in labels.items():
            if LABELS in file.folders and name not in used and not name.endswith("classes.txt"):
                yield Record(name, problem=say("There is no image for this label file"))

    def notes(self) -> tuple[Message, ...]:
        """Say what was not understood, and whether the images have a label."""
        names, found = self._look()
        said = object_notes(self.records())
        labels = {file.name: file for file in found.of("text")}
        if not names.classes:
            said.append(say("No file names the classes: they are called class 0, class 1 and so on"))
        if self.label and not self._has_label(names, found.of("image"), labels):
            said.append(several_classes(self.label))
        return tuple(said)

    def fingerprint(self) -> str:
        """Return what changes with the parameters; the text files are seen through the records."""
        return fingerprint("yolo", asdict(self))

    def _look(self) -> tuple[YoloNames, Survey]:
        path = Path(self.path).expanduser()
        root = path if path.is_dir() else path.parent
        return yolo_names(root, yolo_file(path)), survey(root)

    def _has_label(self, names: YoloNames, images: list[Found], labels: dict[str, Found]) -> bool:
        return one_class_each(
            objects.classes
            for image in images
            if isinstance(objects := _objects(labels.get(_labels_of(image.name, labels)), names), FoundObjects)
        )

    def _record(self, image: Found, file: Found | None, names: YoloNames, labelled: bool) -> Record:
        objects = _objects(file, names)
        problem = image.problem or (objects if isinstance(objects, Message) else None)
        if problem or isinstance(objects, Message):
            return Record(image.name, problem=problem)
        split = names.split_of(image.name)
        parts = {"image": RawPart("image", image.path)}
        return Record(
            image.name,
            parts | ({OBJECTS: objects.part()} if objects else {}),
            {self.label: next(iter(objects.classes))} if labelled and objects and objects.classes else {},
            licence=self.licence,
            consent=self.consent,
            facts=({"split": split} if split else {}) | (objects.facts() if objects else {}),
        )


def _objects(file: Found | None, names: YoloNames) -> FoundObjects | Message | None:
    """Return the objects of a label file, why it cannot be read, or None where there is no file."""
    if file is None:
        return None
    if file.problem:
        return file.problem
    try:
        return read_labels(file.path, names)
    except DataError as error:
        return error.what


def _labels_of(image: str, labels: dict[str, Found]) -> str:
    """Return the name of the label file of an image: the last folder ``images`` becomes ``labels``."""
    folders = image.split("/")
    stem = folders[-1].rpartition(".")[0] + ".txt"
    places = [number for number, folder in enumerate(folders[:-1]) if folder == IMAGES]
    swapped = [*folders[: places[-1]], LABELS, *folders[places[-1] + 1 : -1], stem] if places else []
    name = "/".join(swapped)
    return name if name in labels else "/".join([*folders[:-1], stem])


def _some_labels(root: Path) -> Path | None:
    """Return a label file among the first files of the folders where they may be."""
    for pattern in (f"{LABELS}/*.txt", f"{LABELS}/*/*.txt", f"*/{LABELS}/*.txt", "*.txt", "*/*.txt"):
        for number, path in enumerate(root.glob(pattern)):
            if path.is_file() and path.name not in ("classes.txt", *YAMLS) and is_labels(path):
                return path
            if number > ENOUGH:
                break
    return None
