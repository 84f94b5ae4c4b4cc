"""`shisaku worth`: a finished run is priced anew, and nothing is trained for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from api_material import class_folder
from typer.testing import CliRunner

from shisaku import api
from shisaku.cli.app import app
from shisaku.errors import DataError, RecipeError

RECIPE = """
schema: 1
name: priced
seed: 1
data: {reader: pair, with: {real: photos, synthetic: made, label: class}}
select: {real: {role: real}, good: {role: synthetic}}
studies:
  - name: s
    label: class
    real: real
    feature: {op: image.embed}
    splits: 2
    domains: [{name: own, kind: resplit}]
    primary: own
    arms: [{name: real}, {name: made, rows: good}]
    contrasts: [made]
    KPI
"""
KPI = "kpi: {costs: {stripes: {blots: 9}, blots: {stripes: 2}}, positive: stripes, currency: EUR}"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same study with costs and without."""
    folder = tmp_path_factory.mktemp("worth")
    class_folder(folder / "photos", each=12)
    class_folder(folder / "made", each=12, seed=7)
    found = {}
    for name, kpi in (("priced", KPI), ("plain", "")):
        (folder / f"{name}.yaml").write_text(RECIPE.replace("KPI", kpi))
        path = api.run(folder / f"{name}.yaml", out=folder / name, accept_licence="made by this test").path
        found[name] = Path(path)
    return found


def priced(run: Path) -> dict[str, Any]:
    (study,) = json.loads((run / "studies.json").read_bytes())
    return dict(study["detail"]["business"])


@pytest.mark.weights
def test_the_same_costs_give_the_same_money_as_the_run_holds(runs: dict[str, Path]) -> None:
    (found,) = api.worth(runs["priced"])["studies"]
    assert {name: part for name, part in found.items() if name != "study"} == priced(runs["priced"])


@pytest.mark.weights
def test_ten_times_the_costs_are_ten_times_the_money(runs: dict[str, Path], tmp_path: Path) -> None:
    dear = tmp_path / "dear.yaml"
    dear.write_text("{costs: {stripes: {blots: 90}, blots: {stripes: 20}}, positive: stripes, illustrative: false}")
    shown = CliRunner().invoke(app, ["worth", str(runs["priced"]), "--costs", str(dear), "--json"])
    assert shown.exit_code == 0, shown.output
    (row,) = json.loads(shown.stdout)["studies"][0]["rows"]
    (before,) = priced(runs["priced"])["rows"]
    assert row["comparator_cost"]["effect"] == pytest.approx(10 * before["comparator_cost"]["effect"])
    assert "illustrative" in before["line"]["template"]
    assert "illustrative" not in row["line"]["template"]


@pytest.mark.weights
def test_a_person_reads_money_and_misses(runs: dict[str, Path]) -> None:
    shown = CliRunner().invoke(app, ["worth", str(runs["priced"])], env={"SHISAKU_LANG": "en"})
    assert shown.exit_code == 0
    assert "EUR" in shown.output
    assert "illustrative" in shown.output
    assert "missed items: " in shown.output


@pytest.mark.weights
def test_what_cannot_be_priced_is_said_with_what_to_do(runs: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="kept no class scores"):
        api.worth(runs["plain"])
    with pytest.raises(DataError, match="no study t"):
        api.worth(runs["priced"], study="t")
    other = tmp_path / "other.yaml"
    other.write_text("costs: {cracks: {blots: 1}}")
    with pytest.raises(RecipeError, match="cracks"):
        api.worth(runs["priced"], costs=other)


@pytest.mark.weights
def test_two_folders_are_proved_at_costs_of_a_file(tmp_path: Path) -> None:
    class_folder(tmp_path / "photos", each=12)
    class_folder(tmp_path / "made", each=12, seed=7)
    costs = tmp_path / "costs.yaml"
    costs.write_text("{costs: {stripes: {blots: 9}, blots: {stripes: 2}}, currency: EUR, illustrative: false}")
    told = ["prove", "--real", str(tmp_path / "photos"), "--synthetic", str(tmp_path / "made"), "--costs", str(costs)]
    done = CliRunner().invoke(app, [*told, "--splits", "3", "--out", str(tmp_path / "run"), "--json"])
    assert done.exit_code == 0, done.output
    assert {one["money"]["currency"] for one in json.loads(done.stdout)["verdicts"] if one["money"]} == {"EUR"}
    assert api.worth(tmp_path / "run")["studies"][0]["rows"]


@pytest.mark.parametrize("other", [["--currency", "EUR"], ["--cost-per-error", "3"], ["--predictions", "a", "b"]])
def test_costs_of_a_file_are_not_said_twice(other: list[str]) -> None:
    refused = CliRunner().invoke(app, ["prove", "--real", "a", "--synthetic", "b", "--costs", "c.yaml", *other])
    assert refused.exit_code == 2
    assert other[0] in refused.output
