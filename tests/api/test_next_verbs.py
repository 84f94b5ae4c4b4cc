"""`shisaku next`: a plan for data of one's own, the log of what was bought, and what it added."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from conditions_runs import make_run
from typer.testing import CliRunner

from shisaku.api.next_data import next_offers, next_plan
from shisaku.api.purchases import next_bought, next_log, next_realised
from shisaku.cli.next_data import app
from shisaku.errors import DataError, RecipeError

WORDS = {
    "配送": ["荷物", "届かない", "配達", "遅い", "住所", "不在票", "再配達", "倉庫"],
    "返品": ["返金", "交換", "不良", "壊れた", "サイズ", "返送", "領収書", "期限"],
    "支払": ["請求", "カード", "引き落とし", "明細", "二重", "振込", "手数料", "残高"],
}
ANY = ["お願い", "します", "昨日", "注文", "商品", "確認", "まだ", "です"]
OFFERS = """\
currency: JPY
budget: 20000
offers:
  - {name: labels, kind: labels, price: 100, available: 500}
  - {name: returns, kind: labels, classes: [返品], price: 150, available: 100}
  - {name: repairs, kind: repairs, price: 40, looked: looked.csv}
  - {name: vendor, kind: source, price: 30, available: 900, probe: probe.csv}
  - {name: public, kind: source, price: 20, available: 5000, atlas: MVTec AD}
  - {name: noise, kind: made, op: embedding.noise, price: 1, available: 200}
