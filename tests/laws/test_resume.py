"""Law 6: kill -9 anywhere, run again, same Run; nothing is done twice but what was in flight."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from cook_slowly import SIZE, WORKERS

from laws import run_fingerprint
from shisaku.store.run import Run

SCRIPT = str(Path(__file__).parent / "cook_slowly.py")
SLOW = "0.01"


def _start(folder: Path, seconds: str = SLOW, mutant: str = "") -> subprocess.Popen[bytes]:
    """Cook into `folder`, with a log in it: its name is a parameter of the op, so it must be the same each time."""
    with (folder / "errors").open("w") as errors:
        return subprocess.Popen([sys.executable, SCRIPT, ".", seconds, "log", mutant], cwd=folder, stderr=errors)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, float]:
    """The run as it is if nobody kills it, and how long that takes."""
    folder = tmp_path_factory.mktemp("undisturbed")
    began = time.monotonic()
    assert _start(folder).wait() == 0
    return run_fingerprint(Run.open(folder / "run")), time.monotonic() - began


@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_killed_anywhere_and_gone_on_with_is_the_same_run(
    tmp_path: Path, undisturbed: tuple[str, float], seed: int
) -> None:
    fresh, seconds = undisturbed
    chance = random.Random(seed)
    folder, kills = tmp_path, 0
    for _ in range(6):
        process = _start(folder)
        while process.poll() is None and not (folder / "run").exists():
            time.sleep(0.01)
        time.sleep(chance.uniform(0.1, 0.4) * seconds)
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            break
        kills += 1
        if (folder / "run" / "run.json").exists():
            assert Run.open(folder / "run").state in ("partial", "done")
    assert _start(folder).wait() == 0
    assert kills > 0
    run = Run.open(folder / "run")
    assert run.state == "done"
    assert run_fingerprint(run) == fresh
    _nothing_twice_but_in_flight(folder / "log", kills)


def _nothing_twice_but_in_flight(log: Path, kills: int) -> None:
    """A poisoned shard is tried again one sample at a time, so those of shards with s05 may appear more often."""
    done = Counter(log.read_text().split())
    extra = 0
    for sample, times in done.items():
        asked = 1 if "/" in sample else 2
        if sample not in {"s04", "s05", "s06", "s07"}:
            extra += max(0, times - asked)
    assert extra <= kills * WORKERS * SIZE, f"{extra} samples were made again after {kills} kills"


def test_ctrl_c_leaves_a_run_that_can_be_gone_on_with(tmp_path: Path) -> None:
    folder, log = tmp_path, tmp_path / "log"
    process = _start(folder, "0.05")
    _wait_for(log, 10)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 1
    told = (folder / "errors").read_text()
    assert "StopRequestedError" in told
    assert "Stopped while cooking grown" in told
    run = Run.open(folder / "run")
    assert run.state == "partial"
    assert run.read_rows("counts"), "the tables of what was done are there"
    assert len(log.read_text().split()) < 60


def test_the_law_notices_a_cache_that_forgets(tmp_path: Path) -> None:
    process = _start(tmp_path, mutant="forgetful")
    _wait_for(tmp_path / "log", 45)
    process.kill()
    process.wait()
    assert _start(tmp_path, mutant="forgetful").wait() == 0
    with pytest.raises(AssertionError, match="made again"):
        _nothing_twice_but_in_flight(tmp_path / "log", kills=1)


def _wait_for(log: Path, lines: int) -> None:
    while not log.exists() or len(log.read_text().split()) < lines:
        time.sleep(0.02)
