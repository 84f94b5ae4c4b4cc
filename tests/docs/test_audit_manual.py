"""The manual of the audit says what the detectors are now."""

from __future__ import annotations

import json
import re
from pathlib import Path

from shisaku.auditing.detector import detectors
from shisaku.auditing.plan import Contents, audit_recipe
from shisaku.core.recipe import Source
from shisaku.report.audit.manual import AUDIT

DOCS = Path(__file__).resolve().parents[2] / "docs"
MEASURED = {
    "fault": "planted_blur",
    "detector": "image.blur",
    "source": "photographs",
    "unit": "pixels",
    "n": 50,
    "rows": [
        {"strength": 1.0, "recall": [0.5, 0.4, 0.6], "precision": None},
        {"strength": 2.0, "recall": [0.9, 0.8, 0.95], "precision": [1.0, 0.9, 1.0]},
    ],
    "false_alarms": [0.02, 0.0, 0.1],
    "limit": 2.0,
}


def test_the_manual_is_what_is_written_now() -> None:
    written = (DOCS / AUDIT.page).read_text("utf-8")
    assert written == AUDIT.text(AUDIT.limits_in(DOCS)), "write it again: python -m shisaku.report.audit.manual"


def test_every_detector_and_every_op_is_in_it_and_links_lead_somewhere() -> None:
    page = AUDIT.text({})
    for one in detectors():
        assert f"| `{one.name}` |" in page
        assert page.count(f"### {one.op}\n") == 1
    headings = {heading.lower().replace(".", "") for heading in re.findall(r"^### (\S+)$", page, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


def test_the_profile_that_it_shows_is_understood(tmp_path: Path) -> None:
    shown = re.search(r"^```text\n(.*?)^```", AUDIT.text({}), re.M | re.S)
    assert shown
    (tmp_path / "mine.yaml").write_text(shown[1], "utf-8")
    changed = {one.name: one for one in detectors(tmp_path / "mine.yaml")}
    assert changed["blur"].params["issue_below"] == 0.8
    assert "noise" not in changed
    assert [*audit_recipe("x", Source("x"), [changed["blur_of_labels"]], Contents({"label_photo": "image"})).steps]


def test_measured_limits_stand_below_their_op(tmp_path: Path) -> None:
    never = MEASURED | {"fault": "slight_blur", "limit": None}
    (tmp_path / AUDIT.limits).write_text(json.dumps([MEASURED, never]), "utf-8")
    AUDIT.write(tmp_path)
    page = (tmp_path / AUDIT.page).read_text("utf-8")
    _, _, after = page.partition("### image.blur\n")
    own = after.partition("\n### ")[0]
    line = "| planted_blur | photographs | 50 | 2 pixels | 90.0% (80.0% to 95.0%) | 2.0% (0.0% to 10.0%) |"
    assert line in own
    assert "| slight_blur | photographs | 50 | none (strongest: 2 pixels) | 90.0% (80.0% to 95.0%) |" in own
