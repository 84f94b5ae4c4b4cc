"""From runs to case records: every way a study can end, failures too."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lab_material import planted, study

from shisaku.core.study_spec import StudySpec
from shisaku.errors import DataError
from shisaku.lab.cases.literature import OUTCOMES, literature
from shisaku.lab.cases.record import record_of
from shisaku.lab.prove import prove
from shisaku.lab.record import study_records, verdict_record
from shisaku.message import say
from shisaku.registry.load import parse_recipe

RECIPE = """
schema: 1
name: planted
data: {reader: folder, with: {path: x, licence: own}}
steps:
  - {name: helpful, op: image.classical, from: data}
"""


@dataclass
class Ended:
    """A run that ended, as plain documents."""

    documents: dict[str, Any]
    state: str = "done"
    path: Path = Path("runs/planted")
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def read_json(self, name: str) -> Any:
        if name not in self.documents:
            raise DataError(say("The run has no {name}", name=name))
        return self.documents[name]

    def read_rows(self, table: str) -> list[dict[str, Any]]:
        return self.tables.get(table, [])


def ended(spec: StudySpec, when: str = "start", unmet: tuple[Any, ...] = ()) -> Ended:
    found = prove(spec, planted(), unmet=unmet)
    about = {
        "name": "planted",
        "planned": {spec.name: {"when": when, "date": "2026-01-02", "hash": found.plan["hash"]}},
    }
    raw = {"run": about, "studies": study_records([found]), "verdict": verdict_record([found])}
    return Ended(json.loads(json.dumps(raw)), tables={"lineage": [{"step": "helpful"}]})


@pytest.fixture(scope="module")
def run() -> Ended:
    return ended(study(splits=6, contrasts=("helpful", "copies")))


def test_every_verdict_is_a_case_with_what_was_decided(run: Ended) -> None:
    record = record_of(run, parse_recipe(RECIPE))
    verdicts = run.documents["verdict"]["verdicts"]
    assert len(record["cases"]) == len(verdicts) == 4
    for case, verdict in zip(record["cases"], verdicts, strict=True):
        assert (case["outcome"], case["effect"]) == (verdict["decision"], verdict["effect"])
        assert [case["low"], case["high"]] == verdict["interval"]
        assert (case["task"], case["classes"], case["modality"]) == ("classification", 3, "image")
        assert case["data"] == run.documents["studies"][0]["plan"]["data"]
        assert case["date"] == "2026-01-02"
    helpful = [case for case in record["cases"] if case["arm"] == "helpful"]
    assert {case["technique"] for case in helpful} == {"image.classical"}
    assert {case["technique"] for case in record["cases"] if case["arm"] == "copies"} == {""}
    assert {case["grade"] for case in record["cases"] if case["domain"] == "clutter"} == {"C"}  # simulated items
    json.dumps(record, allow_nan=False)


def test_grades_follow_the_plan_of_the_run() -> None:
    wide = study(splits=6, expected_gain=0.9)
    clean = [case for case in record_of(ended(wide))["cases"] if case["domain"] == "clean"]
    assert {case["grade"] for case in clean} == {"A"}
    looked = study(splits=6, expected_gain=0.9, looks_taken=3)
    assert {case["grade"] for case in record_of(ended(looked))["cases"] if case["domain"] == "clean"} == {"B"}
    after = record_of(ended(wide, when="after"))["cases"]
    assert {case["grade"] for case in after} == {"D"}
    weak = study(splits=6, expected_gain=0.0)
    assert {case["grade"] for case in record_of(ended(weak))["cases"]} == {"C"}


def test_a_study_that_was_stopped_is_a_case() -> None:
    (case,) = record_of(ended(study(splits=6), unmet=(say("too few labels are right"),)))["cases"]
    assert (case["outcome"], case["grade"]) == ("stopped", "D")
    assert "too few labels" in json.dumps(case["reason"])


def test_a_run_that_an_error_ended_is_a_case() -> None:
    run = Ended({"run": {"name": "broken"}}, state="partial")
    (case,) = record_of(run, error=DataError(say("No sample has the label {name}", name="kind")))["cases"]
    assert (case["outcome"], case["grade"], case["error"]) == ("error", "D", "DataError")
    assert record_of(Ended({"run": {"name": "no study"}, "studies": []}))["cases"] == []


def test_a_preview_is_no_case(run: Ended) -> None:
    looked = {**run.documents, "run": {**run.documents["run"], "preview": 5}}
    assert record_of(Ended(looked))["cases"] == []


def test_the_same_evidence_has_the_same_id_whenever_it_is_recorded(run: Ended) -> None:
    first = [case["id"] for case in record_of(run)["cases"]]
    later = {
        **run.documents["run"],
        "planned": {"planted": {**run.documents["run"]["planned"]["planted"], "date": "2027"}},
    }
    again = Ended({**run.documents, "run": later}, path=Path("elsewhere/planted"))
    assert [case["id"] for case in record_of(again)["cases"]] == first
    assert len(set(first)) == len(first)


def test_literature_is_cited_told_in_both_languages_and_never_above_d() -> None:
    found = literature()
    assert len(found) >= 12
    assert len({case["id"] for case in found}) == len(found)
    for case in found:
        assert case["grade"] == "D"
        assert "not re-run" in json.dumps(case["why"])
        assert case["cite"].startswith(("arXiv:", "doi:"))
        assert case["outcome"] in OUTCOMES
        assert set(case["said"]) == {"en", "ja"}
        assert all(text.strip() for text in case["said"].values())
    assert {case["outcome"] for case in found} == set(OUTCOMES)  # failures are there too
