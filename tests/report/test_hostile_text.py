"""Text that a run carries can never run: not as markup, not as an attribute, not out of a data block."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from html_parts import Parts
from report_material import make_run

from shisaku.report.notebook import notebook_html
from shisaku.report.render import write_report
from shisaku.store.run import Run

ATTACKS = [
    "<script>document.title='pwned'</script>",
    '"><img src=x onerror="document.title=\'pwned\'">',
    "'><svg onload=alert(1)>",
    "javascript:alert(1)",
    "</script><script>document.title='pwned'</script>",
    "{{ 7 * 7 }}{% raw %}",
    "</style><style>*{display:none}</style>",
    "<!--<script>",
    "\u2028\u2029\u0000\U0001f600",
]


SAFE_TAGS = {"div", "p", "strong", "br", "table", "thead", "tbody", "tr", "th", "td", "code"}


def hostile_run(path: Path, attack: str) -> Run:
    """Return a run in which every text that a user can choose is the attack."""
    run = make_run(path, hostile={"caption": attack, "label": attack, "id": attack.replace("\u0000", "")})
    decided = json.loads(json.dumps(run.read_json("verdict")).replace('"clutter"', json.dumps(attack)))
    for verdict in decided["verdicts"]:
        verdict["arm"] += attack
    run.write_json("verdict", decided)
    studies = json.loads(json.dumps(run.read_json("studies")).replace('"clutter"', json.dumps(attack)))
    studies[0]["alarms"][0]["reason"] = {"template": attack, "values": {}}
    studies[0]["detail"]["notes"] = {attack: [attack]}
    run.write_json("studies", studies)
    run.write_json("environment", {attack: attack, "models": [{attack: attack}]})
    shown = run.read_json("samples")
    shown.append({**shown[0], "id": "x", "parent": "y", "stream": "composite", "data_uri": attack, "text": attack})
    run.write_json("samples", shown)
    rows = run.read_rows("arm_scores")
    run.write_rows("arm_scores", [{**r, "domain": attack} if r["domain"] == "clutter" else r for r in rows])
    text = json.dumps({"name": attack, "title": {"en": attack, "ja": attack}})
    (run.path / "recipe.yaml").write_text(text, encoding="utf-8")
    return run


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_a_run_becomes_markup_or_script(tmp_path: Path, page: str, attack: str) -> None:
    parts = Parts(write_report(hostile_run(tmp_path / "run", attack)).read_text(encoding="utf-8"))
    clean = Parts(page)
    known = {tag for tag, _ in clean.tags}
    assert {tag for tag, _ in parts.tags} <= known
    assert not [name for _, attrs in parts.tags for name in attrs if name.startswith("on") or name == "style"]
    assert all(uri.startswith("data:") for uri in parts.attributes("src"))
    assert all(href.startswith("#") for href in parts.attributes("href"))
    code = [source for attrs, source in parts.scripts if attrs.get("type") != "application/json"]
    assert code == [source for attrs, source in clean.scripts if attrs.get("type") != "application/json"]
    for attrs, source in parts.scripts:
        if attrs.get("type") == "application/json":
            assert "<" not in source
            json.loads(source)


def test_policy_lets_only_our_own_scripts_and_style_run(page: str) -> None:
    parts = Parts(page)
    policy = parts.policy()
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    for attrs, source in parts.scripts:
        if attrs.get("type") != "application/json":
            digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy


@pytest.mark.parametrize("attack", ATTACKS)
def test_notebook_fragment_escapes(attack: str) -> None:
    verdict = {
        "domain": attack,
        "arm": attack,
        "decision": "ADOPT",
        "effect": 0.1,
        "interval": [0.05, 0.15],
        "reason": attack,
    }
    result = {"overall": attack, "headline": attack, "report": attack, "verdicts": [verdict], "counts": {}}
    parts = Parts(notebook_html(result, "ja"))
    assert {tag for tag, _ in parts.tags} <= SAFE_TAGS
    assert not [name for _, attrs in parts.tags for name in attrs if name.startswith("on")]


def test_text_that_is_not_unicode_becomes_a_page_all_the_same(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    (run.path / "environment.json").write_text('{"system": "\\ud800"}', encoding="utf-8")
    assert write_report(run).stat().st_size
