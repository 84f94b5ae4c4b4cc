"""A small XML file as a tree, without document types and entities, which can hide files and bombs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.encodings import read_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

XML_MB = 16
DEEPEST = 32


class _RefusedError(Exception):
    pass


def read_xml(path: Path) -> Element:
    """Return the root of an XML file. Raises DataError with the line, also for a document type or deep nesting."""
    from xml.etree.ElementTree import TreeBuilder
    from xml.parsers.expat import ExpatError, ParserCreate

    text, _ = read_text(path, XML_MB)
    builder, parser = TreeBuilder(), ParserCreate("utf-8")
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _RefusedError
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise _RefusedError

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.lstrip("\ufeff").encode(), True)
        return builder.close()
    except _RefusedError:
        where = f"{path}:{parser.CurrentLineNumber}"
        raise DataError(say("The XML has a document type or is nested too deeply"), where) from None
    except ExpatError as error:
        raise DataError(
            say("The XML is cut off or damaged in line {line}", line=error.lineno), f"{path}:{error.lineno}"
        ) from None
