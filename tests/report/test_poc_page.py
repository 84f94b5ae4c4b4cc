"""The page of a proof of concept's plan: whole in both languages, one file, and no text of the form runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from html_parts import Parts
from test_hostile_text import ATTACKS, assert_harmless

from shisaku.api.poc_plan import plan_poc
from shisaku.report.poc import ENDS, PARTS, SIZES, poc_html, write_poc_page

EXAMPLES = Path(__file__).parents[2] / "examples" / "poc"


def planned(name: str, folder: Path) -> dict[str, Any]:
    return plan_poc(EXAMPLES / f"{name}.yaml", out=folder / "p.json", today=date(2026, 1, 5), worlds=400)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("plans")
    return {name: planned(name, folder) for name in ("inspection", "call_centre")}


@pytest.mark.parametrize("name", ["inspection", "call_centre"])
def test_the_page_holds_every_figure_and_loads_nothing(
    plans: dict[str, dict[str, Any]], name: str, tmp_path: Path
) -> None:
    plan = plans[name]
    page = write_poc_page(plan, tmp_path / "page.html").read_text("utf-8")
    parts = Parts(page)
    for line in plan["lines"]:
        assert line["text"] in parts.text
    for row in plan["budget"]["parts"]:
        assert str(PARTS[row["part"]]) in parts.text
        assert f"{row['cost']:,.0f} {plan['budget']['currency']} (money is illustrative)" in parts.text
    for key, row in plan["provable"].items():
        assert str(SIZES[key]) in parts.text
        if row["smallest_gain"] is not None:
            assert f"{100 * row['smallest_gain']:.1f}" in parts.text
    for call in plan["looks"][-1]["ends"]:
        assert str(ENDS[call]) in parts.text
    assert plan["hash"] in parts.text
    assert plan["recipe"] in parts.text
    assert not [url for url in (*parts.attributes("src"), *parts.attributes("href")) if not url.startswith("#")]
    assert "default-src 'none'" in parts.policy()
    assert "self" not in parts.policy()


def test_the_first_thing_is_whether_it_can_confirm(plans: dict[str, dict[str, Any]]) -> None:
    inspection, calls = (poc_html(plans[name]) for name in ("inspection", "call_centre"))
    first = inspection.index("Exploratory (under-powered)")
    assert first < inspection.index("Chance of ADOPT") < inspection.index("<section")
    assert 'class="banner reject"' in inspection
    assert "Exploratory" not in calls
    assert "can end in ADOPT" in calls


def test_what_is_not_known_has_no_table(plans: dict[str, dict[str, Any]]) -> None:
    assert 'id="worth-title"' in poc_html(plans["inspection"])
    calls = poc_html(plans["call_centre"])
    assert 'id="worth-title"' not in calls
    assert "What going on is worth is not known" in calls


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_a_form_becomes_markup_or_script(plans: dict[str, dict[str, Any]], attack: str) -> None:
    plan = plans["inspection"]
    text = attack.replace("\u0000", "")
    hostile = {
        **plan, "title": text, "decides": text, "recipe": text, "form": {"poc": {text: [text]}},
        "budget": {**plan["budget"], "currency": text},
        "design": {**plan["design"], "positive": text},
        "looks": [{**look, "by": text} for look in plan["looks"]],
        "lines": [{"template": template, "values": {"x": text}, "text": "x"} for template in (text, "{x}")],
    }  # fmt: skip
    parts = Parts(poc_html(hostile))
    assert parts.text.count(text) > 4
    assert_harmless(parts, Parts(poc_html(plan)))
