"""The page of a record: all of it, for people, in one file that loads nothing and runs no text of form or run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from stage_material import clock, form, make_run, write_form

from shisaku.api.gating.acts import gate_sign, gate_spend, gate_trigger
from shisaku.api.gating.moves import gate_advance, gate_init, gate_update
from shisaku.api.gating.page import gate_page
from shisaku.report.stages import stages_html

sys.path.append(str(Path(__file__).parents[1] / "report"))
from html_parts import Parts

ATTACKS = [
    "<script>document.title='pwned'</script>",
    '"><img src=x onerror="document.title=\'pwned\'">',
    "</script></style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}{name}",
    "<!--<script>",
]


def test_it_shows_the_stage_what_blocks_and_all_that_it_rests_on(tmp_path: Path) -> None:
    gate_init(write_form(tmp_path), [make_run(tmp_path, "first", illustrative=True)], clock=clock)
    gate_spend(tmp_path / "gate.yaml", "120", "JPY", "labels", note="pilot labels", clock=clock)
    found = gate_page(tmp_path / "gate.yaml", clock=clock)
    assert found["page"] == str(tmp_path / "gate.record.html")
    parts = Parts(Path(found["page"]).read_text(encoding="utf-8"))
    for text in (
        "The stage is PoC; the gate to fine-tuning is closed: 3 things block it.",
        "main: 7,000 [5,000, 9,000] JPY is illustrative, not your figure", "Not signed by: owner",
        "no answer, a person decides", "look again", "120 JPY", "Spent on labels: 120 JPY (pilot labels)",
        "new defect", "photos, image.restyle", "first", found["head"]["hash"],
    ):  # fmt: skip
        assert text in parts.text, text
    assert not [value for name in ("src", "href") for value in parts.attributes(name) if not value.startswith("#")]
    assert "default-src 'none'" in parts.policy()


def test_money_that_nobody_gave_is_marked_in_the_same_line(tmp_path: Path) -> None:
    gate_init(write_form(tmp_path, lambda told: told["money"].update(illustrative=True)), clock=clock)
    text = Parts(Path(gate_page(tmp_path / "gate.yaml", clock=clock)["page"]).read_text(encoding="utf-8")).text
    assert "All money of this form is illustrative" in text
    marked = text.count("JPY (illustrative)") + text.count("JPY（例示）")
    assert text.count("JPY") == marked > 10


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_form_or_run_becomes_markup(tmp_path: Path, attack: str) -> None:
    def hostile(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: hostile(held) for key, held in value.items()}
        if isinstance(value, list):
            return [hostile(held) for held in value]
        return attack if value in ("as written", "Sato", "Kato", "look again", "share", "Sorting parts") else value

    told = hostile(form())
    told["risks"][0]["name"] = attack[:100]
    told["stages"]["poc"]["sign"] = [attack[:100], "quality"]
    run = make_run(tmp_path, "first")
    studies = json.loads((run / "studies.json").read_text())
    studies[0]["name"] = attack
    studies[0]["overall"] = attack
    (run / "studies.json").write_text(json.dumps(studies))
    (tmp_path / "gate.yaml").write_text(yaml.safe_dump(told))
    gate_init(tmp_path / "gate.yaml", [run], clock=clock)
    gate_sign(tmp_path / "gate.yaml", attack, attack[:100], clock=clock)
    found = gate_trigger(tmp_path / "gate.yaml", attack[:100], 0.9, note=attack, clock=clock)
    page = stages_html(found)
    parts = Parts(page)
    assert len(parts.scripts) == 1
    assert not {"img", "svg"} & {tag for tag, _ in parts.tags}
    assert not [name for _, attrs in parts.tags for name in attrs if name.startswith("on")]
    assert attack in parts.text


def test_a_record_at_its_last_stage_has_a_page_too(tmp_path: Path) -> None:
    gate_init(write_form(tmp_path), [make_run(tmp_path, "first")], clock=clock)
    for name in ("second", "third", ""):
        for person, role in (("Sato", "owner"), ("Kato", "quality")):
            gate_sign(tmp_path / "gate.yaml", person, role, clock=clock)
        assert gate_advance(tmp_path / "gate.yaml", clock=clock)["advanced"]
        if name:
            gate_update(tmp_path / "gate.yaml", [make_run(tmp_path, name)], clock=clock)
    (tmp_path / "third" / "verdict.json").write_text("{}")
    found = gate_page(tmp_path / "gate.yaml", out=tmp_path / "page.html", clock=clock)
    assert [one["text"] for one in found["changed"]] == ["third was changed since it was laid"]
    text = Parts((tmp_path / "page.html").read_text(encoding="utf-8")).text
    assert found["stage"] == "scale"
    assert "The stage is scale, the last one." in text
    assert "Went on from pilot to scale" in text
    assert "Evaluated in the field: main" in text, "what showed it stays with the event"
