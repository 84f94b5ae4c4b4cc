"""A conversation as a table part: turns of a role and a content; each `<image>` in them means the next image part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.core.sample import Part
from shisaku.message import Message, say

CONVERSATION = "conversation"  # the name of the part: [{"role": ..., "content": ..., other keys}]
IMAGE = "<image>"
SYSTEM, USER, ASSISTANT = "system", "user", "assistant"
Turn = Mapping[str, Any]


def image_name(number: int) -> str:
    """Return the name of the part of image `number`, from 0: ``image``, ``image_1``, ``image_2`` ..."""
    return f"image_{number}" if number else "image"


def image_names(parts: Mapping[str, Part]) -> list[str]:
    """Return the parts that the placeholders mean, in order: up to the first number that is not there."""
    found: list[str] = []
    while (name := image_name(len(found))) in parts and parts[name].kind == "image":
        found.append(name)
    return found


def problem_of(turns: Any, images: int) -> Message | None:
    """Return why the turns are no conversation that a model can be trained on, or None.

    At most one system turn, first; then user and assistant in turn, the last word the assistant's; no answer empty;
    as many placeholders as `images`.
    """
    if not isinstance(turns, list) or not turns or not all(_is_turn(turn) for turn in turns):
        return say("There is no list of turns with a role and a text")
    roles = [turn["role"] for turn in turns]
    unknown = next((role for role in roles if role not in (SYSTEM, USER, ASSISTANT)), None)
    if unknown is not None:
        return say("The role {role} is not known", role=unknown)
    spoken = roles[1:] if roles[0] == SYSTEM else roles
    wanted = [(USER, ASSISTANT)[n % 2] for n in range(len(spoken))]
    if spoken != wanted:
        number = next(
            n for n, (one, other) in enumerate(zip(roles[-len(spoken) :], wanted, strict=True)) if one != other
        )
        return say("The roles are out of order at turn {n}", n=number + 1 + len(roles) - len(spoken))
    if not spoken or spoken[-1] != ASSISTANT:
        return say("The conversation ends without an answer")
    if any(not turn["content"].strip() for turn in turns if turn["role"] == ASSISTANT):
        return say("An answer is empty")
    marks = sum(turn["content"].count(IMAGE) for turn in turns)
    if marks != images:
        return say("There are {marks} placeholders for {images} images", marks=marks, images=images)
    return None


def answer_mask(turns: Sequence[Turn]) -> list[int]:
    """Return 1 for every turn that a model learns to say (the assistant's), 0 for the others."""
    return [int(turn["role"] == ASSISTANT) for turn in turns]


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and isinstance(turn.get("role"), str) and isinstance(turn.get("content"), str)
