"""``--isolate``: the same command, in a process from which no route leads out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shisaku.errors import MachineError
from shisaku.guard.isolate import isolated

RECIPE = """
schema: 1
name: alone
data: {reader: table, with: {path: t.csv, licence: own, text: caption}}
steps:
  - {name: reworded, op: text.rewrite, from: data, with: {text: text}}
"""


@pytest.fixture(scope="module", autouse=True)
def allowed() -> None:
    try:
        isolated([sys.executable, "-c", "pass"])
    except MachineError as error:
        pytest.skip(f"this system does not allow it: {error.what}")


def test_a_run_works_without_any_route(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(RECIPE)
    (tmp_path / "t.csv").write_text("id,caption\n1,There is a frog.\n2,There is a dog.\n")
    command = [sys.executable, "-m", "shisaku", "run", "r.yaml", "--out", "run", "--isolate"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "SHISAKU_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "run/report.html").is_file()


def test_its_exit_code_is_that_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("schema: 1\nname: x\n")
    command = [sys.executable, "-m", "shisaku", "run", "r.yaml", "--isolate"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 2
