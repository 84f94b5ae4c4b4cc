"""What one annotation of Label Studio says: choices, regions of an image, spans in time, texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shisaku.message import say
from shisaku.store.objects import is_numbers
from shisaku.store.readers.found_objects import FoundObjects

PER_CENT = (100, 100)  # the frame of the regions: Label Studio writes them in per cent of the image
KNOWN = ("x", "y", "width", "height", "points", "start", "end", "channel", "text")


@dataclass(slots=True)
class Results:
    """`choices` maps a control to what was chosen, `spans` are marks in time or in a text, `texts` were written.

    Each of `texts` is (control, text, time span in seconds or None).
    """

    choices: dict[str, str] = field(default_factory=dict)
    objects: FoundObjects = field(default_factory=lambda: FoundObjects(PER_CENT))
    spans: list[dict[str, Any]] = field(default_factory=list)
    texts: list[tuple[str, str, tuple[float, float] | None]] = field(default_factory=list)


def results_of(annotation: Mapping[str, Any], timed: bool) -> Results:
    """Return what the results of an annotation say; `timed`: its spans are seconds, not characters of a text."""
    found = Results()
    given = annotation.get("result")
    results = [one for one in (given if isinstance(given, list) else ()) if _is_result(one)]
    regions = {str(one["id"]): one for one in results if "id" in one and _is_region(one["value"])}
    written: dict[str, str] = {}
    for one in results:
        region = regions.get(str(one.get("id")))
        if one["type"] == "textarea":
            _add_texts(found, one, region if timed else None, written)
        elif one["type"] == "choices" and region is None:
            chosen = _words(one["value"].get("choices"))
            found.choices |= {str(one.get("from_name")): "|".join(chosen)} if chosen else {}
    for one in results:
        if one["type"] not in ("textarea", "choices") and _is_region(one["value"]):
            _add_region(found, one, timed, written.get(str(one.get("id")), ""))
    return found


def _is_result(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("value"), dict) and isinstance(one.get("type"), str)


def _is_region(value: Mapping[str, Any]) -> bool:
    return bool({"x", "points", "start", "rle", "sequence", "vertices"} & value.keys())


def _add_texts(found: Results, one: Mapping[str, Any], region: Any, written: dict[str, str]) -> None:
    texts = [text.strip() for text in _words(one["value"].get("text")) if text.strip()]
    value = region["value"] if region else one["value"]
    ends: list[Any] = [value.get("start"), value.get("end")]
    span = (float(ends[0]), float(ends[1])) if region and is_numbers(ends) and ends[0] <= ends[1] else None
    found.texts += [(str(one.get("from_name")), text, span) for text in texts]
    if texts and "id" in one:
        written[str(one["id"])] = "\n".join(texts)


def _add_region(found: Results, one: Mapping[str, Any], timed: bool, text: str) -> None:
    value, type_ = one["value"], one["type"]
    labels = _words(value.get(type_)) or _words(value.get("labels"))
    item: dict[str, Any] = {"label": labels[0]} if labels else {}
    item |= {"labels": labels} if len(labels) > 1 else {}
    item |= {"id": one["id"]} if "id" in one else {}
    item |= {"text": text} if text else {}
    if "start" in value and "x" not in value:
        _add_span(found, {**item, "from_name": str(one.get("from_name"))}, value, timed)
        return
    if type_.startswith("rectangle"):
        item["box"] = [value.get(key) for key in ("x", "y", "width", "height")]
        item |= {"rotation": value["rotation"]} if value.get("rotation") else {}
    elif type_.startswith("polygon"):
        points = value.get("points")
        flat = points if isinstance(points, list) and all(isinstance(p, list) and len(p) == 2 for p in points) else [[]]
        item["polygons"] = [[number for point in flat for number in point]]
    else:
        item |= {"shape": type_, "value": value}
    size = [one.get("original_width"), one.get("original_height")]
    item |= {"original": size} if is_numbers(size) else {}
    found.objects.add(item, one)


def _add_span(found: Results, item: dict[str, Any], value: Mapping[str, Any], timed: bool) -> None:
    ends: list[Any] = [value.get("start"), value.get("end")]
    if not is_numbers(ends) or ends[0] > ends[1]:
        found.objects.set_aside(say("The span is not a start and an end"), dict(value))
        return
    item["span" if timed else "characters"] = ends
    quoted = value.get("text")
    found.spans.append(item | ({"text": quoted} if isinstance(quoted, str) and not timed else {}))


def _words(held: Any) -> list[str]:
    if isinstance(held, str):
        return [held]
    return [word for word in held if isinstance(word, str)] if isinstance(held, list) else []
