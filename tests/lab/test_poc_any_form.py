"""Whatever a form says, it becomes a plan with finite figures or one error in plain words."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shisaku.errors import RecipeError
from shisaku.lab.poc.lines import plan_lines
from shisaku.lab.poc.plan import plan_of
from shisaku.registry.poc_load import parse_form
from shisaku.registry.poc_schema import PocShape

TODAY = date(2026, 1, 5)
KEYS = [info.alias or name for name, info in PocShape.model_fields.items()]
GOOD: dict[str, Any] = {
    "title": "t", "decides": "d", "data": "text", "labelled": {"a": 50, "b": 60}, "expected_gain": [0.0, 0.05, 0.1],
    "test": "own", "currency": "JPY", "prices": {"label": 1, "made": 0.1, "check": 0.2, "hour": 10},
    "hours": {"setup": 1, "look": 1}, "budget": 5000, "unlabelled": 500,
}  # fmt: skip
texts = st.sampled_from(["unknown", "a", "5 JPY", ""])
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(-10, 10), texts)
values = st.one_of(
    scalars, st.lists(scalars, max_size=4), st.dictionaries(st.sampled_from(["a", "b", "any", "label"]), scalars)
)


def count(most: int) -> st.SearchStrategy[int]:
    return st.one_of(st.just(0), st.integers(0, most))


def amounts(low: float, high: float) -> st.SearchStrategy[Any]:
    return st.one_of(st.floats(low, high), st.lists(st.floats(low, high), min_size=1, max_size=3).map(sorted))


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Any]:
    """Return a form whose entries are each possible; together they may still not be."""
    may = draw(st.sets(st.sampled_from(["error_rate", "worth", "days", "assumed", "groups", "loss_cap"])))
    form: dict[str, Any] = {
        **GOOD,
        "labelled": {"a": draw(count(3_000)), "b": draw(count(3_000))},
        "expected_gain": draw(amounts(-0.2, 0.3)),
        "test": draw(st.sampled_from(["own", "untouched"])),
        "prices": {name: draw(amounts(0, 100)) for name in ("label", "made", "check", "hour")},
        "budget": draw(st.floats(0, 10**7)),
        "unlabelled": draw(count(10**6)),
        "splits": draw(st.integers(2, 60)),
        "looks": draw(st.integers(1, 6)),
        "wanted": draw(st.floats(0.01, 0.99)),
        "positive": draw(st.sampled_from(["", "a"])),
    }
    if form["positive"]:
        form |= {"positive_share": draw(amounts(0, 1)), "unlabelled_share": draw(amounts(0, 1))}
    if "error_rate" in may:
        form["error_rate"] = draw(amounts(0, 1))
    if "worth" in may:
        form |= {name: draw(amounts(0.001, 10**6)) for name in ("error_cost", "items_per_year", "rollout", "running")}
    if "days" in may:
        form |= {"deadline": "2026-02-03", "labels_per_day": draw(st.integers(0, 100))}
    if "assumed" in may:
        form["assumed"] = {name: draw(amounts(0, 1)) for name in ("differing", "lasting", "alike")}
    if "groups" in may and sum(form["labelled"].values()) > 2:
        form["groups"] = draw(st.integers(2, sum(form["labelled"].values())))
    if "loss_cap" in may:
        form["loss_cap"] = draw(st.floats(0, 10**6))
    return form


def refusal(entries: dict[str, Any]) -> str:
    """Return what is told of a form that is refused, nothing if it is read."""
    try:
        parse_form(yaml.safe_dump({"poc": entries}, allow_unicode=True), "f", TODAY)
    except RecipeError as error:
        return "\n".join(str(problem) for problem in error.problems) or "nothing said"
    return ""


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms())
def test_any_possible_form_is_planned_with_finite_figures_or_refused(entries: dict[str, Any]) -> None:
    if refusal(entries):
        return
    form = parse_form(yaml.safe_dump({"poc": entries}), "f", TODAY)
    try:
        plan = plan_of(form, TODAY, worlds=60)
    except RecipeError as error:
        told = error
    else:
        told = None
        json.dumps(plan, allow_nan=False)
        assert plan["budget"]["total"] <= plan["budget"]["may_spend"] + 1e-6
        assert plan["exploratory"] == bool(plan["missing"])
        assert all(str(line) for line in plan_lines(plan))
        ends = [share for look in plan["looks"] for share in look["ends"].values()]
        assert not ends or sum(ends) == pytest.approx(1)
        assert all(0 <= row["adopt"]["share"] <= 1 for row in plan["curve"])
    assert told is None or told.exit_code == 2


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=3)), values, max_size=6))
def test_any_entries_are_read_or_refused_in_plain_words(entries: dict[str, Any]) -> None:
    assert refusal({**GOOD, **entries}) != "nothing said"


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.text(max_size=80), st.binary(max_size=80)))
def test_any_text_at_all_is_refused(text: str | bytes) -> None:
    with pytest.raises(RecipeError):
        parse_form(text, "f", TODAY)
