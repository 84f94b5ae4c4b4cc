"""Something wrong in a recipe, found somewhere in its tree; its line is looked up when it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shisaku.errors import Problem, RecipeError
from shisaku.message import Message, say

Loc = tuple[str | int, ...]
PlaceOf = Callable[[Loc], tuple[int, Loc]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at `loc` (keys and positions from the root of the YAML tree), with a hint if there is one."""

    loc: Loc
    what: Message
    hint: Message | None = None


def path_of(loc: Loc) -> str:
    """Return `loc` as people write it: ``steps[2].with.rate``."""
    text = ""
    for word in loc:
        text += f"[{word}]" if isinstance(word, int) else f".{word}" if text else word
    return text


def problems_of(findings: Sequence[Finding], place_of: PlaceOf) -> list[Problem]:
    """Return the findings with the line and the written place that `place_of` gives for each."""
    places = [place_of(finding.loc) for finding in findings]
    return [Problem(line, path_of(loc), f.what, f.hint) for f, (line, loc) in zip(findings, places, strict=True)]


def recipe_error(problems: Sequence[Problem], where: str = "") -> RecipeError:
    """Return one RecipeError that carries every problem once, in the order of the lines, unknown ones last."""
    different = {str(problem): problem for problem in problems}
    return RecipeError(
        say("The recipe has {n} problem(s)", n=len(different)),
        where=where,
        next=say("Correct them and run `shisaku validate`"),
        problems=sorted(different.values(), key=lambda problem: (problem.line == 0, problem.line)),
    )
