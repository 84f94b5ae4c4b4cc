"""A glance: the same scores as from stored samples, every record accounted for, whatever a file does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from shisaku.core.metric import Metric
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.engine.first_look import write_first_look
from shisaku.engine.glance import Glance, glance
from shisaku.registry import doors
from shisaku.registry.make import make_op
from shisaku.store.cache import StepCache
from shisaku.store.ingest import ingest
from shisaku.store.readers.folder import FolderReader
from shisaku.store.readers.reader import Record
from shisaku.store.run import Run

STEPS = [Step("visual_quality", "image.visual_quality", ("data",), {"issue_below": 0.2})]
BAD = "broken.png"


@pytest.fixture(autouse=True)
def pure_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the doors stand the real ops: workers are other processes and know no others."""
    monkeypatch.undo()
    doors._found.cache_clear()


def pictures(folder: Path, n: int = 10) -> FolderReader:
    folder.mkdir()
    rng = np.random.default_rng(0)
    for i in range(n):
        coarse = rng.integers(0, 255, (6, 8, 3 + i % 2), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{i}.png"), cv2.resize(coarse, (80, 60), interpolation=cv2.INTER_CUBIC))
    (folder / BAD).write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    return FolderReader(str(folder), label="")


def looked(reader: FolderReader, cache: Path, **more: str) -> Glance:
    records = list(reader.records())
    return glance(iter(records), len(records), STEPS, "key", StepCache(cache), **more)  # type: ignore[arg-type]


def test_scores_are_those_of_stored_samples(tmp_path: Path) -> None:
    reader = pictures(tmp_path / "in")
    op = make_op("image.visual_quality", {})
    assert isinstance(op, Metric)
    stored = ingest(reader, tmp_path / "stored")
    wanted = op.scores(op.measure(list(stored.dataset)))
    found = looked(reader, tmp_path / "cache")
    assert op.scores(found.states["visual_quality"] or {}) == wanted
    assert {row["sample"] for row in found.roll} == set(stored.dataset.ids())
    assert [(drop.sample, drop.reason) for drop in found.drops] == [(d.sample, d.reason) for d in stored.drops]


def test_a_run_has_the_tables_of_a_cooked_one(tmp_path: Path) -> None:
    reader = pictures(tmp_path / "in")
    recipe = Recipe("quick", Source("folder", {"path": "in"}), steps=tuple(STEPS))
    run = Run.create(tmp_path / "run", recipe_text="", recipe_fingerprint="x")
    write_first_look(run, recipe, looked(reader, tmp_path / "cache"))
    root, step = run.read_rows("counts")
    assert (root["made"], root["kept"], root["dropped"]) == (11, 10, 1)
    assert step["kept"] == len(run.read_rows("scores")) == 10
    assert [row["sample"] for row in run.read_rows("drops")] == [BAD]
    run.release()


def test_a_record_that_kills_its_worker_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = pictures(tmp_path / "in")
    (tmp_path / "in/4.png").rename(tmp_path / "in/segfault.png")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    found = looked(reader, tmp_path / "cache", measurer="hostile_measurer:measure")
    assert sorted(drop.sample for drop in found.drops) == [BAD, "segfault.png"]
    assert len(found.roll) == 9


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    reader = pictures(tmp_path / "in")
    first = looked(reader, tmp_path / "cache")
    again = looked(reader, tmp_path / "cache", measurer="no_such_module:measure")
    assert again.states == first.states
    assert again.drops == first.drops


def test_no_records(tmp_path: Path) -> None:
    nothing: Iterator[Record] = iter(())
    found = glance(nothing, 0, STEPS, "key", StepCache(tmp_path))
    assert found.states == {"visual_quality": None}
    assert not found.roll


def test_steps_that_differ_in_thresholds_alone_are_measured_once(tmp_path: Path) -> None:
    records = list(pictures(tmp_path / "in").records())
    steps = [Step(name, "image.blur", ("data",), {"issue_below": at}) for name, at in (("loose", 0.0), ("strict", 4.0))]
    found = glance(iter(records), len(records), steps, "key", StepCache(tmp_path / "cache"))
    assert found.seconds.keys() == {"loose"}
    called = {}
    for step in steps:
        op = make_op(step.op, step.params)
        assert isinstance(op, Metric)
        called[step.name] = sum(bool(score.issue) for score in op.scores(found.states[step.name] or {}))
    assert called == {"loose": 0, "strict": 10}


def test_a_drop_is_noted_in_every_step_that_measures_the_same() -> None:
    from shisaku.core.drop import Drop
    from shisaku.engine.glance import _for_all
    from shisaku.message import say

    alike = {"mark": [Step("a", "x", ()), Step("b", "x", ())]}
    why = say("no reason")
    assert _for_all(Drop("s", "mark", "x", why), alike) == [Drop("s", "a", "x", why), Drop("s", "b", "x", why)]
    assert _for_all(Drop("s", "data", "ingest", why), alike) == [Drop("s", "data", "ingest", why)]
