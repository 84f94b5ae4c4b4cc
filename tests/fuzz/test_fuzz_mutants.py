"""Thousands of damaged files: nothing crashes, nothing hangs for longer than 5 s, no row is lost."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from mutator import mutate
from seeds import TABLES, media, scans

from shisaku.core.sample import Kind, Part
from shisaku.errors import DataError
from shisaku.store.codecs import decode_frames, decode_image, decode_points, decode_vector, decode_wave
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.layout import layout_of
from shisaku.store.limits import Limits
from shisaku.store.readers.dicom import DicomReader
from shisaku.store.readers.reader import RawPart, Record

OPEN = {"image": decode_image, "audio": decode_wave, "points": decode_points, "embedding": decode_vector}
FEW, MANY = 300, 10_000
HUNG = 5.0
LIMITS = Limits(seconds=HUNG)
MEDIA = 16
FORMATS = MEDIA + len(TABLES) + 1
WHOLE = 10  # of so many damaged tables one goes through everything, the others are read only


@dataclass(frozen=True)
class Mutants:
    """Damaged media as records, one half as files and one as bytes: libraries read them in different ways."""

    seeds: dict[str, tuple[Kind, bytes]]
    each: int
    folder: Path

    def records(self) -> Iterator[Record]:
        others = [data for _, data in self.seeds.values()]
        for name, (kind, data) in self.seeds.items():
            for n in range(self.each):
                made = mutate(data, others, hash_of(name, n))
                yield Record(f"{name}-{n}", {kind: RawPart(kind, self._file(f"{name}-{n}", made) if n % 2 else made)})

    def _file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        if not path.exists():
            path.write_bytes(data)
        return path

    def fingerprint(self) -> str:
        return f"mutants {self.each}"


def hash_of(name: str, n: int) -> int:
    return int.from_bytes(name.encode(), "big") * 1_000_003 + n


def media_mutants(each: int, tmp_path: Path) -> Ingested:
    files = tmp_path / "files"
    files.mkdir()
    return ingest(Mutants(media(tmp_path / "seeds"), each, files), tmp_path / "cache", limits=LIMITS)


def table_mutants(name: str, each: int, tmp_path: Path) -> tuple[Counter[str], float]:
    """Read `each` damaged files of one format; return what came of them and the longest time that one took."""
    root = tmp_path / name
    good = TABLES[name](root)
    raw = good.read_bytes()
    others = [raw, *(TABLES[other](tmp_path / "others" / other).read_bytes() for other in TABLES)]
    seen: Counter[str] = Counter()
    longest = 0.0
    for n in range(each):
        good.write_bytes(mutate(raw, others, hash_of(name, n)))
        os.utime(good, ns=(n, n))
        started = time.monotonic()
        seen[outcome(good if good.parent == root else root, tmp_path / "cache", n % WHOLE == 0)] += 1
        longest = max(longest, time.monotonic() - started)
    return seen, longest


def outcome(path: Path, cache: Path, whole: bool) -> str:
    try:
        reader = layout_of(path).reader
        ids = [record.id for record in reader.records()]
        assert ids == [record.id for record in reader.records()]
        for note in reader.notes() if hasattr(reader, "notes") else ():
            assert str(note)
        if whole:
            found = ingest(reader, cache, limits=LIMITS)
            assert len(found.dataset) + len(found.drops) == len(ids)
    except DataError as error:
        return "error" if str(error.what) else "an error that says nothing"
    return "read"  # whatever else is raised fails the test


def opened(part: Part) -> object:
    """Decode a part as every op does: what the sandbox let through must be sound."""
    if part.kind == "video":
        return list(decode_frames(part))
    return OPEN[part.kind](part)


def check_media(found: Ingested, each: int) -> dict[str, int]:
    ids = {*(sample.id for sample in found.dataset), *(drop.sample for drop in found.drops)}
    assert len(found.dataset) + len(found.drops) == len(ids) == MEDIA * each
    reasons = Counter(str(drop.reason) for drop in found.drops)
    assert all(reasons)
    assert not [reason for reason in reasons if "takes longer" in reason]
    for sample in found.dataset:
        for part in sample.parts.values():
            opened(part)
    crashes = {reason: n for reason, n in reasons.items() if "crashes" in reason or "makes the decoder stop" in reason}
    assert sum(crashes.values()) <= each // 100, crashes  # each cost its own row only
    return crashes


def test_damaged_media_cost_themselves_only(tmp_path: Path) -> None:
    each = -(-FEW // FORMATS)
    check_media(media_mutants(each, tmp_path), each)


@pytest.mark.parametrize("name", TABLES)
def test_damaged_tables_cost_themselves_only(name: str, tmp_path: Path) -> None:
    each = -(-FEW // FORMATS)
    seen, longest = table_mutants(name, each, tmp_path)
    assert set(seen) <= {"read", "error"}
    assert seen.total() == each
    assert longest < HUNG


def scan_mutants(each: int, tmp_path: Path) -> Ingested:
    """Read a folder of damaged DICOM files: headers and reports are looked at before anything is decoded."""
    root, held = tmp_path / "scans", scans(tmp_path / "good")
    root.mkdir()
    (root / "good.dcm").write_bytes(held[0])
    for n in range(each):
        (root / f"{n}.dcm").write_bytes(mutate(held[n % 2], held, hash_of("scan", n)))
    reader = DicomReader(str(root))
    found = ingest(reader, tmp_path / "scanned", limits=LIMITS)
    ids = [record.id for record in reader.records()]
    assert len(found.dataset) + len(found.drops) == len(ids)
    assert all(str(drop.reason) for drop in found.drops)
    return found


def test_damaged_scans_cost_themselves_only(tmp_path: Path) -> None:
    scan_mutants(-(-FEW // FORMATS), tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ten_thousand_damaged_files(tmp_path: Path) -> None:
    each = -(-MANY // FORMATS)
    started = time.monotonic()
    found = media_mutants(each, tmp_path)
    crashes = check_media(found, each)
    took = time.monotonic() - started
    print(f"\nmedia: {MEDIA * each} files, {len(found.drops)} dropped, crashes {crashes}, {took:.0f} s")
    started = time.monotonic()
    scanned = scan_mutants(each, tmp_path)
    print(f"dicom folder: {len(scanned.dataset)} in, {len(scanned.drops)} dropped, {time.monotonic() - started:.0f} s")
    for name in TABLES:
        started = time.monotonic()
        seen, longest = table_mutants(name, each, tmp_path)
        print(f"{name}: {dict(seen)}, longest {longest:.2f} s, {time.monotonic() - started:.0f} s in all")
        assert seen.total() == each
        assert longest < HUNG


def test_the_seeds_themselves_are_good(tmp_path: Path) -> None:
    """Or the mutants would prove nothing."""
    held = {name: Record(name, {kind: RawPart(kind, data)}) for name, (kind, data) in media(tmp_path / "seeds").items()}

    class Good:
        def records(self) -> Iterator[Record]:
            return iter(held.values())

        def fingerprint(self) -> str:
            return "good"

    found = ingest(Good(), tmp_path / "cache", limits=LIMITS)
    assert not found.drops
    assert len(found.dataset) == MEDIA
