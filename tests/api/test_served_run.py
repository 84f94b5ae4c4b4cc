"""A run whose models stand behind a server: what is sent, recorded, paid for, and asked for again."""

from __future__ import annotations

import base64
import json
import socket
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from shisaku.api import data_forget, ingest, run
from shisaku.api.guarding import guard_cache, guard_explain, guard_ledger, guard_verify
from shisaku.errors import DataError, EgressError, RecipeError
from shisaku.store.run import Run

sys.path.append(str(Path(__file__).parents[1] / "models"))

from openai_server import Asked, Given, chat_answer, given, serving

RECIPE = """
schema: 1
name: served
seed: 2
{policy}
models:
  seeing: {{way: openai, url: "{url}", model: eyes{more}}}
  writer: {{way: openai, url: "{url}", model: words{more}}}
  painter: {{way: openai, url: "{url}", model: brush{more}}}
budget: {budget}
data: {{reader: folder, with: {{path: photos, kind: image, licence: own}}}}
steps:
  - {{name: captioned, op: pairs.describe, from: data, with: {{model: seeing}}}}
  - {{name: reworded, op: text.rewrite, from: captioned, with: {{model: writer, text: caption_made}}}}
  - {{name: painted, op: image.paint, from: reworded, with: {{model: painter, text: reworded, start: image}}}}
"""
PHOTOS = 5
FOLDER = "{reader: folder, with: {path: photos, kind: image, licence: own}}"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    (tmp_path / "photos").mkdir()
    for place in range(PHOTOS):
        picture = rng.integers(0, 255, (48, 64, 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / "photos" / f"{place}.png"), picture)
    return tmp_path


def written(home: Path, url: str, name: str = "r", budget: str = "{}", policy: str = "", more: str = "") -> Path:
    path = home / f"{name}.yaml"
    path.write_text(RECIPE.format(url=url, budget=budget, policy=policy, more=more), "utf-8")
    return path


def obliging(asked: Asked) -> Given:
    """Captions and words that differ, and a picture of the size that was sent."""
    if asked.path.startswith("/v1/images"):
        _, data = cv2.imencode(".png", np.full((48, 64, 3), 90, np.uint8))
        return given({"data": [{"b64_json": base64.b64encode(data.tobytes()).decode()}]})
    return chat_answer(f"{asked.body['model']} say {abs(hash(json.dumps(asked.body))) % 10_000}")


def counts(path: Path) -> dict[str, int]:
    return {row["step"]: row["kept"] for row in Run.open(path).read_rows("counts")}


def test_every_request_is_in_the_ledger_under_its_step(home: Path) -> None:
    with serving(obliging) as server:
        result = run(written(home, server.url), out=home / "run")
    assert result.state == "done"
    assert counts(home / "run") == {"data": PHOTOS, "captioned": PHOTOS, "reworded": PHOTOS, "painted": PHOTOS}
    told = guard_ledger(home / "run")
    assert [row["step"] for row in told["requests"]].count("painted") == PHOTOS
    assert len(told["requests"]) == len(server.asked) == 3 * PHOTOS
    assert guard_verify(home / "run")["whole"]
    assert Run.open(home / "run").read_json("run")["guard"]["records"] == guard_verify(home / "run")["records"]
    assert guard_explain(home / "run", sample=next(iter(Run.open(home / "run").stream("data").ids())))["decisions"]


def test_nothing_is_paid_for_twice(home: Path) -> None:
    with serving(obliging) as server:
        recipe = written(home, server.url)
        run(recipe, out=home / "one")
        sent = len(server.asked)
        # Without what the steps kept only the journal can know the answers.
        (home / "cache" / "steps").rename(home / "gone")
        run(recipe, out=home / "two")
    assert len(server.asked) == sent
    assert counts(home / "two") == counts(home / "one")


def test_a_spent_budget_leaves_the_run_partial_and_the_same_command_goes_on(home: Path) -> None:
    with serving(obliging) as server:
        stopped = run(written(home, server.url, budget="{calls: 7}"), out=home / "run")
        assert stopped.state == "partial"
        assert len(server.asked) == 7
        reasons = {row["template"] for row in Run.open(home / "run").read_rows("drops")}
        assert any("budget of" in one for one in reasons)
        run(written(home, server.url, budget="{calls: 100}"), out=home / "more")
    assert len(server.asked) == 3 * PHOTOS
    assert counts(home / "more")["painted"] == PHOTOS


def test_a_server_that_was_down_is_asked_again_by_the_same_command(home: Path) -> None:
    down: list[bool] = [True]

    def moody(asked: Asked) -> Given:
        return given({"error": "busy"}, 500) if down[0] and asked.body.get("model") == "words" else obliging(asked)

    with serving(moody) as server:
        recipe = written(home, server.url, more=", attempts: 1")
        assert run(recipe, out=home / "run").state == "partial"
        assert counts(home / "run")["painted"] == 0
        down[0] = False
        assert run(recipe, out=home / "run").state == "done"
    assert counts(home / "run")["painted"] == PHOTOS


