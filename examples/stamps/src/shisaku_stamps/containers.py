"""Read Qt resource containers (``.rcc``) without Qt, trusting nothing in them.

The format is the one that Qt's resource compiler writes (``qtbase/src/tools/rcc/rcc.cpp``): a header, a
tree of nodes, a table of UTF-16 names, and length-prefixed data, all big-endian. Data is stored as it
is, or as a zlib stream after its 32-bit size, or as a Zstandard frame.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import Message, say

ZLIB, FOLDER, ZSTD = 0x01, 0x02, 0x04
SUPPORTED_VERSIONS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a container may ask for: bytes on disk, bytes of one unpacked file, nodes, folders deep."""

    container_bytes: int = 256 * 2**20
    file_bytes: int = 32 * 2**20
    nodes: int = 50_000
    depth: int = 32


@dataclass(frozen=True, slots=True)
class _File:
    offset: int
    flags: int


class Container:
    """The files of one container by their path; nothing is unpacked before it is asked for.

    Raises DataError when the container is cut short, points outside itself, goes in circles, or asks
    for more than `limits`.
    """

    def __init__(self, data: bytes, where: str = "", limits: Limits = Limits()) -> None:
        self._data = data
        self._where = where
        self._limits = limits
        magic, version, self._tree, self._blobs, self._names = self._unpack(">4sIIII", 0)
        if magic != b"qres":
            raise self._broken(say("This is not a Qt resource container"))
        if version not in SUPPORTED_VERSIONS:
            raise self._broken(say("Containers of format version {version} are not known", version=version))
        self._node_bytes = 14 if version == 1 else 22
        self._files = dict(self._walk())

    @classmethod
    def open(cls, path: Path, limits: Limits = Limits()) -> Container:
        """Read a container from disk. Raises DataError if it is missing, too large or broken."""
        try:
            size = path.stat().st_size
            if size > limits.container_bytes:
                raise DataError(
                    say("The container has {size} bytes, more than {limit}", size=size, limit=limits.container_bytes),
                    where=str(path),
                )
            return cls(path.read_bytes(), str(path), limits)
        except OSError as error:
            raise DataError(
                say("The container cannot be read: {cause}", cause=str(error)),
                where=str(path),
                next=say("Fetch the data again, or give its folder with data_dir"),
            ) from error

    def names(self) -> list[str]:
        """Return the paths of all files, sorted, without a leading slash."""
        return sorted(self._files)

    def read(self, name: str) -> bytes:
        """Return the unpacked content of one file. Raises DataError for an unknown name or too many bytes."""
        try:
            file = self._files[name]
        except KeyError:
            raise self._broken(say("{name} is not in the container", name=name)) from None
        start = self._blobs + file.offset
        (length,) = self._unpack(">I", start)
        raw = self._slice(start + 4, length)
        if file.flags & ZLIB and file.flags & ZSTD:
            raise self._broken(say("{name} says that it is packed in two ways at once", name=name))
        if file.flags & ZLIB:
            return self._inflate(name, raw[4:])
        if file.flags & ZSTD:
            return self._unzstd(name, raw)
        if length > self._limits.file_bytes:
            raise self._too_large(name)
        return raw

    def _walk(self) -> Iterator[tuple[str, _File]]:
        open_nodes: list[tuple[int, str, int]] = [(0, "", 0)]
        seen = {0}
        while open_nodes:
            index, prefix, depth = open_nodes.pop()
            start = self._tree + index * self._node_bytes
            name_offset, flags = self._unpack(">IH", start)
            path = f"{prefix}{self._name(name_offset)}" if index else ""
            if not flags & FOLDER:
                (offset,) = self._unpack(">I", start + 10)
                yield path, _File(offset, flags)
                continue
            count, first = self._unpack(">II", start + 6)
            if depth >= self._limits.depth or len(seen) + count > self._limits.nodes:
                raise self._broken(say("The container has more folders or files than are allowed"))
            children = range(first, first + count)
            if not seen.isdisjoint(children):
                raise self._broken(say("The folders of the container go in a circle"))
            seen.update(children)
            open_nodes.extend((child, f"{path}/" if path else "", depth + 1) for child in children)

    def _name(self, offset: int) -> str:
        start = self._names + offset
        (length,) = self._unpack(">H", start)
        try:
            name = self._slice(start + 6, 2 * length).decode("utf-16-be")
        except UnicodeDecodeError as error:
            raise self._broken(say("A file name in the container is not text")) from error
        if not name or name in {".", ".."} or any(sign in name for sign in "/\\\0"):
            raise self._broken(say("The container holds a file name that is not allowed: {name}", name=repr(name)))
        return name

    def _inflate(self, name: str, raw: bytes) -> bytes:
        unpacker = zlib.decompressobj()
        try:
            data = unpacker.decompress(raw, self._limits.file_bytes + 1)
        except zlib.error as error:
            raise self._broken(say("{name} cannot be unpacked: {cause}", name=name, cause=str(error))) from error
        if len(data) > self._limits.file_bytes:
            raise self._too_large(name)
        if not unpacker.eof:
            raise self._broken(say("{name} is cut short", name=name))
        return data

    def _unzstd(self, name: str, raw: bytes) -> bytes:
        import pyarrow as pa

        try:
            with pa.input_stream(pa.py_buffer(raw), compression="zstd") as stream:
                data: bytes = stream.read(self._limits.file_bytes + 1)
        except (OSError, pa.ArrowException) as error:
            raise self._broken(say("{name} cannot be unpacked: {cause}", name=name, cause=str(error))) from error
        if len(data) > self._limits.file_bytes:
            raise self._too_large(name)
        return data

    def _unpack(self, form: str, start: int) -> tuple[Any, ...]:
        return struct.unpack(form, self._slice(start, struct.calcsize(form)))

    def _slice(self, start: int, length: int) -> bytes:
        part = self._data[start : start + length]
        if len(part) != length:
            raise self._broken(say("The container is cut short or points outside itself"))
        return part

    def _too_large(self, name: str) -> DataError:
        return self._broken(
            say("{name} unpacks to more than {limit} bytes", name=name, limit=self._limits.file_bytes),
        )

    def _broken(self, what: Message) -> DataError:
        return DataError(
            what, where=self._where, next=say("Fetch the data again, or leave this container out of the lists")
        )
