"""The Layout of a table of typed columns: which columns were taken for what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.arrow_shards import Named, Shard, understand
from shisaku.store.readers.recognition import CERTAIN, LIKELY, Layout


def table_layout(
    name: str, reader: Any, shard: Shard, path: Path, why: Message, strength: int = LIKELY
) -> Layout | None:
    """Return the layout `name` with `reader(path, ...)`, its columns named after a look at the first rows of `shard`.

    What shisaku itself exported is certain. None where the shard is damaged or holds nothing that is read.
    """
    try:
        found = understand(shard, Named(), path if path.is_dir() else path.parent)
    except DataError:
        return None
    said = [why]
    if found.whole:
        made = reader(str(path))
        said.append(say("Every row carries the whole record that shisaku wrote"))
        return Layout(name, tuple(said), made, strength=CERTAIN)
    rows = found.plan.rows
    if not (found.plan.media or found.plan.vectors or rows.text or rows.media or found.plan.tables):
        return None
    said += [say("Column {column} holds {kind}", column=column, kind=kind) for column, kind in found.plan.media.items()]
    if rows.text:
        said.append(say("Column {column} is the text", column=rows.text))
    if rows.label in found.classes:
        said.append(say("Column {column} is the label: its ids have the names of classes", column=rows.label))
    elif rows.label:
        said.append(say("Column {column} is the label, by its name", column=rows.label))
    if rows.group:
        said.append(say("Column {column} is the group: what shares it never straddles a split", column=rows.group))
    problems = () if rows.label else found.taken.problems
    made = reader(str(path), text=rows.text, label=rows.label, group=rows.group, id=rows.id)
    return Layout(name, tuple(said), made, problems, strength=strength)
