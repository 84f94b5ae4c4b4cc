"""Reading tensors out of a ``.pth`` file without torch and without running anything the file asks for.

A ``.pth`` file is a pickle, and a pickle can call any function. The reader here knows a handful of names and refuses
every other; the file's hash is checked before the first byte is interpreted. Two layouts exist (torch
``serialization.py``): the legacy one (magic, protocol, system, object, storage keys, raw storages) and a zip.
"""

from __future__ import annotations

import io
import math
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.files import check_file

Tensor = npt.NDArray[Any]

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_DTYPES = {
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "DoubleStorage": "<f8",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
}


@dataclass
class _Storage:
    dtype: str
    size: int
    data: npt.NDArray[Any] | None = None


@dataclass
class _TensorView:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def array(self) -> Tensor:
        data = self.storage.data
        if data is None:
            raise ValueError("a tensor has no data")
        count = math.prod(self.shape)
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.stride, strict=True))
        if min((self.offset, *self.shape, *self.stride), default=0) < 0 or (count and last >= len(data)):
            raise ValueError("a tensor reaches outside its storage")
        if count > len(data):
            raise ValueError("a tensor is larger than its storage")
        if count == 0:
            return data[:0].reshape(self.shape).copy()
        steps = tuple(s * data.itemsize for s in self.stride)
        return np.lib.stride_tricks.as_strided(data[self.offset :], self.shape, steps).copy()


def _rebuild(storage: _Storage, offset: int, shape: Any, stride: Any, *_: object) -> _TensorView:
    return _TensorView(storage, offset, tuple(shape), tuple(stride))


# storage types stand in as plain strings: a pickle can set attributes of what it names, and a string has none
_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
    **{("torch", name): dtype for name, dtype in _DTYPES.items()},
}


class _TensorUnpickler(pickle.Unpickler):
    """An unpickler that knows a dictionary, one function that only holds data, and the names of storage types."""

    def __init__(self, stream: IO[bytes], storages: dict[str, _Storage]) -> None:
        super().__init__(stream, encoding="latin1")
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        """Return the stand-in of an allowed name. Raises UnpicklingError for every other."""
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"the file asks for {module}.{name}") from None

    def persistent_load(self, pid: Any) -> _Storage:
        """Return the storage a tensor points at, empty until its bytes are read."""
        kind, dtype, key, _location, size = pid[:5]
        if kind != "storage" or dtype not in _DTYPES.values() or (len(pid) > 5 and pid[5] is not None):
            raise pickle.UnpicklingError("the file asks for something that is not a plain storage")
        return self._storages.setdefault(str(key), _Storage(dtype, int(size)))


@dataclass
class _Reader:
    storages: dict[str, _Storage] = field(default_factory=dict)

    def load(self, stream: IO[bytes]) -> Any:
        return _TensorUnpickler(stream, self.storages).load()


_NOT_TENSORS = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


def read_tensors(path: Path, accepted: Collection[str], model: str) -> dict[str, Tensor]:
    """Return the tensors of a ``.pth`` state dict by name; nested dicts give dotted names.

    `accepted` are the SHA-256 sums the file may have, checked first. Raises WeightsError if the hash
    differs, the file asks for any name that is not a tensor's, or a tensor reaches outside its data.
    """
    return tensors_from(check_file(path, accepted, model), model)


def tensors_from(path: Path, model: str) -> dict[str, Tensor]:
    """Return the tensors of a ``.pth`` file whose hash the caller has checked; otherwise as `read_tensors`."""
    try:
        tree = _read_zip(path) if zipfile.is_zipfile(path) else _read_legacy(path)
        return dict(_flatten("", tree))
    except _NOT_TENSORS as error:
        raise WeightsError(
            say("A file of {model} does not hold plain tensors: {cause}", model=model, cause=str(error)),
            where=str(path),
            next=say("Do not use this file"),
        ) from error
    except (OSError, zipfile.BadZipFile) as error:
        raise WeightsError(
            say("A file of {model} cannot be read: {cause}", model=model, cause=str(error)),
            where=str(path),
            next=say("Check the file"),
        ) from error


def _read_legacy(path: Path) -> Any:
    reader = _Reader()
    with path.open("rb") as stream:
        if reader.load(stream) != _MAGIC or reader.load(stream) != _PROTOCOL:
            raise ValueError("not a tensor file")
        reader.load(stream)
        tree = reader.load(stream)
        for key in reader.load(stream):
            storage = reader.storages[str(key)]
            count = int.from_bytes(stream.read(8), "little")
            width = np.dtype(storage.dtype).itemsize
            data = stream.read(count * width) if count == storage.size else b""
            storage.data = _plain(data, storage)
    return tree


def _read_zip(path: Path) -> Any:
    reader = _Reader()
    with zipfile.ZipFile(path) as archive:
        stem = next(name[: -len("data.pkl")] for name in [*archive.namelist(), "data.pkl"] if name.endswith("data.pkl"))
        tree = reader.load(io.BytesIO(archive.read(stem + "data.pkl")))
        for key, storage in reader.storages.items():
            storage.data = _plain(archive.read(f"{stem}data/{key}"), storage)
    return tree


def _plain(data: bytes, storage: _Storage) -> npt.NDArray[Any]:
    array = np.frombuffer(data, dtype=storage.dtype)
    if len(array) != storage.size:
        raise ValueError(f"a storage has {len(array)} values instead of {storage.size}")
    return array


def _flatten(prefix: str, tree: Any, depth: int = 0) -> list[tuple[str, Tensor]]:
    if isinstance(tree, _TensorView):
        return [(prefix, tree.array())]
    if isinstance(tree, dict) and depth < 4:
        pairs = ((f"{prefix}.{key}" if prefix else str(key), value) for key, value in tree.items())
        return [item for name, value in pairs for item in _flatten(name, value, depth + 1)]
    return []
