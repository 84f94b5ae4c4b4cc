"""The back end against a server that nobody here wrote: `transformers serve`, with tiny models made from a config.

Needs, in this environment or in that of the interpreter SHISAKU_TORCH_PYTHON: torch, transformers[serving], and for
the listener python-multipart, soundfile and soxr.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shisaku.api import run
from shisaku.api.guarding import guard_ledger, guard_verify
from shisaku.core.back_end import BackEnd
from shisaku.core.budget import Budget
from shisaku.core.drop import Failure
from shisaku.core.policy import Policy
from shisaku.core.sample import Part, Sample
from shisaku.guard.gate import gate_of
from shisaku.models.ask import Ask, Role
from shisaku.models.openai import generator
from shisaku.models.openai.exchange import Exchange
from shisaku.store.codecs import encode_image, encode_wave
from shisaku.store.run import Run

pytestmark = [pytest.mark.torch, pytest.mark.slow]
PYTHON = os.environ.get("SHISAKU_TORCH_PYTHON", sys.executable)
NEEDED = ("torch", "transformers", "fastapi", "uvicorn", "openai", "accelerate", "multipart", "soundfile", "soxr")
START_SECONDS = 120
BRANCHES = Path(__file__).parents[2] / "examples" / "branches" / "recipe.yaml"
PIXELS = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
SAMPLE = Sample(
    "s",
    {
        "image": Part("image", encode_image(PIXELS)),
        "caption": Part.from_text("a red frog sits", "en"),
        "speech": Part("audio", encode_wave(np.sin(np.arange(8000) / 20).astype(np.float32), 16_000)),
    },
)


def _missing() -> bool:
    probe = f"import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, {NEEDED!r})))"
    return subprocess.run([PYTHON, "-c", probe], check=False).returncode != 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    if _missing():
        pytest.skip("torch and transformers[serving] are not installed")
    folder = tmp_path_factory.mktemp("tiny")
    quiet: dict[str, Any] = {"env": {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "home")}}
    script = Path(__file__).with_name("openai_tiny_models.py")
    subprocess.run([PYTHON, str(script), str(folder)], check=True, capture_output=True, **quiet)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [PYTHON, "-m", "transformers.cli.transformers", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--device", "cpu"], stdout=log, stderr=log, **quiet)
    try:
        _wait(f"http://127.0.0.1:{port}/health", process, folder / "log")
        yield f"http://127.0.0.1:{port}/v1", folder
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")


Take = Callable[..., Exchange]


@pytest.fixture
def take(server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Take]:
    """Give a model in a role, through the real door of a run on the premises."""
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    url, folder = server
    with ExitStack() as stack:

        def taken(role: Role, name: str, **params: Any) -> Exchange:
            back_end = BackEnd(name, "openai", model=str(folder / name), url=url, params=params)
            gate = stack.enter_context(gate_of(tmp_path / role, Policy(), {name: back_end}, Budget()))
            return generator(role, back_end, gate)

        yield taken


def _words(answer: Part | Failure) -> list[str]:
    assert isinstance(answer, Part), answer
    return answer.text.split()


def test_a_rewriter_writes_and_its_seed_counts(take: Take) -> None:
    model = take("rewriter", "writer", max_tokens=12, temperature=1.0)
    one, same, other = model.answer([Ask(SAMPLE, ("caption",), "Say it anew", seed=seed) for seed in (1, 1, 2)])
    assert len(_words(one)) == 12
    assert one == same != other


def test_a_captioner_is_shown_a_picture(take: Take) -> None:
    model = take("captioner", "seer", max_tokens=8)
    [answer] = model.answer([Ask(SAMPLE, ("image",), "What is it")])
    assert len(_words(answer)) == 8
    assert model.told["answered"] == 1


def test_a_judge_that_knows_no_json_is_a_failure_of_a_class(take: Take) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    model = take("judge", "writer", max_tokens=8)
    [answer] = model.answer([Ask(SAMPLE, ("caption",), "How many", schema=schema)])
    assert isinstance(answer, Failure)
    assert str(answer.reason).startswith("unparseable")
    assert model.told["unparseable"] == 1


def test_a_listener_is_sent_a_recording(take: Take) -> None:
    [answer] = take("listener", "hearer").answer([Ask(SAMPLE, ("speech",), options={"language": "en"})])
    assert _words(answer)
    assert isinstance(answer, Part)
    assert answer.lang == "en"


def test_a_server_without_a_painter_says_so(take: Take) -> None:
    [answer] = take("painter", "writer").answer([Ask(SAMPLE, (), "a frog")])
    assert isinstance(answer, Failure)
    assert "404" in str(answer.reason)


@pytest.mark.stamps
@pytest.mark.weights
@pytest.mark.parametrize("least", ["0.6", "0.0"])
def test_the_branching_recipe_asks_a_server_when_its_models_block_says_so(
    server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: str
) -> None:
    """A random writer means nothing, so that few of its texts pass 0.6; at 0 the branches behind are walked too."""
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    url, folder = server
    asked = {"seeing": ("seer", "{max_tokens: 8}"), "writer": ("writer", "{max_tokens: 12}"), "ears": ("hearer", "{}")}
    text = BRANCHES.read_text()
    for name, (model, params) in asked.items():
        place = f'{{way: openai, url: "{url}", model: {folder / model}, with: {params}}}'
        text, n = re.subn(rf"(?m)^  {name}: .*$", f"  {name}: {place}", text)
        assert n == 1
    (tmp_path / "recipe.yaml").write_text(
        text.replace("{metric: meaning, min: 0.6}", f"{{metric: meaning, min: {least}}}")
    )
    result = run(tmp_path / "recipe.yaml", out=tmp_path / "run", preview=4)
    there = Run.open(result.path)
    counts = {row["step"]: row for row in there.read_rows("counts")}
    assert all(row["made"] == row["kept"] + row["dropped"] for row in counts.values() if "made" in row)
    assert counts["captioned"]["kept"] > 0
    assert counts["reworded"]["kept"] > 0
    if least == "0.0":
        assert counts["painted"]["kept"] > 0
        assert counts["heard"]["kept"] > 0, [row for row in there.read_rows("drops") if row["step"] == "heard"]
    checked = guard_verify(result.path)
    assert checked["whole"]
    # What an earlier run of the same chain was told is not asked again.
    assert checked["kinds"]["opening"] > 0
    assert {row["place"] for row in guard_ledger(result.path)["requests"]} == {"machine"}
