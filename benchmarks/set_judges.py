"""Set judges on 10,000 real and 10,000 made rows: ``python benchmarks/set_judges.py [--n 10000] [--d 384] [--naive]``.

Per judge: seconds and peak memory above what was there before, in a process of its own, on as many cores as there are.
``--naive`` runs the same figures with whole distance matrices beside them (the package prdc where it is installed).
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.registry.make import make_op
from shisaku.store.codecs import encode_vector

JUDGES = ("dataset.frechet", "dataset.kid", "dataset.mmd", "dataset.prdc", "dataset.vendi", "dataset.two_sample")
CLASSES = 10
SHARD = 1024
DRAWS = 200
BY_ITEM = {"dataset.copying": {"holdout": {"role": "holdout"}}, "dataset.value": {"label": "class", "most": 1_000_000}}


def main() -> None:
    """Print a line per judge and the sums."""
    parser = argparse.ArgumentParser(description="Seconds and memory of the judges of whole sets.")
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--d", type=int, default=384)
    parser.add_argument("--labels", action="store_true", help="figures of ten classes too")
    parser.add_argument("--naive", action="store_true")
    parser.add_argument("--only", action="append")
    asked = parser.parse_args()
    total = used = 0.0
    for name in (*JUDGES, *BY_ITEM):
        if asked.only and name not in asked.only:
            continue
        work = _judge_items if name in BY_ITEM else _judge
        told, scored, cpu, peak = _alone(work, name, asked.n, asked.d, asked.labels)
        total += told + scored
        used += cpu
        print(
            f"{name:20} findings {told:6.2f} s, scores {scored:6.2f} s, {cpu:6.2f} s of processor, peak +{peak:.0f} MB"
        )
    print(f"{'together':20} {total:6.2f} s, {used:6.2f} s of processor")
    for name, work in NAIVE.items() if asked.naive else ():
        seconds, _, cpu, peak = _alone(work, name, asked.n, asked.d, False)
        print(f"{name:20} {seconds:6.2f} s, {cpu:6.2f} s of processor, peak +{peak:.0f} MB")


def rows(n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Return real and made rows: 64 hidden directions and noise, the made ones a little aside."""
    rng = np.random.default_rng(0)
    basis = rng.normal(size=(64, d)) / 8

    def drawn() -> np.ndarray:
        return (rng.normal(size=(n, 64)) @ basis + 0.3 * rng.normal(size=(n, d))).astype(np.float32)

    return drawn(), drawn() + np.float32(0.02)


def _judge(name: str, n: int, d: int, labels: bool) -> tuple[float, float]:
    real, made = rows(n, d)
    classes = np.arange(n) % CLASSES
    word = [str(one) if labels else "" for one in classes]
    state = {
        "made": {f"m{i:06}": [word[i], f"m{i:06}", [], made[i]] for i in range(n)},
        "real": {
            "ids": tuple(f"r{i:06}" for i in range(n)),
            "labels": tuple(word),
            "entities": tuple(f"r{i:06}" for i in range(n)),
            "rows": real,
        },
    }
    op = make_op(name, {"draws": DRAWS} if name in ("dataset.mmd", "dataset.two_sample") else {})
    assert isinstance(op, Metric)
    began = time.perf_counter()
    for found in op.findings(state):
        print(f"  {found.what}")
    between = time.perf_counter()
    op.scores(state)
    return between - began, time.perf_counter() - between


def _judge_items(name: str, n: int, d: int, labels: bool) -> tuple[float, float]:
    """Ask a judge of items from the samples on: who is near to whom is found when it measures, not in its findings."""
    real, made = rows(n, d)
    own = [_sample(f"r{i:06}", row, i, {"role": "holdout" if i % 2 else "used"}) for i, row in enumerate(real)]
    others = [
        replace(_sample(f"m{i:06}", row, i, {}), parents=(f"r{i // 2 * 2:06}",), depth=1) for i, row in enumerate(made)
    ]
    op = make_op(name, BY_ITEM[name])
    assert isinstance(op, Metric)
    began = time.perf_counter()
    state: dict[str, Any] = {}
    for start in range(0, n, SHARD):
        part = op.measure(others[start : start + SHARD], own)
        state = op.merge(state, part) if state else part
    for found in op.findings(state):
        print(f"  {found.what}")
    between = time.perf_counter()
    op.scores(state)
    return between - began, time.perf_counter() - between


def _sample(id_: str, row: np.ndarray, i: int, facts: dict[str, str]) -> Sample:
    part = Part("embedding", encode_vector(row))
    return Sample(id_, {"features": part}, {"class": str(i % CLASSES)}, facts=facts)


def _prdc(name: str, n: int, d: int, labels: bool) -> tuple[float, float]:
    real, made = rows(n, d)
    began = time.perf_counter()
    try:
        from prdc import compute_prdc

        print(" ", compute_prdc(real, made, 5))
    except ImportError:
        from sklearn.metrics import pairwise_distances

        own, of_made, apart = pairwise_distances(real), pairwise_distances(made), pairwise_distances(real, made)
        reach, made_reach = (np.partition(one, 5, axis=1)[:, 5] for one in (own, of_made))
        inside = apart < reach[:, None]
        print("  density", inside.sum() / 5 / n, "coverage", inside.any(axis=1).mean(), "recall",
              (apart < made_reach).any(axis=1).mean())  # fmt: skip
    return time.perf_counter() - began, 0.0


def _mmd(name: str, n: int, d: int, labels: bool) -> tuple[float, float]:
    from sklearn.metrics.pairwise import rbf_kernel

    real, made = rows(n, d)
    pooled = np.concatenate([real, made])
    began = time.perf_counter()
    held = rbf_kernel(pooled, gamma=1 / (2 * 10.0**2))
    rng = np.random.default_rng(0)
    sides = np.repeat([1.0, -1.0], n).astype(np.float32) / n
    for _ in range(DRAWS):
        one = rng.permutation(sides)
        one @ held @ one
    return time.perf_counter() - began, 0.0


NAIVE: dict[str, Callable[[str, int, int, bool], tuple[float, float]]] = {
    "naive prdc": _prdc,
    "naive mmd, 200 draws": _mmd,
}


def _alone(work: Callable[..., tuple[float, float]], *args: object) -> tuple[float, float, float, float]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (work, args))


def _measured(work: Callable[..., tuple[float, float]], args: tuple[object, ...]) -> tuple[float, float, float, float]:
    import sklearn.linear_model  # noqa: F401  what is imported is not what is used

    rows(*args[1:3])  # the rows themselves neither
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    first, second = work(*args)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return first, second, time.process_time() - began, peak / 1024


if __name__ == "__main__":
    main()
