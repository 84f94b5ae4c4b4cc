"""The journal among the other things that are kept: not cleared unasked, and forgotten with its samples."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from test_journal import ANSWER, intent, paid

import shisaku
from shisaku.core.sample import Part, Sample
from shisaku.guard.journal import Journal, journal_dir
from shisaku.store.datasets import SampleList
from shisaku.store.home import commit, writing


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))


def journal_about(*samples: str) -> list[str]:
    async def run(journal: Journal) -> None:
        for n, sample in enumerate(samples):
            await paid(journal, intent(n, samples=(sample,)))

    journal = Journal(journal_dir(), "run")
    asyncio.run(run(journal))
    journal.close()
    return [intent(n).key for n in range(len(samples))]


def answers(keys: list[str]) -> list[bool]:
    journal = Journal(journal_dir(), "run")
    found = journal.find(keys)
    journal.close()
    return [found.get(key) == ANSWER for key in keys]


def test_it_is_listed_and_cleared_only_by_its_name(tmp_path: Path) -> None:
    keys = journal_about("a", "b")
    (tmp_path / "cache/steps").mkdir()
    (tmp_path / "cache/steps/one").write_bytes(b"x" * 9)
    assert shisaku.cache_list()["kinds"]["journal"]["bytes"] > 1000
    assert shisaku.cache_clear()["bytes"] == 9
    assert shisaku.cache_prune(0.0)["entries"] == 0
    assert answers(keys) == [True, True]
    shisaku.cache_clear("journal")
    assert not any(path.is_file() for path in (tmp_path / "cache/journal").iterdir())


def test_forgetting_a_record_forgets_what_was_paid_about_it(tmp_path: Path) -> None:
    with writing(tmp_path / "ds") as home:
        held = [Sample(f"record-{n}", {"text": Part.from_text(f"the words of record {n} only")}) for n in range(4)]
        commit(home, SampleList(held), inline_mb=4.0)
    keys = journal_about("record-0", "record-1", "record-1/reworded.0", "record-2")
    found = shisaku.data_forget(tmp_path / "ds", "record-1")
    assert found["found"] == []
    assert found["cache_entries"] == 2
    assert answers(keys) == [True, False, False, True]
