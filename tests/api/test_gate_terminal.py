"""What `shisaku gate` prints: the stage first, what blocks, who must do what; one JSON document; exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from stage_material import WHEN, make_run, write_form
from typer.testing import CliRunner, Result

from shisaku.api.gating import acts, moves, page
from shisaku.cli.gate import app
from shisaku.errors import DataError, RecipeError, ShisakuError
from shisaku.lab.stages.read import read_form

VERBS = ("form", "init", "update", "status", "sign", "advance", "rollback", "spend", "trigger", "page")


@pytest.fixture(autouse=True)
def january(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All verbs take place on one day."""
    monkeypatch.setenv("SHISAKU_LANG", "en")
    monkeypatch.setattr("shisaku.api.gating.moves.datetime", _January)
    assert moves.utc() == WHEN
    assert acts.utc is page.utc is moves.utc
    return


class _January(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        assert tz is UTC
        return WHEN


def gate(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def begin(folder: Path, **told: Any) -> Path:
    assert gate("init", write_form(folder), make_run(folder, "first", **told)).exit_code == 0
    return folder / "gate.yaml"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_examples(verb: str) -> None:
    told = gate(verb, "--help").output
    assert "Example" in told
    assert "--json" in told
    assert "--out" in told


def test_status_says_the_stage_then_what_blocks_then_who_must_do_what(tmp_path: Path) -> None:
    told = gate("status", begin(tmp_path, illustrative=True)).output.splitlines()
    assert told == [
        "Sorting parts: stage PoC; the gate to fine-tuning is closed, 3 things block it",
        "  Worth going on: main: 7,000 [5,000, 9,000] JPY is illustrative, not your figure",
        "    → Sato: give your own costs in the recipe's `kpi:` and run it again, or stop here",
        "  Signatures: Not signed by: owner",
        "    → owner: read the page, then `shisaku gate sign`",
        "  Signatures: Not signed by: quality",
        "    → quality: read the page, then `shisaku gate sign`",
    ]


def test_it_is_told_in_japanese_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    form = begin(tmp_path)
    monkeypatch.setenv("SHISAKU_LANG", "ja")
    assert gate("status", form).exit_code == 0


def test_advance_is_zero_when_it_went_on_and_six_when_a_gate_holds(tmp_path: Path) -> None:
    form = begin(tmp_path)
    held = gate("advance", form, "--json")
    found = json.loads(held.output)
    assert (held.exit_code, found["advanced"], found["stage"]) == (6, False, "poc")
    assert [row["criterion"] for row in found["blocks"]] == ["signatures", "signatures"]
    assert {"what", "who", "next"} <= set(found["blocks"][0])
    assert gate("advance", form).output.startswith("Not gone on\n")
    assert gate("sign", form, "--as", "Sato", "--role", "owner").exit_code == 0
    opened = gate("sign", form, "--as", "Kato", "--role", "quality")
    assert "the gate to fine-tuning is open" in opened.output
    done = gate("advance", form, "--json")
    found = json.loads(done.output)
    assert (done.exit_code, found["advanced"], found["stage"], found["next"]) == (0, True, "fine_tune", "pilot")
    back = gate("rollback", form, "--to", "poc", "--why", "new camera", "--json")
    assert (back.exit_code, json.loads(back.output)["stage"]) == (0, "poc")


def test_a_spend_over_the_cap_is_six_and_a_trigger_that_crosses_too(tmp_path: Path) -> None:
    form = begin(tmp_path)
    booked = gate("spend", form, "500", "JPY", "--for", "labels", "--note", "500 labels")
    assert booked.exit_code == 0
    assert "labels: 500 JPY of 600 JPY spent, 100 JPY left" in booked.output
    stopped = gate("spend", form, "200", "JPY", "--for", "labels")
    assert stopped.exit_code == 6
    assert "Stopped: 200 JPY would exceed the cap of labels: of 600 JPY there is left 100 JPY" in stopped.output
    gate("sign", form, "--as", "Sato", "--role", "owner")
    gate("sign", form, "--as", "Kato", "--role", "quality")
    assert gate("advance", form).exit_code == 0
    assert gate("trigger", form, "drift", 0.2).exit_code == 0
    crossed = gate("trigger", form, "drift", 0.25, "--note", "week 14")
    assert crossed.exit_code == 6
    assert crossed.output.startswith("Taken back: drift: share is 0.25, above 0.2\nSorting parts: stage PoC")
    assert gate("status", form).exit_code == 0, "it was taken back once"


BAD: dict[str, tuple[tuple[str, ...], type[ShisakuError], str]] = {
    "no record": (("status", "elsewhere.record.json"), RecipeError, "There is no record here"),
    "no folder": (("status", "nowhere/gate.yaml"), RecipeError, "There is no record here"),
    "a second record": (("init", "gate.yaml", "first"), RecipeError, "There is a record already"),
    "no form": (("init", "none.yaml"), RecipeError, "There is no form here"),
    "no run": (("update", "gate.yaml", "nothing"), DataError, "There is no run in this folder"),
    "an unknown stage": (("rollback", "gate.yaml", "--to", "polit", "--why", "x"), RecipeError, "no way back"),
    "forward by rollback": (("rollback", "gate.yaml", "--to", "scale", "--why", "x"), RecipeError, "no way back"),
    "an unknown role": (("sign", "gate.yaml", "--as", "x", "--role", "boss"), RecipeError, "asks for no role boss"),
    "nobody": (("sign", "gate.yaml", "--as", " ", "--role", "owner"), RecipeError, "needs a name"),
    "another currency": (("spend", "gate.yaml", "5", "USD", "--for", "labels"), RecipeError, "the form is in JPY"),
    "an unknown unit": (("spend", "gate.yaml", "5", "JPY", "--for", "beer"), RecipeError, "has no unit beer"),
    "no amount": (("spend", "gate.yaml", "much", "JPY", "--for", "labels"), RecipeError, "no amount above 0"),
    "an unknown trigger": (("trigger", "gate.yaml", "weather", "1"), RecipeError, "The form has no trigger weather"),
    "no number": (("trigger", "gate.yaml", "drift", "nan"), RecipeError, "is a finite number"),
    "another head": (("status", "gate.yaml", "--head", "beef"), RecipeError, "does not hold that event"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    begin(tmp_path)
    monkeypatch.chdir(tmp_path)
    words, kind, match = BAD[name]
    before = (tmp_path / "gate.record.json").read_bytes()
    done = gate(*words)
    assert isinstance(done.exception, kind), done.output
    assert match in str(done.exception)
    assert done.exception.next or done.exception.where
    assert (tmp_path / "gate.record.json").read_bytes() == before


def test_a_negative_amount_is_refused(tmp_path: Path) -> None:
    form = begin(tmp_path)
    with pytest.raises(RecipeError, match="-5 is no amount above 0"):
        acts.gate_spend(form, "-5", "JPY", "labels")


def test_a_form_to_fill_in_names_every_class_and_all_that_needs_ethics(tmp_path: Path) -> None:
    run = make_run(tmp_path, "first")
    assert gate("form", run, "--out", tmp_path / "new.yaml").exit_code == 0
    text = (tmp_path / "new.yaml").read_text()
    for word in ('truth: "bad"', 'truth: "good"', "answer: review", '"photos"', '"image.restyle"', "diversity/vendi"):
        assert word in text
    with pytest.raises(RecipeError) as caught:
        read_form(text, "new.yaml", today=WHEN.date())
    assert len(caught.value.problems) > 30, "nothing that a person must say is filled in"
    with pytest.raises(RecipeError, match="There is a file already"):
        raise gate("form", run, "--out", tmp_path / "new.yaml").exception or AssertionError
    assert gate("form", run).output == text
    assert "properties" in json.loads(gate("form", "--schema", "--json").output)["schema"]


def test_a_form_to_fill_in_reads_once_it_is_filled_in(tmp_path: Path) -> None:
    text = json.loads(gate("form", make_run(tmp_path, "first"), "--json").output)["text"]
    for empty, filled in (
        ('""', '"x"'), ("cap: ,", "cap: 2,"), ("unit 1: , unit 2: ", "unit 1: 1, unit 2: 1"),
        (': ,', ": 1,"), ("least: }", "least: 0}"),
        ("issues: }", "issues: 0.1}"), ("deadline: }", "deadline: 2027-06-30}"),
        ("above: }", "above: 1}"), ("below: }", "below: 1}"), ("cost: ,", "cost: 1,"),
    ):  # fmt: skip
        text = text.replace(empty, filled)
    found, _ = read_form(text, "new.yaml", today=WHEN.date(), classes=["bad", "good"], studies=["main"])
    assert found.classes == ["bad", "good"]


def test_out_holds_the_same_as_json(tmp_path: Path) -> None:
    form = begin(tmp_path)
    printed = gate("status", form, "--json", "--out", tmp_path / "told.json").output
    assert json.loads((tmp_path / "told.json").read_text()) == json.loads(printed)
