"""Which cases fit what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shisaku.errors import DataError
from shisaku.lab.cases.grade import GRADES
from shisaku.lab.cases.literature import OUTCOMES
from shisaku.lab.cases.record import ERROR, STOPPED
from shisaku.message import say

DECISIONS = ("ADOPT", "REJECT", "ABSTAIN", STOPPED, ERROR)
SOURCES = ("run", "literature")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of cases; empty fields ask nothing. All `words` must occur in what is said of a case."""

    words: Sequence[str] = ()
    modality: str = ""
    outcome: str = ""
    grade: str = ""
    source: str = ""

    def check(self) -> None:
        """Raise DataError for a value that no case can have."""
        for option, value, known in (
            ("--outcome", self.outcome, (*DECISIONS, *OUTCOMES)),
            ("--grade", self.grade, GRADES),
            ("--source", self.source, SOURCES),
        ):
            if value and value not in known:
                raise DataError(
                    say("{option} knows no {value}", option=option, value=value),
                    next=say("Give one of: {names}", names=", ".join(known)),
                )

    def fits(self, case: Mapping[str, Any]) -> bool:
        """Return whether a case is one of those asked for; a grade asks for that or a better one."""
        return (
            (not self.modality or self.modality in str(case.get("modality", "")))
            and self.outcome in ("", case["outcome"])
            and (not self.grade or case["grade"] <= self.grade)
            and self.source in ("", case["source"])
            and all(word.lower() in " ".join(_texts(case)).lower() for word in self.words)
        )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)
