"""One label file of YOLO: a line an object, its numbers as fractions of the image."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shisaku.message import say
from shisaku.store.encodings import read_text
from shisaku.store.objects import LARGEST
from shisaku.store.readers.found_objects import FoundObjects
from shisaku.store.readers.yolo_names import YoloNames

LABELS_MB = 16
WHOLE = (1, 1)  # the frame: the size of the image is known only when it is decoded
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def read_labels(path: Path, names: YoloNames) -> FoundObjects:
    """Return the objects of a label file; an empty one says that there are none. Raises DataError.

    ``class x y w h`` is a box around its centre, with a sixth number its confidence; more numbers are a polygon
    ``class x1 y1 x2 y2 ...``, or a box with key points where the YAML has ``kpt_shape``. ``box`` counts from its
    corner; the centre stays as given under ``centre``.
    """
    text, _ = read_text(path, LABELS_MB)
    found = FoundObjects(WHOLE)
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if not all(map(_is_number, words)) or len(words) < 5:
            found.set_aside(say("Line {line} is no box or polygon", line=number), line)
            continue
        item = _item([_number(word) for word in words], names)
        if item is None:
            found.set_aside(say("Line {line} is no box or polygon", line=number), line)
        else:
            found.add(item, line)
    return found


def is_labels(path: Path) -> bool:
    """Say whether the first line of a file is one of YOLO."""
    try:
        with path.open("rb") as file:
            words = file.readline(4096).decode("ascii", "replace").split()
    except OSError:
        return False
    return len(words) >= 5 and words[0].isdecimal() and all(map(_is_number, words))


def _item(values: Sequence[float], names: YoloNames) -> dict[str, Any] | None:
    class_, *rest = values
    if class_ != int(class_):
        return None
    label = names.classes.get(int(class_), f"class {int(class_)}")
    points, each = names.keypoints or (0, 0)
    if points and len(rest) == 4 + points * each:
        spots = [rest[start : start + each] for start in range(4, len(rest), each)]
        return {"label": label, **_box(rest), "keypoints": spots}
    if len(rest) in (4, 5):
        return {"label": label, **_box(rest), **({"confidence": rest[4]} if len(rest) == 5 else {})}
    return {"label": label, "polygons": [list(rest)]} if len(rest) % 2 == 0 else None


def _box(rest: Sequence[float]) -> dict[str, Any]:
    x, y, w, h = rest[:4]
    return {"box": [x - w / 2, y - h / 2, w, h], "centre": [x, y]}


def _is_number(word: str) -> bool:
    return len(word) <= 32 and bool(NUMBER.fullmatch(word)) and abs(float(word)) <= LARGEST


def _number(word: str) -> float:
    return int(word) if word.isdecimal() else float(word)
