"""Every error that shisaku raises on purpose, grouped by who must act.

::

    ShisakuError
    ├── RecipeError      2  your recipe: all problems at once, each with its line
    ├── MachineError     4  the machine: disk, memory, network, weights, a missing program
    │   ├── WeightsError    a model file is missing or is not what it should be
    │   ├── EgressError     something wanted to reach another machine past the guard
    │   └── StopRequestedError   Ctrl-C or a budget: what is done is kept, run again to go on
    └── DataError        5  your data
        ├── MediaError      one file cannot be decoded (becomes a Drop, never stops a run)
        └── ContaminationError  a test item was about to touch generation, a filter or a threshold

Each says what happened, where, and what to do next. The number is the exit code of the command line;
exit code 3 is not an error: it is a verdict other than ADOPT under ``--fail-unless-adopt``; nor is 6: a gate holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.message import Message


class ShisakuError(Exception):
    """The root: `what` happened, `where` (file, line, step, sample), and what to do `next`."""

    exit_code: ClassVar[int] = 4

    def __init__(self, what: Message, where: str = "", next: Message | None = None) -> None:
        super().__init__(what, where, next)
        self.what = what
        self.where = where
        self.next = next

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return type(self), (self.what, self.where, self.next)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else str(self.what)
        return f"{text}\n  -> {self.next}" if self.next else text

    def to_json(self) -> dict[str, Any]:
        """Return the form printed under ``--json``."""
        return {
            "error": type(self).__name__,
            "what": self.what.to_json(),
            "where": self.where,
            "next": self.next.to_json() if self.next else None,
            "text": str(self),
            "exit_code": self.exit_code,
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a recipe: its line (1-based, 0 if unknown), where in the tree, what, and a hint."""

    line: int
    path: str
    what: Message
    hint: Message | None = None

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        text = f"{place}{self.path + ': ' if self.path else ''}{self.what}"
        return f"{text} ({self.hint})" if self.hint else text


class RecipeError(ShisakuError):
    """The recipe cannot be cooked; carries every problem found, not only the first."""

    exit_code = 2

    def __init__(
        self,
        what: Message,
        where: str = "",
        next: Message | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(what, where, next)
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return type(self), (self.what, self.where, self.next, self.problems)

    def __str__(self) -> str:
        lines = [super().__str__(), *(f"  - {problem}" for problem in self.problems)]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Return the error with one entry per problem."""
        problems = [
            {
                "line": p.line,
                "path": p.path,
                "what": p.what.to_json(),
                "hint": p.hint.to_json() if p.hint else None,
                "text": str(p),
            }
            for p in self.problems
        ]
        return {**super().to_json(), "problems": problems}


class MachineError(ShisakuError):
    """The machine cannot do it: disk, memory, network, a missing program."""

    exit_code = 4


class WeightsError(MachineError):
    """A model file is missing, damaged, or not the one that was pinned."""


class EgressError(MachineError):
    """Something wanted to reach another machine past the guard; nothing was sent."""


class StopRequestedError(MachineError):
    """The user or a budget stopped the run; everything finished so far is kept."""


class DataError(ShisakuError):
    """The data cannot be used as asked."""

    exit_code = 5


class MediaError(DataError):
    """One media file cannot be decoded within the limits."""


class ContaminationError(DataError):
    """A test item, or something derived from one, was about to be used where only training items may be."""
