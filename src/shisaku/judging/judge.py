"""The judges: detectors that look at what was made, in the files of ``judges/``."""

from __future__ import annotations

from collections.abc import Collection
from importlib import resources
from pathlib import Path

from shisaku.auditing.detector import Detector, detectors
from shisaku.message import Message, say

HOME = "judges"
# Judges that no file seats, because they need a recipe that says which model judges, by what.
UNSEATED = (
    "judge.prefer",
    "judge.rubric",
    "judge.verdict",
)


def judges(there: Collection[str], profile: Path | None = None) -> tuple[list[Detector], list[Message]]:
    """Return the judges whose ops are `there`, and a sentence about those that are not; `profile` as for an audit.

    What rests on a view that is missing is left out with it.
    """
    every = detectors(profile, resources.files("shisaku.judging").joinpath(HOME))
    absent = {one.name for one in every if one.op not in there}
    gone = absent | {one.name for one in every if one.of in absent}
    ops = sorted({one.op for one in every if one.name in absent})
    told = [say("These judges are not installed: {ops}", ops=", ".join(ops))] if ops else []
    return [one for one in every if one.name not in gone], told
