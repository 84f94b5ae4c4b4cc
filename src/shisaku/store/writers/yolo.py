"""Writes YOLO: images, label files and the YAML that names classes and splits."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import yaml

from shisaku.core.sample import Sample
from shisaku.message import say
from shisaku.store.objects import OBJECTS, Objects, picture_size
from shisaku.store.writers.coco import image_of
from shisaku.store.writers.coco_sheet import Lines
from shisaku.store.writers.files import file_bytes, file_name
from shisaku.store.writers.losses import Losses
from shisaku.store.writers.writer import Written
from shisaku.store.writers.yolo_lines import fractions_of, line_of

TRAIN, VAL, TEST = "train", "val", "test"
SPLIT_OF = {"val": VAL, "valid": VAL, "validation": VAL, "dev": VAL, "test": TEST, "testing": TEST, "eval": TEST}


@dataclass(frozen=True)
class YoloWriter:
    """A YOLO dataset: ``data.yaml``, ``images/<split>/*.png`` and ``labels/<split>/*.txt``.

    The split is the fact ``split`` (``train`` where there is none). Classes are sorted by name. Lines are polygons
    where every object has exactly one, else boxes, in fractions of the image. YOLO has no place for anything else:
    ids, groups, licences, labels of whole images, masks and facts are listed as losses. Samples without an image are
    left out; an image whose objects are not known gets no label file.

    Example::

        shisaku data export parts --to yolo --out parts-yolo
    """

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write all samples into `out`. Raises MediaError for a damaged part."""
        losses, splits, classes = Losses(), {TRAIN}, set[str]()
        n, polygons = 0, True
        with closing(Lines(out)) as lines:
            for sample in samples:
                media = image_of(sample)
                if not media:
                    losses.leave_out(say("There is no image"))
                    continue
                split = SPLIT_OF.get(sample.facts.get("split", "").lower(), TRAIN)
                splits.add(split)
                name = file_name(sample.id, media, "image")
                _put(out / "images" / split / name, file_bytes(sample, media))
                objects = Objects.of(sample)
                losses.rest(sample, (), (media, *([OBJECTS] if objects else [])))
                losses.field("id")
                n += 1
                if objects:
                    made = fractions_of(objects, picture_size(sample.parts[media]), sample, losses)
                    classes |= {item["label"] for item in made}
                    polygons = polygons and all(len(item["polygons"]) == 1 for item in made)
                    lines.add({"at": f"{split}/{Path(name).stem}.txt", "objects": made})
            _write_labels(lines, out / "labels", sorted(classes), polygons, losses)
        for split in splits:
            (out / "images" / split).mkdir(parents=True, exist_ok=True)
        (out / "data.yaml").write_text(_about(splits, sorted(classes)), "utf-8")
        return Written(n, losses.left_out, losses.messages())


def _write_labels(lines: Lines, folder: Path, classes: list[str], polygons: bool, losses: Losses) -> None:
    number_of = {name: number for number, name in enumerate(classes)}
    for held in lines:
        objects = held["objects"]
        if not polygons and any(item["polygons"] for item in objects):
            losses.field("objects.polygons")
        text = "".join(line_of(item, number_of[item["label"]], polygons) + "\n" for item in objects)
        _put(folder / held["at"], text.encode())


def _about(splits: set[str], classes: list[str]) -> str:
    # The trainers want both keys, whether the data has a validation part or not.
    folders = {TRAIN: f"images/{TRAIN}", VAL: f"images/{VAL if VAL in splits else TRAIN}"}
    folders |= {TEST: f"images/{TEST}"} if TEST in splits else {}
    about = {**folders, "nc": len(classes), "names": dict(enumerate(classes))}
    return yaml.safe_dump(about, allow_unicode=True, sort_keys=False)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
