from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_material import any_drop, any_sample, sample, samples

from shisaku.core.drop import Drop
from shisaku.errors import MachineError
from shisaku.message import say
from shisaku.store.cache import ShardResult, StepCache
from shisaku.store.shard import shard_to_bytes

RESULT = ShardResult(
    samples=tuple(samples(3)),
    drops=(Drop("s9", "step", "image.x", say("too dark ({x:.2f})", x=0.125), 0.125),),
    state={"s0000": (1.0, "a"), "n": 3},
    seconds=1.5,
)

results = st.builds(
    ShardResult,
    samples=st.lists(any_sample, max_size=2).map(tuple),
    drops=st.lists(any_drop, max_size=2).map(tuple),
    state=st.none() | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    seconds=st.floats(0, 100),
)


@settings(deadline=None)
@given(result=results)
def test_results_come_back(result: ShardResult, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = StepCache(tmp_path_factory.mktemp("c"))
    assert cache.get("key", "0") is None
    cache.put("key", "0", result)
    assert cache.get("key", "0") == result
    assert cache.get("key", "1") is None
    assert cache.get("other", "0") is None


def test_equal_results_are_equal_bytes() -> None:
    assert shard_to_bytes(RESULT) == shard_to_bytes(RESULT)


def test_state_with_arrays_comes_back(tmp_path: Path) -> None:
    StepCache(tmp_path).put("k", "0", ShardResult(state={"v": np.eye(3, dtype=np.float32)}))
    again = StepCache(tmp_path).get("k", "0")
    assert again is not None
    assert again.state is not None
    assert np.array_equal(again.state["v"], np.eye(3))


@pytest.mark.parametrize("word", ["../../escape", "日本語 キー", "a/b", "", ".", "x" * 300, "con\0trol"])
def test_any_key_stays_inside_the_cache(word: str, tmp_path: Path) -> None:
    cache = StepCache(tmp_path / "c")
    cache.put(word, word, RESULT)
    assert cache.get(word, word) == RESULT
    assert cache.get(word, word + "x") is None
    assert cache.path(word, word).resolve().is_relative_to(tmp_path / "c" / "steps")


def test_a_file_cut_anywhere_is_absent_and_removed(tmp_path: Path) -> None:
    cache = StepCache(tmp_path)
    cache.put("k", "0", RESULT)
    path = cache.path("k", "0")
    whole = path.read_bytes()
    for size in {0, 1, 100, *range(0, len(whole), max(1, len(whole) // 60)), len(whole) - 1}:
        path.write_bytes(whole[:size])
        assert cache.get("k", "0") is None
        assert not path.exists()


def test_a_flipped_byte_is_never_trusted(tmp_path: Path) -> None:
    cache = StepCache(tmp_path)
    small = ShardResult(samples=(sample(1, parts={}),), drops=RESULT.drops, state={"a": 1}, seconds=2.0)
    cache.put("k", "0", small)
    path = cache.path("k", "0")
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    noticed = 0
    for at in rng.integers(0, len(whole), 300):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(flipped)
        found = cache.get("k", "0")
        assert found is None or found == small
        noticed += found is None
    assert noticed > 200


def test_a_removed_file_can_be_made_again(tmp_path: Path) -> None:
    cache = StepCache(tmp_path)
    cache.put("k", "0", RESULT)
    cache.path("k", "0").write_bytes(b"torn")
    assert cache.get("k", "0") is None
    cache.put("k", "0", RESULT)
    assert cache.get("k", "0") == RESULT
    with pytest.raises(MachineError):
        cache.path("k", "1")


def test_a_killed_writer_leaves_nothing_that_is_read(tmp_path: Path) -> None:
    cache = StepCache(tmp_path)
    cache.put("k", "0", RESULT)
    folder = cache.path("k", "0").parent
    (folder / ".1.shard.part-99999-abcd").write_bytes(b"half")
    assert cache.get("k", "1") is None
    assert cache.get("k", "0") == RESULT


def deny(monkeypatch: pytest.MonkeyPatch, root: Path, number: int) -> None:
    """Make opening for writing fail below `root`, as on a read-only or full disk (which root would not notice)."""
    opened = open

    def refusing(file: object, mode: str = "r", *args: object, **kwargs: object) -> object:
        if "w" in mode and str(file).startswith(str(root)):
            raise OSError(number, os.strerror(number), str(file))
        return opened(file, mode, *args, **kwargs)

    monkeypatch.setattr("builtins.open", refusing)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_root_falls_back(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, own = tmp_path / "shared", tmp_path / "own"
    StepCache(shared).put("k", "0", RESULT)
    deny(monkeypatch, shared, number)
    cache = StepCache(shared, own)
    assert cache.get("k", "0") == RESULT
    cache.put("k", "1", RESULT)
    assert cache.get("k", "1") == RESULT
    assert cache.path("k", "1").is_relative_to(own)
    with pytest.raises(MachineError, match="may write to"):
        StepCache(shared).put("k", "2", RESULT)


def test_a_damaged_file_on_a_read_only_root_is_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, own = tmp_path / "shared", tmp_path / "own"
    StepCache(shared).put("k", "0", RESULT)
    StepCache(shared).path("k", "0").write_bytes(b"torn")
    deny(monkeypatch, shared, errno.EROFS)

    def refused(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system", str(self))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        cache = StepCache(shared, own)
        assert cache.get("k", "0") is None
    cache.put("k", "0", RESULT)
    assert cache.get("k", "0") == RESULT
    assert cache.path("k", "0").is_relative_to(own)


def test_a_full_disk_is_a_machine_error_and_leaves_the_old_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = StepCache(tmp_path, tmp_path / "second")
    cache.put("k", "0", RESULT)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(MachineError) as caught:
            cache.put("k", "0", ShardResult())
    assert "No space left" in str(caught.value.what)
    assert str(tmp_path) in caught.value.where
    assert "SHISAKU_CACHE" in str(caught.value.next)
    assert cache.get("k", "0") == RESULT
    assert len(list(cache.path("k", "0").parent.iterdir())) == 1
