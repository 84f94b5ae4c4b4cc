"""Which step of a recipe works in this thread, so that what leaves for it bears its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_STEP: ContextVar[str] = ContextVar("step", default="")


def step_here() -> str:
    """Return the name of the step that works here, empty outside of a run."""
    return _STEP.get()


@contextmanager
def working(step: str) -> Iterator[None]:
    """Set the name for this thread until the block ends."""
    token = _STEP.set(step)
    try:
        yield
    finally:
        _STEP.reset(token)
