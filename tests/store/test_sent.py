"""A record travels between our processes as JSON and arrives as it was."""

from __future__ import annotations

import json
from pathlib import Path

from shisaku.message import say
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.sent import record_from_plain, record_to_plain


def test_a_record_arrives_as_it_was_sent() -> None:
    parts = {
        "image": RawPart("image", Path("a/b\udcff.png"), uri="b.png"),
        "inside": RawPart("image", bytes(range(256))),
        "text": RawPart("text", "日本語", "ja"),
        "audio": RawPart("audio", Path("x.wav"), span=(0.5, 2.0), clock="c", cut=True),
    }
    record = Record("id", parts, {"class": "a"}, "g", "cc0", "yes", {"split": "test"}, None, ("p",), 2, True)
    broken = Record("other", problem=say("{n} are missing", n=3))
    for one in (record, broken):
        assert record_from_plain(json.loads(json.dumps(record_to_plain(one)))) == one
