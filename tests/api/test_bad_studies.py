"""A study that cannot be done, as the command line tells it: one sentence, where, what next, and no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from api_material import text_table

RECIPE = """\
schema: 1
name: bad
data: {{reader: table, with: {{path: "{path}", licence: own, label: label, text: text}}}}
steps:
  - {{name: more, op: text.classical, from: data, with: {{text: text}}}}
studies:
  - name: words
    label: label
    real: data
    feature: {{op: text.embed, with: {{model: char_ngrams, text: text}}}}
    grouping: {{near: 0}}
    splits: 2
    domains: [{{name: own, kind: resplit}}]
    primary: own
    arms: [{{name: real}}, {arm}]
    contrasts: [more]
    {extra}
"""
MORE = "{name: more, add: more}"


@pytest.mark.parametrize(
    ("drop", "arm", "extra", "code", "says", "where"),
    [
        ("tool", MORE, "", 5, "All real items have the same label (fruit)", "study words"),
        ("but one tool", MORE, "", 5, "Class tool has 1 items in 1 group", "study words"),
        ("", "{name: more, buy: labels}", "", 2, "no budget or no price", "buy"),
        ("", MORE, "tune: {C: [1, 1]}", 2, "tried twice", "tune"),
    ],
)
def test_what_where_and_next(tmp_path: Path, drop: str, arm: str, extra: str, code: int, says: str, where: str) -> None:
    table = text_table(tmp_path / "texts.csv")
    lines = table.read_text().splitlines()
    if drop:
        kept = [line for line in lines if not line.endswith(",tool")]
        table.write_text("\n".join(kept + ["a saw,tool"] * (drop == "but one tool")))
    (tmp_path / "bad.yaml").write_text(RECIPE.format(path=table, arm=arm, extra=extra))
    done = subprocess.run(
        [sys.executable, "-m", "shisaku", "run", "bad.yaml", "--out", "run", "--json"],
        cwd=tmp_path, env={**os.environ, "SHISAKU_STATE": str(tmp_path / "state")},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["exit_code"] == code
    text = told["text"] + "".join(problem["text"] for problem in told.get("problems", []))
    assert says in text
    assert where in text
    assert told["next"] or told["problems"]
