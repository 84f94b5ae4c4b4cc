"""Reads a LibriSpeech tree."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.inside import inside, plain_name
from shisaku.store.readers.keyed_lines import keyed_lines, values
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout

TRANSCRIPT = ".trans.txt"
AUDIO = (".flac", ".wav", ".ogg", ".mp3")
LOOKED_AT = 5000  # folders that are gone through before a tree is taken for something else


@dataclass(frozen=True)
class LibriSpeechReader:
    """A tree ``SUBSET/SPEAKER/CHAPTER`` with recordings and ``SPEAKER-CHAPTER.trans.txt``, one sample an utterance.

    Parts `audio` and `text`; the group is the speaker. Facts are ``chapter``, ``subset`` and, from SPEAKERS.TXT at
    the top of the tree, ``gender`` and ``reader``. A recording without a transcript is a drop, and so is the
    reverse. Layout: https://www.openslr.org/12

    Example::

        data: {reader: librispeech, with: {path: LibriSpeech/dev-clean, licence: CC-BY-4.0}}
    """

    path: str
    lang: str = "en"
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout if a transcript is called after the two folders that it lies in."""
        for chapter, names in islice(_chapters(path), 1):
            why = say(
                "{name} lies in the folder of a chapter of a speaker, as in LibriSpeech",
                name=f"{chapter.parent.name}/{chapter.name}/{names[0]}",
            )
            return Layout("LibriSpeech", (why,), cls(str(path)), strength=CERTAIN)
        return None

    def records(self) -> Iterator[Record]:
        """Give one record per utterance. Raises DataError if there is no transcript anywhere."""
        root = Path(self.path).expanduser()
        speakers, n = _speakers(root), 0
        for chapter, transcripts in _chapters(root, most=None):
            n += 1
            facts = {"chapter": plain_name(chapter.name), **speakers.get(chapter.parent.name, {})}
            if chapter.parent.parent != root:
                facts["subset"] = plain_name(chapter.parent.parent.name)
            yield from self._chapter(root, chapter, transcripts, facts)
        if not n:
            raise DataError(
                say("There is no transcript SPEAKER-CHAPTER.trans.txt here"),
                str(root),
                next=say("Give the folder that holds the speakers' folders"),
            )

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("librispeech", asdict(self))

    def _chapter(self, root: Path, chapter: Path, transcripts: list[str], facts: Mapping[str, str]) -> Iterator[Record]:
        sounds = {Path(name).stem: name for name in sorted(os.listdir(chapter)) if Path(name).suffix.lower() in AUDIO}
        seen: set[str] = set()
        for line in (line for name in transcripts for line in keyed_lines(chapter / name)):
            seen.add(line.key)
            audio = inside(root, os.path.relpath(chapter / sounds.get(line.key, f"{line.key}.flac"), root))
            problem = line.problem or (audio if isinstance(audio, Message) else None)
            if problem or isinstance(audio, Message):
                yield Record(plain_name(line.key), problem=problem)
                continue
            yield Record(
                plain_name(line.key),
                {"audio": RawPart("audio", audio), "text": RawPart("text", line.value, self.lang)},
                group=plain_name(chapter.parent.name),
                licence=self.licence,
                consent=self.consent,
                facts=facts,
            )
        for stem in (stem for stem in sounds if stem not in seen):
            yield Record(plain_name(stem), problem=say("The recording has no transcript"))


def _chapters(root: Path, most: int | None = LOOKED_AT) -> Iterator[tuple[Path, list[str]]]:
    """Give (folder, transcripts) of every chapter below `root`, in order."""
    for place, folders, names in islice(os.walk(root), most):
        folders.sort()
        chapter = Path(place)
        wanted = f"{chapter.parent.name}-{chapter.name}{TRANSCRIPT}"
        if wanted in names:
            yield chapter, [wanted]


def _speakers(root: Path) -> dict[str, dict[str, str]]:
    """Return what SPEAKERS.TXT (id | sex | subset | minutes | name) says, from the top of the tree."""
    tables = [place / "SPEAKERS.TXT" for place in (root, root.parent) if (place / "SPEAKERS.TXT").is_file()]
    found: dict[str, dict[str, str]] = {}
    for speaker, rest in values(tables[0]).items() if tables else ():
        fields = [field.strip() for field in f"{speaker} {rest}".split("|")]
        if not speaker.startswith(";") and len(fields) >= 5:
            about = {"gender": fields[1].lower(), "subset": fields[2], "reader": "|".join(fields[4:])}
            found[fields[0]] = {key: value for key, value in about.items() if value}
    return found
