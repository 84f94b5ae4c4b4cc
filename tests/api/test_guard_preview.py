"""What a dry run tells, against what a run then sends."""

from __future__ import annotations

import base64
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from shisaku.api import guard_preview, run
from shisaku.api.guarding import guard_ledger
from shisaku.cli.guard import app
from shisaku.errors import RecipeError
from shisaku.guard.record import DENIED
from shisaku.guard.verify import records

sys.path.append(str(Path(__file__).parents[1] / "models"))

from openai_server import Asked, Double, Given, chat_answer, given, serving

PHOTOS = 6
STEPS = """
  - {name: turned, op: image.classical, from: data}
  - {name: captioned, op: pairs.describe, from: turned, with: {model: seeing}}
  - {name: straight, op: pairs.describe, from: data, with: {model: seeing}}
  - {name: reworded, op: text.rewrite, from: captioned, with: {model: writer, text: caption_made}}
"""
MODELS = """
  seeing: {{way: openai, url: "{url}", model: eyes{more}}}
  writer: {{way: openai, url: "{url}", model: words{more}}}
"""
AWAY = "https://203.0.113.7/v1"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    (tmp_path / "photos").mkdir()
    for place in range(PHOTOS):
        cv2.imwrite(str(tmp_path / "photos" / f"{place}.png"), rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))
    return tmp_path


