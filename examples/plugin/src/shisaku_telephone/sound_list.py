"""A list of recordings with their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.message import Message, say
from shisaku.store.readers.inside import inside
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout

LIST = "sounds.txt"


@dataclass(frozen=True)
class SoundListReader:
    """A folder with ``sounds.txt``: a recording, a tab and the label on each line. Parts: `audio`; label: `label`.

    Example::

        data: {reader: sound_list, with: {path: calls}}
    """

    path: str
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout if the list is there: with it, ``shisaku ingest PATH`` needs no ``--as``."""
        why = (say("The folder has a {name}", name=LIST),)
        return Layout("sound list", why, cls(str(path)), strength=CERTAIN) if (path / LIST).is_file() else None

    def records(self) -> Iterator[Record]:
        """Give one record per line; a recording that is not there, or not in the folder, has a problem."""
        root = Path(self.path).expanduser()
        with (root / LIST).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                name, _, label = line.rstrip("\n").partition("\t")
                sound = inside(root, name)
                if isinstance(sound, Message):
                    yield Record(f"line {number}", problem=sound)
                    continue
                labels = {"label": label} if label else {}
                parts = {"audio": RawPart("audio", sound)}
                yield Record(name, parts, labels, licence=self.licence, consent=self.consent)

    def fingerprint(self) -> str:
        """Return what changes with the parameters; ingest looks at the files themselves."""
        return fingerprint("sound_list", asdict(self))
