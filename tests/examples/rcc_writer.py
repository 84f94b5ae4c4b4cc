"""Writes Qt resource containers for tests, sharing no code with the reader."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

Tree = dict[str, Any]  # name -> bytes (stored), ("zlib" | "zstd", bytes), ("raw", flags, bytes), or a Tree


def write_rcc(files: Mapping[str, Any], version: int = 3) -> bytes:
    """Return a container; keys are paths, values bytes or (how, bytes)."""
    root: Tree = {}
    for path, content in files.items():
        *folders, name = path.split("/")
        place = root
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = content
    nodes, names, blobs = _layout(root, version)
    head = 24 if version >= 3 else 20
    tree_at, blobs_at = head, head + len(nodes)
    header = struct.pack(">4sIIII", b"qres", version, tree_at, blobs_at, blobs_at + len(blobs))
    return header + (struct.pack(">I", 0) if version >= 3 else b"") + nodes + blobs + names


def _layout(root: Tree, version: int) -> tuple[bytes, bytes, bytes]:
    names, blobs = bytearray(), bytearray()
    rows: list[tuple[str, Any, int]] = [("", root, 0)]
    place = 0
    while place < len(rows):  # breadth first, so that the children of a folder are neighbours
        name, content, _ = rows[place]
        if isinstance(content, dict):
            rows[place] = (name, content, len(rows))
            rows += [(child, content[child], 0) for child in content]
        place += 1
    nodes = bytearray()
    for name, content, first in rows:
        at = len(names)
        if name:
            names += struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
        if isinstance(content, dict):
            nodes += struct.pack(">IHII", at if name else 0, 2, len(content), first)
        else:
            flags, raw = _packed(content)
            nodes += struct.pack(">IHHHI", at, flags, 0, 0, len(blobs))
            blobs += struct.pack(">I", len(raw)) + raw
        nodes += struct.pack(">Q", 0) if version >= 2 else b""
    return bytes(nodes), bytes(names), bytes(blobs)


def _packed(content: Any) -> tuple[int, bytes]:
    if isinstance(content, bytes):
        return 0, content
    if content[0] == "raw":
        return content[1], content[2]
    how, data = content
    if how == "zlib":
        return 1, struct.pack(">I", len(data)) + zlib.compress(data)
    return 4, pa.Codec("zstd").compress(data).to_pybytes()
