"""A process that reads a Lance table of unknown origin and passes it on as Arrow batches; damage may end it.

It answers every line on its standard input (a JSON object: columns or null for all, rows in a batch, and the most
rows or null for all) with an Arrow stream on its standard output. An error is the metadata of an empty batch or
schema. Started by `shisaku.store.readers.lance_table`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, BinaryIO

ERROR, BLOBS = "error", "blobs"
MEMORY = 8 << 30  # address space; Lance's threads reserve far more than they use


def main() -> None:
    """Serve requests about the table at ``argv[1]`` until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # a library that prints cannot break a stream
        for line in sys.stdin:
            _answer(answers, sys.argv[1], json.loads(line))
            answers.flush()


def _answer(answers: BinaryIO, path: str, request: dict[str, Any]) -> None:
    import pyarrow as pa

    try:
        scan, schema = _scan(path, request)
    except BaseException as error:  # noqa: BLE001  a panic of Lance's Rust code is no Exception
        pa.ipc.new_stream(answers, pa.schema([], {ERROR: _cause(error)})).close()
        return
    with pa.ipc.new_stream(answers, schema) as stream:
        try:
            for batch in scan.to_batches() if request["most"] != 0 else ():
                stream.write_batch(pa.record_batch(batch.columns, schema=schema))
        except BaseException as error:  # noqa: BLE001
            stream.write_batch(schema.empty_table().combine_chunks().to_batches()[0], {ERROR: _cause(error)})


def _scan(path: str, request: dict[str, Any]) -> tuple[Any, Any]:
    import lance

    table = lance.dataset(path)
    blobs = [f.name for f in table.schema if (f.metadata or {}).get(b"lance-encoding:blob") == b"true"]
    columns = request["columns"] or [name for name in table.schema.names if name not in blobs]
    # One batch ahead, or Lance holds as many as the machine has cores.
    scan = table.scanner(
        columns=columns,
        batch_size=request["rows"],
        limit=request["most"],
        batch_readahead=1,
        fragment_readahead=1,
    )
    schema = scan.projected_schema
    return scan, schema.with_metadata({**(schema.metadata or {}), BLOBS: json.dumps(blobs)})


def _cause(error: BaseException) -> str:
    return str(error).partition(", /")[0][:200] or type(error).__name__


if __name__ == "__main__":
    main()
