"""The studies block that a form leads to: a recipe to begin with, for which only the data are still to be named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shisaku.api.defaults import CHAIN, NEAR, usual
from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.kpi import Kpi
from shisaku.core.poc_form import PocForm
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.core.study_spec import Grouping, StudySpec

MADE, UNTOUCHED = "varied", "untouched"
SMALLEST = 1e-5  # a recipe assumes that differences vary at all
WEIGHTS = (0.05, 0.1, 0.2, 0.5, 1.0)


def starter_recipe(form: PocForm, plan: Mapping[str, Any]) -> Recipe:
    """Return the recipe of the first look that `plan` plans; its source and label are to be named by the user.

    The made items are classical variations, the prototype data of a first look, and are to be replaced by what the
    proof of concept is about.
    """
    ops = usual(form.kind)
    seen = {ops.kind: ops.kind, **ops.embed_params}
    return Recipe(
        "poc",
        Source("folder", {"path": "YOUR-DATA"}),
        select={} if form.test == "own" else {"real": {"role": "real"}, UNTOUCHED: {"role": UNTOUCHED}},
        steps=(Step(MADE, ops.vary, (_real(form),), {ops.kind: ops.kind}, rounds=max(1, round(form.made_per_real))),),
        studies=(_study(form, plan, Feature(ops.embed, seen)),),
    )


def studies_block(recipe: Recipe) -> str:
    """Return the YAML of a recipe from its selections and steps on: what is to be put below `data`."""
    from shisaku.registry.dump import dump_recipe

    text = dump_recipe(recipe)
    starts = [text.index(f"\n{key}:") + 1 for key in ("select", "steps") if f"\n{key}:" in text]
    return text[min(starts) :]


def _real(form: PocForm) -> str:
    return "data" if form.test == "own" else "real"


def _study(form: PocForm, plan: Mapping[str, Any], feature: Feature) -> StudySpec:
    margins, planned = plan["margins"], plan["provable"]["planned"]
    about = {"delta_gain": round(margins["delta_gain"], 4), "delta_safe": margins["delta_safe"]}
    own = form.test == "own"
    domain = Domain("own", "resplit", **about) if own else Domain(UNTOUCHED, "external", stream=UNTOUCHED, **about)
    assumed = {"assumed_sd": planned["assumed_sd"], "assumed_item_sd": planned["assumed_item_sd"]}
    return StudySpec(
        name="poc",
        label="class",
        real=_real(form),
        feature=feature,
        grouping=Grouping(near=NEAR, chain=CHAIN),
        domains=(domain,),
        primary=domain.name,
        arms=(
            Arm("real"),
            Arm("oversample", oversample=max(1, round(form.made_per_real))),
            Arm("made", add=MADE, weights=WEIGHTS),
            Arm("placebo", add=MADE, shuffle=True),
        ),
        comparators=("real", "oversample"),
        contrasts=("made",),
        splits=form.splits,
        alpha=plan["alpha"],
        expected_gain=form.expected_gain.likely,
        kpi=_kpi(form),
        looks_planned=len(plan["looks"]),
        **({"test_share": plan["design"]["test_share"]} if own else {}),
        **{name: max(round(value, 5), SMALLEST) for name, value in assumed.items() if value is not None},
    )


def _kpi(form: PocForm) -> Kpi:
    """Return what an error costs, at its likely value; the usual illustration where nobody knows."""
    from shisaku.lab.poc.draws import likely_world

    worth, likely = form.worth, likely_world(form).yearly
    if likely is None or worth.items_per_year is None:
        return Kpi(currency=worth.currency)
    items = worth.items_per_year.likely
    return Kpi(float(likely[0]) / items, items, worth.currency, worth.illustrative)
