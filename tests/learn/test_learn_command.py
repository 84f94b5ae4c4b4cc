"""The learner `command`: what a program is told and never told, and what becomes of one that fails in any way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shisaku.errors import DataError, MachineError, RecipeError, ShisakuError
from shisaku.learn.command.learner import Command, digest
from shisaku.learn.command.permission import ALLOW
from shisaku.learn.examples import Examples

START = """
import json, os, sys, time
import numpy as np
task = json.load(open("task.json"))
def rows(name): return [json.loads(line) for line in open(task[name]["table"])]
def features(name): return np.load(task[name]["features"], allow_pickle=False)
def answer(lines): open(task["predictions"], "w").write("".join(json.dumps(line) + "\\n" for line in lines))
"""
# The class whose weighted mean is nearest.
NEAREST = """
if task["phase"] == "fit":
    train, x = rows("train"), features("train")
    of = {c: np.average(x[[r["row"] for r in train if r["label"] == c]], axis=0,
                        weights=[r["weight"] for r in train if r["label"] == c]) for c in task["classes"]}
    np.savez(task["model"] + "/means.npz", **of)
else:
    means = np.load(task["model"] + "/means.npz")
    near = lambda x: {c: float(np.exp(-((x - means[c]) ** 2).sum())) + 1e-12 for c in task["classes"]}
    x = features("test")
    answer([{"id": r["id"], "scores": near(x[r["row"]])} for r in rows("test")])
"""


@pytest.fixture(autouse=True)
def _allowed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ALLOW, "1")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))


def left_behind(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "temporary").iterdir())


def learner(tmp_path: Path, script: str, **more: Any) -> Command:
    file = tmp_path / "train.py"
    file.write_text(START + script)
    return Command(("{python}", str(file)), **{"timeout": 60.0, **more})


def examples(n: int = 12, seed: int = 0, **more: Any) -> Examples:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    x = (np.eye(3, 4)[y] * 3 + rng.normal(0, 0.2, (n, 4))).astype(np.float32)
    names = tuple(f"class{c}/item{i}" for i, c in enumerate(y))
    return Examples(x, y, **{"ids": names, "groups": names, "made": np.zeros(n, bool), **more})


def asked(n: int = 6) -> Examples:
    return Examples(examples(n, 1).x, ids=tuple(f"class{i % 3}/test{i}" for i in range(n)))


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def failed(tmp_path: Path, script: str, error: type[ShisakuError] = DataError, **more: Any) -> ShisakuError:
    with pytest.raises(error) as caught:
        learner(tmp_path, script, **more).fit(examples(), None, rng()).scores(asked())
    return caught.value


def test_it_answers_what_the_program_says_and_leaves_nothing_behind(tmp_path: Path) -> None:
    fitted = learner(tmp_path, NEAREST).fit(examples(), None, rng())
    scores = fitted.scores(asked())
    assert fitted.classes.tolist() == [0, 1, 2]
    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 0, 1, 2]
    np.testing.assert_allclose(scores.sum(axis=1), 1.0)
    np.testing.assert_array_equal(fitted.scores(asked().take([4, 1])), scores[[4, 1]])
    assert fitted.scores(asked().take(np.zeros(0, np.intp))).shape == (0, 3)
    del fitted
    assert left_behind(tmp_path) == []


def test_equal_rows_and_random_numbers_give_equal_answers(tmp_path: Path) -> None:
    script = """
if task["phase"] == "predict":
    draw = np.random.default_rng(task["seed"])
    answer([{"id": r["id"], "scores": dict(zip(task["classes"], draw.random(3)))} for r in rows("test")])
"""
    made = learner(tmp_path, script)
    one, two = (made.fit(examples(), None, rng()).scores(asked()) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert (made.fit(examples(), None, np.random.default_rng(4)).scores(asked()) != one).any()


def told(tmp_path: Path, *, made: Command, train: Examples, val: Examples | None = None) -> dict[str, Any]:
    """Return what the program found in its work folder, per phase."""
    fitted = made.fit(train, val, rng())
    fitted.scores(asked())
    return {phase: json.loads((tmp_path / f"{phase}.json").read_text()) for phase in ("fit", "predict")}


SPY = """
seen = {"task": task, "files": sorted(os.listdir(".")), "env": dict(os.environ), "folder": os.getcwd()}
for name in ("train", "val", "test"):
    if task[name]:
        seen[name] = rows(name)
        seen[name + " x"] = features(name).tolist()
