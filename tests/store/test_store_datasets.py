from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_material import any_sample, sample, samples

from shisaku.core.dataset import Dataset
from shisaku.core.sample import Sample
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.store.cache import ShardResult, StepCache
from shisaku.store.datasets import LanceDataset, SampleList, ShardDataset, open_dataset, write_dataset, write_shards


def sharded(root: Path, held: list[Sample], shards: int) -> ShardDataset:
    cache = StepCache(root)
    for n in range(shards):
        cache.put("k", str(n), ShardResult(samples=tuple(held[n::shards])))
    return ShardDataset(cache.path("k", str(n)) for n in range(shards))


@pytest.fixture(params=["list", "lance", "shards"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Dataset:
    held = samples(150)[::-1]
    if request.param == "list":
        return SampleList(held)
    if request.param == "lance":
        return write_dataset(tmp_path / "d", held, {"title": "試作"})
    return sharded(tmp_path, held, 4)


def test_every_dataset_keeps_the_contract(made: Dataset) -> None:
    held = samples(150)
    assert isinstance(made, Dataset)
    assert len(made) == 150
    assert made.ids() == [s.id for s in held]
    assert list(made) == held
    asked = ["s0149", "s0003", "s0003", "s0077"]
    assert [s.id for s in made.take(asked)] == asked
    assert made.take(["s0077"]) == [sample(77)]
    assert made.take([]) == []
    with pytest.raises(DataError, match="nobody"):
        made.take(["nobody"])


def test_fingerprint_is_of_the_samples_alone(made: Dataset) -> None:
    assert made.fingerprint == SampleList(samples(150)).fingerprint
    assert made.fingerprint != SampleList(samples(149)).fingerprint
    other = [*samples(149), sample(149, labels={"class": "z"})]
    assert made.fingerprint != SampleList(other).fingerprint


@settings(max_examples=20, deadline=None)
@given(held=st.lists(any_sample, max_size=5, unique_by=lambda s: s.id), mix=st.randoms())
def test_lance_round_trip_in_any_order(
    held: list[Sample], mix: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shuffled = list(held)
    mix.shuffle(shuffled)
    made = write_dataset(tmp_path_factory.mktemp("d") / "d", iter(shuffled))
    assert list(made) == sorted(held, key=lambda s: s.id)
    assert made.fingerprint == SampleList(held).fingerprint


def test_order_of_shards_and_rounds_does_not_matter(tmp_path: Path) -> None:
    held = [sample(i, id=f"p{i}/step.{r}") for r in range(3) for i in range(20)]
    one, many = sharded(tmp_path / "1", held, 1), sharded(tmp_path / "7", held[::-1], 7)
    assert list(one) == list(many)
    assert one.fingerprint == many.fingerprint


@pytest.mark.parametrize("build", [SampleList, lambda held: write_dataset("unused-because-it-fails", held)])
def test_two_samples_of_one_id_are_refused(build: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="s0001"):
        build([sample(1), sample(2), sample(1)])
    assert list(tmp_path.iterdir()) == []


def test_shards_with_one_id_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="s0001"):
        sharded(tmp_path, [sample(1), sample(1)], 2)


def test_card_and_manifest_come_back(tmp_path: Path) -> None:
    made = write_dataset(tmp_path / "d", samples(2), {"title": "試作", "n": [1, 2]})
    assert LanceDataset(tmp_path / "d").card == {"title": "試作", "n": [1, 2]}
    assert json.loads((tmp_path / "d" / "manifest.json").read_text("utf-8"))["fingerprint"] == made.fingerprint


def test_an_error_of_the_source_comes_through_and_leaves_nothing(tmp_path: Path) -> None:
    def source() -> Iterator[Sample]:
        yield from samples(100)
        raise MachineError(say("the source broke"))

    with pytest.raises(MachineError, match="the source broke"):
        write_dataset(tmp_path / "d", source())
    assert list(tmp_path.iterdir()) == []


def test_the_same_dataset_is_written_once_and_another_never_over_it(tmp_path: Path) -> None:
    first = write_dataset(tmp_path / "d", samples(3))
    assert write_dataset(tmp_path / "d", samples(3)[::-1]).fingerprint == first.fingerprint
    with pytest.raises(MachineError, match="never overwritten"):
        write_dataset(tmp_path / "d", samples(4))
    (tmp_path / "other").mkdir()
    with pytest.raises(MachineError, match="never overwritten"):
        write_dataset(tmp_path / "other", samples(4))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d", "other"]


def test_what_is_no_dataset_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no dataset"):
        LanceDataset(tmp_path)
    (tmp_path / "manifest.json").write_text('{"schema": 99, "fingerprint": "x"}')
    with pytest.raises(MachineError, match="newer"):
        LanceDataset(tmp_path)
    (tmp_path / "manifest.json").write_text("{torn")
    with pytest.raises(DataError, match="damaged"):
        LanceDataset(tmp_path)


def test_a_flipped_byte_in_the_media_is_noticed(tmp_path: Path) -> None:
    held = samples(5)
    made = write_dataset(tmp_path / "d", held)
    for path in (tmp_path / "d" / "samples.lance" / "data").iterdir():
        raw = bytearray(path.read_bytes())
        at = raw.find(held[2].parts["image"].data)
        assert at >= 0
        raw[at + 100] ^= 0xFF
        path.write_bytes(raw)
    with pytest.raises(DataError, match="damaged"):
        list(LanceDataset(made.path))


def test_no_damage_gives_other_samples(tmp_path: Path) -> None:
    held = samples(3)
    write_dataset(tmp_path / "d", held)
    files = sorted(path for path in (tmp_path / "d").rglob("*") if path.is_file())
    rng = np.random.default_rng(0)
    for n in range(90):
        path = files[n % len(files)]
        whole = path.read_bytes()
        if n % 3:
            flipped = bytearray(whole)
            flipped[int(rng.integers(len(whole)))] ^= 1 << int(rng.integers(8))
            path.write_bytes(flipped)
        else:
            path.write_bytes(whole[: int(rng.integers(len(whole)))])
        with suppress(DataError, MachineError):
            assert list(LanceDataset(tmp_path / "d")) == held
        path.write_bytes(whole)


def test_a_lost_table_is_noticed(tmp_path: Path) -> None:
    made = write_dataset(tmp_path / "d", samples(3))
    for path in (tmp_path / "d" / "samples.lance" / "data").iterdir():
        path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(DataError, match="damaged"):
        list(LanceDataset(made.path))


def test_shard_lists_open_again_after_being_moved_together(tmp_path: Path) -> None:
    shards = sharded(tmp_path / "a" / "cache", samples(10), 3)
    write_shards(tmp_path / "a" / "stream.json", shards)
    (tmp_path / "a").rename(tmp_path / "b")
    again = open_dataset(tmp_path / "b" / "stream.json")
    assert list(again) == samples(10)
    assert again.fingerprint == shards.fingerprint


def test_a_lost_shard_is_a_clear_error(tmp_path: Path) -> None:
    shards = sharded(tmp_path, samples(10), 3)
    shards.paths[1].unlink()
    with pytest.raises(MachineError):
        list(shards)
    with pytest.raises(MachineError):
        ShardDataset(shards.paths)


def test_killed_in_the_middle_of_writing_there_is_no_dataset(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys, time
        sys.path.insert(0, sys.argv[1])
        from store_material import sample
        from shisaku.store.datasets import write_dataset
        def source():
            for i in range(10_000):
                if i == 200:
                    print("half", flush=True)
                    time.sleep(60)
                yield sample(i % 50, id=str(i))
        write_dataset(sys.argv[2], source())
    """)
    target = tmp_path / "d"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(Path(__file__).parent), str(target)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
    assert not target.exists()
    left = next(tmp_path.iterdir())
    os.utime(left, (0, 0))
    assert len(write_dataset(target, samples(3))) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["d"]
