"""Which arms of a study differ in nothing but how many made items they take for every real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shisaku.core.arm import Arm
from shisaku.core.study_spec import StudySpec


def real_alone(spec: StudySpec) -> Arm | None:
    """Return the arm that trains on the real items alone, as they are and seen whole; None where there is none."""
    return next((arm for arm in spec.arms if replace(arm, name="", weights=(1.0,)) == Arm("")), None)


def ratio_families(spec: StudySpec) -> tuple[tuple[Arm, ...], ...]:
    """Return the arms of each family, by rising ratio; two arms make a family."""
    families: dict[str, list[Arm]] = {}
    for arm in spec.arms:
        if arm.ratio is not None:
            families.setdefault(repr(replace(arm, name="", ratio=None)), []).append(arm)
    return tuple(
        tuple(sorted(family, key=_ratio)) for family in families.values() if len({arm.ratio for arm in family}) > 1
    )


def rated_for_ratio(spec: StudySpec) -> Sequence[str]:
    """Return the arms whose validation scores are to choose a ratio; real items alone stand for the ratio 0."""
    names = [arm.name for family in ratio_families(spec) for arm in family]
    zero = real_alone(spec)
    return [zero.name, *names] if names and zero is not None else names


def _ratio(arm: Arm) -> float:
    return arm.ratio or 0.0
