"""How long every learner takes to fit: ``python benchmarks/learners.py [--n 500] [--width 1280] [--classes 10]``.

Rows are drawn at random around class means, as float32, and prepared beforehand as in a study; one thread. Times are
processor time, medians over rounds after one that is not counted. `right` is the share of 1000 rows drawn afresh whose
class is found (of maps: whose target is the nearest of all), to show that something was learnt.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from shisaku.learn.examples import Examples
from shisaku.learn.learner import Aiming
from shisaku.learn.one_thread import one_thread
from shisaku.registry.doors import LEARNERS, load

CLASSES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("logistic", {}),
    ("logistic", {"calibrate": "sigmoid"}),
    ("ridge_classifier", {}),
    ("svm", {"calibrate": "none"}),
    ("svm", {}),
    ("svm", {"kernel": "rbf"}),
    ("knn", {}),
    ("prototype", {}),
    ("steps", {}),
    ("boosting", {}),
)
MAPS: tuple[tuple[str, dict[str, Any]], ...] = (("ridge", {}), ("cca", {}))
AIMS = 256
NEW = 1000


def main() -> None:
    """Print a line per learner."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    train, test = _rows(asked.n, asked.width, asked.classes, 0), _rows(NEW, asked.width, asked.classes, 1)
    for found, learners in ((_class, CLASSES), (_target, MAPS)):
        for name, params in learners:
            _line(name, params, train, test, found, asked.rounds)


def _rows(n: int, width: int, classes: int, seed: int) -> Examples:
    world, rng = np.random.default_rng(99), np.random.default_rng(seed)
    means, turn = world.normal(size=(classes, width)), world.normal(size=(width, AIMS)) / np.sqrt(width)
    y = np.arange(n) % classes
    x = np.abs(means[y] * 0.4 + rng.normal(size=(n, width))).astype(np.float32)
    targets = (x @ turn + rng.normal(size=(n, AIMS)) * 0.1).astype(np.float32)
    return Examples(x, y, targets=targets, groups=tuple(f"g{i:05d}" for i in range(n)))


def _line(
    name: str,
    params: dict[str, Any],
    train: Examples,
    test: Examples,
    right: Callable[[Any, Examples], float],
    rounds: int,
) -> None:
    learner, rows = load(LEARNERS, name)(**params).prepared(train.x)
    train, test = train.seen(rows), test.seen(load(LEARNERS, name)(**params).prepared(test.x)[1])
    seconds = []
    for _ in range(rounds + 1):
        began = time.process_time()
        fitted = learner.fit(train, None, np.random.default_rng(0))
        seconds.append(time.process_time() - began)
    said = " ".join(f"{key}={value}" for key, value in params.items())
    print(f"{name:17} {said:18} {1000 * median(seconds[1:]):8.1f} ms  right {right(fitted, test):.3f}", flush=True)


def _class(fitted: Any, test: Examples) -> float:
    return float((fitted.classes[fitted.scores(test).argmax(axis=1)] == test.y).mean())


def _target(fitted: Any, test: Examples) -> float:
    with one_thread():
        said = fitted.scores(test)
        aims = fitted.aim(test.targets) if isinstance(fitted, Aiming) else test.targets
    cosines = (aims / np.linalg.norm(aims, axis=1)[:, None]) @ (said / np.linalg.norm(said, axis=1)[:, None]).T
    return float((cosines.argmax(axis=1) == np.arange(len(test))).mean())


if __name__ == "__main__":
    main()
