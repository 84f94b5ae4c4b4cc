"""Tables with a column for each annotator."""

from __future__ import annotations

from pathlib import Path

from shisaku.store.layout import layout_of
from shisaku.store.readers.table import TableReader


def table(folder: Path, head: str) -> Path:
    path = folder / "reviews.csv"
    path.write_text(
        f"text,{head},note\nIt broke after a week,bad,bad,x\nI would buy it again,good,,y\nNot sure,bad,good,z\n",
        "utf-8",
    )
    return path


def test_columns_of_annotators_are_labels(tmp_path: Path) -> None:
    path = table(tmp_path, "grade/anna,grade/bert")
    found = list(TableReader(str(path), text="text", label="grade").records())
    assert [record.labels for record in found] == [
        {"grade/anna": "bad", "grade/bert": "bad"},
        {"grade/anna": "good"},
        {"grade/anna": "bad", "grade/bert": "good"},
    ]
    assert found[0].facts == {"note": "x"}


def test_columns_of_a_usual_name_are_taken_without_being_told(tmp_path: Path) -> None:
    path = table(tmp_path, "class/anna,class/bert")
    records = list(layout_of(path).reader.records())
    assert records[0].labels == {"class/anna": "bad", "class/bert": "bad"}


def test_other_columns_with_a_slash_stay_facts(tmp_path: Path) -> None:
    path = table(tmp_path, "km/h,class")
    records = list(TableReader(str(path), text="text", label="class").records())
    assert records[0].labels == {"class": "bad"}
    assert records[0].facts == {"km/h": "bad", "note": "x"}