@pytest.fixture
def server() -> Iterator[Double]:
    with serving(obliging) as double:
        yield double


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that somebody connects to, and every name that is looked up."""
    seen: list[Any] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            seen.append(address)
        connect(self, address)

    def looking(host: Any, *rest: Any, **more: Any) -> Any:
        seen.append(host)
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking)
    return seen


def obliging(asked: Asked) -> Given:
    if asked.path.startswith("/v1/images"):
        _, data = cv2.imencode(".png", np.full((48, 64, 3), 90, np.uint8))
        return given({"data": [{"b64_json": base64.b64encode(data.tobytes()).decode()}]})
    return chat_answer(f"{asked.body['model']} say {abs(hash(json.dumps(asked.body))) % 10_000}")


def written(home: Path, url: str, steps: str = STEPS, policy: str = "", more: str = "", licence: str = "own") -> Path:
    path = home / "r.yaml"
    text = (
        f"schema: 1\nname: shown\nseed: 2\n{policy}\nmodels:{MODELS.format(url=url, more=more)}"
        f"data: {{reader: folder, with: {{path: photos, kind: image, licence: {licence}}}}}\nsteps:{steps}"
    )
    path.write_text(text, "utf-8")
    return path


def by_step(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["step"]: row for row in found["rows"]}


def files(place: Path) -> set[str]:
    return {str(one.relative_to(place)) for one in place.rglob("*") if one.is_file()}


def test_what_is_told_is_what_a_run_then_sends(home: Path, server: Double, reached: list[Any]) -> None:
    recipe = written(home, server.url)
    found = guard_preview(recipe)
    assert (server.asked, reached) == ([], [])
    rows = by_step(found)
    assert set(rows) == {"captioned", "straight"}
    run(recipe, out=home / "run")
    sent = guard_ledger(home / "run")["requests"]
    for step, row in rows.items():
        mine = [one for one in sent if one["step"] == step]
        assert row["leave"] == len(mine) == PHOTOS
        assert row["bytes"] == sum(one["bytes"] for one in mine)
        assert row["samples"] == len({part["sample"] for one in mine for part in one["sent"]})
        fields = {part["field"] for one in mine for part in one["sent"]}
        assert row["fields"] == {
            name: sum(part["bytes"] for one in mine for part in one["sent"] if part["field"] == name) for name in fields
        }
        assert (row["host"], row["place"], row["purpose"], row["looked_up"]) == (
            "127.0.0.1", "machine", "caption", True,
        )  # fmt: skip
    (hidden,) = found["hidden"]
    assert (hidden["step"], hidden["models"], hidden["because"]) == ("reworded", ["writer"], ["captioned"])
    assert (found["leave"], found["denied"]) == (2 * PHOTOS, 0)


def test_nothing_of_it_is_left_but_what_was_read(home: Path, server: Double) -> None:
    recipe = written(home, server.url)
    before = files(home)
    guard_preview(recipe)
    assert {name.split("/")[1] for name in files(home) - before} <= {"datasets", "ingest"}
    run(recipe, out=home / "run")
    assert len(server.asked) == 3 * PHOTOS
    after = {name: (home / name).read_bytes() for name in files(home)}
    found = guard_preview(recipe)
    assert (found["rows"], found["leave"], len(server.asked)) == ([], 0, 3 * PHOTOS)
    assert {name for name in files(home) if (home / name).read_bytes() != after.get(name)} == set()


def test_answers_of_the_journal_show_what_hangs_on_them(home: Path, server: Double) -> None:
    cut = STEPS.rpartition("  - {name: reworded")[0]
    run(written(home, server.url, steps=cut), out=home / "run")
    (home / "cache" / "steps").rename(home / "gone")
    rows = by_step(found := guard_preview(written(home, server.url)))
    assert [rows[step]["answered"] for step in ("captioned", "straight")] == [PHOTOS, PHOTOS]
    assert (rows["reworded"]["leave"], rows["captioned"]["leave"], found["hidden"]) == (PHOTOS, 0, [])
    sent = len(server.asked)
    run(written(home, server.url), out=home / "more")
    assert len(server.asked) - sent == PHOTOS
    told = [one for one in guard_ledger(home / "more")["requests"] if one["step"] == "reworded"]
    assert rows["reworded"]["bytes"] == sum(one["bytes"] for one in told)


def test_what_the_policy_holds_back_is_told_by_the_rule_that_a_run_writes_down(home: Path) -> None:
    grants = "models: [seeing, writer], fields: [image, caption_made, prompt], purposes: [caption, reword]"
    recipe = written(home, AWAY, policy=f"policy: {{level: made, {grants}}}", licence="CC-BY-4.0")
    rows = by_step(found := guard_preview(recipe))
    assert (rows["straight"]["leave"], rows["straight"]["bytes"], rows["straight"]["samples"]) == (0, 0, 0)
    ((rule, told),) = rows["straight"]["denied"].items()
    done = CliRunner().invoke(app, ["preview", str(recipe)], env={"COLUMNS": "200", "SHISAKU_LANG": "en"})
    assert done.exit_code == 4
    assert "held back by real" in done.output
    run(recipe, out=home / "run")
    held = [one for one in records(home / "run" / "guard" / "ledger.jsonl") if one["kind"] == DENIED]
    mine = [one for one in held if one["step"] == "straight"]
    assert (rule, told["calls"]) == (mine[0]["rule"], len(mine)) == ("real", PHOTOS)
    assert told["said"] in [one["reason"] for one in mine]
    assert found["denied"] == len(held)
    assert found["hidden"] == []  # nothing answers, in a run neither


def test_what_a_run_refuses_is_refused(home: Path) -> None:
    with pytest.raises(RecipeError, match="would send to api"):
        guard_preview(written(home, "https://api.example.com/v1"))


def test_a_name_is_looked_up_only_where_that_is_asked_for(
    home: Path, reached: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = written(home, "http://models.example.internal/v1", more=", premises: true")
    found = guard_preview(recipe)
    assert reached == []
    row = by_step(found)["straight"]
    assert (row["place"], row["looked_up"], row["leave"], list(row["denied"])) == ("outside", False, 0, ["level"])
    assert "was not looked up" in str(found["notes"])
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    row = by_step(guard_preview(recipe, look_up=True))["straight"]
    assert (row["place"], row["looked_up"], row["leave"], row["denied"]) == ("premises", True, PHOTOS, {})


def test_a_look_at_a_few_tells_the_whole(home: Path, server: Double) -> None:
    recipe = written(home, server.url, more=", prices: {call: 0.01}")
    row = by_step(guard_preview(recipe, 2))["straight"]
    assert (row["leave"], row["at_most"], row["currency"]) == (2, pytest.approx(0.02), "USD")
    assert row["whole"]["calls"] == PHOTOS
    assert row["whole"]["at_most"]["total"] == pytest.approx(0.01 * PHOTOS)
    whole = by_step(guard_preview(recipe))["straight"]
    assert whole["whole"] is None
    size = row["whole"]["bytes"]
    assert size["low"] <= whole["bytes"] <= size["high"]


def test_the_same_request_twice_is_sent_once(home: Path, server: Double) -> None:
    for place in range(PHOTOS):
        (home / "photos" / f"{place}.png").write_bytes((home / "photos" / "0.png").read_bytes())
    recipe = written(home, server.url, steps=f"\n{STEPS.splitlines()[3]}\n")
    row = by_step(guard_preview(recipe))["straight"]
    run(recipe, out=home / "run")
    assert (row["calls"], row["leave"]) == (row["leave"] + row["repeated"], len(server.asked))


def test_rounds_after_the_first_hang_on_its_answers(home: Path, server: Double) -> None:
    (home / "t.csv").write_text("id,text,kind\n1,a frog in a pond,frog\n2,a dog on a lawn,dog\n")
    recipe = home / "w.yaml"
    recipe.write_text(
        f"schema: 1\nname: grown\nmodels:{MODELS.format(url=server.url, more='')}"
        "data: {reader: table, with: {path: t.csv, licence: own, text: text, label: kind}}\nsteps:\n"
        "  - {name: more, op: text.rewrite, from: data, rounds: 5, want: {n: 3}, with: {model: writer, text: text}}\n"
        "  - {name: again, op: text.rewrite, from: [data, more], with: {model: writer, text: text}}\n"
    )
    found = guard_preview(recipe)
    rows = by_step(found)
    assert (rows["more"]["leave"], rows["again"]["leave"]) == (2, 2)
    told = [(one["step"], one["because"]) for one in found["hidden"]]
    assert told == [("more", ["more"]), ("again", ["more"])]
    assert server.asked == []


def test_what_mixes_in_answers_is_left_out_and_named(home: Path, server: Double) -> None:
    steps = STEPS + (
        "  - {name: mixed, op: image.histogram, from: data, pool: captioned}\n"
        "  - {name: last, op: pairs.describe, from: mixed, with: {model: seeing}}\n"
    )
    found = guard_preview(written(home, server.url, steps=steps))
    assert "last" not in by_step(found)
    assert {one["step"]: one["because"] for one in found["hidden"]} == {
        "reworded": ["captioned"], "last": ["captioned"],
    }  # fmt: skip


def test_a_recipe_without_servers_says_so(home: Path) -> None:
    recipe = written(home, "http://127.0.0.1:9/v1", steps="\n  - {name: turned, op: image.classical, from: data}\n")
    done = CliRunner().invoke(app, ["preview", str(recipe)], env={"COLUMNS": "200", "SHISAKU_LANG": "en"})
    assert (done.exit_code, "no step of this recipe asks a server" in done.output) == (0, True)


def test_the_table_and_the_json(home: Path, server: Double) -> None:
    recipe = written(home, server.url, more=", prices: {call: 0.01}, key_env: NO_SUCH_KEY")
    env = {"COLUMNS": "200", "SHISAKU_LANG": "en"}
    done = CliRunner().invoke(app, ["preview", str(recipe), "--preview", "2"], env=env)
    assert done.exit_code == 0, done.output
    for word in ("captioned", "127.0.0.1", "machine", "0.02 USD", "Not to be shown: reworded", "NO_SUCH_KEY",
                 "the whole would be about 6 calls", "Nothing was sent"):  # fmt: skip
        assert word in done.output
    done = CliRunner().invoke(app, ["preview", str(recipe), "--json", "--out", str(home / "told.json")], env=env)
    assert json.loads(done.stdout) == json.loads((home / "told.json").read_bytes())
    assert server.asked == []
