from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_material import samples, words

from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.store.cache import ShardResult, StepCache
from shisaku.store.datasets import ShardDataset, write_dataset, write_shards
from shisaku.store.run import Run


def fresh(path: Path) -> Run:
    return Run.create(path, recipe_text="schema: 1\nname: 試作\n", recipe_fingerprint="f1")


@contextmanager
def other_process(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has created the run and holds it until it is killed."""
    script = textwrap.dedent("""
        import sys, time
        from shisaku.store.run import Run
        run = Run.create(sys.argv[1], recipe_text="", recipe_fingerprint="f1")
        run.write_rows("scores", [{"sample": "a", "value": 0.5}])
        print("mine", flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"mine\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_run_is_made_finished_and_read(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    assert run.state == "running"
    assert (run.path / "recipe.yaml").read_text("utf-8") == "schema: 1\nname: 試作\n"
    run.finish("done")
    again = Run.open(tmp_path / "r")
    assert again.state == "done"
    assert again.recipe_fingerprint == "f1"


def test_the_same_recipe_resumes_and_another_is_refused(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    run.write_json("verdict", {"overall": "ABSTAIN"})
    run.finish("partial")
    again = fresh(tmp_path / "r")
    assert again.state == "running"
    assert again.read_json("verdict") == {"overall": "ABSTAIN"}
    again.finish("done")
    with pytest.raises(MachineError, match="another recipe") as caught:
        Run.create(tmp_path / "r", recipe_text="", recipe_fingerprint="f2")
    assert caught.value.next is not None
    assert Run.open(tmp_path / "r").recipe_fingerprint == "f1"


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(MachineError, match="not empty"):
        fresh(tmp_path)
    with pytest.raises(DataError, match="no run"):
        Run.open(tmp_path)


def test_two_processes_never_cook_one_run_and_a_dead_one_is_taken_over(tmp_path: Path) -> None:
    with other_process(tmp_path / "r") as process:
        with pytest.raises(MachineError, match=str(process.pid)):
            fresh(tmp_path / "r")
        assert Run.open(tmp_path / "r").state == "running"
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert Run.open(tmp_path / "r").state == "partial"
        run = fresh(tmp_path / "r")
        assert run.state == "running"
        assert run.read_rows("scores") == [{"sample": "a", "value": 0.5}]


def test_a_lock_of_another_machine_or_of_nonsense(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    run.finish("partial")
    lock = run.path / "run.lock"
    lock.write_text(json.dumps({"pid": 1, "host": "elsewhere", "born": "1"}))
    with pytest.raises(MachineError, match="elsewhere"):
        fresh(tmp_path / "r")
    lock.write_text("not json")
    assert fresh(tmp_path / "r").state == "running"


def test_a_reused_pid_does_not_hold_the_lock(tmp_path: Path) -> None:
    import socket

    run = fresh(tmp_path / "r")
    run.finish("partial")
    (run.path / "run.lock").write_text(json.dumps({"pid": 1, "host": socket.gethostname(), "born": "not that of init"}))
    assert fresh(tmp_path / "r").state == "running"


def test_release_lets_others_in_without_an_ending(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    run.release()
    assert Run.open(tmp_path / "r").state == "partial"
    with other_process(tmp_path / "r"):
        assert Run.open(tmp_path / "r").state == "running"


@settings(deadline=None, max_examples=20)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {"text": words | st.none(), "flag": st.none() | st.booleans(), "n": st.integers(-9, 9), "x": st.floats()}
        )
    )
)
def test_tables_round_trip(rows: list[dict[str, object]], tmp_path_factory: pytest.TempPathFactory) -> None:
    run = fresh(tmp_path_factory.mktemp("r") / "r")
    run.write_rows("scores", rows)
    again = run.read_rows("scores")
    assert len(again) == len(rows)
    for one, other in zip(again, rows, strict=True):
        assert {k: repr(v) for k, v in one.items()} == {k: repr(v) for k, v in other.items()}


def test_tables_take_the_union_of_keys_and_numpy_values(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    assert run.read_rows("drops") == []
    run.write_rows("drops", [])
    assert run.read_rows("drops") == []
    run.write_rows("drops", [{"a": np.float32(0.5)}, {"b": np.int64(3)}, {"a": 1, "b": None}])
    assert run.read_rows("drops") == [{"a": 0.5, "b": None}, {"a": None, "b": 3}, {"a": 1.0, "b": None}]
    with pytest.raises(TypeError, match="column params"):
        run.write_rows("lineage", [{"params": {"a": 1}}])
    assert len(run.read_rows("drops")) == 3


def test_a_damaged_table_is_a_data_error(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    run.write_rows("counts", [{"a": 1}])
    (run.path / "counts.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(DataError, match="counts"):
        run.read_rows("counts")


@dataclass
class Plain:
    text: str
    values: tuple[float, ...]


def test_json_takes_what_results_hold(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    value = {
        "m": say("{n} drops", n=3),
        "d": Plain("試作", (1.0, float("nan"), float("inf"))),
        "a": np.arange(3),
        "f": np.float32(0.5),
        "s": {"b", "a"},
        1: None,
    }
    run.write_json("studies", value)
    assert run.read_json("studies") == {
        "m": {"template": "{n} drops", "values": {"n": 3}},
        "d": {"text": "試作", "values": [1.0, None, None]},
        "a": [0, 1, 2],
        "f": 0.5,
        "s": ["a", "b"],
        "1": None,
    }
    assert "NaN" not in (run.path / "studies.json").read_text("utf-8")
    with pytest.raises(TypeError):
        run.write_json("studies", {"x": object()})
    with pytest.raises(DataError, match="plans"):
        run.read_json("plans")


def test_what_the_run_says_of_itself_can_be_added_to_but_not_forged(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    run.write_json("run", {"name": "stamps", "state": "done", "recipe_fingerprint": "forged"})
    assert run.state == "running"
    run.write_json("run.json", {"seconds": 3})
    run.finish("done")
    held = Run.open(run.path).read_json("run")
    assert held == {"schema": 1, "state": "done", "recipe_fingerprint": "f1", "name": "stamps", "seconds": 3}
    resumed = fresh(tmp_path / "r").read_json("run")
    assert resumed["name"] == "stamps"


@pytest.mark.parametrize("name", ["../escape", "a/b", "", ".hidden", "日本"])
def test_names_cannot_leave_the_folder(name: str, tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    with pytest.raises(ValueError, match="no name"):
        run.write_json(name, {})
    with pytest.raises(ValueError, match="no name"):
        run.write_rows(name, [])


def test_streams_are_linked_and_checked(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    assert run.streams() == {}
    inner = write_dataset(run.path / "data", samples(4))
    cache = StepCache(tmp_path / "cache")
    cache.put("k", "0", ShardResult(samples=tuple(samples(6))))
    shards = ShardDataset([cache.path("k", "0")])
    write_shards(run.path / "composite.shards.json", shards)
    run.link_stream("data", inner.path, len(inner), inner.fingerprint)
    run.link_stream("few-shot.task.features", run.path / "composite.shards.json", 6, shards.fingerprint)
    assert run.streams()["data"] == {"path": "data", "n": 4, "fingerprint": inner.fingerprint}
    assert list(run.stream("data")) == samples(4)
    assert list(run.stream("few-shot.task.features")) == samples(6)
    with pytest.raises(DataError, match="no stream"):
        run.stream("nothing")
    run.link_stream("data", inner.path, len(inner), "another")
    with pytest.raises(DataError, match="not the dataset"):
        run.stream("data")


def test_a_run_moves_with_its_streams(tmp_path: Path) -> None:
    run = fresh(tmp_path / "r")
    made = write_dataset(run.path / "data", samples(2))
    run.link_stream("data", made.path, 2, made.fingerprint)
    run.finish("done")
    (tmp_path / "r").rename(tmp_path / "moved")
    assert list(Run.open(tmp_path / "moved").stream("data")) == samples(2)


def test_a_newer_run_is_refused_politely(tmp_path: Path) -> None:
    fresh(tmp_path / "r").finish("done")
    about = json.loads((tmp_path / "r" / "run.json").read_text())
    (tmp_path / "r" / "run.json").write_text(json.dumps({**about, "schema": 99}))
    with pytest.raises(MachineError, match="newer"):
        Run.open(tmp_path / "r")
