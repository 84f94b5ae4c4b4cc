"""Whether a study can heed made items as its arms ask: said before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence

from shisaku.core.arm import Arm
from shisaku.core.study_spec import StudySpec
from shisaku.errors import RecipeError
from shisaku.learn.learner import Learner
from shisaku.message import say


def heedable(spec: StudySpec, arms: Sequence[Arm], learner: Learner) -> None:
    """Raise RecipeError for a loss of `arms` that would change nothing, or that their learner cannot be trained by."""
    for arm in arms:
        _checked(spec, arm, learner)


def _checked(spec: StudySpec, arm: Arm, learner: Learner) -> None:
    where = f"study {spec.name}: arm {arm.name}"
    if arm.loss.curriculum and not learner.staged:
        raise RecipeError(
            say("Arm {arm} has a curriculum, but its learner trains until it has converged: order is nothing to it",
                arm=arm.name),
            where=where,
            next=say("Take the learner `steps`"),
        )  # fmt: skip
    if (arm.loss.soften or arm.loss.robust) and spec.target is not None:
        raise RecipeError(
            say("Arm {arm} softens labels or fades wrong ones, but retrieval learns a map and has none", arm=arm.name),
            where=where,
            next=say("Use `confidence` or a grid of weights"),
        )
    if arm.loss.soften and (arm.alone or spec.train == "made"):
        raise RecipeError(
            say("Arm {arm} softens labels by a model of real items, but it trains on none", arm=arm.name),
            where=where,
            next=say("Use `robust` or `confidence`, or train beside the real items"),
        )
