"""A writer that is killed at any moment leaves the last commit, whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from random import Random

import pytest
from store_material import samples

from shisaku.core.sample import Part, Sample
from shisaku.store.datasets import SampleList
from shisaku.store.home import Home, commit, open_home, writing

# Commits again and again, each time other samples, some of them big; says what is committed once it is.
WRITER = textwrap.dedent("""
    import sys

    import lance  # noqa: F401  so that the kills fall on the writing
    import pyarrow.parquet  # noqa: F401
    from random import Random
    from shisaku.core.sample import Part, Sample
    from shisaku.store.datasets import SampleList
    from shisaku.store.home import add_scores, commit, writing

    place, seed = sys.argv[1], int(sys.argv[2])
    rng = Random(seed)
    print("ready", flush=True)
    for turn in range(1000):
        with writing(place) as home:
            ids = rng.sample(range(60), 40)
            big = Part("text", bytes(rng.randrange(97, 123) for _ in range(3000)))
            held = [Sample(f"s{i}", {"text": Part.from_text(f"{i} {rng.random() < 0.1}")}) for i in ids]
            made = commit(home, SampleList([*held, Sample("big", {"text": big})]), inline_mb=0.001)
        print(made.number, made.fingerprint, flush=True)
        if turn % 3 == 2:
            made = add_scores(place, {"q": {"big": float(turn)}})
            print(made.number, made.fingerprint, flush=True)
""")


def kills(place: Path, times: int, seed: int) -> int:
    """Kill a writer `times` times; return how many commits there are in the end."""
    rng = Random(seed)
    for turn in range(times):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(place), str(seed * 1000 + turn)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.0, 0.25))
            writer.send_signal(signal.SIGKILL)
            said = [line.split() for line in writer.stdout.read().splitlines() if line.count(" ") == 1]
        check(place, said)
    return Home.open(place).latest()


def check(place: Path, said: list[list[str]]) -> None:
    home = Home.open(place)
    if said:
        number, fingerprint = int(said[-1][0]), said[-1][1]
        assert home.latest() >= number
        assert home.version(number).fingerprint == fingerprint
    for version in home.versions()[-3:]:
        dataset = open_home(place, version.number)
        assert dataset.fingerprint == version.fingerprint == SampleList(dataset).fingerprint
        assert len(dataset) == version.n == 41


def start(place: Path) -> None:
    held = [Sample(f"s{i}", {"text": Part.from_text(str(i))}) for i in range(41)]
    with writing(place) as home:
        commit(home, SampleList(held))


def test_killed_a_few_times(tmp_path: Path) -> None:
    start(tmp_path / "h")
    assert kills(tmp_path / "h", 8, seed=1) > 1


@pytest.mark.slow
def test_killed_fifty_times(tmp_path: Path) -> None:
    start(tmp_path / "h")
    assert kills(tmp_path / "h", 50, seed=2) > 20
    with writing(tmp_path / "h") as home:
        made = commit(home, SampleList(samples(3)))
    tables = {path.name for path in (tmp_path / "h" / "tables").iterdir()}
    assert tables == {version.table for version in home.versions()}
    assert list(open_home(tmp_path / "h", made.number)) == samples(3)
