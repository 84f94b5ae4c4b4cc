"""From the validated shape of recipe YAML to the frozen Recipe that everything else works with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.core.amount import Amount
from shisaku.core.arm import Arm, ArmKeep, Draw, Loss
from shisaku.core.back_end import BackEnd, Prices
from shisaku.core.budget import Budget
from shisaku.core.domain import Domain, Speakers
from shisaku.core.feature import Feature
from shisaku.core.kpi import Kpi
from shisaku.core.policy import LEVELS, Policy
from shisaku.core.recipe import Enough, Fresh, Gate, Keep, Recipe, Rule, Source, Step, Subsample, Want
from shisaku.core.study_spec import Grouping, Requirement, StudySpec
from shisaku.registry.finding import PlaceOf
from shisaku.registry.schema import (
    ArmKeepShape,
    ArmShape,
    BackEndShape,
    DomainShape,
    FeatureShape,
    KeepShape,
    KpiShape,
    PolicyShape,
    RecipeShape,
    StepShape,
    StudyShape,
)


def build(shape: RecipeShape, place_of: PlaceOf) -> Recipe:
    """Return the Recipe of a shape; `place_of` tells where its steps and keeps were written."""
    return Recipe(
        name=shape.name,
        data=Source(shape.data.reader, shape.data.params, shape.data.use, shape.data.atlas, shape.data.override),
        seed=shape.seed,
        select=shape.select,
        steps=tuple(_step(step, place_of(("steps", i))[0]) for i, step in enumerate(shape.steps)),
        keep=tuple(_keep(keep, place_of(("keep", i))[0]) for i, keep in enumerate(shape.keep)),
        studies=tuple(_study(study) for study in shape.studies),
        policy=_policy(shape.policy),
        models=tuple(_back_end(name, one) for name, one in shape.models.items()),
        budget=Budget(**shape.budget.model_dump()),
        title=shape.title,
        gate=tuple(Gate(**one.model_dump()) for one in shape.gate),
        schema=shape.schema_,
    )


def _policy(shape: PolicyShape) -> Policy:
    grants = {name: tuple(held) for name, held in shape.model_dump().items() if name != "level"}
    return Policy(LEVELS.index(shape.level), **grants)


def _back_end(name: str, shape: BackEndShape) -> BackEnd:
    held = shape.model_dump()
    return BackEnd(name, **{**held, "prices": Prices(**held["prices"])})


def _step(shape: StepShape, line: int) -> Step:
    return Step(
        name=shape.name,
        op=shape.op,
        source=tuple(shape.source),
        params=shape.params,
        pool=shape.pool,
        reference=shape.reference,
        rounds=shape.rounds,
        sample=Subsample(shape.sample.n, tuple(shape.sample.by)) if shape.sample else None,
        want=Want(**shape.want.model_dump()) if shape.want else None,
        fresh=Fresh(**shape.fresh.model_dump()) if shape.fresh else None,
        enough=Enough(**shape.enough.model_dump()) if shape.enough else None,
        line=line,
    )


def _keep(shape: KeepShape, line: int) -> Keep:
    rules = tuple(Rule(**rule.model_dump()) for rule in shape.rules)
    return Keep(shape.name, shape.source, rules, line)


def _feature(shape: FeatureShape) -> Feature:
    return Feature(shape.op, shape.params)


def _domain(shape: DomainShape) -> Domain:
    speakers = Speakers(**shape.speakers.model_dump()) if shape.speakers else None
    return Domain(
        shape.name, shape.kind, shape.stream, shape.validate_, shape.delta_gain, shape.delta_safe, speakers,
        shape.spoil, shape.shows, shape.degrades,
    )  # fmt: skip


def _arm(shape: ArmShape) -> Arm:
    return Arm(
        name=shape.name,
        oversample=shape.oversample,
        add=shape.add,
        rows=shape.rows,
        weights=tuple(shape.weights),
        shuffle=shape.shuffle,
        more_real=shape.more_real,
        scores=_feature(shape.scores) if shape.scores else None,
        keep=_arm_keep(shape.keep),
        random_keep=shape.random_keep,
        draw=Draw(shape.draw.by, shape.draw.n) if shape.draw else None,
        plant=shape.plant,
        choose=tuple(shape.choose),
        ratio=shape.ratio,
        alone=shape.alone,
        nearest=shape.nearest,
        views=tuple(shape.views),
        loss=Loss(_arm_keep(shape.loss.confidence), shape.loss.soften, shape.loss.robust, shape.loss.curriculum),
        buy=shape.buy,
        learner=shape.learner,
    )


def _arm_keep(shape: ArmKeepShape | None) -> ArmKeep | None:
    return ArmKeep(**shape.model_dump()) if shape else None


def _study(shape: StudyShape) -> StudySpec:
    return StudySpec(
        name=shape.name,
        label=shape.label,
        real=shape.real,
        feature=_feature(shape.feature),
        domains=tuple(map(_domain, shape.domains)),
        primary=shape.primary,
        arms=tuple(map(_arm, shape.arms)),
        comparators=tuple(shape.comparators),
        contrasts=tuple(shape.contrasts),
        against=shape.against,
        deploy=tuple(shape.deploy),
        grouping=Grouping(**shape.grouping.model_dump()),
        shots=tuple(shape.shots),
        splits=shape.splits,
        split_seed=shape.split_seed,
        test_share=shape.test_share,
        folds=shape.folds,
        learner=shape.learner,
        metric=shape.metric,
        train=shape.train,
        target=_feature(shape.target) if shape.target else None,
        found_in=shape.found_in,
        alpha=shape.alpha,
        assumed_sd=shape.assumed_sd,
        assumed_item_sd=shape.assumed_item_sd,
        expected_gain=shape.expected_gain,
        looks_taken=shape.looks.taken,
        looks_note=shape.looks.note,
        kpi=build_kpi(shape.kpi),
        requires=tuple(Requirement(**one.model_dump()) for one in shape.requires),
        views={name: _feature(one) for name, one in shape.views.items()},
        tune={name: tuple(grid) for name, grid in shape.tune.items()},
        trials=shape.trials,
        inits=shape.inits,
        val_share=shape.val_share,
        prices={str(what): price for what, price in shape.prices.items()},
        budget=shape.budget,
        label_noise=shape.label_noise,
        look=shape.looks.this,
        looks_planned=shape.looks.planned,
        spending=shape.looks.spending,
        layers=tuple(shape.layers),
        slices=tuple(shape.slices),
        meter=shape.meter,
    )


def build_kpi(shape: KpiShape) -> Kpi:
    """Return the costs of a shape."""
    amounts = {
        "costs": {truth: _amounts(row) for truth, row in shape.costs.items()},
        "review": None if shape.review is None else Amount.of(*shape.review),
        "investment": _amounts(shape.investment),
        "yearly": _amounts(shape.yearly),
    }
    return Kpi(**{**shape.model_dump(), **amounts})


def _amounts(told: Mapping[Any, Sequence[float]]) -> dict[str, Amount]:
    return {str(name): Amount.of(*numbers) for name, numbers in told.items()}
