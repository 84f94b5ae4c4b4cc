"""One shard's result as one file: a zip of Arrow tables, so that a torn or flipped byte is always noticed.

Every member is stored plain with its CRC-32, and the directory is at the end: a cut file has none.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.core.drop import Drop
from shisaku.core.sample import Sample
from shisaku.errors import MachineError
from shisaku.message import say
from shisaku.store.arrow import (
    drops_to_table,
    samples_to_table,
    table_to_drops,
    table_to_samples,
)
from shisaku.store.state import state_from_json, state_to_json

INDEX, SAMPLES, DROPS, STATE = "index.json", "samples.arrow", "drops.arrow", "state.json"
SUFFIX = ".shard"
# What the zip and JSON readers raise on damaged bytes; Arrow's own errors are ValueError, TypeError or OSError.
DAMAGE = (zipfile.BadZipFile, ValueError, TypeError, KeyError, EOFError, OSError, NotImplementedError, RuntimeError)


class DamagedShardError(MachineError):
    """A shard file is torn or changed, and must be made again."""


@dataclass(frozen=True)
class ShardResult:
    """What one step made of one shard: samples, drops, a metric's state, and seconds of work.

    `audio_seconds` is how much sound it made or read; None where that is not known.
    """

    samples: tuple[Sample, ...] = ()
    drops: tuple[Drop, ...] = ()
    state: Mapping[str, Any] | None = None
    seconds: float = 0.0
    audio_seconds: float | None = None


def shard_to_bytes(result: ShardResult) -> bytes:
    """Return the file of a result; equal results give equal bytes."""
    samples = samples_to_table(result.samples)
    rest = {"state": result.state, "seconds": result.seconds, "audio_seconds": result.audio_seconds}
    index = list(zip(samples.column("id").to_pylist(), samples.column("digest").to_pylist(), strict=True))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:
        for name, data in (
            (INDEX, json.dumps(index).encode()),
            (SAMPLES, _table_to_bytes(samples)),
            (DROPS, _table_to_bytes(drops_to_table(result.drops))),
            (STATE, state_to_json(rest).encode()),
        ):
            # ZipInfo's own date (1980) keeps the clock out of the bytes.
            with file.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                member.write(data)
    return target.getvalue()


def read_shard(path: Path) -> ShardResult:
    """Read a whole shard file. Raises FileNotFoundError where there is none, DamagedShardError if it is not whole."""
    members = _members(path, (SAMPLES, DROPS, STATE))
    try:
        rest = state_from_json(members[STATE].decode())
        return ShardResult(
            samples=tuple(table_to_samples(_bytes_to_table(members[SAMPLES]))),
            drops=tuple(table_to_drops(_bytes_to_table(members[DROPS]))),
            state=rest["state"],
            seconds=rest["seconds"],
            audio_seconds=rest.get("audio_seconds"),
        )
    except DAMAGE as error:
        raise _damaged(path, error) from error


def read_samples(path: Path) -> list[Sample]:
    """Read the samples of a shard file, in its order. Raises like `read_shard`."""
    try:
        return table_to_samples(read_table(path))
    except DAMAGE as error:
        raise _damaged(path, error) from error


def read_table(path: Path) -> Any:
    """Read the samples of a shard file as the Arrow table they lie in. Raises like `read_shard`."""
    members = _members(path, (SAMPLES,))
    try:
        return _bytes_to_table(members[SAMPLES])
    except DAMAGE as error:
        raise _damaged(path, error) from error


def read_index(path: Path) -> list[tuple[str, str]]:
    """Read (id, digest) of every sample of a shard file, without its media. Raises like `read_shard`."""
    members = _members(path, (INDEX,))
    try:
        return [(id_, digest) for id_, digest in json.loads(members[INDEX])]
    except DAMAGE as error:
        raise _damaged(path, error) from error


def _members(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as file:
            return {name: file.read(name) for name in names}
    except FileNotFoundError:
        raise
    except DAMAGE as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DamagedShardError:
    return DamagedShardError(
        say("A cached result is damaged: {cause}", cause=str(error)),
        where=str(path),
        next=say("Run again: it will be made anew"),
    )


def _table_to_bytes(table: Any) -> Any:
    """Return the Arrow stream of a table as a buffer; bytes would be one more copy of all media."""
    import pyarrow as pa

    target = pa.BufferOutputStream()
    with pa.ipc.new_stream(target, table.schema) as writer:
        writer.write_table(table)
    return target.getvalue()


def _bytes_to_table(data: bytes) -> Any:
    import pyarrow as pa

    return pa.ipc.open_stream(data).read_all()
