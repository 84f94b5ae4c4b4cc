"""Text that a run carries can never run: not as markup, not as an attribute, not out of a data block."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
import yaml
from chain_material import RECIPE, make_chain_run
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


def hostile_chain_run(path: Path, attack: str, *, studies: int = 0) -> Run:
    """Return a run whose captions, transcripts, voices, streams and steps of a chain are all named the attack."""
    attack = attack.replace("\u0000", "")
    run = make_chain_run(path, attack=attack, studies=studies)
    names = {name: name + attack for name in ("heard", "spoken", "wer", "natural", "few-shot", "gate", "composite")}

    def renamed(value: object) -> object:
        if isinstance(value, dict):
            return {renamed(key): renamed(held) for key, held in value.items()}
        if isinstance(value, list):
            return [renamed(held) for held in value]
        return names.get(value, value) if isinstance(value, str) else value

    recipe = renamed(yaml.safe_load(RECIPE))
    recipe["steps"][4]["sample"]["by"] = [attack]  # type: ignore[index]
    (path / "recipe.yaml").write_text(json.dumps(recipe), encoding="utf-8")
    for table in ("counts", "scores", "drops", "lineage", "timings", "arm_scores"):
        run.write_rows(table, renamed(run.read_rows(table)))  # type: ignore[arg-type]
    for name in ("streams", "verdict", "studies", "samples"):
        (path / f"{name}.json").write_text(json.dumps(renamed(run.read_json(name))), encoding="utf-8")
    shown = run.read_json("samples")
    sound = next(row for row in shown if row["kind"] == "audio")
    fields = {"spectrogram": "data:image/png;base64," + attack, "seconds": attack, "facts": attack}
    shown += [{**sound, "id": f"{sound['id']}-{key}", key: value} for key, value in fields.items()]
    shown.append({**sound, "id": "x", "facts": {"voice": attack, "person": [attack]}, "seconds": float("1e300")})
    run.write_json("samples", shown)
    return run


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_name_voice_or_transcript_of_a_chain_becomes_markup_or_script(
    tmp_path: Path, several_page: str, attack: str
) -> None:
    hostile = Parts(write_report(hostile_chain_run(tmp_path / "run", attack)).read_text(encoding="utf-8"))
    assert hostile.text.count(f"heard{attack}".replace("\u0000", "")) > 4
    assert_harmless(hostile, Parts(several_page))


def test_no_name_of_several_studies_becomes_markup_or_script(tmp_path: Path, several_page: str) -> None:
    run = hostile_chain_run(tmp_path / "run", "".join(ATTACKS), studies=2)
    hostile = Parts(write_report(run).read_text(encoding="utf-8"))
    assert hostile.text.count("gate<script>") > 4
    assert_harmless(hostile, Parts(several_page))


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_a_run_becomes_markup_or_script(tmp_path: Path, page: str, attack: str) -> None:
    parts = Parts(write_report(hostile_run(tmp_path / "run", attack)).read_text(encoding="utf-8"))
    assert_harmless(parts, Parts(page))


def assert_harmless(parts: Parts, clean: Parts) -> None:
    """Compare a page made of hostile text with one that is not."""
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
