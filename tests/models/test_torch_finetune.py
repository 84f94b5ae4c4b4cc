"""The backbone in torch gives what onnxruntime gives; the learner that trains its last blocks learns, and repeats."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shisaku.core.sample import Part
from shisaku.learn.command.learner import Command
from shisaku.learn.command.permission import ALLOW
from shisaku.learn.examples import Examples
from shisaku.learn.finetune import STAGES, FineTune
from shisaku.models import backbone
from shisaku.models.efficientnet import EfficientNetLite0, graph_bytes, prepare
from shisaku.models.weights import find_weights
from shisaku.store.codecs import encode_image

if importlib.util.find_spec("torch") is None and not os.environ.get("SHISAKU_STRICT_TORCH"):
    pytest.skip("not installed: torch", allow_module_level=True)
import torch

pytestmark = [pytest.mark.torch, pytest.mark.weights]
CLOSE = 1e-4  # of features between 0 and 6
SMALL: dict[str, Any] = {"size": 64, "steps": 12, "batch": 8}


def pictures(n: int, seed: int = 0) -> list[np.ndarray]:
    """Stripes across (even) and along (odd), in colours and phases of their own."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        wave = (np.sin(np.arange(96) / rng.uniform(2, 4) + rng.uniform(0, 6)) > 0)[:, None, None]
        field = np.broadcast_to(wave if i % 2 else wave.transpose(1, 0, 2), (96, 96, 1))
        found.append(np.where(field, *rng.integers(0, 256, (2, 1, 1, 3))).astype(np.uint8))
    return found


@pytest.fixture(scope="module")
def network() -> backbone.Backbone:
    return backbone.Backbone.read(graph_bytes(find_weights("efficientnet-lite0")))


def test_features_are_those_of_onnxruntime(network: backbone.Backbone) -> None:
    seen = pictures(6)
    theirs = EfficientNetLite0().embed(seen)
    with torch.no_grad():
        ours = network.forward(torch.from_numpy(np.stack([prepare(one) for one in seen]))).numpy()
    np.testing.assert_allclose(ours, theirs, atol=CLOSE)
    assert theirs.max() > 100 * CLOSE


def test_stages_one_after_the_other_are_the_whole(network: backbone.Backbone) -> None:
    x = torch.from_numpy(np.stack([prepare(one) for one in pictures(2)]))
    with torch.no_grad():
        whole = network.forward(x)
        for cut in (1, 2, 9, 15, STAGES - 1, STAGES):
            parted = network.forward(network.forward(x, 0, cut - 1), cut)
            np.testing.assert_array_equal(parted.numpy(), whole.numpy())
    assert backbone.STAGES == STAGES
    assert len(network.weights(0)) == 2 * sum(node.op == "Conv" for node in network.nodes)
    assert network.weights(STAGES) == []


def test_a_multiple_of_32_is_halved_five_times(network: backbone.Backbone) -> None:
    for size in (64, 96, 128):
        with torch.no_grad():
            found = network.forward(torch.rand(1, 3, size, size), 0, STAGES - 2)
        assert found.shape[-2:] == (size // 32, size // 32)


def rows(folder: Path, n: int = 12, seed: int = 0) -> Examples:
    paths = []
    for i, one in enumerate(pictures(n, seed)):
        part = encode_image(one)
        path = folder / f"{seed}-{i}.png"
        path.write_bytes(part.data if isinstance(part, Part) else part)
        paths.append(str(path))
    return Examples(np.zeros((n, 1), np.float32), np.arange(n) % 2, media=tuple(paths), ids=tuple(paths))


@pytest.mark.parametrize(
    "how",
    [{"last": 0}, {"last": 3}, {"start": "random", "size": 32, "steps": 4}],
    ids=["frozen", "last stages", "from scratch"],
)
def test_it_answers_the_same_twice_and_learns_where_it_is_pretrained(tmp_path: Path, how: dict[str, Any]) -> None:
    learner = FineTune(**{**SMALL, **how})
    train, test = rows(tmp_path), rows(tmp_path, 8, 1)
    scores = learner.fit(train, None, np.random.default_rng(0)).scores(test)
    again = learner.fit(train, None, np.random.default_rng(0)).scores(test)
    np.testing.assert_array_equal(scores, again)
    if "start" not in how:
        assert (scores.argmax(axis=1) == test.y).mean() >= 0.75


def test_what_stays_frozen_is_as_it_was_and_what_learns_is_not(tmp_path: Path, network: backbone.Backbone) -> None:
    fitted = FineTune(**SMALL, last=2).fit(rows(tmp_path), None, np.random.default_rng(0))
    assert fitted.work is not None
    with np.load(fitted.work.path / "model" / "learnt.npz", allow_pickle=False) as learnt:
        names = set(learnt.files) - {"head.weight", "head.bias"}
        assert names == set(network.weights(STAGES - 2))
        assert all((learnt[name] != network.tensors[name].numpy()).any() for name in names)


def test_weights_of_rows_count(tmp_path: Path) -> None:
    train, test = rows(tmp_path), rows(tmp_path, 8, 1)
    flipped = Examples(train.x, 1 - train.y, media=train.media, ids=train.ids)
    both = Examples(
        np.vstack([train.x, flipped.x]), np.concatenate([train.y, flipped.y]),
        weight=np.repeat([1.0, 1e-6], len(train)), media=train.media * 2, ids=train.ids * 2,
    )  # fmt: skip
    scores = FineTune(**SMALL, last=0).fit(both, None, np.random.default_rng(0)).scores(test)
    assert (scores.argmax(axis=1) == test.y).mean() >= 0.75


def test_the_example_in_torch_learns_and_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW, "1")
    script = Path(__file__).parents[2] / "examples" / "command" / "train_torch.py"
    learner = Command(("{python}", str(script)), steps=40)
    rng = np.random.default_rng(0)
    y = np.arange(40) % 4
    x = (np.eye(4, 12)[y] + rng.normal(0, 0.2, (40, 12))).astype(np.float32)
    weight = np.where(np.arange(80) < 40, 1.0, 1e-9)  # the second half bears wrong labels and no weight
    train = Examples(np.vstack([x, x]), np.concatenate([y, (y + 1) % 4]), weight=weight)
    one, two = (learner.fit(train, None, np.random.default_rng(2)).scores(Examples(x)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert (one.argmax(axis=1) == y).mean() > 0.9
