"""The program of the learner `finetune`, behind the same files as a user's own: ``python -m shisaku.models.finetune``.

It runs in a work folder (docs/learners.md): with the phase ``fit`` it trains and writes ``model/learnt.npz``, with
the phase ``predict`` it writes chances for the rows that it is asked about. Equal rows, settings and seed give equal
answers with one thread.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Part
from shisaku.errors import DataError, ShisakuError
from shisaku.message import say
from shisaku.models.backbone import STAGES, Backbone

Task = Mapping[str, Any]
LEARNT: Final = "learnt.npz"
HEAD, BIAS = "head.weight", "head.bias"
AT_ONCE: Final = 16  # images per pass where nothing learns


def fit(task: Task) -> None:
    """Train as the task says and write all that was learnt."""
    torch = _torch(task)
    from torch.nn import functional

    rows, told = _rows(task, "train"), task["settings"]
    generator = torch.Generator().manual_seed(int(task["seed"]))
    rng = np.random.default_rng(int(task["seed"]))
    network, first = _network(torch, told, generator)
    # What never changes is computed once: of a frozen network only the head sees the steps.
    seen = _until(torch, network, first, _images(torch, rows, int(told["size"])))
    classes = list(task["classes"])
    truth = torch.from_numpy(_truth(rows, classes))
    weight = np.array([row["weight"] for row in rows])
    network.tensors[HEAD] = torch.randn(len(classes), _width(network), generator=generator) * 0.01
    network.tensors[BIAS] = torch.zeros(len(classes))
    fresh = [HEAD, BIAS]
    learning = network.weights(first)
    for name in (*fresh, *learning):
        network.tensors[name].requires_grad_(True)
    groups = [{"params": [network.tensors[name] for name in fresh], "lr": float(told["rate"])}]
    if learning:
        groups.append({"params": [network.tensors[name] for name in learning], "lr": float(told["base_rate"])})
    steps = int(task["steps"])
    adam = torch.optim.Adam(groups)
    falling = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: (1 + math.cos(math.pi * step / steps)) / 2)
    network.training = True
    for _ in range(steps):
        drawn = rng.choice(len(rows), int(told["batch"]), p=weight / weight.sum())
        adam.zero_grad()
        logits = _logits(network, network.forward(seen[drawn], first))
        functional.cross_entropy(logits, truth[drawn]).backward()
        adam.step()
        falling.step()
    if network.norms:
        _settle(torch, network, seen)
    _write(network, (*fresh, *learning), Path(task["model"]) / LEARNT)


def predict(task: Task) -> None:
    """Write chances of every class for the rows asked about."""
    torch = _torch(task)
    told = task["settings"]
    network, _ = _network(torch, told, torch.Generator().manual_seed(0))
    with np.load(Path(task["model"]) / LEARNT, allow_pickle=False) as learnt:
        network.tensors.update({name: torch.from_numpy(learnt[name]) for name in learnt.files})
    rows, classes = _rows(task, "test"), list(task["classes"])
    with open(task["predictions"], "w", encoding="utf-8") as out, torch.no_grad():
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            logits = _logits(network, network.forward(_images(torch, some, int(told["size"]))))
            for row, chances in zip(some, logits.double().softmax(dim=1).tolist(), strict=True):
                out.write(json.dumps({"id": row["id"], "scores": dict(zip(classes, chances, strict=True))}) + "\n")


def _network(torch: Any, told: Task, generator: Any) -> tuple[Backbone, int]:
    """Return the network and the first stage that learns; one past the last where only the head does."""
    from shisaku.models.efficientnet import NAME, graph_bytes
    from shisaku.models.weights import find_weights

    network = Backbone.read(graph_bytes(find_weights(NAME)))
    if told["start"] == "random":
        network.forget(torch, generator)
        return network, 0
    return network, STAGES - int(told["last"])


def _until(torch: Any, network: Backbone, first: int, images: Any) -> Any:
    """Return what the stages before `first` make of images, which nothing changes."""
    if not first:
        return images
    with torch.no_grad():
        parts = (images[start : start + AT_ONCE] for start in range(0, len(images), AT_ONCE))
        return torch.cat([network.forward(part, 0, first - 1) for part in parts])


def _settle(torch: Any, network: Backbone, seen: Any) -> None:
    """Set the normalisations to what all training images give: running means lag behind a short training's weights."""
    with torch.no_grad():
        for turn, start in enumerate(range(0, max(len(seen) - AT_ONCE, 0) + 1, AT_ONCE)):
            network.momentum = 1 / (turn + 1)  # the plain mean over the batches
            network.forward(seen[start : start + AT_ONCE])


def _logits(network: Backbone, features: Any) -> Any:
    return features @ network.tensors[HEAD].T + network.tensors[BIAS]


def _width(network: Backbone) -> int:
    last = next(node for node in reversed(network.nodes) if node.op == "Conv")
    return int(network.tensors[last.inputs[1]].shape[0])


def _write(network: Backbone, learnt: Sequence[str], path: Path) -> None:
    statistics = [name for name in network.tensors if name.endswith((".mean", ".variance"))]
    arrays = {name: network.tensors[name].detach().numpy() for name in (*learnt, *statistics)}
    np.savez(path, **arrays)


def _truth(rows: Sequence[Task], classes: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return [n, K]: the label of each row as 1, or its soft label."""
    bears = [row.get("soft") or {row["label"]: 1.0} for row in rows]
    found = np.array([[one.get(name, 0.0) for name in classes] for one in bears], np.float32)
    return np.asarray(found / found.sum(axis=1, keepdims=True), np.float32)


def _images(torch: Any, rows: Sequence[Task], size: int) -> Any:
    """Return the network's input [n, 3, size, size]. Raises DataError where a row has no picture."""
    from torch.nn import functional

    from shisaku.models.efficientnet import prepare
    from shisaku.store.codecs import decode_image

    missing = next((row["id"] for row in rows if not row["media"]), None)
    if missing is not None:
        raise DataError(
            say("The row has no picture"), where=missing, next=say("Name the part of the picture under `media`")
        )
    pixels = [prepare(decode_image(Part("image", Path(row["media"]).read_bytes()))) for row in rows]
    images = torch.from_numpy(np.stack(pixels))
    if size != images.shape[-1]:
        images = functional.interpolate(images, (size, size), mode="bilinear", antialias=True, align_corners=False)
    return images.contiguous(memory_format=torch.channels_last)  # a third less time per step on a processor


def _rows(task: Task, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(task[name]["table"]).read_text(encoding="utf-8").splitlines()]


def _torch(task: Task) -> Any:
    import torch

    torch.set_num_threads(int(task["threads"]))
    torch.use_deterministic_algorithms(True)
    return torch


def main() -> None:
    """Do what ``task.json`` of this folder asks."""
    task = json.loads(Path("task.json").read_text(encoding="utf-8"))
    try:
        {"fit": fit, "predict": predict}[task["phase"]](task)
    except ShisakuError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
