"""What a person said of one sample that was made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """The word of the reviewer `by` (empty: not said who) on a sample: fit to be trained on, or not."""

    sample: str
    ok: bool
    by: str = ""
