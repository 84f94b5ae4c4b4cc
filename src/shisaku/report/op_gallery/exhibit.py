"""What is shown of an op: what it says of itself, and what it made of some samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shisaku.core.sample import Sample
from shisaku.message import Message


@dataclass(frozen=True, slots=True)
class Take:
    """One sample before and after; `why` is the reason where nothing was made of it."""

    before: Sample
    after: Sample | None
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An op on some samples: the first sentence of its docstring, its parameters, the parts that it may touch.

    `why` says why it is not shown at all.
    """

    op: str
    what: str
    params: Mapping[str, Any] = field(default_factory=dict)
    touches: tuple[str, ...] = ()
    takes: tuple[Take, ...] = ()
    why: Message | None = None

    @property
    def shelf(self) -> str:
        """The shelf that the op stands on."""
        return self.op.partition(".")[0]
