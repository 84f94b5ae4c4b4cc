"""The reader behind ``data: {reader: gcompris}``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku_stamps.containers import Container

BOARD = re.compile(r"/resource/board/board\d+\.qml$")
ITEM = re.compile(r"\{[^{}]*\}")
WORDS = re.compile(r'"(title|text|text2)"\s*:\s*qsTr\(\s*"((?:[^"\\]|\\.)*)"\s*\)')
FILE = re.compile(r'"(image2|audio)"\s*:[^"\n]*"qrc:/([^"]+)"')
PART = {"title": "title", "text": "text", "text2": "question"}


@dataclass(frozen=True)
class GComprisReader:
    """An ``explore_*.rcc`` container of GCompris, one sample an item of its boards.

    Parts: `image` (the photo), `audio` (the sound it makes), and in English `title`, `text` and `question`. The
    label `label` is the title. The boards are QML programs: they are searched for their texts and never run.

    Example::

        data: {reader: gcompris, with: {path: explore_farm_animals.rcc}}
    """

    path: str
    label: str = "class"
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout of a container with boards."""
        if path.suffix != ".rcc" or not path.is_file():
            return None
        try:
            boards = [name for name in Container.open(path).names() if BOARD.search(name)]
        except DataError:
            return None
        why = say("{file} holds {board}, a board of GCompris", file=path.name, board=boards[0] if boards else "")
        return Layout("GCompris", (why,), cls(str(path)), strength=CERTAIN) if boards else None

    def records(self) -> Iterator[Record]:
        """Give one record per item that has a title. Raises DataError for a container that is broken."""
        container = Container.open(Path(self.path).expanduser())
        names = frozenset(container.names())
        for board in sorted(name for name in names if BOARD.search(name)):
            for item in ITEM.findall(container.read(board).decode("utf-8", "replace")):
                words = {PART[key]: re.sub(r"\\(.)", r"\1", text) for key, text in WORDS.findall(item)}
                if "title" in words:
                    yield self._record(words, dict(FILE.findall(item)), container, names)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("gcompris", asdict(self))

    def _record(
        self, words: dict[str, str], files: dict[str, str], container: Container, names: frozenset[str]
    ) -> Record:
        sources = {"image": files.get("image2", ""), "audio": files.get("audio", "").replace(".$CA", ".ogg")}
        missing = [name for name in sources.values() if name not in names]
        if missing:
            return Record(words["title"], problem=say("There is no file {path}", path=missing[0]))
        return Record(
            words["title"],
            {
                "image": RawPart("image", container.read(sources["image"])),
                "audio": RawPart("audio", container.read(sources["audio"])),
                **{name: RawPart("text", text, "en") for name, text in words.items()},
            },
            labels={self.label: words["title"]} if self.label else {},
            licence=self.licence,
            consent=self.consent,
        )
