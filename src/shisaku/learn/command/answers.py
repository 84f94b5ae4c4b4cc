"""Reads what a learner's program answered; nothing in the file is believed before it was looked at."""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from shisaku.errors import DataError
from shisaku.learn.examples import Reals
from shisaku.message import Message, say
from shisaku.store.atomic import disk_errors

SPARE: Final = 1_000_000  # bytes
PER_NUMBER: Final = 100  # bytes for a class or place and its number
SHOWN: Final = 60

Vector = Callable[[Mapping[str, Any]], "list[float] | Message"]


def read_chances(path: Path, asked: Mapping[str, str], classes: Sequence[str]) -> Reals:
    """Return [n, K] chances in the order of `asked` and `classes`, each row brought to the sum of 1.

    `asked` maps the ids in the file to what people call the items. Every line is an object with ``id`` and
    ``scores``: a number not below 0 for every class, not all of them 0. Raises DataError with the file, the line and
    the first id that is wrong.
    """
    found = _read(path, asked, len(classes), lambda row: _scores(row, classes))
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def read_places(path: Path, asked: Mapping[str, str], width: int) -> Reals:
    """Return [n, width]: of every asked item the ``embedding`` of its line. Raises DataError as `read_chances`."""
    return _read(path, asked, width, lambda row: _embedding(row, width))


def _read(path: Path, asked: Mapping[str, str], width: int, vector: Vector) -> Reals:
    found: dict[str, list[float]] = {}
    for number, line in enumerate(_lines(path, len(asked), width), start=1):
        if not line.strip():
            continue
        row = _object(line)
        name = str(row.get("id", ""))[:SHOWN]
        got = (
            _unasked(name, asked, found) or vector(row)
            if row
            else say("this is no JSON object: {line}", line=line[:SHOWN])
        )
        if isinstance(got, Message):
            whose = say("item {id} ({name})", id=name, name=asked[name]) if name in asked else say("no item")
            raise DataError(
                say("Line {line}, {item}: {what}", line=number, item=whose, what=got),
                where=str(path),
                next=say("docs/learners.md says what a line looks like; the work folder is kept"),
            )
        found[name] = got
    missing = [name for name in asked if name not in found]
    if missing:
        raise DataError(
            say("{n} of {asked} items have no answer, first {id} ({name})",
                n=len(missing), asked=len(asked), id=missing[0], name=asked[missing[0]]),
            where=str(path),
            next=say("Write one line for every row of test.jsonl"),
        )  # fmt: skip
    return np.array([found[name] for name in asked], np.float64).reshape(len(asked), width)


def _lines(path: Path, n: int, width: int) -> list[str]:
    """Return the lines of a regular file that is no larger than the answers can be."""
    most = SPARE + n * PER_NUMBER * (width + 2)
    with disk_errors(path):
        try:
            about = path.lstat()
        except FileNotFoundError:
            about = None
        if about is None or not stat.S_ISREG(about.st_mode):
            raise DataError(
                say("The program wrote no file of predictions"),
                where=str(path),
                next=say("It must write {file} into its work folder; docs/learners.md shows how", file=path.name),
            )
        if about.st_size > most:
            raise DataError(
                say("The file of predictions has {size} bytes, more than {most} for {n} items",
                    size=about.st_size, most=most, n=n),
                where=str(path),
                next=say("Write one line for every row of test.jsonl"),
            )  # fmt: skip
        return path.read_bytes().decode("utf-8", errors="replace").split("\n")


def _object(line: str) -> dict[str, Any]:
    """Return the object of a line, an empty one where there is none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _unasked(name: str, asked: Mapping[str, str], found: Mapping[str, object]) -> Message | None:
    if name not in asked:
        return say("nobody asked for the id {id}", id=name)
    return say("it has an answer already") if name in found else None


def _scores(row: Mapping[str, Any], classes: Sequence[str]) -> list[float] | Message:
    told = row.get("scores")
    if not isinstance(told, dict):
        return say("`scores` is no object of a number per class")
    for name in told:
        if name not in classes:
            return say("there is no class {name} among those trained on", name=name[:SHOWN])
    for name in classes:
        if name not in told:
            return say("class {name} has no score", name=name)
    scores = [_number(told[name]) for name in classes]
    for name, score in zip(classes, scores, strict=True):
        if score is None or score < 0:
            return say("the score of class {name} is {value}: it must be a finite number, not below 0",
                       name=name, value=str(told[name])[:SHOWN])  # fmt: skip
    known = [score for score in scores if score is not None]
    if not 0 < sum(known) < math.inf:
        return say("all scores are 0, or their sum is no number")
    return known


def _embedding(row: Mapping[str, Any], width: int) -> list[float] | Message:
    told = row.get("embedding")
    if not isinstance(told, list) or len(told) != width:
        return say("`embedding` is no list of {n} numbers", n=width)
    places = [_number(one) for one in told]
    known = [place for place in places if place is not None]
    if len(known) < width:
        return say("number {n} of its embedding is no finite number", n=places.index(None) + 1)
    return known


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None
