"""How near ingest comes to what the decoding itself costs: JPEG folders in, against a serial loop of the same calls.

The loop reads, hashes, decodes, shrinks and encodes each file, hashes what it stores (content fingerprints are a part
of what is stored, and any loop would need the call) and writes all into one Lance table. Ingest does it in processes
that may be killed, checks every id, syncs what it wrote, and can be interrupted anywhere.

Both are measured as whole processes, so that starting Python, its libraries and the workers counts; 10,000 small images
are enough for that to weigh little. Two cores, so the floor is twice the loop. On a machine with other work the wall
time says little: the CPU time of all processes together is printed too, and at 1.11 of the loop's or less, two idle
cores reach 0.90. The last figure is what decoding at a reduced size saves on images of more than 2 megapixels.

    python benchmarks/ingest_floor.py [number of small images] [number of large ones]
"""

from __future__ import annotations

import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shisaku.store.codecs import encode_image
from shisaku.store.images import read_image
from shisaku.store.ingest import ingest
from shisaku.store.limits import Limits
from shisaku.store.readers.folder import FolderReader

ROUNDS = 3
FEATURES = Limits(max_side=256)


class Cost(NamedTuple):
    """Seconds of one run, on the clock and of all processors."""

    wall: float
    cpu: float


def main() -> None:
    """Print the medians of interleaved rounds."""
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    small, large = (int(sys.argv[k]) if len(sys.argv) > k else n for k, n in ((1, 10_000), (2, 600)))
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        _write(root / "small", small, 256, 256)
        _write(root / "large", large, 2048, 1536)
        _report("256 x 256", root / "small", small)
        _report("2048 x 1536, to 512", root / "large", large)
        _report_reduced(root / "large", large)


def _one(what: str, folder: Path, place: Path) -> None:
    if what == "ingest":
        ingest(FolderReader(str(folder), label=""), place)
    else:
        _store(map(_hashed, _loop(folder, Limits())), place)


def _report(name: str, folder: Path, n: int) -> None:
    rounds = [(_process("loop", folder), _process("ingest", folder)) for _ in range(ROUNDS)]
    loops, ours = zip(*rounds, strict=True)
    wall, wall_ours = (statistics.median(cost.wall for cost in some) for some in (loops, ours))
    cpu, cpu_ours = (statistics.median(cost.cpu for cost in some) for some in (loops, ours))
    print(
        f"{name}: loop {n / wall:.0f}/s, ingest {n / wall_ours:.0f}/s, "
        f"{wall / (2 * wall_ours):.2f} of twice the loop (goal 0.90); CPU per image: loop {1000 * cpu / n:.2f} ms, "
        f"ingest {1000 * cpu_ours / n:.2f} ms, {cpu_ours / cpu:.2f} of the loop (goal 1.11)"
    )


def _process(what: str, folder: Path) -> Cost:
    """Run one of them as a process of its own; its children, which it waits for, count with it."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        began = time.perf_counter()
        pid = os.posix_spawn(sys.executable, [sys.executable, __file__, "--one", what, str(folder), place], os.environ)
        _, status, used = os.wait4(pid, 0)
        wall = time.perf_counter() - began
    if status:
        raise SystemExit(f"{what} ended with {status}")
    return Cost(wall, used.ru_utime + used.ru_stime)


def _report_reduced(folder: Path, n: int) -> None:
    whole, reduced = _interleaved(lambda: _whole(folder), lambda: list(_loop(folder, FEATURES)))
    print(
        f"2048 x 1536, to 256 for features: whole {n / whole:.0f}/s, reduced {n / reduced:.0f}/s, "
        f"{whole / reduced:.1f} times as fast (goal 2.5)"
    )


def _interleaved(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for work, taken in zip((one, other), seconds, strict=True):
            began = time.perf_counter()
            work()
            taken.append(time.perf_counter() - began)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def _loop(folder: Path, limits: Limits) -> Iterator[bytes]:
    for path in sorted(folder.iterdir()):
        with open(path, "rb") as file:
            hashlib.file_digest(file, "sha256")
        yield read_image(path, limits).data


def _hashed(data: bytes) -> bytes:
    hashlib.sha256(data)
    return data


def _store(pictures: Iterator[bytes], place: Path) -> None:
    import lance
    import pyarrow as pa

    schema = pa.schema([("blobs", pa.list_(pa.large_binary()))])

    def batches() -> Iterator[pa.RecordBatch]:
        while some := [[data] for data in islice(pictures, 64)]:
            yield pa.record_batch([pa.array(some, schema.field(0).type)], schema=schema)

    lance.write_dataset(batches(), str(place / "x.lance"), schema=schema)


def _whole(folder: Path) -> None:
    """Decode at full size and shrink afterwards, as a loader does that knows no better."""
    from PIL import Image

    for path in sorted(folder.iterdir()):
        with open(path, "rb") as file:
            hashlib.file_digest(file, "sha256")
        with Image.open(path) as picture:
            picture.load()
            shrunk = picture.convert("RGB").resize((256, 192), Image.Resampling.LANCZOS)
        encode_image(np.asarray(shrunk))


def _write(folder: Path, n: int, width: int, height: int) -> None:
    """Write smooth random pictures, which compress as photographs do."""
    import cv2

    folder.mkdir()
    rng = np.random.default_rng(0)
    for i in range(n):
        coarse = rng.integers(0, 255, (height // 16, width // 16, 3), dtype=np.uint8)
        noise = rng.integers(0, 12, (height, width, 3), dtype=np.uint8)
        picture = cv2.add(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), noise)
        cv2.imwrite(str(folder / f"{i:05d}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])


if __name__ == "__main__":
    main()
