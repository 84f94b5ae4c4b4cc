"""Reads a Kaldi data folder."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.inside import inside
from shisaku.store.readers.keyed_lines import Line, keyed_lines, values
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku.store.readers.record_json import record_from_json

RECORDINGS, SEGMENTS, TEXT, SPEAKERS, RECORDS = "wav.scp", "segments", "text", "utt2spk", "utt2shisaku"


@dataclass(frozen=True)
class KaldiReader:
    """A Kaldi data folder, one sample an utterance: part `audio` and, where there is a transcript, part `text`.

    Reads ``wav.scp``, ``segments`` (an utterance is then a time span of a recording and is cut out of it),
    ``text``, ``utt2spk`` (the group is the speaker), ``utt2lang`` and ``spk2gender`` (fact ``gender``). Paths in
    wav.scp count from `root` (default: the folder itself) and may not leave it. A command, which ends with ``|``,
    is never run. `lang` is the language of the texts where no utt2lang says it. Where shisaku wrote the folder, the
    file ``utt2shisaku`` holds the rest of every record. Format: https://kaldi-asr.org/doc/data_prep.html

    Example::

        data: {reader: kaldi, with: {path: data/train, root: /corpora/calls, lang: en}}
    """

    path: str
    root: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout if there is a wav.scp with one of the files that go with it."""
        beside = [name for name in (TEXT, SPEAKERS, SEGMENTS) if (path / name).is_file()]
        if not (path / RECORDINGS).is_file() or not beside:
            return None
        why = say("{file} and {others} lie here, as in a Kaldi folder", file=RECORDINGS, others=", ".join(beside))
        return Layout("Kaldi", (why,), cls(str(path)), strength=CERTAIN)

    def records(self) -> Iterator[Record]:
        """Give one record per utterance, and one with a problem per transcript without one. Raises DataError."""
        home = _Folder.of(self)
        seen: set[str] = set()
        for line in keyed_lines(home.path / (SEGMENTS if home.recordings else RECORDINGS)):
            seen.add(line.key)
            yield home.record(line)
        for name in home.texts:
            if name not in seen:
                yield Record(name, problem=say("There is a transcript, but no recording for it"))

    def notes(self) -> tuple[Message, ...]:
        """Say how many utterances have no transcript, where others have one."""
        home = _Folder.of(self)
        names = (line.key for line in keyed_lines(home.path / (SEGMENTS if home.recordings else RECORDINGS)))
        without = sum(name not in home.texts for name in names) if home.texts else 0
        return (say("{n} utterances have no transcript", n=without),) if without else ()

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("kaldi", asdict(self))


@dataclass(frozen=True, slots=True)
class _Folder:
    """The files of a data folder but the one with a line per utterance. No `recordings`: there are no segments."""

    path: Path
    root: Path
    reader: KaldiReader
    recordings: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    speakers: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    genders: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, reader: KaldiReader) -> _Folder:
        path = Path(reader.path).expanduser()
        if not (path / RECORDINGS).is_file():
            raise DataError(
                say("There is no {file} here", file=RECORDINGS), str(path), next=say("Give the folder that holds it")
            )
        records = path / RECORDS
        return cls(
            path,
            Path(reader.root).expanduser() if reader.root else path,
            reader,
            values(path / RECORDINGS) if (path / SEGMENTS).is_file() else {},
            values(path / TEXT),
            values(path / SPEAKERS),
            values(path / "utt2lang"),
            values(path / "spk2gender"),
            # A whole record of every utterance would not stay in memory; its place in the file does.
            {line.key: line.offset for line in keyed_lines(records)} if records.is_file() else {},
        )

    def record(self, line: Line) -> Record:
        problem = line.problem
        audio = self._segment(line) if self.recordings else self._recording(line.value)
        if problem or isinstance(audio, Message):
            return Record(line.key, problem=problem or (audio if isinstance(audio, Message) else None))
        text = self.texts.get(line.key, "")
        if line.key in self.written:
            return self._written(line.key, audio, text)
        spoken = RawPart("text", text, self.languages.get(line.key, self.reader.lang))
        speaker = self.speakers.get(line.key, "")
        gender = self.genders.get(speaker, "")
        return Record(
            line.key,
            {"audio": audio, **({"text": spoken} if text else {})},
            group="" if speaker == line.key else speaker,  # Kaldi's way to say that the speaker is not known
            licence=self.reader.licence,
            consent=self.reader.consent,
            facts={"gender": gender} if gender else {},
        )

    def _recording(self, given: str) -> RawPart | Message:
        if given.endswith("|"):
            return say("The recording is the output of a command, and no command is run; write it to a file first")
        if not given:
            return say("The line names no file")
        path = inside(self.root, given)
        return path if isinstance(path, Message) else RawPart("audio", path)

    def _segment(self, line: Line) -> RawPart | Message:
        fields = line.value.split()
        if len(fields) == 4:
            return say("The segment asks for one channel of a recording, and channels are not read one by one")
        span = _span(fields[1:])
        if len(fields) != 3 or span is None:
            return say("Line {line} is no segment: recording, start and end in seconds", line=line.number)
        if fields[0] not in self.recordings:
            return say("There is no recording {name} in {file}", name=fields[0], file=RECORDINGS)
        whole = self._recording(self.recordings[fields[0]])
        return whole if isinstance(whole, Message) else whole._replace(span=span, clock=fields[0], cut=True)

    def _written(self, name: str, audio: RawPart, text: str) -> Record:
        """Return a record that shisaku wrote, with the recording and the transcript that are there now."""
        with (self.path / RECORDS).open("rb") as file:
            file.seek(self.written[name])
            raw = file.readline()
        try:
            about = json.loads(raw.decode().partition(" ")[2])
            content = {"audio": audio.source, "text": text}
            names = {about["parts"][part]["kind"]: part for part in about["parts"]}
            return record_from_json(about, {names[kind]: content[kind] for kind in content if kind in names})
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            return Record(name, problem=say("Its line in {file} is damaged", file=RECORDS))
        except DataError as error:
            return Record(name, problem=error.what)


def _span(fields: list[str]) -> tuple[float, float] | None:
    try:
        start, end = (float(field) for field in fields)
    except ValueError:
        return None
    return (start, end) if 0 <= start < end and math.isfinite(end) else None
