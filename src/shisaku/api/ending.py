"""How a run ends: done, partial, or left for the same command to go on with."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from shisaku.errors import ShisakuError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shisaku.store.run import Run


@contextmanager
def finished_or_partial(run: Run) -> Iterator[None]:
    """Say in the run how it ended, whatever happened."""
    try:
        yield
    except (ShisakuError, KeyboardInterrupt):
        run.finish("partial")
        raise
    except BaseException:
        run.release()
        raise
    # What failed for a cause that may be gone is asked for again by the same command.
    run.finish("partial" if run.read_json("run").get("passing") else "done")
