"""What must be shown before a stage may be left: a figure and its limit."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shisaku.lab.stages.values import Shape

Count = Literal["missed", "false_alarms", "other_errors", "errors", "reviews", "minutes"]
Figure = Literal["", "gain", "safety", "score", "money", Count]


class Threshold(Shape):
    """What must be shown: a figure of the studies, of a metric or of a document of the run, and its limit.

    `figure`: the gain that decides, the worst safety bound, the arm's own score, the yearly money; of a study that was
    told what its answers cost also `missed` items and the like per million, `minutes` per thousand. `metric`: a step or
    detector whose findings have an interval (`finding` names one), or, with `issues`, the share of samples that it
    calls an issue. `document` and `at`: a mapping with `low` and `high` in any JSON document of the run. The whole
    interval must lie on the right side.
    """

    name: str = Field(default="", max_length=200)
    figure: Figure = ""
    metric: str = Field(default="", max_length=200)
    finding: str = Field(default="", max_length=200)
    document: str = Field(default="", pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,99})?$")
    at: str = Field(default="", max_length=500)
    least: float | None = None
    most: float | None = None
    issues: float | None = Field(default=None, ge=0, le=1)

    @property
    def title(self) -> str:
        """Its name for people: the one given, else what it reads."""
        read = (self.metric, self.finding, self.document, self.at)
        return self.name or self.figure or "/".join(one for one in read if one)
