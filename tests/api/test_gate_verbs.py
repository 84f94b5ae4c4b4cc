"""`shisaku gate`: a record is begun, kept, shown and moved on, and nothing but its gates moves it."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from stage_material import WHEN, Change, clock, form, later, make_run, write_form

from shisaku.api.gating.acts import gate_sign, gate_spend, gate_trigger
from shisaku.api.gating.moves import gate_advance, gate_init, gate_rollback, gate_status, gate_update
from shisaku.errors import DataError, RecipeError
from shisaku.message import Message


def begun(folder: Path, change: Change | None = None, **told: Any) -> Path:
    """A record in the PoC with one run."""
    gate_init(write_form(folder, change), [make_run(folder, "first", **told)], clock=clock)
    return folder / "gate.record.json"


def signed(record: Path) -> dict[str, Any]:
    gate_sign(record, "Sato", "owner", clock=clock)
    return gate_sign(record, "Kato", "quality", clock=clock)


def criteria(found: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(row["criterion"] for row in found["blocks"]))


def climbed(folder: Path, stage: str, change: Change | None = None) -> Path:
    """A record that came to a stage with a run of its own for every gate."""
    record = begun(folder, change)
    for name in ("poc", "fine_tune", "pilot", "scale"):
        if name == stage:
            return record
        gate_update(record, [make_run(folder, f"in-{name}")], clock=clock)
        signed(record)
        assert gate_advance(record, clock=clock)["advanced"]
    raise AssertionError(stage)


def test_the_whole_way_with_evidence_and_signatures_at_every_gate(tmp_path: Path) -> None:
    record = begun(tmp_path)
    found = gate_status(record, clock=clock)
    assert (found["stage"], found["next"], found["open"], criteria(found)) == (
        "poc",
        "fine_tune",
        False,
        ["signatures"],
    )
    assert [row["who"] for row in found["blocks"]] == ["owner", "quality"]
    assert signed(record)["open"]
    for stage, run in (("fine_tune", "tuned"), ("pilot", "field")):
        found = gate_advance(record, clock=clock)
        assert (found["advanced"], found["stage"], criteria(found)) == (True, stage, ["fresh", *(
            ["field"] if stage == "pilot" else []), "signatures"])  # fmt: skip
        gate_update(record, [make_run(tmp_path, run)], clock=clock)
        signed(record)
    found = gate_advance(record, clock=clock)
    assert (found["advanced"], found["stage"], found["next"], found["open"]) == (True, "scale", None, False)
    assert gate_advance(record, clock=clock)["advanced"] is False, "nothing comes after scale"
    advanced = [row for row in found["history"] if row["kind"] == "advanced"]
    assert len(advanced) == 3
    assert [str(Message.from_json(one)) for one in advanced[0]["shown"]["kpi"]] == [
        "gain: 0.05 [0.03, 0.07], at least 0 asked"
    ]
    json.dumps(found, allow_nan=False)


def test_a_blocked_advance_says_what_blocks_and_changes_nothing(tmp_path: Path) -> None:
    record = begun(tmp_path, illustrative=True)
    before = record.read_bytes()
    found = gate_advance(record, clock=clock)
    assert found["advanced"] is False
    assert criteria(found) == ["worth", "signatures"]
    assert "illustrative, not your figure" in found["blocks"][0]["what"]["text"]
    assert record.read_bytes() == before


@pytest.mark.parametrize("file", ["verdict.json", "scores.parquet", "evidence/restyled/bundle.json", "recipe.yaml"])
def test_a_run_that_changed_afterwards_closes_its_gate(tmp_path: Path, file: str) -> None:
    record = begun(tmp_path)
    assert signed(record)["open"]
    place = tmp_path / "first" / file
    place.write_bytes(place.read_bytes() + b" ")
    found = gate_status(record, clock=clock)
    assert criteria(found) == ["evidence"]
    assert found["evidence"][0]["changed"]["text"] == "first was changed since it was laid"
    assert gate_advance(record, clock=clock)["advanced"] is False
    with pytest.raises(RecipeError, match="was changed since it was laid"):
        gate_sign(record, "Sato", "owner", clock=clock)


def test_a_report_that_is_written_anew_is_no_change(tmp_path: Path) -> None:
    record = begun(tmp_path)
    signed(record)
    (tmp_path / "first" / "report.html").write_text("anew")
    assert gate_status(record, clock=clock)["open"]


def test_a_run_that_is_gone_and_one_that_cannot_be_read_are_no_evidence(tmp_path: Path) -> None:
    record = begun(tmp_path)
    shutil.move(tmp_path / "first", tmp_path / "away")
    assert "is not there any more" in gate_status(record, clock=clock)["blocks"][0]["what"]["text"]
    shutil.move(tmp_path / "away", tmp_path / "first")
    assert criteria(gate_status(record, clock=clock)) == ["signatures"]


def test_a_bundle_that_was_edited_before_it_was_laid_is_no_passed_batch(tmp_path: Path) -> None:
    run = make_run(tmp_path, "first", state="stopped")
    place = run / "evidence" / "restyled" / "bundle.json"
    place.write_text(place.read_text().replace("stopped", "passed"))
    found = gate_init(write_form(tmp_path), [run], clock=clock)
    assert criteria(found) == ["made", "signatures"]
    assert found["evidence"][0]["batches"] == {"restyled": "changed"}


def test_a_form_that_changed_closes_the_gate_until_it_is_taken_in_and_signed(tmp_path: Path) -> None:
    record = begun(tmp_path)
    assert signed(record)["open"]
    write_form(tmp_path, lambda told: told["risks"][0].update(mitigation="another"))
    assert criteria(gate_status(record, clock=clock)) == ["form"]
    found = gate_update(record, clock=clock)
    assert criteria(found) == ["signatures"]
    assert found["history"][-1]["what"]["text"] == "The form gate.yaml was taken in again; changed: risks"
    assert signed(record)["open"]
    (tmp_path / "gate.yaml").unlink()
    assert "is not there any more" in gate_status(record, clock=clock)["blocks"][0]["what"]["text"]


def test_a_record_and_its_runs_can_move_together(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    record = begun(tmp_path / "one")
    assert signed(record)["open"]
    shutil.move(tmp_path / "one", tmp_path / "two")
    assert gate_status(tmp_path / "two" / "gate.yaml", clock=clock)["open"]


def test_spends_are_booked_and_one_too_many_is_stopped_before_it(tmp_path: Path) -> None:
    record = begun(tmp_path)
    found = gate_spend(record, "599.50", "JPY", "labels", note="500 labels", clock=clock)
    assert (found["spent"], found["stopped"]) == (True, None)
    found = gate_spend(record, "0.51", "JPY", "labels", clock=clock)
    assert found["spent"] is False
    assert "would exceed the cap of labels: of 600 JPY there is left 0.50 JPY" in found["stopped"]["text"]
    spent = {row["unit"]: row["spent"] for row in found["budget"] if row["stage"] == "poc"}
    assert spent == {"": "599.50", "labels": "599.50", "compute": "0"}
    assert gate_spend(record, "400", "JPY", "compute", clock=clock)["spent"]
    assert [row["kind"] for row in found["history"]] == ["form", "evidence", "spent", "stopped"]


@pytest.mark.parametrize("verb", [gate_status, gate_advance])
def test_a_trigger_that_has_crossed_fires_on_the_next_look(tmp_path: Path, verb: Any) -> None:
    record = climbed(tmp_path, "pilot")
    told = form()
    told["ethics"][0]["withdrawn"] = "2027-01-15"
    (tmp_path / "gate.yaml").write_text(yaml.safe_dump(told))
    found = gate_update(record, clock=clock)
    assert (found["stage"], len(found["rolled_back"])) == ("fine_tune", 2), "the photos and the generator"
    (tmp_path / "again").mkdir()
    record = climbed(tmp_path / "again", "pilot")
    found = gate_trigger(record, "drift", 0.5, clock=clock)
    assert (found["stage"], [row["text"] for row in found["rolled_back"]]) == (
        "poc",
        ["drift: share is 0.5, above 0.2"],
    )
    assert verb(record, clock=clock)["rolled_back"] == []
    assert criteria(gate_status(record, clock=clock)) == ["fresh", "triggers", "signatures"]


def test_evidence_that_shows_harm_takes_the_stage_back(tmp_path: Path) -> None:
    record = climbed(tmp_path, "pilot")
    run = make_run(tmp_path, "bad", decision="REJECT")
    studies = json.loads((run / "studies.json").read_text())
    studies[0]["detail"]["overall"]["safety"]["line"].update(low=-0.3, high=-0.1, shown=False, harm_shown=True)
    (run / "studies.json").write_text(json.dumps(studies))
    found = gate_update(record, [run], clock=clock)
    assert (found["stage"], found["rolled_back"][0]["text"]) == ("poc", "main: harm is shown on line")


def test_a_rollback_by_hand_needs_an_earlier_stage_and_a_reason(tmp_path: Path) -> None:
    record = climbed(tmp_path, "pilot")
    for to, why, match in (("scale", "x", "no way back from pilot"), ("polit", "x", "Stages behind it: poc, fine_tune"),
                           ("poc", " ", "needs a reason")):  # fmt: skip
        with pytest.raises(RecipeError, match=match):
            gate_rollback(record, to, why, clock=clock)
    found = gate_rollback(record, "poc", "the camera was replaced", name="Sato", clock=clock)
    assert found["stage"] == "poc"
    assert found["history"][-1]["what"]["text"] == ("Went back from pilot to PoC: the camera was replaced (Sato)")
    assert criteria(found) == ["fresh", "signatures"], "what opened a gate once does not open it again"


def test_a_deadline_that_passes_closes_the_gate(tmp_path: Path) -> None:
    record = begun(tmp_path, lambda told: told["responses"][0].update(deadline="2027-01-16"))
    assert signed(record)["open"]
    found = gate_status(record, clock=later(5))
    assert criteria(found) == ["responses"]
    assert "overdue: good → bad (2027-01-16)" in found["blocks"][0]["what"]["text"]


def test_a_figure_of_any_document_of_the_run_can_be_asked_for(tmp_path: Path) -> None:
    asked = {"document": "studies", "at": "main/detail/rates", "most": 2.5}
    record = begun(tmp_path, lambda told: told["stages"]["poc"]["kpi"].append(asked))
    assert signed(record)["open"]
    write_form(tmp_path, lambda told: told["stages"]["poc"]["kpi"].append({**asked, "most": 1.5}))
    found = gate_update(record, clock=clock)
    assert criteria(found) == ["kpi", "signatures"]
    write_form(tmp_path, lambda told: told["stages"]["poc"]["kpi"].append({**asked, "at": "main/detail/nothing"}))
    found = gate_update(record, clock=clock)
    assert "gave no figure with an interval" in found["blocks"][0]["what"]["text"]


def test_two_processes_at_once_lose_no_event_and_no_cap(tmp_path: Path) -> None:
    record = begun(tmp_path)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        done = pool.map(_spend_one, [str(record)] * 12)
    events = json.loads(record.read_text())["events"]
    assert [event["seq"] for event in events] == list(range(1, 15))
    assert sum(done) == 10, "ten of 60 fit into 600"
    assert [event["kind"] for event in events[2:]].count("stopped") == 2
    left = {row["unit"]: row["left"] for row in gate_status(record, clock=clock)["budget"] if row["stage"] == "poc"}
    assert left == {"": "400", "labels": "0", "compute": "400"}


def _spend_one(record: str) -> bool:
    return bool(gate_spend(record, "60", "JPY", "labels", clock=clock)["spent"])


def test_a_head_that_was_kept_elsewhere_tells_a_record_that_was_cut(tmp_path: Path) -> None:
    record = begun(tmp_path)
    early = record.read_bytes()
    head = gate_spend(record, "1", "JPY", "labels", clock=clock)["head"]["hash"]
    assert gate_status(record, head=head[:12], clock=clock)["head"]["hash"] == head
    record.write_bytes(early)
    with pytest.raises(RecipeError, match="does not hold that event"):
        gate_status(record, head=head, clock=clock)


DAMAGE: dict[str, Any] = {
    "no JSON": lambda raw: raw[:-5],
    "not a record": lambda raw: b"[1, 2]",
    "another schema": lambda raw: raw.replace(b'{"schema": 1', b'{"schema": 9', 1),
    "an amount": lambda raw: raw.replace(b'"amount":"100"', b'"amount":"900"'),
    "a decision": lambda raw: raw.replace(b'"decision":"ADOPT"', b'"decision":"REJECT"'),
    "an event taken out": lambda raw: _edited(raw, lambda events: events.pop(1)),
    "the last taken off": lambda raw: _edited(raw, lambda events: events.pop()),
    "an order": lambda raw: _edited(raw, lambda events: events.reverse()),
    "an event added": lambda raw: _edited(raw, lambda events: events.append(dict(events[-1]))),
    "no event": lambda raw: _edited(raw, lambda events: events.clear()),
    "more beside": lambda raw: raw.replace(b'{"schema": 1', b'{"x": 2, "schema": 1', 1),
    "nested too deep": lambda raw: _edited(raw, lambda events: events[0].update(form=_deep(400))),
    "a number too large": lambda raw: _edited(raw, lambda events: events[0].update(seq=2**70)),
    "not UTF-8": lambda raw: raw.replace(b"Sorting", b"\xff\xfe"),
}


def _deep(levels: int) -> list[Any]:
    return [_deep(levels - 1)] if levels else []


def _edited(raw: bytes, change: Any) -> bytes:
    document = json.loads(raw)
    change(document["events"])
    return json.dumps(document).encode()


@pytest.mark.parametrize("name", DAMAGE)
def test_a_changed_record_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    record = begun(tmp_path)
    gate_spend(record, "100", "JPY", "labels", clock=clock)
    changed = DAMAGE[name](record.read_bytes())
    assert changed != record.read_bytes()
    record.write_bytes(changed)
    for verb in (gate_status, gate_advance):
        with pytest.raises(DataError, match="changed or is damaged") as caught:
            verb(record, clock=clock)
        assert caught.value.where == str(record)
    assert record.read_bytes() == changed


def test_a_forged_advance_with_right_hashes_is_refused_all_the_same(tmp_path: Path) -> None:
    from shisaku.guard.chain import Head, link

    record = begun(tmp_path)
    document = json.loads(record.read_text())
    head = Head(document["head"]["records"], document["head"]["hash"])
    for one, two in (("poc", "fine_tune"), ("fine_tune", "pilot"), ("pilot", "scale")):
        line, head = link({"kind": "advanced", "from": one, "to": two, "shown": {}}, head, WHEN.isoformat())
        document["events"].append(json.loads(line))
    document["head"] = {"records": head.records, "hash": head.hash}
    record.write_text(json.dumps(document))
    with pytest.raises(DataError, match="the gate was closed: signatures"):
        gate_status(record, clock=clock)


@pytest.mark.parametrize(
    ("file", "text"),
    [("studies.json", "[1]"), ("studies.json", '[{"name": "x", "alarms": [{"severity": "stop"}]}]'),
     ("studies.json", '[{"name": "x", "detail": {"business": {"rows": 5}}}]'), ("verdict.json", "[1]"),
     ("verdict.json", '{"verdicts": [{"study": "main"}]}'), ("evidence/restyled/bundle.json", "[1]"),
     ("evidence/restyled/bundle.json", "nothing")],
)  # fmt: skip
def test_a_run_that_is_damaged_is_one_clear_error(tmp_path: Path, file: str, text: str) -> None:
    run = make_run(tmp_path, "first")
    (run / file).write_text(text)
    with pytest.raises(DataError, match="cannot be read as evidence"):
        gate_init(write_form(tmp_path), [run], clock=clock)


@pytest.mark.parametrize(
    ("asked", "open_"),
    [
        ({"metric": "near_copy", "issues": 0.02}, True),
        ({"metric": "near_copy", "issues": 0.01}, False),
        ({"metric": "varied", "least": 8.0}, True),
        ({"metric": "restyled.vendi", "finding": "vendi", "most": 9.5}, False),
        ({"metric": "nobody", "least": 0}, False),
        ({"metric": "near_copy", "least": 0}, False),
    ],
)
def test_what_judges_said_of_a_batch_can_be_asked_for(tmp_path: Path, asked: dict[str, Any], open_: bool) -> None:
    record = begun(tmp_path, lambda told: told["gates"].update(diversity=[asked]))
    assert ("diversity" not in criteria(gate_status(record, clock=clock))) is open_
    told = json.loads(record.read_text())["events"][1]["runs"][0]
    assert told["batches"] == {"restyled": "passed"}


def test_a_batch_that_no_study_trains_on_says_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path, "first")
    recipe = run / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("{name: made, add: restyled}", "{name: made, oversample: 2}"))
    asked = {"metric": "near_copy", "issues": 0.02}
    found = gate_init(write_form(tmp_path, lambda told: told["gates"].update(diversity=[asked])), [run], clock=clock)
    assert {"diversity", "made"} <= set(criteria(found))
