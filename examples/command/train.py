"""A training program of one's own for the learner `command`: a nearest-centroid classifier in plain NumPy.

It is called twice per model, in a work folder that holds ``task.json`` and the rows (docs/learners.md): with the phase
``fit`` it learns and writes into ``model/``, with the phase ``predict`` it reads that and writes ``predictions.jsonl``.
Nothing of shisaku is imported: another program in another language may stand here.
"""

import json
from pathlib import Path

import numpy as np


def table(task: dict, name: str) -> list[dict]:
    """Return the rows of ``train``, ``val`` or ``test``."""
    return [json.loads(line) for line in Path(task[name]["table"]).read_text().splitlines()]


def pixels(rows: list[dict], side: int) -> np.ndarray:
    """Return each row's picture as a vector of `side` by `side` grey values, its own mean taken away."""
    from PIL import Image

    seen = []
    for row in rows:
        with Image.open(row["media"]) as picture:
            grey = np.asarray(picture.convert("L").resize((side, side)), dtype=np.float64).ravel() / 255
        seen.append(grey - grey.mean())
    return np.array(seen)


def inputs(task: dict, name: str) -> np.ndarray:
    """Return what the model sees: the features that shisaku computed, and pixels of its own, both of length 1."""
    rows = table(task, name)
    features = np.load(task[name]["features"], allow_pickle=False)[[row["row"] for row in rows]]
    parts = [features.astype(np.float64), task["settings"]["pixels"] * pixels(rows, 8)]
    return np.hstack([part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9) for part in parts])


def fit(task: dict) -> None:
    """Average the rows of each class, by their weights."""
    rows, x = table(task, "train"), inputs(task, "train")
    labels, weights = np.array([row["label"] for row in rows]), np.array([row["weight"] for row in rows])
    centroids = [np.average(x[labels == one], axis=0, weights=weights[labels == one]) for one in task["classes"]]
    np.save(Path(task["model"]) / "centroids.npy", np.array(centroids))


def predict(task: dict) -> None:
    """Write for every row a chance per class: the softmax of the cosines to the centroids."""
    centroids = np.load(Path(task["model"]) / "centroids.npy", allow_pickle=False)
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    x = inputs(task, "test")
    logits = 20 * (x / np.linalg.norm(x, axis=1, keepdims=True)) @ centroids.T
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    with open(task["predictions"], "w") as out:
        for row, line in zip(table(task, "test"), chances.tolist(), strict=True):
            out.write(json.dumps({"id": row["id"], "scores": dict(zip(task["classes"], line, strict=True))}) + "\n")


if __name__ == "__main__":
    asked = json.loads(Path("task.json").read_text())
    {"fit": fit, "predict": predict}[asked["phase"]](asked)