def test_a_chain_that_the_policy_would_stop_is_refused_with_its_step(home: Path) -> None:
    with pytest.raises(RecipeError, match=r"pairs\.describe would send to api\.example\.com, and the policy"):
        run(written(home, "https://api.example.com/v1"), out=home / "run")
    granted = "policy: {level: made, models: [seeing], fields: [image], purposes: [caption]}"
    with pytest.raises(RecipeError, match=r"text.rewrite would send .* under models: writer"):
        run(written(home, "https://api.example.com/v1", policy=granted), out=home / "run")


def test_another_way_out_of_the_process_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import urllib.request

    from shisaku.models.embedded.rule_rewriter import RuleRewriter

    def chatty(self: Any, asks: Any) -> Any:
        urllib.request.urlopen("http://192.0.2.1/telemetry", timeout=1)

    monkeypatch.setattr(RuleRewriter, "answer", chatty)
    recipe = home / "r.yaml"
    recipe.write_text(
        "schema: 1\nname: x\ndata: {reader: table, with: {path: t.csv, licence: own, text: caption}}\n"
        "steps: [{name: w, op: text.rewrite, from: data, with: {text: text}}]\n"
    )
    (home / "t.csv").write_text("id,caption\n1,a frog\n2,a dog\n")
    with pytest.raises(EgressError, match=r"192\.0\.2\.1"):
        run(recipe, out=home / "run")
    refused = Run.open(home / "run").read_json("run")["guard"]["refused"]
    assert "192.0.2.1" in {one["host"] for one in refused}


def test_a_preview_tells_what_the_whole_will_cost(home: Path) -> None:
    with serving(obliging) as server:
        priced = written(home, server.url, more=", prices: {call: 0.01}")
        result = run(priced, out=home / "look", preview=2)
    rows = Run.open(home / "look").read_json("run")["forecast"]
    assert [(row["step"], row["measured"], row["calls"]) for row in rows] == [
        (step, 2, PHOTOS) for step in ("captioned", "painted", "reworded")
    ]
    assert all(row["low"] <= row["total"] <= row["high"] for row in rows)
    assert rows[0]["total"] == pytest.approx(PHOTOS * 0.01)
    assert any("the whole would take" in str(note) for note in result.notes)


def test_why_an_answer_was_used_again_is_told(home: Path) -> None:
    with serving(obliging) as server:
        run(written(home, server.url), out=home / "run")
    rows = guard_cache("captioned")["calls"]
    assert len(rows) == PHOTOS
    assert {row["why"]["template"] for row in rows} == {"It was paid once and its answer is used from then on"}
    assert guard_cache("", rows[0]["key"])["calls"][0]["key"] == rows[0]["key"]
    assert guard_cache("nobody")["calls"] == []


def test_a_forgotten_sample_leaves_the_ledger_without_a_name_and_its_chain_whole(home: Path) -> None:
    ingest(home / "photos", home / "ds", licence="own")
    with serving(obliging) as server:
        recipe = written(home, server.url)
        recipe.write_text(recipe.read_text().replace(FOLDER, "{reader: dataset, with: {path: ds}}"), "utf-8")
        run(recipe, out=home / "run")
        before, sent = guard_ledger(home / "run")["requests"], len(server.asked)
        target = next(iter(Run.open(home / "run").stream("data").ids()))
        assert guard_explain(home / "run", sample=target)["decisions"]
        found = data_forget(home / "ds", target, runs=[home / "run"])
        assert found["found"] == []
        after = guard_ledger(home / "run")
        # What was paid for the others is not paid for again.
        run(recipe, out=home / "again")
    assert len(server.asked) == sent
    assert after["whole"]
    assert guard_verify(home / "run")["records"] >= len(before)
    assert [row["bytes"] for row in after["requests"]] == [row["bytes"] for row in before]
    named = {part["sample"] for row in after["requests"] for part in row["sent"]}
    assert not [one for one in named if one == target or one.startswith(f"{target}/")]
    with pytest.raises(DataError):
        guard_explain(home / "run", sample=target)
    assert target.encode() not in b"".join(path.read_bytes() for path in (home / "run" / "guard").iterdir())


def test_what_one_policy_held_back_is_asked_again_under_one_that_allows_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("203.0.113.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    policy = "policy: {{level: raw, models: [seeing], fields: [image, prompt], purposes: [caption], consents: [{who}]}}"
    reasons = []
    for who in ("", "signed"):
        recipe = written(home, "https://nowhere.invalid/v1", policy=policy.format(who=who))
        text = recipe.read_text().replace("licence: own", "licence: CC0-1.0, consent: signed")
        recipe.write_text(
            text[: text.index("  - {name: reworded")].replace("budget: {}", "budget: {minutes: 0.1}"), "utf-8"
        )
        run(recipe, out=home / f"run-{who}")
        drops = Run.open(home / f"run-{who}").read_rows("drops")
        reasons.append({row["template"] for row in drops if row["step"] == "captioned"})
    held_back, tried = reasons
    assert any("onsent" in one for one in held_back), reasons
    assert tried
    assert not tried & held_back
