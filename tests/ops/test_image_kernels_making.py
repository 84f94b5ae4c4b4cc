"""The library of kernels: imported by one module alone, and without a word to anybody."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from ops_material import scene

import shisaku
from shisaku.ops.image.degrade import shaken
from shisaku.ops.image.kernels import QUIET, library, run
from shisaku.ops.image.sensor import with_noise
from shisaku.ops.image.weather import KINDS, in_weather

GUARDED = """
import os, socket, sys
os.environ.pop({quiet!r}, None)
tried = []
def refuse(*what, **more):
    tried.append(what)
    raise OSError("no network in this test")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.create_connection = refuse
sys.addaudithook(lambda event, given: tried.append(event) if event.startswith(("socket.connect", "socket.getaddr",
    "urllib.Request")) else None)
from shisaku.ops.image.kernels import library
assert library().__version__ == "2.0.8"
assert "albumentations.check_version" in sys.modules
print(len(tried))
"""


def test_no_connection_is_tried() -> None:
    code = GUARDED.format(quiet=QUIET)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "0", done.stderr


def test_the_guard_of_this_test_sees_the_library_ask() -> None:
    code = GUARDED.format(quiet=QUIET).replace("from shisaku.ops.image.kernels import library", "library = None")
    code = code.replace(
        "assert library()", "import warnings; warnings.simplefilter('ignore'); import albumentations\n#"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert int(done.stdout) > 0, done.stderr


def test_one_module_alone_imports_the_library() -> None:
    root = Path(shisaku.__file__).parent
    users = [path.name for path in root.rglob("*.py") if "import albumentations" in path.read_text("utf-8")]
    users += [path.name for path in root.rglob("*.py") if "from albumentations" in path.read_text("utf-8")]
    assert set(users) == {"kernels.py"}


def test_a_transform_is_seeded_by_the_generator_alone() -> None:
    image = scene(0)

    def noisy(seed: int) -> bytes:
        return run(library().GaussNoise(p=1.0), image, np.random.default_rng(seed)).tobytes()

    assert noisy(1) == noisy(1)
    assert noisy(1) != noisy(2)


def test_threads_make_the_same_as_one() -> None:
    image = scene(0)

    def work(seed: int) -> list[bytes]:
        rng = np.random.default_rng(seed)
        made = [in_weather(image, kind, 0.8, rng) for kind in KINDS]
        return [one.tobytes() for one in (*made, with_noise(image, 9.0, rng), shaken(image, 7.0, rng))]

    alone = [work(seed) for seed in range(12)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(work, range(12))) == alone
