"""Contenders of `audit.py` on pictures: each does its work in a process of its own and says what it called faulty.

A contender is a function from the folder of pictures to fault -> names of pictures. What it imports it imports before
the clock starts, but processes that it starts itself count.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

Found = dict[str, list[str]]
Work = Callable[[], Found]
WORKERS = 2

# fault -> detector of the audit's own profile, and issue type of cleanvision
OURS = {
    "exact": "exact_image",
    "near": "near_image",
    "dark": "exposure",
    "light": "exposure",
    "blurred": "blur",
    "blank": "low_information",
    "odd_size": "odd_size",
    "odd_shape": "odd_shape",
}
THEIRS = {
    "exact": "exact_duplicates",
    "near": "near_duplicates",
    "dark": "dark",
    "light": "light",
    "blurred": "blurry",
    "blank": "low_information",
    "odd_size": "odd_size",
    "odd_shape": "odd_aspect_ratio",
}
RADIUS = 10  # bits of 64, the default of imagededup and of image.near_duplicate


def floor(pictures: Path) -> Work:
    """The same decode calls in a serial loop, and nothing else."""
    from shisaku.store.images import _decoded
    from shisaku.store.limits import Limits

    def work() -> Found:
        for path in sorted(pictures.iterdir()):
            _decoded(path, Limits())
        return {}

    return work


def quick(pictures: Path) -> Work:
    """The quick audit, called as a library, its run written."""
    return _glancing(pictures, frozenset())


def quick_same(pictures: Path) -> Work:
    """The quick audit with those detectors alone that have a counterpart in cleanvision."""
    return _glancing(pictures, frozenset(OURS.values()))


def _glancing(pictures: Path, only: frozenset[str]) -> Work:
    from shisaku.auditing.detector import detectors, up_to
    from shisaku.auditing.found import found_in
    from shisaku.auditing.plan import Contents, audit_recipe
    from shisaku.core.recipe import Source
    from shisaku.engine.first_look import write_first_look
    from shisaku.engine.glance import glance
    from shisaku.store.cache import StepCache
    from shisaku.store.readers.folder import FolderReader
    from shisaku.store.run import Run
    from shisaku.store.seen import Seen

    def work() -> Found:
        wanted = [one for one in up_to("quick", detectors()) if not only or one.name in only]
        reader = FolderReader(str(pictures), label="")
        seen = Seen.of(reader)
        recipe = audit_recipe("bench", Source("folder", {}), wanted, Contents.of(reader.records()))
        with tempfile.TemporaryDirectory() as place:
            cache = StepCache(Path(place) / "cache")
            looked = glance(seen.named(reader.records()), seen.n, recipe.steps, "bench", cache, workers=WORKERS)
            run = Run.create(Path(place) / "run", recipe_text="", recipe_fingerprint="bench")
            write_first_look(run, recipe, looked)
            run.release()
            issues = found_in(run).issues
        return {fault: [one.sample for one in issues.get(name, ())] for fault, name in OURS.items()}

    return work


def command(pictures: Path) -> Work:
    """The whole command with its page: ``shisaku audit --quick``, nothing cached."""

    def work() -> Found:
        with tempfile.TemporaryDirectory() as place:
            order = ["audit", str(pictures), "--quick", "--json", "--out", f"{place}/run", "--workers", str(WORKERS)]
            done = subprocess.run(
                [sys.executable, "-m", "shisaku", *order],
                env={**os.environ, "SHISAKU_CACHE": f"{place}/cache"},
                stdout=subprocess.PIPE,
                check=True,
            )
        issues = json.loads(done.stdout)["issues"]
        return {fault: [Path(one["file"]).name for one in issues.get(name, ())] for fault, name in OURS.items()}

    return work


def cleanvision(pictures: Path) -> Work:
    """cleanvision's issue types of the same meaning."""
    from cleanvision import Imagelab

    def work() -> Found:
        with redirect_stdout(StringIO()):
            lab = Imagelab(data_path=str(pictures))
            lab.find_issues({name: {} for name in THEIRS.values()}, n_jobs=WORKERS, verbose=False)
        issues: Any = lab.issues
        return {
            fault: [Path(path).name for path in issues.index[issues[f"is_{name}_issue"]]]
            for fault, name in THEIRS.items()
        }

    return work


def imagededup(pictures: Path) -> Work:
    """imagededup's PHash: copies alone."""
    from imagededup.methods import PHash

    def work() -> Found:
        held = PHash(verbose=False).find_duplicates(
            str(pictures), max_distance_threshold=RADIUS, num_enc_workers=WORKERS, num_dist_workers=WORKERS
        )
        copies = [name for name, others in held.items() if others]
        return {"exact": copies, "near": copies}

    return work


def imagehash(pictures: Path) -> Work:
    """The pHash of imagehash in a serial loop, all pairs compared with NumPy: copies alone."""
    import numpy as np
    from imagehash import phash
    from PIL import Image

    def work() -> Found:
        paths = sorted(pictures.iterdir())
        bits = [np.packbits(phash(Image.open(path)).hash).tobytes() for path in paths]
        words = np.frombuffer(b"".join(bits), np.uint64)
        copies = [path.name for path, word in zip(paths, words, strict=True) if _near(words, word) > 1]
        return {"exact": copies, "near": copies}

    def _near(words: Any, word: Any) -> int:
        return int((np.bitwise_count(words ^ word) <= RADIUS).sum())

    return work


CONTENDERS: dict[str, Callable[[Path], Work]] = {
    "floor": floor,
    "quick": quick,
    "quick, same issues": quick_same,
    "command": command,
    "cleanvision": cleanvision,
    "imagededup": imagededup,
    "imagehash": imagehash,
}
