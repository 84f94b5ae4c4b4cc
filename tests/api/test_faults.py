"""What happens to a whole run on a bad day: killed anywhere, no network, caches that cannot be written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from api_material import text_table

RECIPE = """\
schema: 1
name: texts
seed: 3
data: {{reader: table, with: {{path: "{path}", text: text, label: label, lang: ja, licence: own}}}}
steps:
  - {{name: varied, op: text.classical, from: data, rounds: 3, with: {{text: text}}}}
studies:
  - name: s
    label: label
    real: data
    feature: {{op: text.embed, with: {{text: text, model: char_ngrams}}}}
    grouping: {{near: 0}}
    splits: 8
    domains: [{{name: own, kind: resplit}}]
    primary: own
    arms: [{{name: real}}, {{name: varied, add: varied}}, {{name: tuned, add: varied, weights: [0.1, 0.5, 1.0]}}]
    contrasts: [varied, tuned]
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "texts.yaml"
    path.write_text(RECIPE.format(path=text_table(tmp_path / "t.csv", "ja")), encoding="utf-8")
    return path


def environment(place: Path) -> dict[str, str]:
    return {**os.environ, "SHISAKU_CACHE": str(place / "cache"), "SHISAKU_STATE": str(place / "state")}


def command(recipe: Path, place: Path) -> list[str]:
    return [sys.executable, "-m", "shisaku", "run", str(recipe), "--out", str(place / "run"), "--json"]


def whole(recipe: Path, place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(recipe, place), env=environment(place), capture_output=True, text=True, timeout=250, check=False
    )


def left_behind(place: Path) -> dict[str, object]:
    """Everything a run says, but its timings."""
    verdict = json.loads((place / "run" / "verdict.json").read_text())
    from shisaku.store.run import Run

    run = Run.open(place / "run")
    tables = {name: run.read_rows(name) for name in ("counts", "drops", "lineage", "arm_scores", "predictions")}
    return {"verdict": verdict, **tables}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])
def test_a_run_stopped_anywhere_ends_like_an_undisturbed_one(how: signal.Signals, recipe: Path, tmp_path: Path) -> None:
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    began = time.monotonic()
    assert whole(recipe, calm).returncode == 0
    length = time.monotonic() - began
    for share in (0.3, 0.5, 0.7, 0.85):
        process = subprocess.Popen(
            command(recipe, disturbed), env=environment(disturbed), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(share * length)
        process.send_signal(how)
        process.communicate(timeout=60)
    done = whole(recipe, disturbed)
    assert done.returncode == 0, done.stderr
    assert left_behind(calm) == left_behind(disturbed)


def namespaces() -> bool:
    return subprocess.run(["unshare", "-rnm", "true"], capture_output=True, check=False).returncode == 0


needs_namespaces = pytest.mark.skipif(not namespaces(), reason="this kernel gives us no namespace of our own")


def inside(mounts: str, words: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    """Run `words` in a namespace without network, after `mounts` were made in it."""
    script = f'{mounts}\nexec "$@"'
    return subprocess.run(
        ["unshare", "-rnm", "sh", "-ec", script, "sh", *words],
        env=environment(place), capture_output=True, text=True, timeout=250, check=False,
    )  # fmt: skip


@needs_namespaces
def test_without_network_and_with_a_cache_that_cannot_be_written(recipe: Path, tmp_path: Path) -> None:
    first = whole(recipe, tmp_path)
    assert first.returncode == 0, first.stderr
    before = left_behind(tmp_path)
    shutil.rmtree(tmp_path / "run")
    cache = tmp_path / "cache"
    mounts = f"mount --bind {cache} {cache}; mount -o remount,bind,ro {cache}"
    again = inside(mounts, command(recipe, tmp_path), tmp_path)
    assert again.returncode == 0, again.stderr
    assert left_behind(tmp_path) == before


@needs_namespaces
def test_a_full_disk_is_said_and_the_run_goes_on_with_room(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    full = inside(f"mount -t tmpfs -o size=24k tmpfs {tmp_path}/run", command(recipe, tmp_path), tmp_path)
    assert full.returncode == 4, full.stdout + full.stderr
    assert json.loads(full.stdout)["error"] == "MachineError"
    assert "Traceback" not in full.stderr
    assert whole(recipe, tmp_path).returncode == 0


def test_changing_a_split_seed_makes_no_data_anew(recipe: Path, tmp_path: Path) -> None:
    assert whole(recipe, tmp_path).returncode == 0
    done = subprocess.run(
        [*command(recipe, tmp_path)[:-2], str(tmp_path / "other"), "--split-seed", "9", "--json"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    from shisaku.store.run import Run

    assert all(row["cached"] for row in Run.open(tmp_path / "other").read_rows("timings"))
