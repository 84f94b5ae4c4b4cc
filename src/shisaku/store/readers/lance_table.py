"""A Lance table of unknown origin as batches of rows, read in a process that may die of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.forked import PASSED_ON
from shisaku.store.readers.arrow_shards import Lost
from shisaku.store.readers.lance_child import BLOBS, ERROR

SECONDS = 60.0  # for one batch


class LanceTable:
    """The latest version of a Lance table, as a `Shard`."""

    def __init__(self, path: Path) -> None:
        self.path, self.name, self.split = path, "", ""
        self._process: subprocess.Popen[bytes] | None = None

    def schema(self) -> Any:
        """Return the Arrow schema. Raises DataError if Lance cannot open the table."""
        return self._schema

    def features(self) -> Mapping[str, Any]:
        """Return nothing: Lance has no words for what bytes mean."""
        return {}

    def blobs(self) -> list[str]:
        """Return the columns that are kept as Lance's blobs, which are not read. Raises DataError."""
        return list(json.loads((self.schema().metadata or {}).get(BLOBS.encode(), b"[]")))

    def batches(self, rows: int, columns: Sequence[str] | None = None, most: int = 0) -> Iterator[Any]:
        """Give RecordBatches of at most `rows` rows, and a `Lost` where Lance fails."""
        # A look at the first rows takes the whole answer, so that the process is free for the next request.
        yield from list(self._batches(rows, columns, most)) if most else self._batches(rows, columns, None)

    def _batches(self, rows: int, columns: Sequence[str] | None, most: int | None) -> Iterator[Any]:
        import pyarrow as pa

        row = 0
        try:
            stream = self._asked(rows, columns, most)
            while (batch := self._next(stream)) is not None:
                # What lies about its offsets would make the process read beyond its memory.
                batch.validate(full=True)
                yield batch
                row += batch.num_rows
        except (DataError, OSError, ValueError, pa.ArrowException) as error:
            self._end()
            yield Lost(row + 1, 1, str(error.what if isinstance(error, DataError) else error))
        except GeneratorExit:
            self._end()  # the rest of this answer would be taken for the next one
            raise

    @cached_property
    def _schema(self) -> Any:
        import pyarrow as pa

        try:
            stream = self._asked(1, None, 0)
            while self._next(stream) is not None:
                pass
        except (OSError, ValueError, pa.ArrowException) as error:
            self._end()
            raise self._unreadable(str(error)) from None
        return stream.schema

    def _asked(self, rows: int, columns: Sequence[str] | None, most: int | None) -> Any:
        """Send a request; return the stream of the answer. Raises DataError, and what Arrow raises on a broken pipe."""
        import pyarrow as pa

        process = self._started()
        request = {"rows": rows, "columns": None if columns is None else list(columns), "most": most}
        stdin = cast("IO[bytes]", process.stdin)
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
        with self._clock():
            stream = pa.ipc.open_stream(process.stdout)
        cause = (stream.schema.metadata or {}).get(ERROR.encode())
        if cause:
            raise self._unreadable(cause.decode("utf-8", "replace"))
        return stream

    def _next(self, stream: Any) -> Any:
        """Return the next batch, None after the last. Raises DataError where the process says that Lance failed."""
        try:
            with self._clock():
                batch, about = stream.read_next_batch_with_custom_metadata()
        except StopIteration:
            return None
        if about is not None and ERROR.encode() in about:
            raise self._unreadable(about[ERROR.encode()].decode("utf-8", "replace"))
        return batch

    def _unreadable(self, cause: str) -> DataError:
        return DataError(say("The Lance dataset cannot be read: {cause}", cause=cause[:200]), str(self.path))

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "shisaku.store.readers.lance_child", os.fspath(self.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
                start_new_session=True,  # Ctrl-C is for us; the process is ended by us
            )
            weakref.finalize(self, _ended, self._process)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _ended(process)

    @contextmanager
    def _clock(self) -> Iterator[None]:
        """End a process that takes too long; its closed pipe is then the error."""
        timer = threading.Timer(SECONDS, cast("subprocess.Popen[bytes]", self._process).kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
