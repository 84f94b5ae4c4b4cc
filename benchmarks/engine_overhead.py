"""What the engine costs beside a plain loop: resize images serially, then through the engine, fresh and cached.

Prints ratios of wall time, engine / loop (below 1: the engine is faster, because it has two workers). The
loop has its samples in memory, decodes, resizes and encodes, and does nothing else; the engine reads them from
disk, checks their digests, writes what it makes to disk, and notes lineage, counts and drops.

    python benchmarks/engine_overhead.py [number of images]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from shisaku.core.recipe import ROOT, Recipe, Source, Step
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Outcome, Transform
from shisaku.engine.local import LocalEngine
from shisaku.registry import doors
from shisaku.store.cache import StepCache
from shisaku.store.codecs import decode_image, encode_image
from shisaku.store.datasets import LanceDataset, write_dataset
from shisaku.store.run import Run

ROUNDS = 3


@dataclass(frozen=True)
class Resize(Transform):
    """A child of half the size."""

    name: ClassVar[str] = "bench.resize"
    side: int = 32

    def apply(self, batch: Sequence[Sample], rngs: Sequence[Any], pool: Any = None) -> list[Outcome]:
        """Return one child per sample."""
        return [(self.child(sample),) for sample in batch]

    def child(self, sample: Sample) -> Sample:
        """Decode, resize, encode."""
        import cv2

        image = cv2.resize(decode_image(sample.parts["image"]), (self.side, self.side), interpolation=cv2.INTER_AREA)
        return sample.child("x", parts={"image": Part("image", encode_image(np.asarray(image, dtype=np.uint8)))})


@dataclass(frozen=True)
class Nowhere:
    """A reader that is never asked."""


def images(n: int, side: int) -> list[Sample]:
    """Smooth pictures with a little noise, so that PNG has something to do."""
    ramp = np.add.outer(np.arange(side), np.arange(side))[..., None] * 255 // (2 * side)
    made = []
    for i in range(n):
        noise = rng_for(0, "bench", str(i)).integers(0, 20, (side, side, 3))
        made.append(Sample(f"i{i:05d}", {"image": Part("image", encode_image((ramp * 0.9 + noise).astype(np.uint8)))}))
    return made


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def through_engine(data: LanceDataset, op: Resize, folder: Path, workers: int, name: str) -> None:
    """Cook one step over data on disk into a new run."""
    recipe = Recipe("bench", Source("nowhere"), steps=(Step("small", op.name, (ROOT,), {"side": op.side}),))
    run = Run.create(folder / name, recipe_text="", recipe_fingerprint="bench")
    LocalEngine(workers).cook(recipe, data, run, cache=StepCache(folder / f"cache-{workers}"))
    run.finish("done")


def measure(n: int, side: int) -> dict[str, list[float]]:
    """Return ratios to the loop, one per round; the runs alternate so that a busy machine disturbs all alike."""
    samples = images(n, side)
    op = Resize(side // 2)
    found: dict[str, list[float]] = {}
    for turn in range(ROUNDS + 1):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            data = write_dataset(place / "data", samples)
            loop = seconds(lambda: [op.child(sample) for sample in samples])
            for workers in (1, 2):
                for name in ("fresh", "cached"):
                    took = seconds(lambda: through_engine(data, op, place, workers, f"{name}-{workers}"))  # noqa: B023
                    if turn:  # the first round pays for imports
                        found.setdefault(f"{name}, {workers} worker(s)", []).append(took / loop)
            if turn:
                found.setdefault("loop, ms per image", []).append(loop / n * 1e3)
    return found


def main() -> None:
    """Print medians and ranges."""
    doors._found = lambda group: {  # type: ignore[assignment]
        name: EntryPoint(name, f"{__name__}:{cls}", group)
        for door, name, cls in ((doors.OPS, "bench.resize", "Resize"), (doors.READERS, "nowhere", "Nowhere"))
        if door == group
    }
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for side in (64, 256):
        print(f"{n} images, {side} -> {side // 2} pixels; median of {ROUNDS} (min - max), engine / loop")
        for name, ratios in measure(n, side).items():
            print(f"  {name:22s} {statistics.median(ratios):5.2f}  ({min(ratios):.2f} - {max(ratios):.2f})")


if __name__ == "__main__":
    main()
