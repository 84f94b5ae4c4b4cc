"""Reads WebDataset tars: files that share what comes before the first dot are one sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.readers.inside import inside
from shisaku.store.readers.reader import Record
from shisaku.store.readers.recognition import CERTAIN, LIKELY, Layout
from shisaku.store.readers.tar_members import Member, tar_members
from shisaku.store.readers.tar_sample import AUTO, TarSample, key_of

SUFFIX = ".tar"
LOOKED_AT = 64


@dataclass(frozen=True)
class WebDatasetReader:
    """A WebDataset tar, or a folder of them, read from front to back without unpacking.

    Images, recordings, videos and texts become parts (named by their kind, or by what stands before the suffix,
    as in ``left.png``), NPY arrays embeddings or point clouds, ``cls`` the label ``cls``. Of the ``json`` member,
    `label`, `group` and `text` name keys (``auto``: taken by their names, empty: none); its other plain values
    become facts, structures tables. Pickles and PyTorch files are never opened. Links, devices and names that
    lead outside are Drops; of a tar that is cut off everything before the cut comes in. What shisaku exported comes
    back as it was.

    Example::

        data: {reader: webdataset, with: {path: shards, label: cls}}
    """

    path: str
    text: str = AUTO
    label: str = AUTO
    group: str = AUTO
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    def records(self) -> Iterator[Record]:
        """Give one record per sample, and one with a problem for every member that is refused. Raises DataError."""
        root = Path(self.path).expanduser()
        for tar in _tars(root):
            yield from self._tar(tar, "" if root.is_file() else f"{tar.stem}/")

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("webdataset", asdict(self))

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Take a tar, or a folder of tars, whose first files come in groups with one key."""
        try:
            tars = _tars(path)
        except DataError:
            return None
        first = [one for one in islice(tar_members(tars[0]), LOOKED_AT) if not one.problem]
        held = TarSample(cls(str(path)), key_of(first[0].name)[0] if first else "")
        for member in first:
            if key_of(member.name)[0] == held.key:
                held.add(member)
        if not held.key:
            return None
        why = [say("{n} tars hold files that share a key per sample, such as {key}", n=len(tars), key=held.key)]
        if held.is_whole():
            why.append(say("Every row carries the whole record that shisaku wrote"))
            return Layout("webdataset", tuple(why), cls(str(path)), strength=CERTAIN)
        label, group, text = held.taken()
        if label:
            why.append(say("Column {column} is the label, by its name", column=label))
        reader = cls(str(path), text=text, label=label, group=group)
        return Layout("webdataset", tuple(why), reader, strength=LIKELY)

    def _tar(self, path: Path, before: str) -> Iterator[Record]:
        held: TarSample | None = None
        for member in tar_members(path):
            key, suffix = key_of(member.name)
            if held and (member.end or key != held.key):
                # The sample that a cut goes through may lack members, so it is part of what is lost.
                if member.end and key in ("", held.key):
                    member = replace(member, name=held.key)
                else:
                    yield held.record(before)
                held = None
            if member.problem or not key:
                yield _refused(path, member)
            elif suffix:
                held = held or TarSample(self, key)
                held.add(member)
        if held:
            yield held.record(before)


def _refused(path: Path, member: Member) -> Record:
    reason = member.problem or say("{name} has no key and suffix as the members of a sample have", name=member.name)
    return Record(f"{path.name}:{member.name}".rstrip(":"), problem=reason)


def _tars(path: Path) -> Sequence[Path]:
    if path.is_file() and path.suffix.lower() == SUFFIX:
        return [path]
    found = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else []
    safe = [one for one in found if isinstance(inside(path, one.name), Path)]
    if not safe:
        raise DataError(say("There is no tar here"), str(path), next=say("Give a .tar file, or a folder of them"))
    return safe
