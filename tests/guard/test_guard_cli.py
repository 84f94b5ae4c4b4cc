"""The verbs over the ledger of a run: what they print, their exit codes, their JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from guard_material import ANON, AWAY, FINDERS, HERE, OUTSIDE, call, part
from typer.testing import CliRunner

from shisaku.api.guarding import guard_explain, guard_head, guard_ledger, guard_verify
from shisaku.cli.guard import app
from shisaku.core.policy import Policy
from shisaku.errors import DataError
from shisaku.guard.chain import Head, link
from shisaku.guard.head import about_run
from shisaku.guard.hosts import named
from shisaku.guard.ledger import Ledger, ledger_of
from shisaku.guard.permission import denied as why_denied
from shisaku.guard.permission import judge
from shisaku.guard.record import blocked, closing, denied, opening
from shisaku.store.run import Run


def shisaku(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200", "SHISAKU_LANG": "en"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    Run.create(tmp_path / "run", recipe_text="name: x", recipe_fingerprint="f").finish("done")
    return tmp_path / "run"


@pytest.fixture
def run(quiet: Path) -> Path:
    ledger = Ledger(ledger_of(quiet))
    away, here, two = call(), call(part(sample="s2"), key="k2"), call(part(sample="s1"), part(sample="s3"), key="k3")
    at_home = named(HERE)
    assert at_home is not None
    rules = judge(away, AWAY, ANON, FINDERS, OUTSIDE).asked
    ledger.write([opening(away, AWAY, OUTSIDE, ANON, body=b"x" * 500, rules=rules)])
    ledger.write([closing(1, status=200, received=90, cost=0.002, currency="USD", seconds=0.5)])
    ledger.write([opening(here, HERE, at_home, Policy(), body=b"x" * 20, rules=("endpoint",))])
    refused = why_denied(two, AWAY, Policy(), FINDERS, OUTSIDE)
    assert refused is not None
    ledger.write([denied(two, AWAY, Policy(), "level", refused), blocked("socket.connect", "192.0.2.1")])
    Run.create(quiet, recipe_text="name: x", recipe_fingerprint="f").write_json("run", about_run(ledger.path))
    return quiet


def test_a_run_without_egress_says_so_and_is_good(quiet: Path) -> None:
    code, text = shisaku("verify", quiet)
    assert (code, "Nothing left" in text) == (0, True)
    assert "Nothing left" in shisaku("ledger", quiet)[1]
    assert "Nothing was asked" in shisaku("explain", quiet)[1]
    assert shisaku("head", quiet) == (0, "0 -\n")
    assert guard_verify(quiet)["records"] == 0


def test_the_ledger_is_listed_with_sums(run: Path) -> None:
    code, text = shisaku("ledger", run)
    assert code == 0
    for word in ("api.example.com:443", "outside", "machine", "painter", "caption", "s1", "500", "0.002 USD"):
        assert word in text
    assert "held back 1 calls" in text
    assert "192.0.2.1" in text
    code, text = shisaku("ledger", run, "--json")
    found = json.loads(text)
    assert [row["answered"] for row in found["requests"]] == [True, False]
    first = {"requests": 1, "bytes": 500, "samples": 1, "cost": {"USD": "0.002"}}
    assert first.items() <= found["totals"][0].items()
    assert found == guard_ledger(run)


def test_a_whole_ledger_is_verified_with_its_counts(run: Path) -> None:
    code, text = shisaku("verify", run)
    assert code == 0
    assert "5 records, 2 requests, 520 bytes, 1 held back, 1 connections stopped" in text
    head = guard_head(run)["head"]
    assert shisaku("head", run) == (0, f"5 {head}\n")
    assert shisaku("verify", run, "--head", head)[0] == 0
    code, text = shisaku("verify", run, "--head", "0f" * 32)
    assert code == 4
    assert "--head" in text


def test_a_broken_chain_is_an_exit_code_and_a_record(run: Path) -> None:
    place = ledger_of(run)
    place.write_bytes(place.read_bytes().replace(b'"bytes":20,', b'"bytes":21,'))
    code, text = shisaku("verify", run)
    assert code == 4
    assert "broken at record 3" in text
    code, text = shisaku("verify", run, "--json")
    found = json.loads(text)
    assert (code, found["whole"], found["at"]) == (4, False, 3)
    assert "may be wrong" in shisaku("ledger", run)[1]
    with pytest.raises(DataError, match="broken"):
        guard_head(run)


def test_a_ledger_that_was_removed_is_missed_by_the_run(run: Path) -> None:
    place = ledger_of(run)
    place.unlink()
    place.with_suffix(".head").unlink()
    code, text = shisaku("verify", run)
    assert code == 4
    assert "run.json" in text


def test_a_decision_is_explained_by_sample_and_by_call(run: Path) -> None:
    code, text = shisaku("explain", run, "--sample", "s1")
    assert code == 0
    assert "let out" in text
    assert "held back" in text
    assert "the policy names the model" in text
    assert "attests the redactions" in text
    assert "lets nothing leave the premises" in text
    assert "s3" not in text
    assert "stays on this machine" in shisaku("explain", run, "--call", "k2")[1]
    code, text = shisaku("explain", run, "--call", "k3", "--json")
    (one,) = json.loads(text)["decisions"]
    assert (one["allowed"], [two["sample"] for two in one["sent"]]) == (False, ["s1", "s3"])
    with pytest.raises(DataError, match="s9"):
        guard_explain(run, "s9")


def test_lines_that_are_chained_but_say_nothing_known_are_no_traceback(quiet: Path) -> None:
    place = ledger_of(quiet)
    place.parent.mkdir()
    place.write_bytes(link({"kind": "opening"}, Head(), "now")[0])
    for ask in (guard_ledger, guard_verify, guard_explain):
        with pytest.raises(DataError, match="no ledger"):
            ask(quiet)


def test_every_verb_has_an_example() -> None:
    assert all("Example" in (command.callback.__doc__ or "") for command in app.registered_commands if command.callback)
