"""Reads a folder of DICOM files with the reports that belong to them."""

from __future__ import annotations

import importlib.util
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from shisaku.core.drop import Failure
from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError, MachineError
from shisaku.message import Message, say
from shisaku.store.dicoms import is_dicom
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku.store.readers.walk import Found, Survey, survey
from shisaku.store.sandbox import Sandbox

FACTS = ("study", "series", "modality", "study_date", "laterality", "view", "body_part", "manufacturer", "sex", "age")
INDEX = "dicomdir"  # lists the files beside it and says nothing more
LOOKED_AT = 200


@dataclass(frozen=True)
class DicomReader:
    """A folder of DICOM files (the preamble ``DICM`` decides, not the name), one sample an image with its report.

    The report of an image is the text file of its name, of its study's UID (``<StudyInstanceUID>.txt``, anywhere),
    or of its folder (``s50414267.txt`` beside the folder ``s50414267``); else the structured reports (SR) of its
    study. The patient (PatientID; without one the study) is the group. Facts are ``study``, ``series``,
    ``modality``, ``study_date``, ``laterality``, ``view``, ``body_part``, ``manufacturer``, ``sex`` and ``age``;
    names, birth dates and addresses are not read. `label` names one of the facts as the label. Reports are not
    de-identified, nor is what is burned into the pixels. Needs the extra ``shisaku[dicom]``.

    Example::

        data: {reader: dicom, with: {path: chest, label: view, lang: en}}
    """

    path: str
    label: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    def __post_init__(self) -> None:
        if self.label and self.label not in FACTS:
            raise DataError(
                say("There is no fact {name} to be the label", name=self.label),
                next=say("Give one of: {names}", names=", ".join(FACTS)),
            )

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Take a folder for this if one of its first files has the DICOM preamble."""
        example = next((name for name in _first_files(path) if _is_dicom(name)), None)
        if example is None:
            return None
        why = say("{file} has the DICOM preamble", file=example.name)
        return Layout("DICOM folder", (why,), cls(str(path)), strength=CERTAIN)

    def records(self) -> Iterator[Record]:
        """Give one record per file. Raises MachineError without the extra, DataError for a wrong folder."""
        if importlib.util.find_spec("pydicom") is None:
            raise MachineError(
                say("DICOM files need the extra shisaku[dicom]"), next=say("Run: pip install 'shisaku[dicom]'")
            )
        found = survey(Path(self.path).expanduser())
        texts = {file.name: file for file in found.files if file.name.lower().endswith(".txt")}
        # On disk, so that the headers of many files do not pile up while the reports are looked for.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as notebook:
            spoken = _looked_at(found, notebook)
            reports = _Reports(texts, spoken)
            notebook.seek(0)
            for line in notebook:
                seen = json.loads(line)
                record = self._record(found.root, seen, reports)
                if record:
                    yield record
            yield from reports.left()

    def notes(self) -> tuple[Message, ...]:
        """Say what was passed over."""
        found = survey(Path(self.path).expanduser())
        others = sum(1 for file in found.files if not _is_meant(file) and not file.name.lower().endswith(".txt"))
        said = [say("{n} files that are not DICOM were passed over", n=others)] if others else []
        if found.hidden:
            said.append(say("{n} hidden files were passed over", n=found.hidden))
        return tuple(said)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("dicom", asdict(self))

    def _record(self, root: Path, seen: Mapping[str, str], reports: _Reports) -> Record | None:
        name = seen["file"]
        if "problem" in seen:
            return Record(name, problem=Message.from_json(json.loads(seen["problem"])))
        if seen.get("modality") == "SR":
            return None  # comes in with the images of its study, or is told of at the end
        if "size" not in seen:
            kind = seen.get("modality", UNKNOWN)
            return Record(name, problem=say("A DICOM object of the kind {kind} holds no image", kind=kind))
        facts = {fact: seen[fact] for fact in FACTS if fact in seen}
        parts = {"image": RawPart("image", root / seen["path"])}
        report = reports.of(name, facts.get("study", ""))
        if report is not None:
            parts["report"] = RawPart("text", report, self.lang)
        return Record(
            name,
            parts,
            labels={self.label: facts[self.label]} if self.label in facts else {},
            group=seen.get("patient") or facts.get("study", ""),
            licence=self.licence,
            consent=self.consent,
            facts=facts,
        )


class _Reports:
    """Which report belongs to which image, and which to none."""

    def __init__(self, texts: Mapping[str, Found], spoken: Mapping[str, list[tuple[str, str]]]) -> None:
        self._texts, self._spoken = texts, spoken
        self._by_stem: dict[str, str] = {}
        for name in texts:
            self._by_stem.setdefault(Path(name).stem, name)
        self._used: set[str] = set()

    def of(self, image: str, study: str) -> Path | str | None:
        folder = Path(image).parent.as_posix()
        for name in (str(Path(image).with_suffix(".txt")), self._by_stem.get(study, ""), f"{folder}.txt"):
            if name in self._texts and not self._texts[name].problem:
                self._used.add(name)
                return self._texts[name].path
        said = self._spoken.get(study)
        if not study or not said:
            return None
        self._used.update(name for name, _ in said)
        return "\n\n".join(text for _, text in said)

    def left(self) -> Iterator[Record]:
        names = [*self._texts, *(name for said in self._spoken.values() for name, _ in said)]
        for name in names:
            if name not in self._used:
                yield Record(name, problem=say("The report belongs to no image that was found"))


def _looked_at(found: Survey, notebook: IO[str]) -> dict[str, list[tuple[str, str]]]:
    """Write the headers of all files into `notebook`, a JSON object a line; return study -> (file, text) of SR."""
    files = [file for file in found.files if _is_meant(file)]
    good = [file for file in files if not file.problem and file.kind != "link"]
    spoken: dict[str, list[tuple[str, str]]] = {}
    with Sandbox(Limits(), workers=1) as box:
        outcomes = box.map(Job("look dicom", file.path) for file in good)
        for file in files:
            seen = {"file": file.name, "path": os.path.relpath(file.path, found.root)}
            if file.problem or file.kind == "link":
                seen["problem"] = json.dumps((file.problem or say("This is not a plain file")).to_json())
            else:
                outcome = next(outcomes)
                if isinstance(outcome, Failure):
                    seen["problem"] = json.dumps(outcome.reason.to_json())
                else:
                    seen.update(outcome.facts)
                    if outcome.facts.get("modality") == "SR":
                        text = outcome.data.decode()
                        spoken.setdefault(outcome.facts.get("study", ""), []).append((file.name, text))
            notebook.write(json.dumps(seen) + "\n")
    return spoken


def _is_meant(file: Found) -> bool:
    """Tell whether a file is DICOM, or says it is by its name, or is a link that may not be followed."""
    if file.problem or file.kind == "link":
        return not file.name.lower().endswith(".txt")
    name = file.name.split("/")[-1].lower()
    return name != INDEX and (name.endswith((".dcm", ".dicom")) or _is_dicom(file.path))


def _is_dicom(path: Path) -> bool:
    try:
        return path.is_file() and is_dicom(path)
    except OSError:
        return False


def _first_files(root: Path) -> Iterator[Path]:
    n = 0
    for place, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            yield Path(place, name)
            n += 1
            if n >= LOOKED_AT:
                return
