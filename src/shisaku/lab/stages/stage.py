"""The four stages of an introduction in their order: each is reached from the one before it and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from shisaku.message import Message, say

Stage = Literal["poc", "fine_tune", "pilot", "scale"]
STAGES: Final[tuple[Stage, ...]] = ("poc", "fine_tune", "pilot", "scale")
TITLES: Final[Mapping[str, Message]] = {
    "poc": say("PoC"),
    "fine_tune": say("fine-tuning"),
    "pilot": say("pilot"),
    "scale": say("scale"),
}


def following(stage: Stage) -> Stage | None:
    """Return the one stage that can be reached from `stage`, None from the last."""
    place = STAGES.index(stage) + 1
    return STAGES[place] if place < len(STAGES) else None


def passed(stage: Stage) -> tuple[Stage, ...]:
    """Return the stages that lie behind `stage`."""
    return STAGES[: STAGES.index(stage)]


def stage_of(word: object) -> Stage | None:
    """Return the stage of that name, None where there is none."""
    return next((stage for stage in STAGES if stage == word), None)
