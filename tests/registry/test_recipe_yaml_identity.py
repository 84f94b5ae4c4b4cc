"""Law 5: Recipe -> YAML -> Recipe is identity (the lines at which steps were written apart)."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from shisaku.core.amount import Amount
from shisaku.core.arm import Arm, ArmKeep, Draw, Loss
from shisaku.core.domain import Domain, Speakers
from shisaku.core.feature import Feature
from shisaku.core.kpi import Kpi
from shisaku.core.recipe import Keep, Recipe, Rule, Source, Step, Subsample
from shisaku.core.study_spec import Grouping, StudySpec
from shisaku.registry import schema
from shisaku.registry.build import build
from shisaku.registry.dump import dump_recipe, recipe_fingerprint, without_lines
from shisaku.registry.load import parse_recipe
from shisaku.registry.mend import read_shape
from shisaku.registry.yaml_tree import compose

NAMES = st.from_regex(r"[A-Za-z試作][A-Za-z0-9_.試作-]{0,12}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12) | st.sampled_from(
    ["no", "1", "1e5", ".inf", "~", "a: b", "a\nb", "a\tb", " a", "- a", "{", "'", '"', "%", "@", "`", "a #b", "<<"]
)
WORDS = TEXTS.filter(bool)
INTS = st.integers(-(10**17), 10**17)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    TEXTS | INTS | FLOATS | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
PARAMS = st.dictionaries(TEXTS, VALUES, max_size=3)
SHARES = st.floats(0.001, 1.0)
POSITIVE = st.floats(1e-9, 1e9)


def _many(strategy: st.SearchStrategy[Any], low: int = 0, high: int = 3) -> st.SearchStrategy[Any]:
    return st.lists(strategy, min_size=low, max_size=high).map(tuple)


SUBSAMPLES = st.builds(Subsample, st.integers(1, 10**17), _many(WORDS))
STEPS = st.builds(
    Step,
    NAMES,
    WORDS,
    _many(WORDS, 1),
    PARAMS,
    TEXTS,
    TEXTS,
    st.integers(1, 1000),
    st.none() | SUBSAMPLES,
)
RULES = st.builds(Rule, WORDS, st.none() | st.floats(0, 1), st.none() | SHARES)
KEEPS = st.builds(Keep, NAMES, WORDS, _many(RULES, 1))
FEATURES = st.builds(Feature, WORDS, PARAMS)
DELTAS = st.floats(0, 0.99)
SPEAKERS = st.none() | st.builds(Speakers, WORDS, st.floats(0, 1), st.integers(2, 99))
KINDS = st.sampled_from(["resplit", "derived", "external"])
SPOILT = st.dictionaries(WORDS, st.sampled_from(["missing", "swapped"]) | st.floats(0, 100), max_size=2)
SHOWS = st.sampled_from(["", "generalisation", "task", "fit"])
DOMAINS = st.builds(Domain, NAMES, KINDS, TEXTS, TEXTS, DELTAS, DELTAS, SPEAKERS, SPOILT, SHOWS)
ARM_KEEPS = st.none() | st.builds(ArmKeep, WORDS, SHARES, PARAMS)
LOSSES = st.builds(Loss, ARM_KEEPS, st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.99))
ARMS = st.builds(
    Arm,
    NAMES,
    st.integers(0, 10),
    TEXTS,
    TEXTS,
    _many(POSITIVE, 1),
    st.booleans(),
    st.integers(1, 9),
    st.none() | FEATURES,
    ARM_KEEPS,
    st.none() | SHARES,
    st.none() | st.builds(Draw, WORDS, st.integers(1, 99)),
    st.floats(0, 0.99),
    _many(WORDS),
    st.none() | st.floats(0.01, 10_000),
    st.booleans(),
    st.integers(0, 10_000),
    _many(WORDS),
    LOSSES,
    st.sampled_from(["", "labels", "repairs", "made"]),
)
AMOUNTS = st.lists(st.floats(0, 1e9), min_size=1, max_size=3).map(lambda told: Amount.of(*sorted(told)))
KPIS = st.builds(
    Kpi,
    cost_per_error=POSITIVE,
    items_per_year=POSITIVE,
    currency=WORDS,
    illustrative=st.booleans(),
    costs=st.dictionaries(WORDS, st.dictionaries(WORDS, AMOUNTS, max_size=2), max_size=2),
    review=st.none() | AMOUNTS,
    prevalence=st.dictionaries(WORDS, st.floats(0, 1), max_size=2),
    positive=TEXTS,
    recall=st.floats(0.01, 1),
    target_error=st.floats(0, 0.99),
    minutes=st.dictionaries(st.sampled_from(["review", "miss"]), POSITIVE, max_size=2),
    investment=st.dictionaries(st.sampled_from(["data", "labels"]), AMOUNTS, max_size=2),
    yearly=st.dictionaries(st.sampled_from(["compute", "maintenance"]), AMOUNTS, max_size=2),
    years=st.integers(1, 50),
    discount=st.floats(-0.5, 1),
    lot=TEXTS,
)
STUDIES = st.builds(
    StudySpec,
    name=NAMES,
    label=WORDS,
    real=WORDS,
    feature=FEATURES,
    domains=_many(DOMAINS, 1),
    primary=WORDS,
    arms=_many(ARMS, 1),
    comparators=_many(WORDS, 1),
    contrasts=_many(WORDS),
    against=st.dictionaries(WORDS, WORDS, max_size=2),
    train=st.sampled_from(["real", "made"]),
    target=st.none() | FEATURES,
    found_in=st.integers(1, 100),
    deploy=_many(WORDS),
    grouping=st.builds(Grouping, st.floats(0, 1), st.floats(0, 1), TEXTS),
    shots=_many(st.integers(0, 100), 1),
    splits=st.integers(2, 10_000),
    split_seed=st.integers(0, 10**17),
    test_share=st.floats(0.01, 0.99),
    folds=st.integers(2, 100),
    learner=PARAMS,
    metric=st.sampled_from(["balanced_accuracy", "accuracy"]),
    alpha=st.floats(0.001, 0.5),
    assumed_sd=POSITIVE,
    assumed_item_sd=POSITIVE,
    expected_gain=st.floats(0.001, 0.999),
    looks_taken=st.integers(0, 100),
    looks_note=TEXTS,
    look=st.integers(1, 1000),
    looks_planned=st.integers(1, 1000),
    spending=st.sampled_from(["obrien_fleming", "pocock", "equal"]),
    views=st.dictionaries(NAMES, FEATURES, max_size=2),
    tune=st.dictionaries(WORDS, st.lists(VALUES, min_size=1, max_size=3).map(tuple), max_size=2),
    trials=st.integers(0, 10_000),
    inits=st.integers(1, 100),
    val_share=st.floats(0, 0.99),
    prices=st.dictionaries(st.sampled_from(["label", "repair", "made"]), POSITIVE, max_size=3),
    budget=st.floats(0, 1e9),
    label_noise=st.floats(0, 0.99),
    layers=_many(WORDS),
    slices=_many(WORDS),
    kpi=KPIS,
)
RECIPES = st.builds(
    Recipe,
    name=NAMES,
    data=st.builds(Source, WORDS, PARAMS, st.sampled_from(["commercial", "research"]), TEXTS, TEXTS),
    seed=st.integers(0, 10**17),
    select=st.dictionaries(NAMES, st.dictionaries(TEXTS, TEXTS, max_size=2), max_size=2),
    steps=_many(STEPS),
    keep=_many(KEEPS, high=2),
    studies=_many(STUDIES, high=2),
    title=st.dictionaries(TEXTS, TEXTS, max_size=2),
)


def _read(text: str) -> Recipe:
    """Read without asking whether the recipe makes sense."""
    mended = read_shape(compose(text))
    assert not mended.findings, mended.findings
    assert mended.shape is not None
    return build(mended.shape, mended.tree.place)


@settings(max_examples=100, deadline=None)
@given(RECIPES)
def test_a_recipe_survives_yaml(recipe: Recipe) -> None:
    assert without_lines(_read(dump_recipe(recipe))) == recipe


@settings(max_examples=30, deadline=None)
@given(RECIPES)
def test_yaml_survives_a_recipe(recipe: Recipe) -> None:
    text = dump_recipe(recipe)
    assert dump_recipe(_read(text)) == text


def test_layout_comments_and_order_do_not_change_what_a_recipe_is() -> None:
    one = parse_recipe("name: a\ndata: {reader: toys}\nseed: 3\nsteps:\n- {name: s, op: toy.paint, from: data}\n")
    other = parse_recipe(
        "# hello\n\nseed: 3\n\nsteps:\n  - op: toy.paint\n    from: [data]\n    name: s\ndata:\n  reader: toys\nname: a"
    )
    assert one != other, "they were written at other lines"
    assert recipe_fingerprint(one) == recipe_fingerprint(other)
    assert recipe_fingerprint(one) != recipe_fingerprint(replace(one, seed=4))


def _yaml_names(shape: type[BaseModel]) -> set[str]:
    return {info.alias or name for name, info in shape.model_fields.items()}


LOOKS = dict.fromkeys(("looks_taken", "looks_note", "look", "looks_planned", "spending"), "looks")
SAID = {"looks_taken": "taken", "looks_note": "note", "look": "this", "looks_planned": "planned"}


def _default_of(name: str, default: object) -> object:
    """Fields of `looks` are one level down in YAML."""
    return getattr(default, SAID.get(name, name)) if name in LOOKS else default


@pytest.mark.parametrize(
    ("shape", "noun", "renamed"),
    [
        (schema.RecipeShape, Recipe, {}),
        (schema.SourceShape, Source, {"params": "with", "atlas": "source"}),
        (schema.StepShape, Step, {"params": "with", "source": "from"}),
        (schema.SubsampleShape, Subsample, {}),
        (schema.KeepShape, Keep, {"source": "of"}),
        (schema.RuleShape, Rule, {"minimum": "min", "maximum": "max"}),
        (schema.FeatureShape, Feature, {"params": "with"}),
        (schema.DomainShape, Domain, {}),
        (schema.ArmShape, Arm, {}),
        (schema.ArmKeepShape, ArmKeep, {"params": "with"}),
        (schema.GroupingShape, Grouping, {}),
        (schema.KpiShape, Kpi, {}),
        (schema.LossShape, Loss, {}),
        (schema.StudyShape, StudySpec, LOOKS),
    ],
)
def test_yaml_has_a_key_for_every_field_and_the_same_default(
    shape: type[BaseModel], noun: type, renamed: dict[str, str]
) -> None:
    own = [f for f in fields(noun) if f.name != "line"]
    assert {renamed.get(f.name, f.name) for f in own} == _yaml_names(shape)
    given = {info.alias or name: info for name, info in shape.model_fields.items()}
    for field in own:
        info = given[renamed.get(field.name, field.name)]
        assert info.is_required() == (field.default is MISSING and field.default_factory is MISSING), field.name
        if not info.is_required() and isinstance(field.default, int | float | str):
            assert _default_of(field.name, info.default) == field.default
