"""A whole recipe whose models are folders: three pictures described, the words said anew, new pictures painted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from torch_here import need_torch

from shisaku.store.codecs import decode_image, encode_image

need_torch()
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

RECIPE = """
schema: 1
name: folders
seed: 3
policy: on-prem
models:
  seeing: {way: torch, model: models/seer, with: {max_new_tokens: 6, temperature: 1.0, batch: 2}}
  writer: {way: torch, model: models/writer, with: {max_new_tokens: 8, temperature: 0.9, device: cpu}}
  painter: {way: torch, model: models/painter, with: {steps: 2}}
data: {reader: folder, with: {path: pictures, licence: CC0-1.0}}
steps:
  - {name: captioned, op: pairs.describe, from: data, with: {model: seeing, write: caption_made}}
  - {name: reworded, op: text.rewrite, from: captioned, with: {model: writer, text: caption_made, write: reworded}}
  - {name: painted, op: image.paint, from: reworded, with: {model: painter, text: reworded, start: image, width: 64}}
"""


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kitchen")
    rng = np.random.default_rng(5)
    (folder / "pictures").mkdir()
    for name in ("one", "two", "three"):
        pixels = rng.integers(0, 255, (48, 64, 3), dtype=np.uint8)
        (folder / "pictures" / f"{name}.png").write_bytes(encode_image(pixels))
    script = f"import torch_tiny, pathlib; torch_tiny.make(pathlib.Path({str(folder / 'models')!r}))"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=True)
    (folder / "recipe.yaml").write_text(RECIPE)
    return folder


def test_a_chain_runs_with_models_in_folders(kitchen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.api import run
    from shisaku.store.run import Run

    made = {}
    for turn, workers in (("first", 2), ("again", 1)):
        monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / turn))
        result = run(kitchen / "recipe.yaml", out=tmp_path / f"run-{turn}", workers=workers)
        assert result.state == "done"
        made[turn] = {one.id: one for one in Run.open(result.path).stream("painted")}
    assert len(made["first"]) == 3
    assert {name: one.digest for name, one in made["first"].items()} == {
        name: one.digest for name, one in made["again"].items()
    }
    for one in made["first"].values():
        assert one.depth == 2
        assert one.facts["painter"] == "painter (StableDiffusionPipeline in a local folder)"
        assert decode_image(one.parts["image"]).shape == (48, 64, 3)
        assert one.parts["reworded"].text.split()
    guard = json.loads((tmp_path / "run-first" / "run.json").read_bytes())["guard"]
    assert guard["refused"] == []
