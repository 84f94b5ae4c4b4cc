"""Cook the recipe of the laws in a process of its own, slowly enough to be killed on the way.

Arguments: folder, seconds per sample, log of every sample that an op worked on, and a mutant of the cache.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))

import pure_ops

from laws import RECIPE, cook, samples_of
from shisaku.store.cache import StepCache

TASKS = 24
SIZE = 4
WORKERS = 2


def main(folder: str, seconds: str, log: str, mutant: str = "") -> None:
    """Cook into `folder`, which may hold what an earlier process left."""
    pure_ops.open_doors()
    if mutant == "forgetful":
        StepCache.get = lambda self, key, shard: None  # type: ignore[method-assign]
    slow = {"seconds": float(seconds), "log": log, "raises": ["s05"], "fails": ["s11"]}
    steps = tuple(
        replace(step, params={**step.params, **slow}) if step.op == "pure.grow" else step for step in RECIPE.steps
    )
    cook(replace(RECIPE, steps=steps), samples_of(TASKS), Path(folder), workers=WORKERS, size=SIZE)


if __name__ == "__main__":
    main(*sys.argv[1:])
