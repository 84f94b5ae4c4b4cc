"""What a writer is: samples out to a format that other tools read, with a list of what it could not carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shisaku.core.sample import Sample
from shisaku.message import Message


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: `n` samples written, `left_out` not (counted in `losses`), and what the others lost."""

    n: int
    left_out: int = 0
    losses: tuple[Message, ...] = ()


class Writer(Protocol):
    """A frozen dataclass whose fields are its parameters, behind the ``shisaku.writers`` door."""

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write all samples, one at a time, into the empty folder `out`, which appears whole afterwards.

        Raises DataError where the data cannot be written in this format at all.
        """
        ...