json.dump(seen, open(os.path.join(os.path.dirname(__file__), task["phase"] + ".json"), "w"))
if task["phase"] == "predict":
    answer([{"id": r["id"], "scores": {c: 1 for c in task["classes"]}} for r in rows("test")])
"""


def test_the_program_is_told_all_of_training_rows_and_neither_label_nor_group_of_tests(tmp_path: Path) -> None:
    train = examples(
        weight=np.linspace(0, 1.1, 12),
        soft=np.eye(3)[np.arange(12) % 3] * 0.9 + 1 / 30,
        made=np.arange(12) >= 9,
        media=tuple(f"/m/{i}.png" for i in range(12)),
    )
    made = learner(tmp_path, SPY, settings={"lr": 0.1}, steps=50, threads=2, staged=True, curriculum=0.25)
    seen = told(tmp_path, made=made, train=train, val=examples(3, 5))
    task = seen["fit"]["task"]
    assert (task["schema"], task["phase"], task["answers"]) == (1, "fit", "classes")
    assert (task["settings"], task["steps"], task["threads"]) == ({"lr": 0.1}, 50, 2)
    assert task["curriculum"] == 0.25
    assert (task["classes"], task["test"], task["train"]["rows"]) == (["0", "1", "2"], None, 11)
    first, last = seen["fit"]["train"][0], seen["fit"]["train"][-1]
    assert (first["row"], first["label"], first["made"], first["media"]) == (0, "1", False, "/m/1.png")
    assert (first["weight"], first["group"]) == (pytest.approx(0.1), "class1/item1")  # weight 0: not there
    assert first["soft"] == pytest.approx({"0": 1 / 30, "1": 0.9 + 1 / 30, "2": 1 / 30})
    assert last["made"] is True
    np.testing.assert_allclose(seen["fit"]["train x"], train.x[1:], rtol=1e-6)
    assert len(seen["fit"]["val"]) == 3
    again = seen["predict"]
    assert (again["task"]["phase"], again["task"]["seed"]) == ("predict", task["seed"])
    assert again["folder"] == seen["fit"]["folder"]
    assert again["train"] == seen["fit"]["train"]
    assert [sorted(row) for row in again["test"]] == [["id", "media", "row"]] * 6
    assert "class" not in json.dumps(again["test"])
    np.testing.assert_allclose(again["test x"], asked().x, rtol=1e-6)


def test_the_program_sees_no_secret_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_TOKEN", "secret")
    monkeypatch.setenv("MY_SETTING", "plain")
    seen = told(tmp_path, made=learner(tmp_path, SPY, env=["MY_SETTING"], threads=2), train=examples())["fit"]["env"]
    assert seen["MY_SETTING"] == "plain"
    assert "secret" not in json.dumps(seen)
    assert seen["PATH"] == os.environ["PATH"]
    assert (seen["OMP_NUM_THREADS"], seen["PYTHONHASHSEED"]) == ("2", "0")


def test_a_map_is_told_its_targets(tmp_path: Path) -> None:
    script = """
if task["phase"] == "fit":
    goal = np.load(task["train"]["targets"], allow_pickle=False)
    np.save(task["model"] + "/map.npy", np.linalg.lstsq(features("train"), goal, rcond=None)[0])
else:
    places = features("test") @ np.load(task["model"] + "/map.npy")
    answer([{"id": r["id"], "embedding": places[r["row"]].tolist()} for r in rows("test")])
