"""The manual of measuring says what the judges are now, and no limit that was not measured."""

from __future__ import annotations

import json
import re
from pathlib import Path

from shisaku.core.recipe import Gate
from shisaku.judging.gate import DEFAULT
from shisaku.judging.judge import UNSEATED, judges
from shisaku.registry.doors import OPS, names
from shisaku.registry.load import parse_recipe
from shisaku.report.measure.manual import CORRECTIONS, JUDGING, NOT_MEASURED

DOCS = Path(__file__).resolve().parents[2] / "docs"
MEASURED = {
    "fault": "captions swapped",
    "detector": "pairs.alignment",
    "source": "stamps",
    "unit": "share",
    "n": 50,
    "rows": [
        {"strength": 0.5, "recall": None, "precision": None, "auroc": [0.7, 0.6, 0.8]},
        {"strength": 1.0, "recall": None, "precision": None, "auroc": [0.75, 0.65, 0.85]},
    ],
    "false_alarms": None,
    "limit": None,
}


def test_the_manual_is_what_is_written_now() -> None:
    written = (DOCS / JUDGING.page).read_text("utf-8")
    assert written == JUDGING.text(JUDGING.limits_in(DOCS)), "write it again: python -m shisaku.report.measure.manual"


def test_every_judge_is_in_it_once_and_links_lead_somewhere() -> None:
    page = JUDGING.text({})
    known = names(OPS)
    every, _ = judges(known)
    for one in every:
        assert f"| `{one.name}` |" in page
    for op in {one.op for one in every} | set(UNSEATED) | set(CORRECTIONS):
        assert op in known
        assert page.count(f"### {op}\n") == 1
    headings = {heading.lower().replace(".", "") for heading in re.findall(r"^### (\S+)$", page, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


def _own(page: str, op: str) -> str:
    return page.partition(f"### {op}\n")[2].partition("\n### ")[0]


def test_what_was_not_measured_claims_nothing() -> None:
    own = _own(JUDGING.text({}), "image.artefacts")
    assert NOT_MEASURED in own
    assert own.count("What it finds") == 1
    assert "When it hurts" in own


def test_what_was_measured_says_so_at_every_strength(tmp_path: Path) -> None:
    (tmp_path / JUDGING.limits).write_text(json.dumps([MEASURED]), "utf-8")
    JUDGING.write(tmp_path)
    own = _own((tmp_path / JUDGING.page).read_text("utf-8"), "pairs.alignment")
    assert NOT_MEASURED not in own
    line = "| captions swapped | stamps | 50 | none (strongest: 1 share) | no threshold | no threshold |"
    assert f"{line} 0.750 (0.650 to 0.850) | 0.5: (0.70); 1: (0.75) |" in own
    assert "**Shares a family with:** `pairs.caption`" in own


def test_the_gate_that_it_shows_is_understood_and_the_default_is_named() -> None:
    page = JUDGING.text({})
    shown = re.search(r"^```text\n(gate:.*?)^```", page, re.M | re.S)
    assert shown
    recipe = parse_recipe(f"schema: 1\nname: x\ndata: {{reader: folder, with: {{path: .}}}}\n{shown[1]}")
    assert recipe.gate[0] == Gate("exact_copy_image", issues=0.0)
    assert all(f"`{one.judge}`" in page for one in DEFAULT)
