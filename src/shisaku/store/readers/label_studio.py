"""Reads a Label Studio export (JSON): tasks with the annotations of one annotator or several."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

from shisaku.core.annotators import SEPARATOR
from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN, Kind
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.objects import OBJECTS
from shisaku.store.readers.found_objects import object_notes
from shisaku.store.readers.inside import plain_name
from shisaku.store.readers.json_file import glance, has_keys
from shisaku.store.readers.json_stream import json_items
from shisaku.store.readers.label_studio_files import media_kind, media_source
from shisaku.store.readers.label_studio_results import Results, results_of
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, LIKELY, Layout
from shisaku.store.readers.record_json import FIELD
from shisaku.store.readers.restored import restored

TEXTS = frozenset({"text", "prompt", "question", "answer", "caption", "sentence", "transcript", "dialogue", "title"})
ANNOTATIONS, PREDICTIONS = "annotations", "predictions"
TIMED = ("audio", "video")


@dataclass(frozen=True)
class LabelStudioReader:
    """A Label Studio export in its JSON form, one sample a task.

    `path` is the JSON, or a folder that holds one. Files named in a task (``/data/upload/...``,
    ``/data/local-files/?d=...``, relative paths) are looked for beside it; addresses are not fetched, and such tasks
    become drops. Values under a usual name (``text``, ``prompt`` ...) or the key `text` are text parts in the language
    `lang`; others become facts. The key `group` names the entity.

    Every annotation is kept in the part ``annotations`` with its ``completed_by``. What most annotators chose is the
    label `label`, or has the name of its control where there are several controls; a tie is no label and the fact
    ``<label>_tie``. Where several annotated a task, what each of them chose is the label ``<label>/<their number>``.
    Regions (``objects``, in per cent), spans in time or text (``spans``) and written texts are those of the ground
    truth, else of the first annotation that was not cancelled. Tasks are read one at a time.

    Example::

        data: {reader: label_studio, with: {path: project-7.json, label: defect}}
    """

    path: str
    label: str = "choice"
    group: str = ""
    text: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout of a JSON list of tasks with data and annotations."""
        found = _export(path)
        if found is None:
            return None
        sure = has_keys(glance(found), "annotations", "predictions", "completed_by", "from_name") > 1
        why = say("{file} is a list of tasks with data and annotations", file=found.name)
        return Layout("Label Studio", (why,), cls(str(path)), strength=CERTAIN if sure else LIKELY)

    def records(self) -> Iterator[Record]:
        """Give one record per task. Raises DataError where there is no list of tasks."""
        path = self._file()
        controls = self._controls()
        for item in json_items(path):
            name = plain_name(str(item.held.get("id", f"task-{item.line:06d}")))
            if item.problem:
                yield Record(name, problem=item.problem)
                continue
            try:
                yield self._record(name, item.held, path.parent, controls)
            except DataError as error:
                yield Record(name, problem=error.what)

    def notes(self) -> tuple[Message, ...]:
        """Say how many tasks have several annotators, ties, or shapes that were not understood."""
        said = object_notes(self.records())
        several = ties = 0
        for record in self.records():
            several += int(record.facts.get("annotators", 0)) > 1
            ties += any(fact.endswith("_tie") for fact in record.facts)
        if several:
            said.append(say("{n} tasks have several annotators: the label is what most of them chose", n=several))
        if ties:
            said.append(say("{n} tasks have a tie between annotators, and no label", n=ties))
        return tuple(said)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("label_studio", asdict(self))

    def _file(self) -> Path:
        path = Path(self.path).expanduser()
        found = _export(path) or (path if path.is_file() else None)
        if found is None:
            raise DataError(
                say("There is no Label Studio export here"),
                str(path),
                next=say("Export the project as JSON (not JSON-MIN) and give that file"),
            )
        return found

    def _controls(self) -> frozenset[str]:
        found: set[str] = set()
        for item in json_items(self._file()):
            for annotation in _kept(item.held, ANNOTATIONS):
                found |= results_of(annotation, timed=False).choices.keys()
        return frozenset(found)

    def _record(self, name: str, task: Mapping[str, Any], root: Path, controls: frozenset[str]) -> Record:
        data = task.get("data")
        if not isinstance(data, dict):
            return Record(name, problem=say("The task has no data"))
        meta = task.get("meta")
        if isinstance(meta, dict) and FIELD in meta:
            return self._restored(task, data, meta[FIELD], root)
        record = self._plain(name, data, root)
        if record.problem:
            return record
        timed = any(part.kind in TIMED for part in record.parts.values())
        made = self._annotated(record, task, timed, self.label if len(controls) == 1 else "")
        return made if made.parts else replace(made, problem=say("The task has no image, recording, video or text"))

    def _plain(self, name: str, data: Mapping[str, Any], root: Path) -> Record:
        parts: dict[str, RawPart] = {}
        facts: dict[str, str] = {}
        for key, value in data.items():
            kind = media_kind(key, value) if isinstance(value, str) else ""
            if kind:
                source = media_source(root, cast("str", value))
                if isinstance(source, Message):
                    return Record(name, problem=source)
                parts[key if kind in parts else kind] = RawPart(cast("Kind", kind), source)
            elif isinstance(value, str) and (key == self.text or key.lower() in TEXTS):
                parts[key] = RawPart("text", value, self.lang)
            elif value not in (None, "") and key != self.group:
                facts[key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        group = plain_name(str(data.get(self.group, ""))) if self.group else ""
        return Record(name, parts, {}, group, self.licence, self.consent, facts)

    def _annotated(self, record: Record, task: Mapping[str, Any], timed: bool, only: str) -> Record:
        """Add what annotators said; `only` is the name of the label where there is one control."""
        annotations = [one for one in _kept(task, ANNOTATIONS) if not one.get("was_cancelled")]
        choices = [results_of(one, timed).choices for one in annotations]
        labels, ties = _votes(choices, only)
        labels |= _answers(annotations, choices, only)
        facts = {**record.facts, **ties}
        parts = dict(record.parts)
        for name in (ANNOTATIONS, PREDICTIONS):
            if _kept(task, name):
                parts[name] = RawPart("table", json.dumps(_kept(task, name), ensure_ascii=False))
        if annotations:
            facts["annotators"] = str(len({json.dumps(one.get("completed_by")) for one in annotations}))
            chosen = next((one for one in annotations if one.get("ground_truth")), annotations[0])
            results = results_of(chosen, timed)
            facts |= results.objects.facts()
            _add_results(parts, results, self.lang)
        return replace(record, parts=parts, labels={**record.labels, **labels}, facts=facts)

    def _restored(self, task: Mapping[str, Any], data: Mapping[str, Any], held: Any, root: Path) -> Record:
        """Return the record that shisaku wrote, with the texts of the task and what annotators said since."""
        native: dict[str, Path | str | bytes] = {}
        for key, value in data.items():
            if isinstance(value, str):
                source = media_source(root, value) if media_kind(key, value) else value
                if isinstance(source, Message):
                    raise DataError(source)
                native[key] = source
        record = restored(held, native, {})
        timed = any(part.kind in TIMED for part in record.parts.values())
        return self._annotated(record, task, timed, "") if _kept(task, ANNOTATIONS) else record


def _export(path: Path) -> Path | None:
    """Return the JSON list of tasks at `path`; in a folder, the only one."""
    if path.is_dir():
        found = [one for one in sorted(path.glob("*.json")) if _export(one)]
        return found[0] if len(found) == 1 else None
    if path.suffix.lower() != ".json":
        return None
    seen = glance(path)
    marks = has_keys(seen, "annotations", "predictions", "completed_by", "from_name", "meta")
    return path if seen.startswith("[") and has_keys(seen, "data") and marks else None


def _kept(task: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the annotations or predictions of a task, but for those that shisaku wrote and nobody changed."""
    given = task.get(name)
    found = [one for one in (given if isinstance(given, list) else ()) if isinstance(one, dict)]
    return [one for one in found if FIELD not in one or one[FIELD] != fingerprint(one.get("result"))]


def _votes(choices: list[dict[str, str]], only: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return label -> what most chose, and the ties as facts."""
    labels: dict[str, str] = {}
    ties: dict[str, str] = {}
    for control in sorted({name for one in choices for name in one}):
        votes = Counter(one[control] for one in choices if control in one).most_common()
        name = only or control
        if len(votes) > 1 and votes[0][1] == votes[1][1]:
            ties[f"{name}_tie"] = ", ".join(f"{word} {n}" for word, n in sorted(votes))
        else:
            labels[name] = votes[0][0]
    return labels, ties


def _answers(annotations: list[dict[str, Any]], choices: list[dict[str, str]], only: str) -> dict[str, str]:
    """Return ``<label>/<annotator>`` -> what they chose last, where there are several annotators."""
    people = [_who(one.get("completed_by")) for one in annotations]
    if len(set(people) - {""}) < 2:
        return {}
    return {
        f"{only or control}{SEPARATOR}{who}": word
        for who, chosen in zip(people, choices, strict=True)
        for control, word in chosen.items()
        if who
    }


def _who(given: Any) -> str:
    """Return the number of an annotator, also where the export tells their name and address: those stay behind."""
    given = given.get("id") if isinstance(given, dict) else given
    return str(given) if isinstance(given, int) else ""


def _add_results(parts: dict[str, RawPart], results: Results, lang: str) -> None:
    if results.objects.items or results.objects.aside:
        parts[OBJECTS] = results.objects.part()
    timed = next((name for name, part in parts.items() if part.kind in TIMED), "")
    if timed and (results.spans or any(span for _, _, span in results.texts)):
        parts[timed] = parts[timed]._replace(clock=parts[timed].clock or timed)
    if results.spans:
        table = {"of": timed, "clock": timed, "spans": results.spans} if timed else {"spans": results.spans}
        parts["spans"] = RawPart("table", json.dumps(table, ensure_ascii=False))
    for control, text, span in results.texts:
        names = (f"{control}_{n}" if n else control for n in range(len(parts) + 1))
        name = next(one for one in names if one not in parts)
        parts[name] = RawPart("text", text, lang, span, timed if span else "")
