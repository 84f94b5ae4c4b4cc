"""Labels and objects of a sample as results of Label Studio, and the labelling interface that shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from shisaku.core.sample import Sample
from shisaku.store.objects import Objects, picture_size, scaled, source_size
from shisaku.store.writers.losses import Losses

PER_CENT = 100.0
RECTANGLES, POLYGONS = "rectangles", "polygons"
TAGS = {"image": "Image", "audio": "Audio", "video": "Video", "text": "Text"}


class Interface:
    """Collects what the labelling interface has to offer: the data it shows, choices and the labels of regions."""

    def __init__(self) -> None:
        self.shown: dict[str, str] = {}
        self.offered: dict[tuple[str, str, str], set[str]] = {}

    def offer(self, tag: str, name: str, target: str, word: str) -> None:
        """Note that the control `name` of `target` can say `word`."""
        self.offered.setdefault((tag, name, target), set()).add(word)

    def xml(self) -> str:
        """Return the interface, sorted, for the field "Labeling Interface" of a project."""
        lines = ["<View>"]
        lines += [
            f"  <{TAGS[kind]} name={quoteattr(name)} value={quoteattr('$' + name)}/>"
            for name, kind in sorted(self.shown.items())
        ]
        for (tag, name, target), words in sorted(self.offered.items()):
            inner = "Choice" if tag == "Choices" else "Label"
            lines.append(f"  <{tag} name={quoteattr(name)} toName={quoteattr(target)}>")
            lines += [f"    <{inner} value={quoteattr(word)}/>" for word in sorted(words)]
            lines.append(f"  </{tag}>")
        return "\n".join([*lines, "</View>", ""])


def results_of(sample: Sample, target: str, image: str, seen: Interface, losses: Losses) -> list[dict[str, Any]]:
    """Return a result for every label (on the part `target`) and every object with a shape (on `image`)."""
    made: list[dict[str, Any]] = []
    for name, word in sample.labels.items():
        seen.offer("Choices", name, target, word)
        made.append(_result(f"label{len(made)}", name, target, "choices", {"choices": [word]}))
    objects = Objects.of(sample) if image else None
    if objects is None:
        return made
    across, down = objects.scale_to(PER_CENT, PER_CENT, sample) if objects.frame else _of_pixels(sample, image)
    size = source_size(sample) or picture_size(sample.parts[image])
    shapeless = False
    for number, item in enumerate(objects.items):
        regions = _regions(scaled(item, across, down), image, str(item.get("id", f"object{number}")))
        shapeless = shapeless or not regions
        for region in regions:
            tag = "PolygonLabels" if region["type"] == "polygonlabels" else "RectangleLabels"
            seen.offer(tag, region["from_name"], image, item["label"])
            made.append({**region, "original_width": size[0], "original_height": size[1], "image_rotation": 0})
    if shapeless:
        losses.field("objects without a label, box or polygon, as regions,")
    return made


def _of_pixels(sample: Sample, image: str) -> tuple[float, float]:
    width, height = source_size(sample) or picture_size(sample.parts[image])
    return PER_CENT / width, PER_CENT / height


def _regions(item: Mapping[str, Any], image: str, id_: str) -> list[dict[str, Any]]:
    if not item.get("label"):
        return []
    if item.get("polygons"):
        shapes = [
            [list(point) for point in zip(polygon[::2], polygon[1::2], strict=True)] for polygon in item["polygons"]
        ]
        return [
            _result(f"{id_}.{n}" if n else id_, POLYGONS, image, "polygonlabels", _polygon(points, item["label"]))
            for n, points in enumerate(shapes)
        ]
    if "box" not in item:
        return []
    box = dict(zip(("x", "y", "width", "height"), item["box"], strict=True))
    turned = item.get("rotation")
    value = {**box, "rotation": turned if type(turned) in (int, float) else 0, "rectanglelabels": [item["label"]]}
    return [_result(id_, RECTANGLES, image, "rectanglelabels", value)]


def _polygon(points: list[list[float]], label: str) -> dict[str, Any]:
    return {"points": points, "closed": True, "polygonlabels": [label]}


def _result(id_: str, control: str, target: str, type_: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": id_, "from_name": control, "to_name": target, "type": type_, "value": dict(value)}
