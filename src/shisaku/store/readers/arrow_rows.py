"""The rows of an Arrow batch as Python values, when some of them cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shisaku.message import Message, say


def rows_of(batch: Any) -> Iterator[dict[str, Any] | None]:
    """Give every row of a batch; None for one whose bytes are no text, or whose date no calendar has.

    Files promise UTF-8 and are not checked for it when they are opened.
    """
    import pyarrow as pa

    try:
        yield from batch.to_pylist()
        return
    except (ValueError, OverflowError, pa.ArrowException):
        pass  # and so row by row, to lose the broken ones only; nothing was given yet
    for n in range(batch.num_rows):
        try:
            yield batch.slice(n, 1).to_pylist()[0]
        except (ValueError, OverflowError, pa.ArrowException):
            yield None


def broken_row(number: int) -> Message:
    """Return why a row that `rows_of` could not give cannot be used."""
    return say("Row {n} holds bytes that are no text, or a value that is out of range", n=number)
