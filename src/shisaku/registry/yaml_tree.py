"""YAML to a tree of plain values with lines, within limits that are checked before anything is built.

Scalars follow the core schema of YAML 1.2.2 (section 10.3.2), so that ``no`` and ``on`` are texts.
Aliases, tags and more than one document are refused: a recipe needs none of them, and bombs need the first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import yaml

from shisaku.errors import Problem, RecipeError
from shisaku.message import Message, say
from shisaku.registry.finding import Loc

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_DIGITS = 18

Scalar = str | int | float | bool | None

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_OCT = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the tree, the 1-based line where it starts, and the place where it was written."""

    line: int
    value: Scalar | dict[str, Node] | list[Node]
    origin: Loc = ()

    def plain(self) -> Any:
        """Return the value without lines."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def place(self, loc: Loc) -> tuple[int, Loc]:
        """Return the line of the deepest node on the way to `loc`, and `loc` as it was written."""
        node = self
        for done, word in enumerate(loc):
            inner = node.inner(word)
            if inner is None:
                return node.line, (*node.origin, *loc[done:])
            node = inner
        return node.line, node.origin

    def inner(self, word: str | int) -> Node | None:
        """Return the node behind a key or a position, None if there is none."""
        if isinstance(self.value, dict) and isinstance(word, str):
            return self.value.get(word)
        if isinstance(self.value, list) and isinstance(word, int) and word < len(self.value):
            return self.value[word]
        return None


class _RefusedError(Exception):
    """What is wrong and on which line (0: no line)."""

    def __init__(self, what: Message, line: int = 0) -> None:
        super().__init__(what, line)
        self.what = what
        self.line = line


def compose(raw: bytes | str, where: str = "") -> Node:
    """Return the tree of one YAML document whose top is a mapping.

    Raises RecipeError with the line if it is too large, too deep, not UTF-8, not YAML, empty, a list, or if
    it holds aliases, tags, duplicate keys or numbers that no parameter can take.
    """
    try:
        return _tree(_decoded(raw))
    except _RefusedError as refused:
        raise RecipeError(
            say("The recipe cannot be read"),
            where=where,
            next=say("Correct it and run `shisaku validate`"),
            problems=[Problem(refused.line, "", refused.what)],
        ) from None


def scalar(text: str) -> Scalar:
    """Return what a plain (unquoted) scalar means under the core schema. Raises ValueError if it is out of range."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    for pattern, base in ((_INT, 10), (_OCT, 8), (_HEX, 16)):
        if pattern.fullmatch(text):
            if len(text.lstrip("+-")) > MAX_DIGITS:
                raise ValueError(text)
            return int(text, base)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number
    return text


def _decoded(raw: bytes | str) -> str:
    if isinstance(raw, bytes):
        if len(raw) > MAX_BYTES:
            raise _RefusedError(say("It is larger than {limit} bytes", limit=MAX_BYTES))
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _RefusedError(
                say("Byte {at} is not UTF-8", at=error.start), raw.count(b"\n", 0, error.start) + 1
            ) from None
    else:
        text = raw
        if len(text) > MAX_BYTES:
            raise _RefusedError(say("It is larger than {limit} bytes", limit=MAX_BYTES))
    bad = _CONTROL.search(text)
    if bad:
        raise _RefusedError(_control(bad.group()), text.count("\n", 0, bad.start()) + 1)
    return text


def _control(character: str) -> Message:
    return say("The character U+{code} is not allowed", code=f"{ord(character):04X}")


def _tree(text: str) -> Node:
    events = _events(text)
    first = next(events, None)
    if first is None:
        raise _RefusedError(say("It is empty"), 1)
    top = _grow(first, events)
    if not isinstance(top.value, dict):
        raise _RefusedError(say("The top must be a mapping (`name: ...`), not a list or a single value"), top.line)
    second = next(events, None)
    if second is not None:
        raise _RefusedError(say("There is more than one document"), _line(second))
    return top


def _events(text: str) -> Iterator[yaml.Event]:
    """Yield the events of nodes, each checked against the limits while the rest is still unread."""
    depth = count = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                continue
            _refuse(event)
            if isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            else:
                count += 1
                depth += isinstance(event, yaml.CollectionStartEvent)
            if depth > MAX_DEPTH:
                raise _RefusedError(say("It is nested deeper than {limit} levels", limit=MAX_DEPTH), _line(event))
            if count > MAX_NODES:
                raise _RefusedError(say("It holds more than {limit} values", limit=MAX_NODES), _line(event))
            yield event
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _RefusedError(_syntax(error, text, mark), mark.line + 1 if mark else 0) from None
    except yaml.YAMLError as error:
        raise _RefusedError(say("It is not YAML: {cause}", cause=str(error).split("\n")[0])) from None


def _syntax(error: yaml.MarkedYAMLError, text: str, mark: yaml.Mark | None) -> Message:
    lines = text.split("\n")
    if mark and mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]:
        return say("A tab cannot indent; use spaces")
    return say("It is not YAML: {cause}", cause=error.problem or error.context or "unknown")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _refuse(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise _RefusedError(say("Aliases (`*name`) are not allowed; write the value out"), _line(event))
    if getattr(event, "tag", None) is not None:
        raise _RefusedError(say("Tags (`!name`) are not allowed"), _line(event))


def _grow(event: yaml.Event, events: Iterator[yaml.Event], at: Loc = ()) -> Node:
    """Build the node that starts with `event`; recursion is safe because `_events` bounds the depth."""
    if isinstance(event, yaml.ScalarEvent):
        return Node(_line(event), _scalar(event), at)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            items.append(_grow(inner, events, (*at, len(items))))
        return Node(_line(event), items, at)
    entries: dict[str, Node] = {}
    while not isinstance(inner := next(events), yaml.MappingEndEvent):
        if not isinstance(inner, yaml.ScalarEvent):
            raise _RefusedError(say("A key must be a single word or text"), _line(inner))
        key = _clean(inner)
        if key in entries:
            raise _RefusedError(say("The key {key} appears twice", key=key), _line(inner))
        # A block value starts below its key; people look for the key.
        entries[key] = replace(_grow(next(events), events, (*at, key)), line=_line(inner))
    return Node(_line(event), entries, at)


def _clean(event: yaml.ScalarEvent) -> str:
    bad = _CONTROL.search(event.value)
    if bad:
        raise _RefusedError(_control(bad.group()), _line(event))
    return str(event.value)


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    text = _clean(event)
    if not event.implicit[0]:
        return text
    try:
        return scalar(text)
    except ValueError:
        shown = text if len(text) <= 40 else f"{text[:40]}..."
        raise _RefusedError(say("The number {text} is out of range", text=shown), _line(event)) from None
