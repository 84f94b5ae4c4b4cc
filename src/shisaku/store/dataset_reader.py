"""Reads a dataset that shisaku wrote: a version of a dataset home, or a folder that holds one dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Part, Sample
from shisaku.message import Message, say
from shisaku.store.home import Home, is_home, open_home
from shisaku.store.lance_table import MANIFEST, TABLE, LanceDataset
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku.store.splits import FACT, read_split


@dataclass(frozen=True)
class DatasetReader:
    """A dataset that ``shisaku ingest`` wrote, every sample as it is: parts, labels, facts, parents and digest.

    `version` is a number of ``shisaku data log``; without it the version in use is read. The dataset may come from
    somebody else, so its media are decoded again in the sandbox (an image that another PNG encoder wrote keeps its
    pixels and gets the digest of today's bytes). `label` and `group` only say which label a recipe
    would use and whether groups are known. `split` is the start of a hash of ``shisaku data split``: every sample
    of it gets the fact ``split``, by which a recipe selects.

    Example::

        data: {reader: dataset, with: {path: photos.dataset, version: 3}}
    """

    path: str
    version: int | None = None
    label: str = ""
    group: str = ""
    split: str = ""

    def records(self) -> Iterator[Record]:
        """Give one record per sample. Raises DataError for a damaged dataset, MachineError for a newer schema."""
        of = read_split(Path(self.path).expanduser(), self.split).of if self.split else {}
        for sample in self._dataset():
            yield _record(sample, {FACT: of[sample.id]} if sample.id in of else {})

    def notes(self) -> tuple[Message, ...]:
        """Say how many samples somebody made, as they are no real data."""
        made = sum(row["depth"] > 0 for row in self._dataset().columns(["depth"]))
        return (say("{n} samples of the dataset were made, not recorded", n=made),) if made else ()

    def fingerprint(self) -> str:
        """Return what changes with the parameters and with the samples."""
        return fingerprint("dataset", asdict(self), self._dataset().fingerprint)

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Know a dataset home, or a dataset, by its manifest."""
        if is_home(path):
            home = Home.open(path)
            number, latest = home.head()
            dataset = home.dataset(home.version())
            why = [say("shisaku wrote it: a dataset with {n} versions, version {now} is in use", n=latest, now=number)]
        elif (path / MANIFEST).is_file() and (path / TABLE).is_dir():
            dataset, why = LanceDataset(path), [say("shisaku wrote it: a dataset in one table")]
        else:
            return None
        label, group = _label(dataset), "group" if _has_groups(dataset) else ""
        if label:
            why.append(say("{label} is the label most samples have", label=label))
        return Layout("dataset", tuple(why), cls(str(path), label=label, group=group), strength=CERTAIN)

    def _dataset(self) -> LanceDataset:
        path = Path(self.path).expanduser()
        return open_home(path, self.version) if is_home(path) else LanceDataset(path)


def _record(sample: Sample, more: Mapping[str, str]) -> Record:
    return Record(
        id=sample.id,
        parts={name: _raw(part) for name, part in sample.parts.items()},
        labels=sample.labels,
        group=sample.group,
        licence=sample.licence,
        consent=sample.consent,
        facts={**sample.facts, **more},
        parents=sample.parents,
        depth=sample.depth,
        canonical=True,
    )


def _raw(part: Part) -> RawPart:
    source = part.text if part.kind in ("text", "table") else part.data
    return RawPart(part.kind, source, part.lang, part.span, part.clock, uri=part.uri)


def _label(dataset: LanceDataset) -> str:
    seen = Counter(name for row in dataset.columns(["labels"]) for name, _ in row["labels"] or ())
    return min(seen, key=lambda name: (-seen[name], name), default="")


def _has_groups(dataset: LanceDataset) -> bool:
    return any(row["group"] for row in dataset.columns(["group"]))
