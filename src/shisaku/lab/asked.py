"""Plans that ask for what does not exist: refused by the same rules as a recipe's, before anything is trained."""

from __future__ import annotations

import math
from typing import NoReturn

from shisaku.core.arm import Arm
from shisaku.core.study_spec import StudySpec
from shisaku.errors import RecipeError
from shisaku.lab.purchase import bought
from shisaku.message import Message, say
from shisaku.registry.check_arm import views_of, without_made


def check_asked(spec: StudySpec) -> None:
    """Raise RecipeError for empty grids, unknown views, purchases of nothing, and made items that are none."""
    for name, values in spec.tune.items():
        if not values:
            _refuse(spec, say("The grid of {setting} is empty", setting=name), say("Give one value or more to try"))
    views = views_of(spec)
    asked = [name for arm in spec.arms for name in arm.views]
    asked += [name for domain in spec.domains for name in domain.spoil]
    for name in asked:
        if name not in views:
            _refuse(
                spec,
                say("There is no view {name}", name=name),
                say("The views are {known}; further ones are named under `views` of the study",
                    known=", ".join(views) or "feature"),
            )  # fmt: skip
    for arm in spec.arms:
        _check_arm(spec, arm)


def _check_arm(spec: StudySpec, arm: Arm) -> None:
    if not arm.weights or not all(math.isfinite(weight) and weight > 0 for weight in arm.weights):
        _refuse(
            spec,
            say("The weights of arm {arm} must be one positive number or more", arm=arm.name),
            say("Leave `weights` out: a made item then counts as much as a real one"),
        )
    for key in without_made(arm):
        _refuse(
            spec,
            say("Arm {arm} has no made items, and {key} is about them", arm=arm.name, key=key),
            say("Name their stream with `add` or `rows`"),
        )
    if arm.buy and bought(spec, arm) < 1:
        _refuse(
            spec,
            say("Arm {arm} has too little money for one of the {what} it buys", arm=arm.name, what=arm.buy),
            say("Raise `budget`, or check `prices`"),
        )


def _refuse(spec: StudySpec, what: Message, next: Message) -> NoReturn:
    raise RecipeError(what, where=f"study {spec.name}", next=next)
