"""The parts of a sample in the form that the gallery shows: pictures, sounds, words, cells and bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from shisaku.core.sample import Part, Sample
from shisaku.errors import ShisakuError
from shisaku.report.op_gallery.boxes import outlined
from shisaku.report.op_gallery.differing import Piece, pieces
from shisaku.report.shown import Sound
from shisaku.store.codecs import decode_frames, decode_table, decode_vector, encode_image
from shisaku.store.miniature import data_uri, sound_picture
from shisaku.store.objects import OBJECTS

SIDE = 224  # pixels of a picture
BARS, TALLEST = 64, 40  # numbers of a vector that are shown, and the height of the tallest in pixels
CELLS, CELL_CHARS = 24, 80


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a data URI, and what it is of where that must be said."""

    uri: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A number of a vector: where its bar stands, and how far it reaches up or down."""

    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Face:
    """What one part of one sample shows."""

    pictures: Sequence[Picture] = ()
    sound: Sound | None = None
    words: Sequence[Piece] = ()
    lang: str = ""
    bars: Sequence[Bar] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a row, before and after."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One part, before and after; a side is None where the sample has no such part. Rows have `cells` instead."""

    name: str
    kind: str
    before: Face | None
    after: Face | None
    cells: Sequence[Cell] = ()
    changed: bool = True


def pairs_of(before: Sample, after: Sample | None, touches: Sequence[str]) -> list[Pair]:
    """Return the parts that an op reads or writes (`touches`), and all others that changed; changed ones first.

    A text that was made out of another one is shown beside it.
    """
    made = after.parts if after else before.parts
    names = {name for name in made if name in touches or before.parts.get(name) != made[name]}
    names |= {name for name in before.parts if name in touches}
    order = sorted(names, key=lambda name: (made.get(name) == before.parts.get(name), name))
    texts = [name for name in touches if name in before.parts and before.parts[name].kind == "text"]
    pairs: list[Pair] = []
    for name in order:
        new = name not in before.parts and made[name].kind == "text" and len(texts) == 1
        with suppress(ShisakuError):  # a part that cannot be shown is left out, as everywhere on pages
            pairs.append(_pair(texts[0] if new else name, name, before, after))
    beside = {pair.name for pair in pairs if " → " in pair.name}
    return [pair for pair in pairs if pair.changed or not any(one.startswith(f"{pair.name} → ") for one in beside)]


def _pair(name: str, made: str, before: Sample, after: Sample | None) -> Pair:
    one, other = before.parts.get(name), after.parts.get(made) if after else None
    kind = (one or other or Part("text", b"")).kind
    title = name if name == made else f"{name} → {made}"
    changed = after is not None and one != other
    if kind == "table":
        return Pair(title, kind, None, None, _cells(one, other), changed)
    if kind == "text":
        mine, theirs = pieces(_text(one), _text(other if after else one))
        words = [Face(words=found, lang=part.lang) if part else None for part, found in ((one, mine), (other, theirs))]
        return Pair(title, kind, words[0], words[1], changed=changed)
    return Pair(title, kind, _face(one, before, name), _face(other, after, made), changed=changed)


def _text(part: Part | None) -> str:
    return part.data.decode("utf-8", "replace") if part else ""


def _face(part: Part | None, sample: Sample | None, name: str) -> Face | None:
    if part is None or sample is None:
        return None
    if part.kind == "image":
        # No boxes in masks: there they would look like a part of the drawing.
        seen = part if "mask" in name else outlined(part, sample.parts.get(OBJECTS))
        uri = data_uri(seen, SIDE)
        return Face(pictures=[Picture(uri)] if uri else [])
    if part.kind == "video":
        return Face(pictures=_frames(part))
    if part.kind == "audio":
        picture, seconds = sound_picture(part)
        return Face(sound=Sound(data_uri(part), picture, f"0–{seconds:.1f} s, 0–8 kHz"))
    if part.kind == "embedding":
        vector = decode_vector(part)
        return Face(bars=_bars(vector), size=int(vector.size))
    return Face(size=len(part.data))


def _frames(part: Part) -> list[Picture]:
    frames = list(decode_frames(part))
    ends = [frames[0], frames[-1]] if len(frames) > 1 else frames
    uris = [data_uri(Part("image", encode_image(frame)), SIDE) for _, frame in ends]
    return [
        Picture(uri, f"{seconds:.2f} s ({1 if place == 0 else len(frames)}/{len(frames)})")
        for place, (uri, (seconds, _)) in enumerate(zip(uris, ends, strict=True))
    ]


def _bars(vector: np.ndarray) -> list[Bar]:
    shown = np.nan_to_num(vector[:BARS].astype(np.float64))
    reach = max(1e-12, float(np.abs(shown).max())) if shown.size else 1.0
    heights = (shown / reach * TALLEST).round(1).tolist()
    return [Bar(3 * place, TALLEST - max(0.0, height), abs(height)) for place, height in enumerate(heights)]


def _cells(before: Part | None, after: Part | None) -> list[Cell]:
    one, other = (_row(part) for part in (before, after))
    names = list(dict.fromkeys((*one, *other)))[:CELLS]
    return [Cell(name[:CELL_CHARS], _cell(one.get(name)), _cell(other.get(name))) for name in names]


def _row(part: Part | None) -> Mapping[str, Any]:
    held = decode_table(part) if part else {}
    if isinstance(held, list):
        held = {str(place): row for place, row in enumerate(held[:CELLS])}
    return {str(name): value for name, value in held.items()} if isinstance(held, dict) else {"": held}


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return (f"{value:.4g}" if isinstance(value, float) else str(value))[:CELL_CHARS]
