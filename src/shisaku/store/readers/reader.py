"""What a reader gives: records that say where their media are, not yet opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from shisaku.core.sample import UNKNOWN, Kind
from shisaku.message import Message


class RawPart(NamedTuple):
    """One part before it is decoded.

    `source` is a file, or the bytes of one that lay in a container; for the kinds text and table a string is
    the text, or the JSON, itself. `span` (seconds) and `clock` are as in `Part`; with `cut` the part is only that
    span of a recording, and the rest of the file is never decoded. `uri` is where it came from, if not `source`.
    """

    kind: Kind
    source: Path | str | bytes
    lang: str = ""
    span: tuple[float, float] | None = None
    clock: str = ""
    cut: bool = False
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as its source describes it; a record with a `problem` becomes a Drop with that reason.

    `depth` is 0 for real data; data that somebody made comes in with 1 or more and, where known, `parents`.
    With `canonical` the parts are in the form that shisaku keeps them in and the facts are all there are: they are
    decoded to be sure of them, and come out as they went in.
    """

    id: str
    parts: Mapping[str, RawPart] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN
    facts: Mapping[str, str] = field(default_factory=dict)
    problem: Message | None = None
    parents: tuple[str, ...] = ()
    depth: int = 0
    canonical: bool = False


class Reader(Protocol):
    """A frozen dataclass whose fields are its parameters, behind the ``shisaku.readers`` door."""

    def records(self) -> Iterator[Record]:
        """Give every record there is, the unusable ones with their problem. Raises DataError."""
        ...

    def fingerprint(self) -> str:
        """Return what changes with the parameters; the files themselves are looked at by `ingest`."""
        ...


@runtime_checkable
class TellsNotes(Protocol):
    """A reader that has something to say about how it understood its source."""

    def notes(self) -> tuple[Message, ...]:
        """Return what the user should know: another encoding, files that were passed over."""
        ...