"""


def texts(path: Path, n: int, seed: int) -> Path:
    rng = random.Random(seed)
    lines = ["id,text,class"]
    for k in range(n):
        label = list(WORDS)[k % 3]
        chosen = rng.sample(WORDS[label], 2) + rng.sample(ANY, 4)
        rng.shuffle(chosen)
        lines.append(f"{path.stem}{k:03d},{'、'.join(chosen)}。,{label}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("next")
    texts(home / "own.csv", 60, 0)
    texts(home / "probe.csv", 12, 1)
    (home / "looked.csv").write_text("id,label\nown000,配送\nown001,返品\nown030,支払\n", "utf-8")
    (home / "offers.yaml").write_text(OFFERS, "utf-8")
    return home


@pytest.fixture(scope="module")
def plan(folder: Path) -> dict[str, Any]:
    return next_plan(folder / "own.csv", folder / "offers.yaml", out=folder / "run", workers=1)


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))


def test_every_offer_is_told_and_the_unknown_is_unknown(plan: dict[str, Any], folder: Path) -> None:
    options = {one["offer"]: one for one in plan["options"]}
    assert list(options) == ["labels", "returns", "repairs", "vendor", "public", "noise"]
    assert options["public"]["gain"] is None
    assert options["public"]["standing"] == "unknown"
    for name in ("labels", "returns", "repairs", "vendor", "noise"):
        gain = options[name]["gain"]
        assert gain["low"] <= gain["mean"] <= gain["high"]
        assert options[name]["per_money"] == pytest.approx(gain["mean"] / options[name]["cost"])
        units = [step["units"] for step in options[name]["steps"]]
        assert units == sorted(units)
        assert units[-1] == options[name]["units"]
    assert plan["spent"] <= 20000
    assert plan["claim"] in ("BUY", "ABSTAIN")
    told = [line["text"] for line in plan["lines"]]
    assert any("Simulation, not evidence" in line for line in told)
    assert any("No gain in money" in line for line in told)
    assert any("MVTec AD of the atlas" in line for line in told)
    assert any("back-test" in line for line in told)
    held = json.loads((folder / "run" / "next.json").read_text("utf-8"))
    assert held["options"] == json.loads(json.dumps(plan["options"]))
    json.dumps(plan, allow_nan=False)


def test_planned_again_it_says_the_same(plan: dict[str, Any], folder: Path) -> None:
    again = next_plan(folder / "own.csv", folder / "offers.yaml", out=folder / "run", workers=1)
    assert {k: v for k, v in again.items() if k != "date"} == {k: v for k, v in plan.items() if k != "date"}


def test_money_is_told_where_it_was_given_and_holds_no_gain_under_abstain(folder: Path) -> None:
    file = folder / "money.yaml"
    file.write_text(OFFERS.replace("offers:", "cost_per_error: 300\nitems_per_year: 10000\noffers:"), "utf-8")
    found = next_plan(folder / "own.csv", file, out=folder / "run", workers=1)
    line = next(one["text"] for one in found["lines"] if one["text"].startswith("In money"))
    low = float(line.split(": ")[1].split(" to ")[0].replace(",", ""))
    assert found["claim"] == "BUY" or low <= 0


def test_the_verb_prints_the_conclusion_first_and_json_alone(folder: Path) -> None:
    arguments = ["plan", str(folder / "own.csv"), str(folder / "offers.yaml"), "--out", str(folder / "run")]
    done = CliRunner().invoke(app, [*arguments, "--workers", "1"])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0].startswith(("ABSTAIN", "Buy "))
    assert "Page:" in done.stdout
    found = json.loads(CliRunner().invoke(app, [*arguments, "--workers", "1", "--json"]).stdout)
    assert found["schema"] == 1


def test_the_example_of_offers_is_good(tmp_path: Path) -> None:
    from shisaku.lab.next_data.offers_file import load_offers

    file = tmp_path / "offers.yaml"
    file.write_text(next_offers(), "utf-8")
    assert [one.name for one in load_offers(file).shape.offers] == ["labels", "repairs", "copies"]
    every = "\n".join(line.replace("# - {", "- {").replace("# cost", "cost").replace("# items", "items")
                      for line in next_offers().splitlines())  # fmt: skip
    file.write_text(every, "utf-8")
    assert len(load_offers(file).shape.offers) == 6
    assert CliRunner().invoke(app, ["offers"]).stdout == next_offers()


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("price: 100", "price: -100"), 4, "greater than 0"),
        (("budget: 20000", "budget: 0"), 2, "greater than 0"),
        (("budget: 20000", "budget: .nan"), 2, "out of range"),
        (("price: 30,", "price: 30, currency: EUR,"), 7, "priced in EUR, the budget in JPY"),
        (("available: 500", "availible: 500"), 4, "availible"),
        (("kind: source, price: 30", "kind: sauce, price: 30"), 7, "must be"),
        (("classes: [返品]", "classes: [返品], probe: x"), 5, "probe does not go with the kind labels"),
        (("price: 30, available: 900", "price: 30"), 7, "It is missing"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(
    folder: Path, tmp_path: Path, change: tuple[str, str], line: int, said: str
) -> None:
    file = tmp_path / "offers.yaml"
    assert change[0] in OFFERS
    file.write_text(OFFERS.replace(*change), "utf-8")
    with pytest.raises(RecipeError) as caught:
        next_plan(folder / "own.csv", file)
    assert any(problem.line == line and said in str(problem) for problem in caught.value.problems), str(caught.value)


@pytest.mark.parametrize("text", ["", "- a\n", "offers: []\n", "currency: JPY\nbudget: 5\noffers: []\n", "a: [b\n"])
def test_what_is_no_offers_file_is_one_error(folder: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "offers.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(RecipeError, match="offers"):
        next_plan(folder / "own.csv", file)
    with pytest.raises(RecipeError, match="cannot be read"):
        next_plan(folder / "own.csv", tmp_path / "none.yaml")


def test_what_only_the_data_can_tell_is_one_error(folder: Path, tmp_path: Path) -> None:
    def planned(old: str, new: str) -> None:
        file = folder / "wrong.yaml"
        file.write_text(OFFERS.replace(old, new), "utf-8")
        next_plan(folder / "own.csv", file, out=folder / "run", workers=1)

    with pytest.raises(RecipeError, match="No item at hand has the class 無"):
        planned("[返品]", "[無]")
    with pytest.raises(DataError, match="no single dataset"):
        planned("MVTec AD", "no such set")
    with pytest.raises(DataError, match="knows no best"):
        next_plan(folder / "own.csv", folder / "offers.yaml", by="best")
    (folder / "bad.csv").write_text("name,label\nown000,配送\n", "utf-8")
    with pytest.raises(DataError, match="no column id"):
        planned("looked.csv", "bad.csv")
    blank = tmp_path / "blank.csv"
    blank.write_text("id,text\na,何か\nb,別の\n", "utf-8")
    with pytest.raises(DataError, match="labelled"):
        next_plan(blank, folder / "offers.yaml", out=tmp_path / "run")


def test_a_purchase_bears_its_purpose_and_what_the_plan_expected(plan: dict[str, Any], folder: Path) -> None:
    labels = next(one for one in plan["options"] if one["offer"] == "labels")
    whole = next_bought("labels", labels["units"], 20000, purpose="fewer mix-ups", plan=folder / "run")
    assert (whole["mean"], whole["low"]) == (labels["gain"]["mean"], labels["gain"]["low"])
    assert whole["currency"] == "JPY"
    half = next_bought("labels", labels["units"] // 2, 10000, purpose="fewer mix-ups", plan=folder / "run")
    assert 0 < half["mean"] < whole["mean"]
    assert [row["id"] for row in next_log()["purchases"]] == [whole["id"], half["id"]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"purpose": " "}, "has a purpose"),
        ({"n": 0}, "cannot be bought"),
        ({"cost": -5.0}, "cannot be bought"),
        ({"cost": float("nan")}, "cannot be bought"),
        ({"expect": None}, "is said once"),
        ({"expect": (3, 2, 1)}, "three rising numbers"),
        ({"expect": (1, 2)}, "three rising numbers"),
    ],
)
def test_what_cannot_be_logged_is_one_error(given: dict[str, Any], said: str) -> None:
    call: dict[str, Any] = {"n": 10, "cost": 100.0, "purpose": "p", "expect": (0, 1, 2), **given}
    with pytest.raises(DataError, match=said):
        next_bought("labels", call.pop("n"), call.pop("cost"), **call)
    assert next_log()["purchases"] == []


def test_a_plan_says_nothing_of_what_it_did_not_measure(plan: dict[str, Any], folder: Path) -> None:
    with pytest.raises(DataError, match="expects nothing of public"):
        next_bought("public", 5, 100, purpose="p", plan=folder / "run")
    with pytest.raises(DataError, match="speaks of up to 200 of labels"):
        next_bought("labels", 10_000, 100, purpose="p", plan=folder / "run")
    with pytest.raises(DataError, match="priced in EUR"):
        next_bought("labels", 5, 100, purpose="p", currency="EUR", plan=folder / "run")
    assert plan


def test_what_was_realised_stands_beside_what_was_expected(tmp_path: Path) -> None:
    run = make_run(tmp_path, "after", (0.06, -0.05))
    for offer, low, mean, high in (("good", 2, 5, 8), ("bad", 1, 3, 5), ("dull", -2, 1, 3)):
        next_bought(offer, 10, 100, purpose="p", currency="JPY", expect=(low, mean, high))
    ids = {row["offer"]: row["id"] for row in next_log()["purchases"]}
    with pytest.raises(DataError, match="Which purchase"):
        next_realised(run, arm="varied")
    with pytest.raises(DataError, match="Which verdict"):
        next_realised(run, purchase=ids["good"])
    first = next_realised(run, purchase=ids["good"], arm="varied")
    assert first["purchase"]["realised"]["mean"] == 0.06
    assert first["calibration"]["bias"] == pytest.approx(0.01)
    assert first["calibration"]["bias_low"] is None  # one purchase says nothing of the rest
    next_realised(run, purchase=ids["bad"], arm="noisy")
    last = next_realised(run, arm="placebo")["calibration"]  # the only one left
    assert (last["n"], last["inside"]) == (3, 2)
    assert last["bias"] == pytest.approx((0.01 - 0.08 - 0.01) / 3)
    assert last["bias_low"] < last["bias"] < last["bias_high"]
    told = CliRunner().invoke(app, ["log"])
    assert told.exit_code == 0
    assert "realised +6.0 points [+2.0, +10.0]" in told.stdout
    assert "not shown to be off" in told.stdout


def test_the_log_verbs_write_and_read(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["bought", "labels", "12", "300", "--purpose", "night", "--expect", "0,1.5,3", "--currency", "EUR"]
    )
    assert done.exit_code == 0, done.output
    assert "12 labels for 300 EUR; expected +1.5 points [+0.0, +3.0]" in done.stdout
    assert "No purchase has a realised gain yet" in CliRunner().invoke(app, ["log"]).stdout
    bad = CliRunner().invoke(app, ["bought", "labels", "12", "300", "--purpose", "x", "--expect", "a,b"])
    assert bad.exit_code == 2
    run = make_run(tmp_path, "after", (0.02, 0.0))
    told = CliRunner().invoke(app, ["realised", str(run), "--arm", "varied", "--json"])
    assert json.loads(told.stdout)["calibration"]["n"] == 1
