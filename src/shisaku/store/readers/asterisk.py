"""Reads Asterisk's prompts: recordings in a folder per voice, and a transcript per language."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.encodings import MEGABYTE, decode_text
from shisaku.store.readers.inside import inside, plain_name
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout

TRANSCRIPT = re.compile(r"(?:core|extra)-sounds-([a-z]{2,3}(?:_[A-Z]{2})?)\.txt(?:\.gz)?")
VOICE = re.compile(r"([a-z]{2,3})(?:_[A-Z]{2})?(?![a-zA-Z])")
TRANSCRIPT_MB = 16
LOOKED_AT = 2000


@dataclass(frozen=True)
class AsteriskReader:
    """Asterisk's prompts, one sample a recording: parts `audio` and `text`.

    Below `path` lie a folder per voice, as ``sounds/en_US_f_Allison`` or ``sounds/fr``, whose name begins with the
    language, and transcripts ``core-sounds-<language>.txt`` (or .gz) with lines ``name: text``. `transcript` names
    the transcript where it lies elsewhere; `path` is then the folder of one voice. The group is the voice. A text
    that begins with ``[`` says what is heard and not what is said, so that the recording is a drop; so are
    recordings without a text, and texts without a recording.

    Example::

        data: {reader: asterisk, with: {path: sounds/en_US_f_Allison, transcript: core-sounds-en.txt.gz}}
    """

    path: str
    transcript: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout if there is a transcript with the folder of a voice."""
        found = _voices(path)
        if not found:
            return None
        why = say(
            "{transcript} goes with the recordings in {folder}, as in Asterisk's prompts",
            transcript=found[0][1].name,
            folder=found[0][0].name,
        )
        return Layout("Asterisk prompts", (why,), cls(str(path)), strength=CERTAIN)

    def records(self) -> Iterator[Record]:
        """Give one record per recording or line of a transcript. Raises DataError if there are none."""
        root = Path(self.path).expanduser()
        found = [(root, Path(self.transcript).expanduser())] if self.transcript else _voices(root)
        if not found:
            raise DataError(
                say("There is no transcript core-sounds-<language>.txt with recordings here"),
                str(root),
                next=say("Give its file with transcript="),
            )
        for folder, transcript in found:
            yield from self._voice(folder, _texts(transcript), _language(folder.name, transcript.name))

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("asterisk", asdict(self))

    def _voice(self, folder: Path, texts: list[tuple[str, str]], lang: str) -> Iterator[Record]:
        voice, sounds = plain_name(folder.name), _sounds(folder)
        seen: set[str] = set()
        for name, text in texts:
            audio = inside(folder, f"{name}.wav")
            problem = audio if isinstance(audio, Message) else _no_words(text)
            if name in seen:
                problem = say("The transcript names {name} a second time", name=plain_name(name))
            seen.add(name)
            if problem or isinstance(audio, Message):
                yield Record(f"{voice}/{plain_name(name)}", problem=problem)
                continue
            yield Record(
                f"{voice}/{plain_name(name)}",
                {"audio": RawPart("audio", audio), "text": RawPart("text", text, lang)},
                group=voice,
                licence=self.licence,
                consent=self.consent,
                facts={"prompt": plain_name(name)},
            )
        for name in sorted(sounds - seen):
            yield Record(f"{voice}/{plain_name(name)}", problem=say("The recording has no transcript"))


def _voices(root: Path) -> list[tuple[Path, Path]]:
    """Return (folder of a voice, its transcript) for every voice below `root`."""
    transcripts: dict[str, Path] = {}
    folders: list[Path] = []
    for place, inner, names in islice(os.walk(root), LOOKED_AT):
        inner.sort()
        for name in sorted(names):
            if match := TRANSCRIPT.fullmatch(name):
                transcripts.setdefault(match[1], Path(place, name))
        if any(name.endswith(".wav") for name in names):
            folders.append(Path(place))
    found = []
    for folder in folders:
        match = VOICE.match(folder.name)
        own = [path for path in transcripts.values() if path.parent == folder]
        fitting = own or [transcripts[key] for key in (match.group(), match[1]) if key in transcripts] if match else own
        found += [(folder, fitting[0])] if fitting else []
    return found


def _sounds(folder: Path) -> set[str]:
    walk = os.walk(folder)
    return {
        Path(place, name).relative_to(folder).with_suffix("").as_posix()
        for place, _, names in walk
        for name in names
        if name.endswith(".wav")
    }


def _texts(transcript: Path) -> list[tuple[str, str]]:
    """Return (name, text) of every line but comments. Raises DataError for a file that is no such text."""
    try:
        with gzip.open(transcript) if transcript.suffix == ".gz" else transcript.open("rb") as file:
            raw = file.read(TRANSCRIPT_MB * MEGABYTE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(say("The file cannot be read: {cause}", cause=str(error)[:120]), str(transcript)) from error
    if len(raw) > TRANSCRIPT_MB * MEGABYTE:
        raise DataError(say("The transcript has more than {limit} MB", limit=TRANSCRIPT_MB), str(transcript))
    lines = [line.partition(":") for line in decode_text(raw, str(transcript))[0].splitlines()]
    return [(name.strip(), text.strip()) for name, sign, text in lines if sign and not name.startswith(";")]


def _no_words(text: str) -> Message | None:
    if not text:
        return say("The text is empty")
    return say("The text describes a sound: {text}", text=text) if text.startswith("[") else None


def _language(folder: str, transcript: str) -> str:
    """Return the language as a BCP 47 tag: en_US_f_Allison is en-US."""
    name = VOICE.match(folder) or VOICE.match(transcript.partition("-sounds-")[2])
    return "-".join(name.group().split("_")) if name else ""
