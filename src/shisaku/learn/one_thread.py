"""One thread per fit: small fits get several times slower when a BLAS spreads them over cores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@cache
def _controller(loaded: int) -> Any:
    # Finding the loaded BLAS libraries costs milliseconds, a fit not much more: found once per state.
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold every BLAS and OpenMP pool of this process at one thread."""
    import sys

    loaded = sum(name in sys.modules for name in ("scipy.linalg", "sklearn.utils", "sklearn.linear_model"))
    with _controller(loaded).limit(limits=1):
        yield
