"""How near ingest comes to what the decoding itself costs: JPEG folders in, against a serial loop of the same calls.

The loop reads, hashes, decodes, shrinks and encodes each file and writes all into a Lance table; ingest does it in
processes that may be killed, checks every id, and can be interrupted anywhere. Two cores, so the floor is twice the
loop. The second figure is what decoding at a reduced size saves on images of more than 2 megapixels.

    python benchmarks/ingest_floor.py [number of small images] [number of large ones]
"""

from __future__ import annotations

import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from shisaku.store.codecs import encode_image
from shisaku.store.images import read_image
from shisaku.store.ingest import ingest
from shisaku.store.limits import Limits
from shisaku.store.readers.folder import FolderReader

ROUNDS = 3
FEATURES = Limits(max_side=256)


def main() -> None:
    """Print the medians of interleaved rounds."""
    small, large = (int(sys.argv[k]) if len(sys.argv) > k else n for k, n in ((1, 3000), (2, 300)))
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        _write(root / "small", small, 256, 256)
        _write(root / "large", large, 2048, 1536)
        _report("256 x 256", root / "small", small, Limits(), root)
        _report("2048 x 1536, to 512", root / "large", large, Limits(), root)
        _report_reduced(root / "large", large)


def _report(name: str, folder: Path, n: int, limits: Limits, scratch: Path) -> None:
    def through_ingest() -> None:
        with tempfile.TemporaryDirectory(dir=scratch) as cache:
            ingest(FolderReader(str(folder), label=""), Path(cache), limits=limits)

    def through_loop() -> None:
        with tempfile.TemporaryDirectory(dir=scratch) as place:
            _store(_loop(folder, limits), Path(place))

    loops, ours = _interleaved(through_loop, through_ingest)
    ratio = loops / (2 * ours)
    print(f"{name}: loop {n / loops:.0f}/s, ingest {n / ours:.0f}/s, {ratio:.2f} of twice the loop (goal 0.90)")


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
