"""A study that looks at the same test items several times, as planned, and what each look may spend."""

from __future__ import annotations

from shisaku.core.study_spec import StudySpec
from shisaku.errors import RecipeError
from shisaku.message import Message, say
from shisaku.stats.alpha_spending import spent


def alpha_of(spec: StudySpec) -> float:
    """Return the two-sided alpha of this look: the study's own, or what its spending leaves this round."""
    if spec.looks_planned == 1:
        return spec.alpha
    return spent(spec.look, spec.looks_planned, spec.alpha, spec.spending)


def check_look(spec: StudySpec) -> None:
    """Raise RecipeError for a look beyond those planned: its error was not kept for it."""
    if spec.look > spec.looks_planned:
        raise RecipeError(
            say("This is look {look} at these test items, and {planned} were planned: all of alpha is spent",
                look=spec.look, planned=spec.looks_planned),
            where=f"study {spec.name}: looks",
            next=fresh_slice(),
        )  # fmt: skip


def fresh_slice() -> Message:
    """Return what to do when a test set is used up."""
    return say(
        "Test on fresh real items that nothing was chosen by, as a study of its own; or plan more looks before the "
        "first one"
    )
