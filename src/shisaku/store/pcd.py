"""The PCD point cloud format (Point Cloud Library, version 0.7). Runs inside a sandbox worker: the file may be hostile.

https://pointclouds.org/documentation/tutorials/pcd_file_format.html
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.errors import MediaError
from shisaku.message import say

HEADER_BYTES = 4096
FIELDS = 64
TYPES = {"F4", "F8", "I1", "I2", "I4", "I8", "U1", "U2", "U4", "U8"}


@dataclass(frozen=True, slots=True)
class Pcd:
    """A cloud [n, d] in float64, and the names of its columns."""

    points: npt.NDArray[np.float64]
    columns: tuple[str, ...]


def is_pcd(start: bytes) -> bool:
    """Tell whether a file begins as PCD files do, given its first bytes."""
    return start.startswith((b"# .PCD", b"VERSION .7", b"VERSION 0.7"))


def read_pcd(data: bytes, most: int) -> Pcd:
    """Read ASCII or plain binary data; refuse compressed data and more than `most` points. Raises MediaError."""
    try:
        header, body = _header(data)
        row = _row(header)
        n = int(header["POINTS"][0])
        form = header["DATA"][0]
    except (KeyError, IndexError, ValueError) as error:
        raise MediaError(say("The header of the PCD file is damaged: {cause}", cause=str(error)[:120])) from None
    if n > most:
        raise MediaError(say("The cloud has {n} points; the limit is {limit}", n=n, limit=most))
    names = row.names or ()
    if form == "binary":
        if n < 0 or len(body) < n * row.itemsize:
            raise MediaError(say("The point cloud is cut off"))
        held = np.frombuffer(body, row, count=n)
        cloud = np.stack([held[name].astype(np.float64) for name in names], axis=1)
    elif form == "ascii":
        cloud = np.loadtxt(io.BytesIO(body), dtype=np.float64, ndmin=2, max_rows=max(n, 0))
        if cloud.shape != (n, len(names)):
            raise MediaError(say("The point cloud is cut off"))
    else:
        raise MediaError(say("PCD data of the form {form} is not read, only ascii and binary", form=form[:40]))
    return Pcd(cloud, names)


def _header(data: bytes) -> tuple[dict[str, list[str]], bytes]:
    found: dict[str, list[str]] = {}
    at = 0
    while "DATA" not in found:
        end = data.index(b"\n", at, at + HEADER_BYTES)
        words = data[at:end].decode("ascii").split()
        if words and not words[0].startswith("#"):
            found[words[0]] = words[1:]
        at = end + 1
        if at > HEADER_BYTES:
            raise ValueError("no DATA line")
    return found, data[at:]


def _row(header: dict[str, list[str]]) -> np.dtype[np.void]:
    names, sizes, types = header["FIELDS"], header["SIZE"], header["TYPE"]
    counts = [int(count) for count in header.get("COUNT", ["1"] * len(names))]
    if len(names) > FIELDS or counts != [1] * len(names) or len(set(names)) != len(names):
        raise ValueError("fields that are not one number each")
    forms = [kind + size for kind, size in zip(types, sizes, strict=True)]
    if len(forms) != len(names) or not TYPES.issuperset(forms):
        raise ValueError(f"types {' '.join(forms)}")
    return np.dtype([(name, "<" + form.lower()) for name, form in zip(names, forms, strict=True)])
