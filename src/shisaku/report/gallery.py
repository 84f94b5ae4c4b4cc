"""Made samples beside the real ones they were made from, so that a person can look and listen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shisaku.errors import ShisakuError
from shisaku.report.flow import drop_words, is_view
from shisaku.report.media import player, thumbnail
from shisaku.report.record import Record
from shisaku.report.words import Words, words

if TYPE_CHECKING:
    from shisaku.core.dataset import Dataset
    from shisaku.core.sample import Sample

PER_STREAM = 6
TEXT_LENGTH = 280
BUDGET = 6_000_000  # bytes of media in the page, as base64


@dataclass(frozen=True, slots=True)
class Shown:
    """One sample as the page shows it; media are data URIs."""

    id: str
    labels: str
    depth: int
    images: Sequence[tuple[str, str]]
    sounds: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, str, str]]

    @property
    def size(self) -> int:
        """Bytes it adds to the page."""
        return sum(len(uri) for _, uri in (*self.images, *self.sounds)) + sum(len(t) for _, t, _ in self.texts)


@dataclass(frozen=True, slots=True)
class Pair:
    """A made sample, its parent if that could be found, why it was dropped if it was."""

    child: Shown
    parent: Shown | None
    dropped: Words | None


@dataclass(frozen=True, slots=True)
class Wall:
    """Pairs of one stream; `n` samples are in it; `trouble` says why none could be shown."""

    stream: str
    n: int
    pairs: Sequence[Pair]
    trouble: Words | None = None


def walls(record: Record) -> list[Wall]:
    """Return up to six made samples of every stream, evenly spread over their ids, within the page's budget."""
    opened = _opened(record)
    drops = {str(r["sample"]): drop_words(r) for r in record.tables["drops"]}
    seen: set[str] = set()
    shown: list[Wall] = []
    left = BUDGET
    for name, (dataset, trouble) in opened.items():
        if dataset is None:
            shown.append(Wall(name, 0, (), trouble))
            continue
        chosen = _made(dataset, seen)
        pairs = []
        for sample in chosen:
            pair = _pair(sample, opened, drops)
            left -= pair.child.size + (pair.parent.size if pair.parent else 0)
            if left < 0:
                break
            pairs.append(pair)
        if pairs:
            shown.append(Wall(name, len(dataset), pairs))
    return shown


def _opened(record: Record) -> dict[str, tuple[Dataset | None, Words | None]]:
    found: dict[str, tuple[Dataset | None, Words | None]] = {}
    for name in record.run.streams():
        if is_view(name) or name.endswith(".random"):
            continue
        try:
            found[name] = (record.run.stream(name), None)
        except ShisakuError as error:
            found[name] = (None, words(error.what))
    return found


def _made(dataset: Dataset, seen: set[str]) -> list[Sample]:
    ids = [i for i in dataset.ids() if i not in seen]
    step = max(1, len(ids) // PER_STREAM)
    chosen = [s for s in dataset.take(ids[::step][:PER_STREAM]) if s.depth > 0]
    if chosen:
        seen.update(ids)
    return chosen


def _pair(
    sample: Sample, opened: Mapping[str, tuple[Dataset | None, Words | None]], drops: Mapping[str, Words]
) -> Pair:
    parent = _find(sample.parents[0], opened) if sample.parents else None
    return Pair(show(sample), show(parent) if parent else None, drops.get(sample.id))


def _find(sample_id: str, opened: Mapping[str, tuple[Dataset | None, Words | None]]) -> Sample | None:
    for dataset, _trouble in opened.values():
        if dataset is not None:
            try:
                return dataset.take([sample_id])[0]
            except (ShisakuError, KeyError):
                continue
    return None


def show(sample: Sample) -> Shown:
    """Make one sample ready for the page; a part that cannot be decoded is left out."""
    parts = sorted(sample.parts.items())
    images = [(name, thumbnail(p)) for name, p in parts if p.kind == "image"]
    sounds = [(name, player(p)) for name, p in parts if p.kind == "audio"]
    texts = [(name, p.data.decode("utf-8", "replace")[:TEXT_LENGTH], p.lang) for name, p in parts if p.kind == "text"]
    return Shown(
        id=sample.id,
        labels=", ".join(f"{k}: {v}" for k, v in sorted(sample.labels.items())),
        depth=sample.depth,
        images=[(name, uri) for name, uri in images if uri],
        sounds=[(name, uri) for name, uri in sounds if uri],
        texts=texts,
    )
