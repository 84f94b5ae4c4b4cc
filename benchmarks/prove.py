"""What a study costs: two processes against one, and cached trials against none.

8 arms, 10 splits, 3 sizes of at most 500 training items out of 5,000 x 1,280 float32 features on which nothing is
known beforehand: logistic regression, a grid of 5 settings on 3 inner folds, 3,840 fits. The baseline: the same calls
one after the other with one thread each. Prints seconds, ratios, and whether all numbers are equal.

    python benchmarks/prove.py [--splits 10] [--classes 10]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from shisaku.api.studying import TrialMemo
from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.study_spec import StudySpec
from shisaku.lab.items import Items, StudyData
from shisaku.lab.prove import prove
from shisaku.lab.trials import run_trials

WIDTH = 1280
REAL = 1250  # with three made items of each, 5,000 rows in all
TIMES = 3
SHARED = 6.0  # features of one network share most of their length


def features(rng: np.random.Generator, classes: int, label: np.ndarray) -> np.ndarray:
    """Return rows like those of a frozen network: not negative, sparse, a common part and one of the class."""
    means = 0.06 * rng.gamma(0.3, 1.0, (classes, WIDTH))
    rows = SHARED * rng.gamma(0.3, 1.0, WIDTH) + means[label] + rng.gamma(0.3, 1.0, (len(label), WIDTH))
    return rows.astype(np.float32)


def world(classes: int, seed: int = 0) -> StudyData:
    """Return real items, one per group, and children of them that lie near their parents."""
    rng = np.random.default_rng(seed)
    label = np.arange(REAL) % classes
    x = features(rng, classes, label)
    ids = tuple(f"item{i:05d}" for i in range(REAL))
    names = tuple(f"class{c:02d}" for c in label)
    parent = np.tile(np.arange(REAL), TIMES)
    near = x[parent] + rng.gamma(0.3, 0.5, (len(parent), WIDTH))
    made = Items(
        tuple(f"{ids[p]}/made.{i // REAL}" for i, p in enumerate(parent)),
        tuple(names[p] for p in parent),
        tuple(ids[p] for p in parent),
        near.astype(np.float32),
        tuple((ids[p],) for p in parent),
    )
    return StudyData(Items(ids, names, ids, x), {"made": made})


def study(splits: int, classes: int) -> StudySpec:
    """Return 8 arms at three sizes: at most 500 rows to train on, made ones included."""
    most = 500 // (2 * classes)
    return StudySpec(
        name="speed",
        label="class",
        real="real",
        feature=Feature("image.embed"),
        domains=(Domain("clean", "resplit"),),
        primary="clean",
        arms=(
            Arm("real"),
            Arm("oversample", oversample=1),
            Arm("half", add="made", ratio=0.5),
            Arm("as_many", add="made", ratio=1.0),
            Arm("random_drop", add="made", ratio=1.0, random_keep=0.5),
            Arm("alone", add="made", ratio=1.0, alone=True),
            Arm("placebo", add="made", ratio=1.0, shuffle=True),
            Arm("more_real", more_real=2),
        ),
        comparators=("real", "oversample"),
        contrasts=("as_many",),
        shots=(most // 4, most // 2, most),
        splits=splits,
        learner={"name": "logistic"},
        tune={"C": (1.0, 3.0, 10.0, 30.0, 100.0)},
    )


def main() -> None:
    """Time it and print one JSON object."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--splits", type=int, default=10)
    asked.add_argument("--classes", type=int, default=10)
    told = asked.parse_args()
    spec, data = study(told.splits, told.classes), world(told.classes)
    began = time.perf_counter()
    serial = run_trials(spec, data, workers=1)
    one = time.perf_counter() - began
    began = time.perf_counter()
    both = run_trials(spec, data, workers=2)
    two = time.perf_counter() - began
    with TemporaryDirectory() as folder:
        memo = TrialMemo(Path(folder))
        began = time.perf_counter()
        first = prove(spec, data, workers=2, on_done=memo.keep)
        whole = time.perf_counter() - began
        began = time.perf_counter()
        again = prove(spec, data, workers=2, done=memo.read())
        cached = time.perf_counter() - began
    fits = len(serial) * len(spec.arms) * (5 * spec.folds + 1)
    print(json.dumps({
        "fits": fits,
        "serial_seconds": round(one, 1),
        "two_processes_seconds": round(two, 1),
        "ratio": round(one / two, 2),
        "ms_per_fit_and_core": round(2000 * two / fits, 1),
        "equal": both == serial and first.verdicts == again.verdicts,
        "whole_study_seconds": round(whole, 1),
        "cached_seconds": round(cached, 1),
        "gain_of_caching": round(whole / cached, 1),
    }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
