"""Shards of an ingest: small media lie in shard files, large ones in datasets whose files the whole one takes over."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from store_material import class_folders, sample, samples

import shisaku.store.pieces
from shisaku.core.drop import Drop, Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.store.cache import StepCache
from shisaku.store.datasets import SampleList, write_dataset
from shisaku.store.decoded import Decoded
from shisaku.store.ingest import ingest
from shisaku.store.job import Job
from shisaku.store.joined import DataFiles, write_joined
from shisaku.store.lance_table import LanceDataset
from shisaku.store.pieces import Pieces
from shisaku.store.readers.folder import FolderReader
from shisaku.store.sandbox import Sandbox
from shisaku.store.shard import ShardResult

DROPS = (Drop("gone", "data", "ingest", say("too dark ({x:.2f})", x=0.125)),)


def heavy(i: int) -> Sample:
    return sample(i).with_part("extra", Part("text", bytes([65 + i % 26]) * 300_000))


def pieces(root: Path) -> Pieces:
    return Pieces(StepCache(root), "ingest-x")


def put(kept: Pieces, shards: Iterable[list[Sample]]) -> list[Sample]:
    held = [list(shard) for shard in shards]
    for n, shard in enumerate(held):
        kept.put(f"{n:08d}", ShardResult(tuple(shard), DROPS))
    return [one for shard in held for one in shard]


MIXTURES: dict[str, list[list[Sample]]] = {
    "small": [samples(3), [sample(i) for i in range(3, 5)]],
    "large": [[heavy(i) for i in range(4)], [heavy(i) for i in range(4, 9)]],
    "mixed": [
        [heavy(i) for i in range(4)],
        [sample(i) for i in range(4, 6)],
        [],
        [sample(i) for i in range(6, 8)],
        [heavy(i) for i in range(8, 12)],
    ],
}


@pytest.mark.parametrize("name", MIXTURES)
def test_whatever_the_size_the_dataset_is_the_same_and_in_order(name: str, tmp_path: Path) -> None:
    kept = pieces(tmp_path)
    held = put(kept, MIXTURES[name])
    digests = kept.digests()
    assert digests == {one.id: one.digest for one in held}
    made = kept.write(tmp_path / "d", digests)
    kept.remove()
    assert made.fingerprint == SampleList(held).fingerprint
    again = LanceDataset(tmp_path / "d")
    assert list(again) == held
    assert [row["id"] for row in again.columns(["id"])] == [one.id for one in held]
    assert again.schema() == write_dataset(tmp_path / "usual", held).schema()


def test_large_media_are_written_once(tmp_path: Path) -> None:
    kept = pieces(tmp_path)
    put(kept, MIXTURES["large"])
    written = {path.stat().st_ino for path in (tmp_path / "steps").rglob("data/*.lance")}
    kept.write(tmp_path / "d", kept.digests())
    assert {path.stat().st_ino for path in (tmp_path / "d").rglob("data/*.lance")} == written


def test_without_hard_links_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", never)
    kept = pieces(tmp_path)
    held = put(kept, MIXTURES["mixed"])
    kept.write(tmp_path / "d", kept.digests())
    kept.remove()
    assert list(LanceDataset(tmp_path / "d")) == held


@pytest.mark.parametrize("name", MIXTURES)
def test_another_process_finds_the_shards_again(name: str, tmp_path: Path) -> None:
    put(pieces(tmp_path), MIXTURES[name])
    kept = pieces(tmp_path)
    for n, shard in enumerate(MIXTURES[name]):
        found = kept.get(f"{n:08d}")
        assert found is not None
        assert (found.samples, found.drops) == (tuple(shard), DROPS)
    assert kept.get("00000099") is None
    made = kept.write(tmp_path / "d", kept.digests())
    assert list(made) == [one for shard in MIXTURES[name] for one in shard]


@pytest.mark.parametrize("torn", ["manifest.json", "samples.lance/data/*", "samples.lance/_versions/*.manifest"])
def test_a_damaged_large_shard_is_made_again(torn: str, tmp_path: Path) -> None:
    put(pieces(tmp_path), MIXTURES["large"])
    place = tmp_path / "steps" / "ingest-x" / "00000001" / "dataset"
    path = next(place.glob(torn))
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)
    kept = pieces(tmp_path)
    assert kept.get("00000000") is not None
    assert kept.get("00000001") is None
    put(kept, MIXTURES["large"])
    assert len(kept.write(tmp_path / "d", kept.digests())) == 9


def test_one_id_twice_is_refused_wherever_it_lies(tmp_path: Path) -> None:
    for n, shards in enumerate(([[heavy(1), *map(heavy, range(2, 5)), heavy(1)]], [MIXTURES["large"][0], [sample(2)]])):
        kept = pieces(tmp_path / str(n))
        put(kept, shards)
        with pytest.raises(DataError, match="s000"):
            kept.digests()


def test_shards_that_somebody_removed_meanwhile_are_an_error_that_says_to_run_again(tmp_path: Path) -> None:
    kept = pieces(tmp_path)
    put(kept, MIXTURES["large"])
    shutil.rmtree(tmp_path / "steps")
    with pytest.raises(MachineError):
        kept.write(tmp_path / "d", kept.digests())
    assert not (tmp_path / "d").exists()


def test_a_part_that_loses_its_file_while_it_is_taken_over_leaves_nothing(tmp_path: Path) -> None:
    part = DataFiles.of(write_dataset(tmp_path / "part", samples(3)))
    shutil.rmtree(tmp_path / "part" / "samples.lance" / "data")
    with pytest.raises(MachineError):
        write_joined(tmp_path / "d", [part], [one.digest for one in samples(3)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part"]


def test_killed_with_large_shards_it_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "data", each=150)
    script = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        import shisaku.store.pieces
        from shisaku.store.ingest import ingest
        from shisaku.store.readers.folder import FolderReader
        shisaku.store.pieces.LARGE = 1000
        def progress(what, done, total):
            if done >= 128:
                os.kill(os.getpid(), signal.SIGKILL)
        ingest(FolderReader(sys.argv[1]), Path(sys.argv[2]), progress)
    """)
    cache = tmp_path / "cache"
    killed = subprocess.run([sys.executable, "-c", script, str(root), str(cache)], check=False)
    assert killed.returncode == -signal.SIGKILL
    (step,) = (cache / "steps").iterdir()
    kept = sorted(path.parent.name for path in step.glob("*/dataset"))
    assert kept[:2] == ["00000000", "00000064"]
    path = next((step / kept[0]).rglob("data/*.lance"))
    path.write_bytes(path.read_bytes()[:100])
    counted: list[Job] = []
    decode_all = Sandbox.map

    def counting(self: Sandbox, jobs: Iterable[Job]) -> Iterator[Decoded | Failure]:
        given = list(jobs)
        counted.extend(given)
        return decode_all(self, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "map", counting)
        patch.setattr(shisaku.store.pieces, "LARGE", 1000)
        resumed = ingest(FolderReader(str(root)), cache)
    assert len(counted) == sum(min(64, 300 - at) for at in range(0, 300, 64) if f"{at:08d}" not in kept[1:])
    fresh = ingest(FolderReader(str(root)), tmp_path / "fresh")
    assert resumed.dataset.fingerprint == fresh.dataset.fingerprint
    assert list(resumed.dataset) == list(fresh.dataset)
    assert not step.exists()
