"""Which of the known layouts a file or folder has, and the reader that reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.registry.doors import READERS, load, names
from shisaku.store.readers.columns import Columns, columns_of
from shisaku.store.readers.folder import SPLITS, FolderReader
from shisaku.store.readers.recognition import FALLBACK, Layout, Recognises
from shisaku.store.readers.rows import Rows, read_rows
from shisaku.store.readers.table import TableReader
from shisaku.store.readers.walk import Survey, survey

OWN = ("folder", "table")
# A lone folder of such a name holds the files of all classes and is no class.
HOLDERS = frozenset(
    (
        *("images", "image", "imgs", "img", "photos", "pictures", "audio", "audios", "wav", "wavs", "clips", "sounds"),
        *("texts", "text", "data", "files"),
    )
)


def layout_of(path: Path, known_as: str = "") -> Layout:
    """Recognise the layout at `path`, or take it for the reader `known_as`.

    Every reader behind the door that knows its layout is asked; the most specific signs win. Raises DataError
    where there is nothing that can be read, where two layouts fit equally well, or where `known_as` does not.
    """
    if known_as:
        return _as_told(path, known_as)
    claims = [claim for name in names(READERS) if (claim := _claim(name, path))]
    best = max((claim.strength for claim in claims), default=0)
    first, *others = [claim for claim in claims if claim.strength == best] or [_media(path)]
    if others:
        fitting = ", ".join(sorted(claim.door for claim in (first, *others)))
        raise DataError(
            say("This could be any of: {layouts}", layouts=fitting),
            str(path),
            next=say("Say which with --as and one of these names"),
        )
    return first


def _as_told(path: Path, name: str) -> Layout:
    if name in OWN:
        return _media(path)
    claim = _claim(name, path)
    if claim is None:
        raise DataError(
            say("This does not have the layout {name}", name=name),
            str(path),
            next=say("Leave --as away to see what it is taken for"),
        )
    return claim


def _claim(name: str, path: Path) -> Layout | None:
    reader = load(READERS, name)
    claim = reader.recognise(path) if isinstance(reader, Recognises) else None
    return replace(claim, door=name) if claim else None


def _media(path: Path) -> Layout:
    """Recognise what has no format of its own: a table, or a folder of media with or without one."""
    if path.is_file():
        return _table_file(path)
    found = survey(path)
    if found.tables():
        return _metadata(found)
    media = found.of("image", "audio", "text", "video")
    lists = [file for file in found.of("table") if not file.problem]
    if len(lists) == 1:
        table = read_rows(lists[0].path)
        columns = columns_of(table)
        if columns.file or not media:
            return _table(table, columns)
    if not media:
        raise DataError(
            say("There are no images, recordings, videos, texts or tables here"),
            str(path),
            next=say("Give the folder that holds them, or a CSV, JSONL or Parquet file"),
        )
    return _folders(found)


def _metadata(found: Survey) -> Layout:
    """HF's imagefolder and audiofolder convention: a metadata table beside the files."""
    tables = [read_rows(table.path) for table in found.tables()]
    table, columns = tables[0], columns_of(tables[0])
    file = "file_name" if "file_name" in table.columns else columns.file
    if not file:
        table.require({"file": "file_name"})
    why = [say("{table} names the files in its column {column}", table=table.path.name, column=file)]
    label, problems = columns.label, list(columns.problems)
    if not label and len(_Places.of(found).classes) > 1:
        label = "class"
        why.append(say("It has no label column, so the sub-folders are taken for the classes"))
        problems = []
    reader = FolderReader(str(found.root), label=label, group=columns.group, text=columns.text, file=file)
    return _layout("metadata", (*why, *_said(columns)), reader, tuple(problems))


def _table_file(path: Path) -> Layout:
    table = read_rows(path)
    return _table(table, columns_of(table))


def _table(table: Rows, columns: Columns) -> Layout:
    media = {columns.file_kind: columns.file} if columns.file_kind in ("image", "audio") else {}
    if not media and not columns.text:
        raise DataError(
            say(
                "No column was recognised as text or as file names; the columns are: {has}",
                has=", ".join(table.columns),
            ),
            str(table.path),
            next=say("Use the reader table with text=, image= or audio= set to one of them"),
        )
    why = [say("{table} is a table, one sample a row", table=table.path.name)]
    if media:
        why.append(say("Its column {column} names files that are there", column=columns.file))
    reader = TableReader(
        str(table.path), text=columns.text, label=columns.label, group=columns.group, id=columns.id, **media
    )
    return _layout("table", (*why, *_said(columns)), reader, columns.problems)


def _layout(
    name: str, why: tuple[Message, ...], reader: FolderReader | TableReader, problems: tuple[Message, ...] = ()
) -> Layout:
    return Layout(name, why, reader, problems, "table" if isinstance(reader, TableReader) else "folder", FALLBACK)


def _said(columns: Columns) -> list[Message]:
    said = []
    if columns.text:
        said.append(say("Column {column} is the text", column=columns.text))
    if columns.label:
        said.append(say("Column {column} is the label, by its name", column=columns.label))
    if columns.group:
        said.append(say("Column {column} is the group: what shares it never straddles a split", column=columns.group))
    return said


def _folders(found: Survey) -> Layout:
    places = _Places.of(found)
    why: list[Message] = []
    if places.splits:
        names = ", ".join(sorted(places.splits))
        why.append(say("The outermost folders are splits ({names}), not classes", names=names))
    if not places.classes or (len(places.classes) == 1 and places.classes[0].lower() in HOLDERS):
        why.append(say("The files lie together, without class folders and without a metadata table"))
        return _layout("flat", tuple(why), FolderReader(str(found.root), label=""))
    names = ", ".join(places.classes[:8])
    why.append(
        say("The files lie in {n} sub-folders ({names}), taken for the classes", n=len(places.classes), names=names)
    )
    doubt = say(
        "Some files lie deeper, as in {example}: if such a folder is one entity, set group to folder",
        example=places.deeper,
    )
    return _layout("class folders", tuple(why), FolderReader(str(found.root)), (doubt,) if places.deeper else ())


@dataclass(frozen=True, slots=True)
class _Places:
    """The folders that media lie in: names of splits, of what is below them, and one that is deeper still."""

    splits: tuple[str, ...]
    classes: tuple[str, ...]
    deeper: str

    @classmethod
    def of(cls, found: Survey) -> _Places:
        files = found.of("image", "audio", "video") or found.of("text")
        outermost = {file.folders[0] for file in files if file.folders}
        splits = outermost if {name.lower() for name in outermost} <= SPLITS else set()
        inner = [file.folders[1:] if splits else file.folders for file in files]
        classes = sorted({folders[0] for folders in inner if folders})
        deeper = next((file.name for file, folders in zip(files, inner, strict=True) if len(folders) > 1), "")
        return cls(tuple(sorted(splits)), tuple(classes), deeper)
