"""Peak memory of ingest and of export: 100,000 rows against 10,000, in processes of their own.

Prints one JSON object; `ratio` is peak RSS (VmHWM) of the large over that of the small. The goal is 1.5 or less.
Run: ``python benchmarks/stream.py [--images] [--formats parquet jsonl ...] [--rows 10000 100000]``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 1.5
TINY = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def source(place: Path, rows: int, images: bool) -> Path:
    """A CSV of short texts, or Parquet of short texts with an image of one pixel."""
    if not images:
        with open(place / "rows.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("id", "text", "label", "speaker"))
            writer.writerows((n, f"what row number {n} says of itself", "ab"[n % 2], n // 10) for n in range(rows))
        return place / "rows.csv"
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("id", pa.string()), ("text", pa.string()), ("image", pa.binary()), ("label", pa.string())])
    with pq.ParquetWriter(place / "rows.parquet", schema) as file:
        for start in range(0, rows, 1000):
            made = [
                {"id": str(n), "text": f"what row number {n} says", "image": TINY, "label": "ab"[n % 2]}
                for n in range(start, start + 1000)
            ]
            file.write_table(pa.Table.from_pylist(made, schema=schema))
    return place / "rows.parquet"


def step(words: list[str], place: Path) -> dict[str, float]:
    """Run one verb in a process of its own; return its seconds and peak memory in MB."""
    code = (
        "import sys; from pathlib import Path; from shisaku.cli.app import app\n"
        "try: app(sys.argv[1:], standalone_mode=False)\n"
        "finally: print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0], file=sys.stderr)"
    )
    env = {**os.environ, "SHISAKU_CACHE": str(place / "cache"), "SHISAKU_STATE": str(place / "state")}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--json"], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    return {"mb": int(done.stderr.split()[-1]) / 1024, "seconds": round(time.monotonic() - began, 1)}


def measured(rows: int, images: bool, formats: list[str]) -> dict[str, dict[str, float]]:
    """Ingest `rows` rows, then export them in every format."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        found = {"ingest": step(["ingest", str(source(place, rows, images)), "--out", str(place / "home")], place)}
        for name in formats:
            words = ["data", "export", str(place / "home"), "--to", name, "--out", str(place / name)]
            found[f"export {name}"] = step(words, place)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", action="store_true")
    parser.add_argument("--formats", nargs="*", default=["parquet", "webdataset", "hf", "jsonl"])
    parser.add_argument("--rows", nargs=2, type=int, default=[10_000, 100_000])
    told = parser.parse_args()
    small, large = (measured(rows, told.images, told.formats) for rows in told.rows)
    steps = {
        name: {"small": small[name], "large": large[name], "ratio": round(large[name]["mb"] / small[name]["mb"], 2)}
        for name in small
    }
    worst = max(one["ratio"] for one in steps.values())
    print(json.dumps({"rows": told.rows, "steps": steps, "worst_ratio": worst, "goal": GOAL, "met": worst <= GOAL}))


if __name__ == "__main__":
    main()
