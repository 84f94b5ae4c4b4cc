"""One annotation of a COCO file, as an object of the part ``objects``, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.store.objects import box_around, is_object, polygon_area
from shisaku.store.readers.record_json import FIELD
from shisaku.store.rle import mask_area

NUMBERED = ("id", "image_id", "category_id")  # what is renumbered when files are written or merged
NATIVE = (*NUMBERED, "bbox", "segmentation", "iscrowd", FIELD)
OURS = ("label", "supercategory", "box", "polygons", "rle", "crowd")
Category = tuple[str, str]  # name and supercategory


def is_caption(annotation: Mapping[str, Any]) -> bool:
    """Say whether an annotation is a caption of the whole image."""
    return "caption" in annotation and not annotation.get("bbox") and not annotation.get("segmentation")


def object_of(annotation: Mapping[str, Any], category: Category | None) -> dict[str, Any]:
    """Return an annotation as an object, its numbers as given; nothing is checked here.

    ``bbox`` becomes ``box``; ``segmentation`` ``polygons``, or ``rle`` where it is run lengths; ``iscrowd``
    ``crowd`` where it is set. Other keys stay; ``category_id`` only where no category has that number.
    """
    made: dict[str, Any] = {}
    if category:
        made["label"] = category[0]
        made |= {"supercategory": category[1]} if category[1] else {}
    elif "category_id" in annotation:
        made |= {"label": f"category {annotation['category_id']}", "category_id": annotation["category_id"]}
    if annotation.get("bbox"):
        made["box"] = annotation["bbox"]
    shape = annotation.get("segmentation")
    if shape:
        made["rle" if isinstance(shape, dict) else "polygons"] = shape
    if annotation.get("iscrowd"):
        made["crowd"] = True
    made |= {"id": annotation["id"]} if "id" in annotation else {}
    return made | {f"coco_{key}" if key in OURS else key: annotation[key] for key in annotation if key not in NATIVE}


def annotation_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object, in pixels of the picture that is written, as an annotation without any numbers of its own.

    ``bbox`` and ``area``, which COCO wants, are computed where the object has none.
    """
    polygons, rle = item.get("polygons"), item.get("rle")
    made: dict[str, Any] = {"bbox": item.get("box") or (box_around(polygons) if polygons else [])}
    made["segmentation"] = polygons or rle or []
    made["iscrowd"] = int(bool(item.get("crowd")))
    made["area"] = _area(item, polygons, rle)
    return made | {key: item[key] for key in item if key not in (*OURS, *NATIVE, "area")}


def mark_of(annotation: Mapping[str, Any], category: Category | None) -> str:
    """Return what changes when somebody changes the annotation, whatever its numbers are."""
    return fingerprint({key: annotation[key] for key in annotation if key not in (*NUMBERED, FIELD)}, category)


def carried_object(annotation: Mapping[str, Any], category: Category | None) -> dict[str, Any] | None:
    """Return the object that shisaku wrote beside an annotation; None without one, or where the annotation changed."""
    held = annotation.get(FIELD)
    if not isinstance(held, dict) or held.get("mark") != mark_of(annotation, category):
        return None
    item = held.get("object")
    return item if is_object(item) else None


def _area(item: Mapping[str, Any], polygons: Any, rle: Any) -> float:
    if type(item.get("area")) in (int, float):
        return float(item["area"])
    if polygons:
        return sum(map(polygon_area, polygons))
    if rle:
        try:
            return mask_area(rle)
        except DataError:
            return 0
    box = item.get("box")
    return float(max(0, box[2]) * max(0, box[3])) if box else 0
