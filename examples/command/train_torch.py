"""The same contract in torch: a small perceptron on the features that the study computed, with dropout.

Put it into the recipe in the place of ``train.py``; torch must be in the environment of the interpreter named there::

    learner: {name: command, command: [/path/to/python, train_torch.py], steps: 200, settings: {hidden: 64}}

What makes it a fair learner: it heeds the weights and soft labels of rows, takes the number of steps that the recipe
declares, draws everything from the seed that it is told, and keeps to the threads that it is given.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

BATCH = 32


def table(task: dict, name: str) -> list[dict]:
    """Return the rows of ``train`` or ``test``."""
    return [json.loads(line) for line in Path(task[name]["table"]).read_text().splitlines()]


def features(task: dict, name: str, rows: list[dict]) -> torch.Tensor:
    """Return the features of rows, each brought to unit length."""
    x = torch.from_numpy(np.load(task[name]["features"], allow_pickle=False)[[row["row"] for row in rows]])
    return nn.functional.normalize(x, dim=1)


def network(task: dict, width: int) -> nn.Module:
    """Return a perceptron with one hidden layer."""
    hidden = task["settings"].get("hidden", 64)
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Dropout(0.2), nn.Linear(hidden, len(task["classes"])))


def fit(task: dict) -> None:
    """Take the declared number of steps; a batch draws each row with a chance proportional to its weight."""
    rows = table(task, "train")
    x = features(task, "train", rows)
    bears = [row.get("soft") or {row["label"]: 1.0} for row in rows]
    y = torch.tensor([[one.get(name, 0.0) for name in task["classes"]] for one in bears])
    weight = torch.tensor([row["weight"] for row in rows])
    model = network(task, x.shape[1]).train()
    adam = torch.optim.Adam(model.parameters(), lr=task["settings"].get("rate", 3e-3))
    for _ in range(task["steps"] or 200):
        drawn = torch.multinomial(weight, BATCH, replacement=True)
        adam.zero_grad()
        nn.functional.cross_entropy(model(x[drawn]), y[drawn]).backward()
        adam.step()
    torch.save(model.state_dict(), Path(task["model"]) / "weights.pt")


def predict(task: dict) -> None:
    """Write a chance per class for every row that is asked about."""
    rows = table(task, "test")
    x = features(task, "test", rows)
    model = network(task, x.shape[1]).eval()
    model.load_state_dict(torch.load(Path(task["model"]) / "weights.pt", weights_only=True))
    with torch.no_grad():
        chances = model(x).double().softmax(dim=1).tolist()
    lines = [
        json.dumps({"id": row["id"], "scores": dict(zip(task["classes"], line, strict=True))})
        for row, line in zip(rows, chances, strict=True)
    ]
    Path(task["predictions"]).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    asked = json.loads(Path("task.json").read_text())
    torch.manual_seed(asked["seed"])
    torch.set_num_threads(asked["threads"])
    {"fit": fit, "predict": predict}[asked["phase"]](asked)
