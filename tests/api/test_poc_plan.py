"""A form becomes a plan on disk: what comes first, what is refused, and a study that a recipe takes as it is."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shisaku.api.poc_plan import is_poc_form, plan_poc, poc_form
from shisaku.core.identity import fingerprint
from shisaku.errors import RecipeError
from shisaku.lab.rounds import alpha_of
from shisaku.registry.load import parse_recipe

EXAMPLES = Path(__file__).parents[2] / "examples" / "poc"
TODAY = date(2026, 1, 5)
FORM = """\
poc:
  title: Scratches
  decides: whether it is scratched
  data: {data}
  labelled: {{scratch: 150, fine: 150}}
  unlabelled: {unlabelled}
  error_rate: 0.15
  expected_gain: {gain}
  smallest_gain: 0.02
  test: {test}
  {untouched}
  currency: JPY
  illustrative: true
  prices: {{label: 60, made: 5, check: 30, hour: 6000}}
  hours: {{setup: 10, look: 2}}
  budget: {budget}
  refuse: {refuse}
"""
USUAL = {
    "data": "image", "unlabelled": 9000, "gain": "[0.02, 0.08, 0.12]", "test": "own", "untouched": "",
    "budget": 900_000, "refuse": "false",
}  # fmt: skip
UNTOUCHED = {"test": "untouched", "untouched": "untouched: {scratch: 100, fine: 100}"}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def planned(**changes: Any) -> dict[str, Any]:
    Path("form.yaml").write_text(FORM.format(**{**USUAL, **changes}), encoding="utf-8")
    return plan_poc("form.yaml", today=TODAY, worlds=1_000)


def test_the_plan_is_written_beside_the_form_as_data_and_as_a_page() -> None:
    found = planned()
    assert (found["file"], found["page"]) == ("form.plan.json", "form.plan.html")
    held = json.loads(Path(found["file"]).read_text("utf-8"))
    assert held == {name: value for name, value in found.items() if name not in ("file", "page")}
    assert held["form"]["poc"]["title"] == "Scratches"
    page = Path(found["page"]).read_text("utf-8")
    assert held["lines"][0]["text"] in page
    again = plan_poc("form.yaml", out="elsewhere/mine.json", today=TODAY, worlds=1_000)
    assert (again["file"], again["page"]) == ("elsewhere/mine.json", "elsewhere/mine.plan.html")
    assert again["hash"] == found["hash"]
    assert plan_poc("form.yaml", today=TODAY, worlds=1_000, seed=1)["hash"] != found["hash"]


def test_the_hash_is_of_all_that_was_planned() -> None:
    found = planned()
    beside = {"file", "page", "form", "lines", "studies", "recipe", "hash"}
    assert fingerprint({name: value for name, value in found.items() if name not in beside}) == found["hash"]


def test_a_plan_that_can_confirm_says_so_and_one_that_cannot_says_that_first() -> None:
    good = planned()
    assert not good["exploratory"]
    assert good["lines"][0]["text"] == "Scratches: can end in ADOPT"
    poor = planned(unlabelled=0)
    assert poor["exploratory"]
    assert poor["ceiling"] == "exploratory"
    assert poor["lines"][0]["text"].startswith("Exploratory (under-powered). Scratches")
    told = [line["text"] for line in poor["lines"]]
    assert any("There are only 0 items to be labelled" in line for line in told)
    assert len(poor["looks"]) == 1, "without labels to come there is nothing to look at on the way"


def test_simulated_figures_say_so_and_money_that_was_invented_says_so_in_its_line() -> None:
    lines = [line["text"] for line in planned()["lines"]]
    for word in ("Chance of ADOPT", "Least spend"):
        (line,) = [one for one in lines if word in one]
        assert "imulation" in line
    assert sum("JPY" in line for line in lines) >= 3
    assert all("illustrative" in line for line in lines if "JPY" in line)
    assert any("What going on is worth is not known" in line for line in lines)


def test_what_is_missing_is_told_instead_of_a_plan_where_the_form_asks_for_that() -> None:
    with pytest.raises(RecipeError, match="The plan is refused") as caught:
        planned(unlabelled=0, refuse="true")
    assert caught.value.exit_code == 2
    told = "\n".join(str(problem) for problem in caught.value.problems)
    assert "labels would have to be bought" in told
    assert "There are only 0 items" in told
    with pytest.raises(RecipeError, match="The plan is refused") as caught:
        planned(gain="[0, 0.02]", refuse="true")
    assert "is not above the smallest one worth having" in str(caught.value)
    assert not Path("form.plan.json").exists()


def test_there_is_no_plan_without_money() -> None:
    with pytest.raises(RecipeError, match="no plan without a budget") as caught:
        planned(budget="")
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 2
    assert all("JPY (money is illustrative)" in line for line in told)
    with pytest.raises(RecipeError, match="does not pay for the smallest comparison"):
        planned(budget=100)


def test_an_effect_of_nothing_is_not_promised_and_a_huge_one_is() -> None:
    nothing = planned(gain="0")
    assert nothing["chance"]["adopt"]["share"] <= 0.025
    assert nothing["exploratory"]
    assert nothing["provable"]["planned"]["labels"] == 0, "nothing is bought for what cannot be shown"
    assert planned(gain="0.15")["chance"]["adopt"]["share"] > 0.99


HEAD = """\
schema: 1
name: poc
data: {reader: folder, with: {path: photos, licence: own}}
"""


@pytest.mark.parametrize("data", ["image", "audio", "text"])
@pytest.mark.parametrize("changes", [{}, UNTOUCHED])
def test_the_studies_block_is_one_that_a_recipe_takes(data: str, changes: dict[str, Any]) -> None:
    found = planned(data=data, **changes)
    recipe = parse_recipe(HEAD + found["recipe"])
    (spec,) = recipe.studies
    assert found["studies"][0]["name"] == spec.name
    domain = spec.domains[0]
    assert domain.kind == ("resplit" if not changes else "external")
    assert (domain.delta_gain, domain.delta_safe) == (0.02, 0.02)
    assert (spec.splits, spec.expected_gain, spec.looks_planned) == (20, 0.08, 2)
    assert alpha_of(spec) == pytest.approx(found["looks"][0]["alpha"])
    assert spec.assumed_sd == pytest.approx(found["provable"]["planned"]["assumed_sd"], abs=1e-5)


def test_costs_go_into_the_study_and_stay_illustrative() -> None:
    text = FORM.format(**USUAL) + "  error_cost: [100, 200, 300]\n  items_per_year: 5000\n  rollout: 0\n  running: 0\n"
    Path("form.yaml").write_text(text, encoding="utf-8")
    found = plan_poc("form.yaml", today=TODAY, worlds=500)
    kpi = parse_recipe(HEAD + found["recipe"]).studies[0].kpi
    assert (kpi.cost_per_error, kpi.items_per_year, kpi.currency, kpi.illustrative) == (200.0, 5000.0, "JPY", True)
    assert found["value"]["whole"]["high"] < 0, "5000 items a year do not pay for it"
    Path("form.yaml").write_text(text.replace("illustrative: true", "illustrative: false"), encoding="utf-8")
    own = plan_poc("form.yaml", today=TODAY, worlds=500)
    assert not parse_recipe(HEAD + own["recipe"]).studies[0].kpi.illustrative
    assert not any("illustrative" in line["text"] for line in own["lines"])


@pytest.mark.parametrize("name", ["inspection", "call_centre"])
def test_examples_are_planned(name: str, here: Path) -> None:
    found = plan_poc(EXAMPLES / f"{name}.yaml", out=here / "plan.json", today=TODAY, worlds=500)
    assert parse_recipe(HEAD + found["recipe"]).studies


def test_a_form_is_told_from_a_recipe() -> None:
    Path("form.yaml").write_text(FORM.format(**USUAL), encoding="utf-8")
    assert is_poc_form("form.yaml")
    Path("r.yaml").write_text(HEAD, encoding="utf-8")
    assert not is_poc_form("r.yaml")
    assert poc_form().startswith("# A proof of concept on one page")
    assert poc_form("ja").splitlines()[3] == "poc:"


def test_a_deadline_is_held_against_today() -> None:
    text = FORM.format(**USUAL) + "  deadline: 2020-01-01\n"
    Path("form.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match="is not after today"):
        plan_poc("form.yaml")
