"""A sample can be forgotten, and the chain of the ledger stays whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

from guard_material import AWAY, GRANTED, OUTSIDE, PICTURE, call, part

from shisaku.guard.ledger import Ledger
from shisaku.guard.names import forget_names, names_file
from shisaku.guard.record import denied, opening
from shisaku.guard.verify import records, verify
from shisaku.message import say

DIGEST = hashlib.sha256(PICTURE).hexdigest()


def written(folder: Path) -> Path:
    """A ledger of two requests and a denial, about two samples with the same picture."""
    path = folder / "ledger.jsonl"
    ledger = Ledger(path)
    both = call(part(), part(sample="s2"))
    no = denied(both, AWAY, GRANTED, "licence", say("The licence of {sample} is unknown", sample="s2"))
    ledger.write([opening(both, AWAY, OUTSIDE, GRANTED, body=b"x"), no])
    ledger.write([opening(call(), AWAY, OUTSIDE, GRANTED, body=b"y")])
    ledger.close()
    return path


def test_the_chain_names_nobody_and_the_reader_is_told(tmp_path: Path) -> None:
    path = written(tmp_path)
    raw = path.read_text()
    assert DIGEST not in raw
    assert '"s1"' not in raw
    first, second, third = records(path)
    assert [one["sample"] for one in first["sent"]] == ["s1", "s2"]
    assert {one["sha256"] for one in (*first["sent"], *third["sent"])} == {DIGEST}
    assert second["reason"]["values"] == {"sample": "s2"}


def test_two_samples_with_the_same_content_cannot_be_matched(tmp_path: Path) -> None:
    path = written(tmp_path)
    forget_names(path, lambda id_: True)
    first, *_ = records(path)
    assert len({one["sha256"] for one in first["sent"]}) == 2


def test_what_is_forgotten_is_in_neither_file_and_the_chain_holds(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert forget_names(path, lambda id_: id_ == "s2") == 2
    assert verify(path).broken is None
    held = path.read_text() + names_file(path).read_text()
    assert '"s2"' not in held
    first, second, _ = records(path)
    assert first["sent"][0]["sample"] == "s1"
    assert first["sent"][1]["sample"].startswith("~")
    assert second["reason"]["values"]["sample"].startswith("~")


def test_another_process_may_go_on_and_a_torn_line_means_nothing(tmp_path: Path) -> None:
    path = written(tmp_path)
    with names_file(path).open("a") as file:
        file.write('{"name": "~half')
    Ledger(path).write([opening(call(part(sample="s3")), AWAY, OUTSIDE, GRANTED, body=b"z")])
    assert [one["sent"][0]["sample"] for one in records(path)] == ["s1", "s1", "s1", "s3"]
    assert verify(path).broken is None
