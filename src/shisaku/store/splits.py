"""Splits as data: which sample of a dataset is in which split, under a hash, beside the versions of its home."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shisaku.core.dataset import Dataset
from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.atomic import disk_errors, write_bytes
from shisaku.store.manifest import damaged, manifest_bytes, read_manifest

FOLDER: Final = "splits"
FACT: Final = "split"
PREFIX = re.compile(r"[0-9a-f]{4,32}")
EXAMPLES = 5
ASKED: Final = ("version", "fractions", "by", "group", "seed")  # of a split's `about`: what tells of no record


@dataclass(frozen=True, slots=True)
class DataSplit:
    """One division of a dataset's samples: `of` maps sample ids to names of splits, `about` says how it was made."""

    of: Mapping[str, str]
    about: Mapping[str, Any]

    @property
    def hash(self) -> str:
        """Changes with any sample of any split, and with nothing else."""
        return fingerprint(sorted(self.of.items()))

    def write(self, home: Path) -> Path:
        """Keep the split in a home's folder ``splits``; the same one again is the same file. Raises MachineError."""
        names = list(dict.fromkeys(self.of.values()))
        ids = {name: sorted(id_ for id_, mine in self.of.items() if mine == name) for name in names}
        place = home / FOLDER / f"{self.hash}.json"
        write_bytes(place, manifest_bytes({**self.about, "hash": self.hash, "splits": ids}))
        return place


def read_split(home: Path, prefix: str) -> DataSplit:
    """Read the split whose hash starts with `prefix`. Raises DataError if there is none, or more than one."""
    there = sorted((home / FOLDER).glob("*.json"))
    found = [path for path in there if PREFIX.fullmatch(prefix) and path.stem.startswith(prefix)]
    if len(found) != 1:
        raise DataError(
            say("The dataset has {n} splits whose hash starts with {prefix}", n=len(found), prefix=prefix[:40]),
            str(home),
            next=say("It has {names}", names=", ".join(path.stem[:12] for path in there) or "-"),
        )
    held = read_manifest(found[0])
    try:
        of = {str(id_): str(name) for name, ids in held["splits"].items() for id_ in ids}
    except (KeyError, TypeError, AttributeError) as error:
        raise damaged(found[0], repr(error)[:120]) from error
    split = DataSplit(of, {name: value for name, value in held.items() if name not in ("splits", "hash")})
    if split.hash != found[0].stem:
        raise damaged(found[0], "its hash is another")
    return split


def forget_in_splits(home: Path, is_gone: Callable[[str], bool]) -> int:
    """Take ids out of every split of a home; one that held any gets a new hash, and loses what was counted with them.

    Returns how many splits changed. Raises MachineError for the disk.
    """
    changed = 0
    for path in sorted((home / FOLDER).glob("*.json")):
        split = read_split(home, path.stem)
        kept = {id_: name for id_, name in split.of.items() if not is_gone(id_)}
        if len(kept) < len(split.of):
            asked = {name: value for name, value in split.about.items() if name in ASKED}
            gone = int(split.about.get("forgotten", 0)) + len(split.of) - len(kept)
            DataSplit(kept, {**asked, "forgotten": gone}).write(home)
            with disk_errors(path):
                path.unlink()
            changed += 1
    return changed


def leaks(dataset: Dataset, of: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return, part by part, the contents (equal bytes) that are in more than one split, with a few of the samples."""
    seen: dict[tuple[str, str], dict[str, list[str]]] = {}
    for sample in dataset:
        for name, part in sample.parts.items():
            if part.kind != "embedding" and sample.id in of:
                places = seen.setdefault((name, part.digest), {})
                places.setdefault(of[sample.id], []).append(sample.id)
    return _by_part((name, places) for (name, _), places in seen.items() if len(places) > 1)


def _by_part(shared: Iterable[tuple[str, Mapping[str, Sequence[str]]]]) -> list[dict[str, Any]]:
    contents: Counter[str] = Counter()
    samples: Counter[str] = Counter()
    examples: dict[str, list[list[str]]] = {}
    for name, places in shared:
        contents[name] += 1
        samples[name] += sum(map(len, places.values()))
        shown = examples.setdefault(name, [])
        if len(shown) < EXAMPLES:
            shown.append([ids[0] for ids in places.values()])
    return [
        {"part": name, "contents": contents[name], "samples": samples[name], "examples": examples[name]}
        for name in sorted(contents)
    ]


def torn_from_parents(parents: Mapping[str, Sequence[str]], of: Mapping[str, str]) -> int:
    """Return how many samples have a parent in another split, as a composite may by its background."""
    return sum(any(of.get(parent, of[id_]) != of[id_] for parent in parents[id_]) for id_ in of)
