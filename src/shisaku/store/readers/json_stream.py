"""The objects of a JSON lines file, or of a JSON file that is one long list, one at a time."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.inside import plain_name

BLOCK = 1 << 20
LONGEST = 64 << 20  # characters of one object; more is damage or an attack
SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Item:
    """One object: its line (or its number in the list), what it holds, or why it cannot be used."""

    line: int
    held: Mapping[str, Any] = field(default_factory=dict)
    problem: Message | None = None


def named_items(files: Sequence[Path]) -> Iterator[tuple[str, Item, Path]]:
    """Give (id, object, file) of all files: the object's ``id`` or its row, below the file's name if there are more."""
    for file in files:
        before = f"{plain_name(file.stem)}/" if len(files) > 1 else ""
        for item in json_items(file):
            given = item.held.get("id")
            own = plain_name(str(given)) if isinstance(given, str | int) and given != "" else f"row-{item.line:06d}"
            yield before + own, item, file


def json_items(path: Path) -> Iterator[Item]:
    """Give every object of a UTF-8 file, JSON lines or one list. Raises DataError if the file cannot be read at all.

    A broken line costs itself; behind a break in a list nothing can be found, so that it ends there with a problem.
    """
    try:
        with path.open("rb") as file:
            first = file.read(BLOCK).removeprefix(codecs.BOM_UTF8).lstrip()[:1]
        yield from _listed(path) if first == b"[" else _lines(path)
    except OSError as error:
        raise DataError(
            say("The file cannot be read: {cause}", cause=error.strerror or str(error)), str(path)
        ) from error


def first_items(path: Path, most: int = 8) -> list[Mapping[str, Any]]:
    """Return a few objects from the start of a file, to see what they are; none if there is no such thing."""
    found: list[Mapping[str, Any]] = []
    try:
        for item in json_items(path):
            if item.problem or len(found) == most:
                break
            found.append(item.held)
    except DataError:
        return []
    return found


def _lines(path: Path) -> Iterator[Item]:
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LONGEST):
            number += 1
            if len(raw) == LONGEST and not raw.endswith(b"\n"):
                yield Item(number, problem=say("Line {line} is too long", line=number))
                while raw and not raw.endswith(b"\n"):
                    raw = file.readline(BLOCK)
                continue
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            if raw.strip():
                yield _line(number, raw)


def _line(number: int, raw: bytes) -> Item:
    try:
        return _item(number, json.loads(raw.decode(), parse_constant=_refuse))
    except UnicodeDecodeError:
        return Item(number, problem=say("Line {line} is not UTF-8", line=number))
    except (ValueError, RecursionError):
        return Item(number, problem=say("Line {line} is not a JSON object", line=number))


def _item(number: int, held: Any) -> Item:
    if not isinstance(held, dict):
        return Item(number, problem=say("Line {line} is not a JSON object", line=number))
    return Item(number, _whole(held))


def _listed(path: Path) -> Iterator[Item]:
    number = 0
    with path.open("rb") as file:
        text = _Text(file)
        try:
            text.take("[")
            if text.sign() == "]":
                return
            while True:
                held = text.value()
                number += 1
                yield _item(number, held)
                if text.sign() == "]":
                    return
                text.take(",")
        except (ValueError, RecursionError):
            yield Item(number + 1, problem=_cut_off(number))


class _Text:
    """The text of a file, of which only what has not been taken yet is held. Everything raises ValueError."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._decode = file, codecs.getincrementaldecoder("utf-8-sig")().decode
        self._text, self._at, self._more = "", 0, True
        self._parse = json.JSONDecoder(parse_constant=_refuse).raw_decode

    def sign(self) -> str:
        """Return the next character that is not white space, or nothing at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in SPACE:
                self._at += 1
            if self._at < len(self._text) or not self._read():
                return self._text[self._at : self._at + 1]

    def take(self, sign: str) -> None:
        """Go behind `sign`, which must be the next one."""
        if self.sign() != sign:
            raise ValueError(sign)
        self._at += 1

    def value(self) -> Any:
        """Return the next JSON value; one that is not whole yet is tried again with more text."""
        self.sign()
        while True:
            try:
                held, self._at = self._parse(self._text, self._at)
            except ValueError:
                if len(self._text) - self._at > LONGEST or not self._read():
                    raise
            else:
                return held

    def _read(self) -> bool:
        rest = self._text[self._at :]
        # Twice as much every time, or an object longer than a block would cost its square.
        block = self._file.read(BLOCK + len(rest)) if self._more else b""
        self._more = bool(block)
        self._text, self._at = rest + self._decode(block, not block), 0
        return self._more


def _cut_off(number: int) -> Message:
    return say("The list is cut off or damaged behind its object {n}", n=number)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _whole(held: dict[str, Any]) -> dict[str, Any]:
    """Return the object without halves of characters, which JSON can hold and UTF-8 cannot."""
    text = json.dumps(held, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        found: dict[str, Any] = json.loads(text.encode("utf-8", "replace").decode())
        return found
    return held
