"""What of an arm makes sense only beside something else: said of a recipe line by line, and of a plan made in code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shisaku.core.arm import Arm, Loss
from shisaku.core.study_spec import StudySpec

MAIN_VIEW = "feature"
PRICES: Mapping[str, str] = {"labels": "label", "repairs": "repair", "made": "made"}


def without_made(arm: Arm) -> Iterator[str]:
    """Yield the keys that are set on an arm and mean nothing, for it has no made items."""
    asked = {
        "shuffle": arm.shuffle,
        "keep": arm.keep is not None,
        "random_keep": arm.random_keep is not None,
        "weights": arm.weights != (1.0,),
        "draw": arm.draw is not None,
        "plant": arm.plant > 0,
        "ratio": arm.ratio is not None,
        "alone": arm.alone,
        "nearest": arm.nearest > 0,
        "loss": arm.loss != Loss(),
        "buy": arm.buy == "made",
    }
    if not arm.stream:
        yield from (key for key, is_set in asked.items() if is_set)


def views_of(study: StudySpec) -> tuple[str, ...]:
    """Return the names of a study's modalities, none where it has one only."""
    return (MAIN_VIEW, *study.views) if study.views else ()


def affordable(study: StudySpec, arm: Arm) -> bool:
    """Return whether the study's budget buys at least one of what the arm buys."""
    price = study.prices.get(PRICES[arm.buy], 0.0)
    return 0 < price <= study.budget
