"""Gates over runs that were really cooked, and the worked form of the examples."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from api_material import class_folder, text_table
from stage_material import WHEN, clock, form

from shisaku.api import audit, prove, run
from shisaku.api.gating.facts import read_facts
from shisaku.api.gating.moves import gate_init, gate_status
from shisaku.api.proof import Costs
from shisaku.lab.stages.cells import missing
from shisaku.lab.stages.facts import RunFacts
from shisaku.lab.stages.read import read_form
from shisaku.registry.load import load_recipe
from shisaku.store.run import Run

EXAMPLES = Path(__file__).parents[2] / "examples"


PRICED = """\
schema: 1
name: priced
data: {{reader: table, with: {{path: "{path}", licence: own, label: label, text: text}}}}
studies:
  - name: first
    label: label
    real: data
    feature: {{op: text.embed, with: {{model: char_ngrams, text: text}}}}
    domains: [{{name: own, kind: resplit}}]
    primary: own
    arms: [{{name: real}}, {{name: twice, oversample: 2}}]
    contrasts: [twice]
    splits: 4
    kpi: {{costs: {{fruit: {{tool: 50}}, tool: {{fruit: 20}}}}, positive: fruit, currency: JPY, illustrative: false,
          investment: {{labels: 100}}}}
"""


@pytest.mark.slow
def test_what_a_study_says_its_answers_cost_is_read_as_it_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    (tmp_path / "r.yaml").write_text(PRICED.format(path=text_table(tmp_path / "texts.csv", each=12)))
    made = Run.open(run(tmp_path / "r.yaml", out=tmp_path / "run").path)
    (row,) = made.read_json("studies")[0]["detail"]["business"]["rows"]
    (study,) = read_facts(made, "run", ())["studies"]
    npv = row["worth"]["npv"]
    assert (study["worth"]["low"], study["worth"]["high"], study["worth"]["net"]) == (npv["low"], npv["high"], True)
    assert study["worth"]["value"] == npv.get("median")
    assert (study["worth"]["currency"], study["worth"]["illustrative"]) == ("JPY", False)
    figures = {one["name"]: one["arm"] for one in row["figures"] if one["arm"]}
    assert set(study["counts"]) == set(figures) >= {"missed", "false_alarms"}
    assert study["counts"]["missed"]["high"] == figures["missed"]["high"]
    assert set(study["classes"]) == {"fruit", "tool"}
    assert RunFacts.from_json(read_facts(made, "run", ())).datasets == ("texts.csv",)


@pytest.mark.slow
@pytest.mark.weights
def test_a_proof_and_an_audit_are_evidence_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    real = class_folder(tmp_path / "photos", each=16)
    made = class_folder(tmp_path / "made", each=16, seed=3)
    proof = prove(real, made, splits=6, costs=Costs(5.0, 10_000, "JPY"), out=tmp_path / "proof")
    audit(real, out=tmp_path / "audit")
    told = form()
    told["gates"] = {
        "diversity": [{"metric": "image_diversity", "finding": "variety", "least": 0.05}],
        "labels": [{"metric": "label_errors", "issues": 0.2}],
    }
    told["stages"]["poc"]["kpi"] = [{"figure": "score", "least": 0.5}, {"figure": "safety", "least": -0.5}]
    told["responses"][0].update(truth="stripes", answer="blots")
    told["responses"][1].update(truth="blots", answer="stripes")
    told["ethics"][0]["of"] = ["photos", "made", "image.classical"]
    (tmp_path / "gate.yaml").write_text(yaml.safe_dump(told))
    found = gate_init(tmp_path / "gate.yaml", [tmp_path / "proof", tmp_path / "audit"], clock=clock)
    shown = {row["name"]: " ".join(one["text"] for one in row["shown"]) for row in found["criteria"] if row["met"]}
    assert shown["made"] == "Judged and passed: classical, made"
    assert shown["diversity"].startswith("image_diversity/variety: ")
    assert shown["labels"].startswith("label_errors: 0 [0, 0.109], at most 0.2 asked")
    assert shown["kpi"].startswith("score: ")
    assert "ethics" in shown
    assert "responses" in shown
    blocked = {row["criterion"]: row["what"]["text"] for row in found["blocks"]}
    money = proof.verdicts[0]["money"]
    assert f"[{money['low']:,.0f}, {money['high']:,.0f}] JPY, and the next stage may cost" in blocked["worth"]
    (tmp_path / "proof" / "verdict.json").write_text("{}")
    assert gate_status(tmp_path / "gate.yaml", clock=clock)["evidence"][0]["changed"]


def test_the_worked_form_reads_answers_for_every_error_and_says_that_it_is_an_illustration() -> None:
    raw = (EXAMPLES / "stages" / "stamps.gate.yaml").read_bytes()
    found, _ = read_form(raw, "stamps.gate.yaml", today=WHEN.date(), studies=["few-shot"])
    classes = yaml.safe_load((EXAMPLES / "stamps/src/shisaku_stamps/data/classes.yaml").read_text())["classes"]
    assert set(found.classes) == set(classes)
    assert missing(found.responses, found.classes) == []
    assert found.money.illustrative


@pytest.mark.stamps
def test_the_worked_form_answers_for_the_data_and_the_generators_of_the_demo() -> None:
    from shisaku.api.gating.facts import datasets_of, made_for

    recipe = load_recipe(EXAMPLES / "stamps" / "recipe.yaml")
    raw = (EXAMPLES / "stages" / "stamps.gate.yaml").read_bytes()
    found, _ = read_form(raw, "stamps.gate.yaml", today=WHEN.date())
    answered = {name for one in found.ethics for name in one.of}
    assert answered == {*datasets_of(recipe), *made_for(recipe, "few-shot").values()}
