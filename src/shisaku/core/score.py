"""One number about one sample."""

from __future__ import annotations

from dataclasses import dataclass

from shisaku.message import Message


@dataclass(frozen=True, slots=True)
class Score:
    """A Metric's word on a sample.

    `value` is in [0, 1], higher is better (column ``<name>_score``); `raw` is the number in its own unit
    (WER, cosine, variance); `issue` says whether the Metric itself would call it an issue
    (``is_<name>_issue``), or None where it has no threshold of its own. `reason` says in words what it saw, and
    `group` names those that belong together (copies of one thing): every member bears the same word.
    """

    sample: str
    name: str
    value: float
    raw: float
    issue: bool | None = None
    reason: Message | None = None
    group: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 1.0:
            raise ValueError(f"score {self.name} of {self.sample} must be in [0, 1], got {self.value}")
