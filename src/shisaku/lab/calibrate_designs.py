"""The designs that the verdict is calibrated in: worlds, the study put to them, and what counts as false."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.study_spec import StudySpec
from shisaku.lab.plan import MIN_SPLITS
from shisaku.lab.worlds import BETTER, FIELD, HUGE, JITTER, MADE, REAL, World

OWN, FEW, MANY = "own", "few", "many"
FEW_SHOTS = 30
GATE = ArmKeep("dataset.label_agreement", 0.8, {"folds": 2})
QUICK_GATE = ArmKeep("dataset.label_agreement", 0.8, {"folds": 2, "learner": "prototype"})
# Closed form and hundreds of fits per world: the rule is under test, not the learner.
QUICK = MappingProxyType({"name": "prototype", "transform": "none"})


@dataclass(frozen=True, slots=True)
class Ground:
    """A kind of world and the study of all that is asked in it: trained once for every design on it."""

    name: str
    world: World
    spec: StudySpec

    @property
    def alike(self) -> tuple[str, ...]:
        """Return the contrasts that are equal in law: they train on streams that are."""
        return tuple(arm.name for arm in self.spec.arms if arm.add in self.world.made)

    def with_huge(self) -> StudySpec:
        """Return the study with a huge fresh test set beside its domains, where the truth is measured."""
        return replace(self.spec, domains=(*self.spec.domains, Domain(HUGE, "external", stream=HUGE, delta_safe=1.0)))


@dataclass(frozen=True, slots=True)
class Design:
    """What is asked on a ground. `nulls` are contrasts equal in law, whose true effect is made the margin.

    `above` are contrasts that are better. A false ADOPT is one of a null, anywhere in a family of `domains` and
    numbers of shots. With `rounds` every null is a look of its own at the same test items.
    """

    name: str
    ground: Ground
    nulls: tuple[str, ...]
    above: tuple[str, ...] = ()
    domains: tuple[str, ...] = (OWN,)
    shots: tuple[int, ...] = (0,)
    rounds: bool = False

    def studies(self) -> tuple[StudySpec, ...]:
        """Return the studies that decide, one per look, as parts of the ground's."""
        if not self.rounds:
            return (self._part((*self.nulls, *self.above)),)
        return tuple(
            replace(self._part((name,)), look=look, looks_planned=len(self.nulls))
            for look, name in enumerate(self.nulls, 1)
        )

    def _part(self, contrasts: Sequence[str]) -> StudySpec:
        spec = self.ground.spec
        names = {*spec.comparators, *contrasts}
        arms = tuple(arm for arm in spec.arms if arm.name in names)
        return replace(spec, arms=arms, contrasts=tuple(contrasts), shots=self.shots)


def study(
    arms: Sequence[Arm],
    comparators: Sequence[Arm],
    *,
    fields: Sequence[str],
    learner: Mapping[str, Any] = QUICK,
    shots: tuple[int, ...] = (0,),
    folds: int = 3,
    splits: int = MIN_SPLITS,
    alpha: float = 0.05,
) -> StudySpec:
    """Return a study of these arms in its own domain and on fixed test sets; safety is asked of nobody.

    The test share is 0.1: the least favourable, for the standard error is the least too wide there.
    """
    return StudySpec(
        name="calibration",
        label="class",
        real=REAL,
        feature=Feature("none"),
        domains=(
            Domain(OWN, "resplit", delta_safe=1.0),
            *(Domain(name, "external", stream=name, delta_safe=1.0) for name in fields),
        ),
        primary=OWN,
        deploy=(OWN,),
        arms=(*comparators, *arms),
        comparators=tuple(arm.name for arm in comparators),
        contrasts=tuple(arm.name for arm in arms),
        splits=splits,
        test_share=0.1,
        shots=shots,
        folds=folds,
        learner=dict(learner),
        alpha=alpha,
    )


def plain() -> Ground:
    """Return worlds of one made stream for a converged logistic regression: gated, its weight tuned."""
    arm = Arm("gated", add=MADE, weights=(0.1, 0.3, 1.0), keep=GATE)
    learner = {"name": "logistic", "C": 10.0, "tol": 1e-2, "transform": "none"}
    spec = study((arm,), (Arm("real"), Arm("copies", oversample=2)), fields=(FIELD,), learner=learner)
    return Ground("plain", World(), spec)


def crowd(twins: int = 2, *, alpha: float = 0.05, shots: tuple[int, ...] = (FEW_SHOTS, 0)) -> Ground:
    """Return worlds of several made streams equal in law and a better one, which is gated; 24 groups to test on."""
    world = replace(_alike_in_groups({FEW: 8}), insight=0.7, twins=twins)
    arms = [Arm(name, add=name, weights=(0.2, 1.0), ratio=0.5) for name in world.made]
    arms.append(Arm(BETTER, add=BETTER, weights=(0.2, 1.0), ratio=0.5, keep=QUICK_GATE))
    spec = study(arms, (Arm("real"), Arm(JITTER, add=JITTER)), fields=(FEW,), shots=shots, folds=2, alpha=alpha)
    return Ground("crowd", world, spec)


def grouped() -> Ground:
    """Return worlds with two fixed test sets: 24 groups, where cluster t decides, and 60, where the bootstrap does."""
    arm = Arm("gated", add=MADE, weights=(0.2, 1.0), ratio=0.5, keep=QUICK_GATE)
    spec = study((arm,), (Arm("real"), Arm(JITTER, add=JITTER)), fields=(FEW, MANY), folds=2)
    return Ground("grouped", _alike_in_groups({FEW: 8, MANY: 20}), spec)


def _alike_in_groups(fields: Mapping[str, int]) -> World:
    """Return worlds where most of what makes items of a class differ is shared by a group of up to 8."""
    return World(groups=20, size=8, apart=5.0, between=3.0, dims=20, children=1, rivals=True, fields=fields)


def designs() -> dict[str, Design]:
    """Return the designs by name."""
    many = crowd()
    nulls = many.world.made
    return {
        "single": Design("single", plain(), ("gated",)),
        "family": Design("family", many, nulls[:2], (BETTER,), domains=(OWN, FEW), shots=many.spec.shots),
        "groups": Design("groups", grouped(), ("gated",), domains=(OWN, FEW, MANY)),
        "rounds": Design("rounds", many, nulls, domains=(OWN, FEW), rounds=True),
    }