"""
    slope = np.arange(8.0).reshape(4, 2)
    train = examples()
    fitted = learner(tmp_path, script, answers="map").fit(
        Examples(train.x, targets=(train.x @ slope).astype(np.float32)), None, rng()
    )
    np.testing.assert_allclose(fitted.scores(asked()), asked().x @ slope, atol=1e-4)
    assert len(fitted.classes) == 0


def test_one_class_needs_no_program(tmp_path: Path) -> None:
    fitted = learner(tmp_path, "sys.exit(9)").fit(examples().take([0, 3, 6]), None, rng())
    assert fitted.classes.tolist() == [0]
    assert fitted.scores(asked()).tolist() == [[1.0]] * 6


def test_rows_without_ids_are_told_by_position(tmp_path: Path) -> None:
    fitted = learner(tmp_path, NEAREST).fit(Examples(examples().x, examples().y), None, rng())
    assert fitted.scores(Examples(asked().x)).argmax(axis=1).tolist() == [0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("print('hello'); sys.stderr.write('no such layer\\n'); sys.exit(3)", ["exit code 3", "no such layer"]),
        ("raise ValueError('shape')", ["exit code 1", "ValueError: shape"]),
        ("os.kill(os.getpid(), 9)", ["signal 9"]),
        ("time.sleep(60)", ["did not finish within 0.5 s"]),
        ("", ["wrote no file", "predictions.jsonl"]),
    ],
)
def test_a_program_that_dies_hangs_or_is_silent(tmp_path: Path, script: str, said: list[str]) -> None:
    error = failed(tmp_path, script, timeout=0.5 if "sleep" in script else 60.0)
    for word in said:
        assert word in str(error)
    (kept,) = left_behind(tmp_path)
    assert str(kept) in error.where


PREDICT = """
if task["phase"] == "predict":
    lines = [{"id": r["id"], "scores": {"0": 1, "1": 0, "2": 0}} for r in rows("test")]
    """


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('open(task["predictions"], "w").write("what?\\n")', "no JSON object: what?"),
        ('open(task["predictions"], "w").write("[" * 50000)', "no JSON object: [[["),
        ('open(task["predictions"], "w").write("7\\n")', "no JSON object: 7"),
        ('open(task["predictions"], "wb").write(os.urandom(3000))', "no JSON object"),
        ('open(task["predictions"], "w").write("x" * 2_000_000)', "has 2000000 bytes"),
        ('os.mkfifo(task["predictions"])', "wrote no file"),
        ("answer(lines[:-2])", "2 of 6 items have no answer, first"),
        ("answer([])", "6 of 6 items have no answer"),
        ("answer(lines + lines[1:2])", "Line 7"),
        ("answer(lines + lines[1:2])", "it has an answer already"),
        ('lines[2]["id"] = "elsewhere"; answer(lines)', "nobody asked for the id elsewhere"),
        ('del lines[2]["id"]; answer(lines)', "nobody asked for the id"),
        ('lines[2]["scores"]["0"] = float("nan"); answer(lines)', "the score of class 0 is nan"),
        ('lines[2]["scores"]["0"] = float("inf"); answer(lines)', "the score of class 0 is inf"),
        ('lines[2]["scores"]["0"] = 10**400; answer(lines)', "the score of class 0 is 1000"),
        ('lines[2]["scores"]["0"] = -1; answer(lines)', "the score of class 0 is -1"),
        ('lines[2]["scores"]["0"] = True; answer(lines)', "the score of class 0 is True"),
        ('lines[2]["scores"]["0"] = 0; answer(lines)', "all scores are 0"),
        ('lines[2]["scores"]["cat"] = 1; answer(lines)', "there is no class cat"),
        ('del lines[2]["scores"]["1"]; answer(lines)', "class 1 has no score"),
        ('lines[2]["scores"] = [1, 0, 0]; answer(lines)', "no object of a number per class"),
    ],
)
def test_answers_that_do_not_fit_name_the_file_and_the_first_bad_item(tmp_path: Path, script: str, said: str) -> None:
    error = failed(tmp_path, PREDICT + script)
    assert said in str(error)
    assert "predictions.jsonl" in error.where
    if "lines[2]" in script and '"id"' not in script:
        assert "(class2/test2)" in str(error)
        assert "Line 3" in str(error)


@pytest.mark.parametrize("bad", ["[1, 2, 3]", '"1"', "[1, NaN]", "null", "[1, true]"])
def test_embeddings_that_do_not_fit(tmp_path: Path, bad: str) -> None:
    script = f"""
if task["phase"] == "predict":
    lines = ['{{"id": "%s", "embedding": {bad}}}\\n' % r["id"] for r in rows("test")]
    open(task["predictions"], "w").write("".join(lines))
