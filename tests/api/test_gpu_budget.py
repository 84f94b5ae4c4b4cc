"""A run whose model works on a device, held to its GPU hours; torch and the device are doubles."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shisaku.api import run
from shisaku.core.sample import Part
from shisaku.guard import device_time
from shisaku.guard.device_time import HOUR, DeviceTime
from shisaku.models.ask import Answer, Ask
from shisaku.models.torch_local import opened, resident
from shisaku.models.torch_local.resident import Item, Resident
from shisaku.store.run import Run

TEXTS = 40  # a shard of 32 and one of 8
SECONDS = 10.0


class Device:
    def __init__(self) -> None:
        self.now, self.given, self.answers = 0.0, 0.0, 0

    def finish(self) -> None:
        self.now += self.given
        self.given = 0.0


class Slow(Resident):
    """Rewords at once, on a device that takes ten seconds for it."""

    device: Device

    def _open(self) -> None:
        pass

    def _prepare(self, ask: Ask) -> Item:
        return Item(ask, "one shape", ask.sample.parts[ask.parts[0]].text)

    def _run(self, items: Sequence[Item]) -> list[Answer]:
        self.device.given += SECONDS * len(items)
        self.device.answers += len(items)
        return [Part.from_text(f"{item.inputs} again") for item in items]


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Device:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    double = Device()
    monkeypatch.setattr(Slow, "device", double, raising=False)
    torch = SimpleNamespace(
        inference_mode=nullcontext,
        OutOfMemoryError=MemoryError,
        random=SimpleNamespace(fork_rng=lambda **_: nullcontext()),
    )
    monkeypatch.setattr(resident, "torch_library", lambda: torch)
    monkeypatch.setattr("shisaku.models.torch_local.libraries.torch_library", lambda: torch)
    monkeypatch.setattr(opened, "_class_of", lambda *_: Slow)
    monkeypatch.setattr(resident, "device_of", lambda settings: settings.device)
    monkeypatch.setattr(resident, "finisher", lambda name: None if name == "cpu" else double.finish)

    class Timed(DeviceTime):
        def __init__(self, budget: Any, kept: Path | None = None) -> None:
            super().__init__(budget, kept, lambda: double.now)

    monkeypatch.setattr(device_time, "DeviceTime", Timed)
    return double


def written(home: Path, seconds: float | None, where: str = "cuda") -> Path:
    folder = home / "model"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text('{"architectures": ["Slow"]}')
    (folder / "model.safetensors").write_bytes(b"weights")
    (home / "t.csv").write_text("id,text\n" + "".join(f"{n},a frog and {n} dogs\n" for n in range(TEXTS)))
    limit = "{}" if seconds is None else f"{{gpu_hours: {seconds / HOUR:.12f}}}"
    path = home / "r.yaml"
    path.write_text(
        "schema: 1\nname: slow\n"
        f"models: {{it: {{way: torch, model: '{folder}', with: {{device: {where}}}}}}}\nbudget: {limit}\n"
        "data: {reader: table, with: {path: t.csv, licence: own, text: text}}\n"
        "steps: [{name: again, op: text.rewrite, from: data, with: {model: it, text: text}}]\n"
    )
    return path


def kept(path: Path) -> int:
    return int(next(row["kept"] for row in Run.open(path).read_rows("counts") if row["step"] == "again"))


def test_gpu_hours_stop_before_the_limit_and_the_run_is_partial(tmp_path: Path, device: Device) -> None:
    result = run(written(tmp_path, 375.0), out=tmp_path / "run", workers=1)
    assert result.state == "partial"
    assert device.answers == kept(tmp_path / "run") == 32  # the eight of the second shard would take 80 s
    there = Run.open(tmp_path / "run")
    assert there.read_json("run")["guard"]["gpu_hours"] == pytest.approx(320 / HOUR)
    (reason,) = {row["template"] for row in there.read_rows("drops")}
    assert "GPU hours is reached" in reason
    assert run(written(tmp_path, 375.0), out=tmp_path / "run", workers=1).state == "partial"
    assert (device.answers, kept(tmp_path / "run")) == (32, 32)
    assert run(written(tmp_path, 500.0), out=tmp_path / "more", workers=1).state == "done"
    assert (device.answers, kept(tmp_path / "more")) == (TEXTS, TEXTS)


def test_the_first_answers_are_stopped_on_their_way(tmp_path: Path, device: Device) -> None:
    assert run(written(tmp_path, 55.0), out=tmp_path / "run", workers=1).state == "partial"
    assert device.answers == kept(tmp_path / "run") == 5


def test_the_processor_is_no_gpu(tmp_path: Path, device: Device) -> None:
    assert run(written(tmp_path, 0.0, "cpu"), out=tmp_path / "run", workers=1).state == "done"
    assert Run.open(tmp_path / "run").read_json("run")["guard"]["gpu_hours"] == 0
    assert not device_time.account_of(tmp_path / "run").exists()
