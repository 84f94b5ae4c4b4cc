"""Seconds of sound beside seconds of work, and small shards for slow ops."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pure_ops
import pytest

from laws import RECIPE, cook, run_fingerprint, samples_of
from shisaku.core.metric import Metric, State
from shisaku.core.recipe import Recipe, Step
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.score import Score
from shisaku.engine.sound import sound_seconds
from shisaku.ops.audio.classical import Classical
from shisaku.registry import doors
from shisaku.store.cache import StepCache
from shisaku.store.codecs import encode_wave
from shisaku.store.shard import STATE, ShardResult, read_shard

RATE = 8000
SOUNDS = ("audio.classical", "audio.length")


@dataclass(frozen=True)
class Length(Metric):
    """Reads a recording and writes none."""

    name: ClassVar[str] = "audio.length"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}

    audio: str = "audio"

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        return {sample.id: 1.0 for sample in batch if self.audio in sample.parts}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        return [Score(sample, self.name, value, value) for sample, value in sorted(state.items())]


@pytest.fixture(autouse=True)
def doors_to_sound(monkeypatch: pytest.MonkeyPatch, pure_doors: None) -> None:
    places = {"audio.classical": "shisaku.ops.audio.classical:Classical", "audio.length": f"{__name__}:Length"}

    def found(group: str) -> dict[str, EntryPoint]:
        more = places if group == doors.OPS else {}
        return pure_ops.found(group) | {name: EntryPoint(name, value, group) for name, value in more.items()}

    monkeypatch.setattr(doors, "_found", found)


def _recordings(n: int) -> list[Sample]:
    """Recordings of 0.5, 0.6, 0.7 ... seconds."""
    waves = [np.full(RATE // 2 + i * RATE // 10, 0.1, np.float32) for i in range(n)]
    return [
        Sample(f"s{i:02d}", {"audio": Part("audio", encode_wave(wave, RATE))}, {"class": "x"})
        for i, wave in enumerate(waves)
    ]


SOUND = Recipe(
    "sound",
    RECIPE.data,
    seed=2,
    steps=(Step("noisy", "audio.classical", ("data",), rounds=2), Step("long", "audio.length", ("data",))),
)


def _timings(run: Any) -> dict[str, Any]:
    return {row["step"]: row for row in run.read_rows("timings")}


def test_a_maker_of_sound_counts_what_it_made_and_a_reader_what_it_read(tmp_path: Path) -> None:
    cache = StepCache(tmp_path / "cache")
    run = cook(SOUND, _recordings(6), tmp_path / "one", cache)
    made = sum(len(sample.parts["audio"].data) - 44 for sample in run.stream("noisy")) / 2 / RATE
    assert _timings(run)["noisy"]["audio_seconds"] == pytest.approx(made)
    assert _timings(run)["long"]["audio_seconds"] == pytest.approx(sum(0.5 + i / 10 for i in range(6)))
    again = _timings(cook(SOUND, _recordings(6), tmp_path / "two", cache))
    assert again["noisy"]["cached"] == 12
    for step, row in _timings(run).items():
        assert (row["seconds"], row["audio_seconds"]) == (again[step]["seconds"], again[step]["audio_seconds"])


def test_an_op_without_sound_has_none_of_it(tmp_path: Path) -> None:
    assert {row["audio_seconds"] for row in cook(RECIPE, samples_of(4), tmp_path).read_rows("timings")} == {0.0}


def test_what_is_no_recording_has_no_length() -> None:
    (sample,) = _recordings(1)
    assert sound_seconds(Length(), [sample], ()) == 0.5
    assert sound_seconds(Length(), None, ()) is None
    for data in (b"", b"RIFF", sample.parts["audio"].data[:30], b"x" * 100):
        assert sound_seconds(Length(), [replace(sample, parts={"audio": Part("audio", data)})], ()) == 0
    assert sound_seconds(Length(), [Sample("x")], ()) == 0
    assert sound_seconds(Classical(), None, [sample]) == 0.5, "what was made is at hand even without what it is made of"


def _forget_sound(path: Path) -> None:
    """Write a result as it was before it held the length of its sound."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    state = json.loads(members[STATE])
    assert "audio_seconds" in state
    del state["audio_seconds"]
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, json.dumps(state) if name == STATE else data)


def test_results_from_before_are_still_good(tmp_path: Path) -> None:
    cache = StepCache(tmp_path / "cache")
    run = cook(SOUND, _recordings(6), tmp_path / "one", cache)
    for path in (tmp_path / "cache").rglob("*.shard"):
        _forget_sound(path)
    old = cook(SOUND, _recordings(6), tmp_path / "two", cache)
    assert run_fingerprint(old) == run_fingerprint(run)
    assert _timings(old)["noisy"]["cached"] == 12
    assert _timings(old)["noisy"]["audio_seconds"] == pytest.approx(_timings(run)["noisy"]["audio_seconds"])
    assert _timings(old)["long"]["audio_seconds"] is None, "what a Metric read is not in its result"


def test_a_result_keeps_its_sound(tmp_path: Path) -> None:
    cache = StepCache(tmp_path)
    for sound in (None, 0.0, 1.25):
        cache.put("k", "0", ShardResult(audio_seconds=sound))
        assert read_shard(cache.path("k", "0")).audio_seconds == sound


def test_a_slow_op_gets_few_samples_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = cook(RECIPE, samples_of(9), tmp_path / "large", size=32)
    monkeypatch.setattr(pure_ops.Grow, "batch", 2)
    pure_ops.CALLS.clear()
    small = cook(RECIPE, samples_of(9), tmp_path / "small", size=32)
    sizes = {name: {len(ids) for other, ids in pure_ops.CALLS if other == name} for name, _ in pure_ops.CALLS}
    assert max(sizes["pure.grow"]) == 2
    assert max(sizes["pure.mix"]) == 18
    assert run_fingerprint(small) == run_fingerprint(large)


def test_two_workers_work_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow op that lets go of Python's lock: each call ends only when another has begun."""
    both = threading.Barrier(2, timeout=20)
    threads: set[int] = set()
    right = pure_ops.Grow.apply

    def slowly(self: Any, *args: Any, **kwargs: Any) -> Any:
        both.wait()
        threads.add(threading.get_ident())
        return right(self, *args, **kwargs)

    monkeypatch.setattr(pure_ops.Grow, "apply", slowly)
    recipe = replace(RECIPE, steps=RECIPE.steps[:1], keep=())
    cook(recipe, samples_of(8), tmp_path, workers=2, size=4)
    assert len(threads) == 2