"""
    made = learner(tmp_path, script, answers="map")
    fitted = made.fit(Examples(examples().x, targets=np.zeros((12, 2), np.float32)), None, rng())
    with pytest.raises(DataError, match="embedding"):
        fitted.scores(asked())


def test_a_program_that_prints_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shisaku.learn.command.program.MOST_WORDS", 1_000_000)
    began = time.monotonic()
    assert "MB of messages" in str(failed(tmp_path, "while True: print('x' * 100)"))
    assert time.monotonic() - began < 20


def wait_for(file: Path) -> int:
    for _ in range(200):
        if file.exists() and file.read_text().strip():
            return int(file.read_text())
        time.sleep(0.05)
    raise AssertionError(f"{file} never came")


def gone(pid: int) -> bool:
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


CHILD = """
import subprocess
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(os.path.join(os.path.dirname(__file__), "pid"), "w").write(str(child.pid))
"""


def test_what_the_program_started_ends_with_it(tmp_path: Path) -> None:
    failed(tmp_path, CHILD + "child.wait()", timeout=1.5)
    assert gone(wait_for(tmp_path / "pid"))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked")
def test_the_program_ends_with_a_killed_shisaku(tmp_path: Path) -> None:
    script = 'open(os.path.join(os.path.dirname(__file__), "pid"), "w").write(str(os.getpid())); time.sleep(600)'
    made = learner(tmp_path, script)
    lines = [
        "import numpy as np",
        "from shisaku.learn.command.learner import Command",
        "from shisaku.learn.examples import Examples",
        f"Command({made.command!r}).fit(Examples(np.eye(2), np.arange(2)), None, np.random.default_rng(0))",
    ]
    shisaku = subprocess.Popen([sys.executable, "-c", "\n".join(lines)], env={**os.environ, "TMPDIR": str(tmp_path)})
    with shisaku:
        pid = wait_for(tmp_path / "pid")
        shisaku.send_signal(signal.SIGKILL)
    assert gone(pid)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="no-such-program is not on this machine"):
        Command(("no-such-program",)).fit(examples(), None, rng())


def test_nothing_runs_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = 'open(os.path.join(os.path.dirname(__file__), "ran"), "w")'
    for value in (None, "", "0", "yes"):
        monkeypatch.delenv(ALLOW, raising=False)
        if value is not None:
            monkeypatch.setenv(ALLOW, value)
        with pytest.raises(RecipeError, match="--allow-commands"):
            learner(tmp_path, script).fit(examples(), None, rng())
    assert not (tmp_path / "ran").exists()


def test_arguments_never_meet_a_shell(tmp_path: Path) -> None:
    made = learner(tmp_path, NEAREST)
    with_more = Command((*made.command, "; touch injected", "$(touch injected)", "{work}"))
    fitted = with_more.fit(examples(), None, rng())
    fitted.scores(asked())
    assert fitted.work is not None
    assert not (fitted.work.path / "injected").exists()


def test_a_script_that_changed_since_is_refused(tmp_path: Path) -> None:
    made = learner(tmp_path, NEAREST)
    script = Path(made.command[1])
    pinned = Command(made.command, files={str(script): digest(script)})
    pinned.fit(examples(), None, rng())
    script.write_text(script.read_text() + "\n# other\n")
    with pytest.raises(DataError, match="changed since"):
        pinned.fit(examples(), None, rng())


@pytest.mark.parametrize(
    "wrong",
    [{"command": ()}, {"command": ("",)}, {"timeout": 0}, {"timeout": float("inf")}, {"threads": 0}, {"steps": -1},
     {"answers": "poems"}, {"curriculum": 1.0}],
)  # fmt: skip
def test_wrong_settings_are_an_error_of_the_recipe(wrong: dict[str, Any]) -> None:
    with pytest.raises(RecipeError):
        Command(**{"command": ("python",), **wrong})


def test_nothing_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing to train on"):
        learner(tmp_path, NEAREST).fit(examples(weight=np.zeros(12)), None, rng())


def children() -> set[str]:
    """Return this process's children; other tests in it may have left servers that go on."""
    tasks = Path("/proc/self/task")
    found = (place.read_text("ascii").split() for place in tasks.glob("*/children")) if tasks.is_dir() else ()
    return {pid for some in found for pid in some}


@pytest.fixture(autouse=True)
def _no_child_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before
