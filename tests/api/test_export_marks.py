"""What is exported says how it was made: in the files, and beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from api_material import class_folder

from shisaku.api import augment
from shisaku.store.ingest import ingest
from shisaku.store.marks import read_mark
from shisaku.store.readers.folder import FolderReader

RECIPE = """
schema: 1
name: marks
data: {reader: folder, with: {path: photos, licence: own}}
steps:
  - {name: changed, op: image.classical, from: data}
"""


def test_exported_media_carry_the_mark_and_come_in_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    class_folder(tmp_path / "photos", each=2)
    (tmp_path / "marks.yaml").write_text(RECIPE)
    augment(tmp_path / "marks.yaml", tmp_path / "out")
    rows = [json.loads(line) for line in (tmp_path / "out" / "metadata.jsonl").read_text().splitlines()]
    assert len(rows) == 4
    for row in rows:
        about = json.loads(row["made_by"])
        assert (about["op"], about["step"], about["policy"]) == ("image.classical", "changed", "on-prem")
        assert row["image_digital_source_type"] == "algorithmicallyEnhanced"
        assert read_mark(tmp_path / "out" / row["file_name"]) == "algorithmicallyEnhanced"
    assert not any(read_mark(path) for path in (tmp_path / "photos").rglob("*.png")), "the real ones stay as they are"
    again = ingest(FolderReader(str(tmp_path / "out")), tmp_path / "cache").dataset
    assert {sample.facts["image_digital_source_type"] for sample in again} == {"algorithmicallyEnhanced"}
