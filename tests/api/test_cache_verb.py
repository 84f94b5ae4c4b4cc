from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import shisaku
from shisaku.errors import MachineError


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three steps of 1000 bytes, the second used last; a voice; a model."""
    root = tmp_path / "cache"
    monkeypatch.setenv("SHISAKU_CACHE", str(root))
    for number, used in ((1, 200), (2, 300), (3, 100)):
        put(root / "steps" / f"key{number}" / "0.shard", 1000, used)
    put(root / "speech" / "ab" / "ab12.pcm", 500, 50)
    put(root / "weights" / "small" / "model.onnx", 5000, 1)
    put(root / "unit_costs.json", 10, 400)
    return root


def put(path: Path, size: int, used: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (used, used))


def test_list(cache: Path) -> None:
    found = shisaku.cache_list()
    assert found["path"] == str(cache)
    assert {kind: (row["entries"], row["bytes"]) for kind, row in found["kinds"].items()} == {
        "speech": (1, 500),
        "steps": (3, 3000),
        "weights": (1, 5000),
        "other": (1, 10),
    }


def test_clear_one_kind(cache: Path) -> None:
    assert shisaku.cache_clear("steps") == {"path": str(cache), "entries": 3, "bytes": 3000}
    assert (cache / "speech" / "ab" / "ab12.pcm").exists()
    with pytest.raises(MachineError, match="nothing of kind stepz"):
        shisaku.cache_clear("stepz")
    assert shisaku.cache_clear()["bytes"] == 5510
    assert shisaku.cache_list()["bytes"] == 0


def test_prune_takes_what_was_used_longest_ago_and_weights_last(cache: Path) -> None:
    assert shisaku.cache_prune(7.2e-6)["bytes"] == 1500
    assert sorted(path.name for path in (cache / "steps").iterdir()) == ["key1", "key2"]
    assert not (cache / "speech" / "ab").exists()
    assert (cache / "weights" / "small").exists()
    assert shisaku.cache_prune(1.0)["entries"] == 0
    shisaku.cache_prune(0.0)
    assert not (cache / "weights" / "small").exists()


def test_an_absent_cache_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "none"))
    assert shisaku.cache_list()["bytes"] == 0
    assert shisaku.cache_clear()["entries"] == 0


def test_the_command_line(cache: Path) -> None:
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "shisaku", "cache", *words], capture_output=True, text=True, check=False, input="n\n"
        )

    assert json.loads(call("--json").stdout)["kinds"]["steps"]["bytes"] == 3000
    assert call("clear").returncode == 2
    assert call("clear", "steps").returncode == 1  # the answer was no
    assert (cache / "steps" / "key1").exists()
    assert json.loads(call("clear", "steps", "--yes", "--json").stdout)["entries"] == 3
