"""Tables of typed columns, in one or several files, as Records: what Parquet, `datasets` folders and Lance share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from shisaku.core.sample import Kind
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.arrow_cells import ArrowPlan, is_class, is_vector, media_kind, named_classes
from shisaku.store.readers.arrow_rows import broken_row, rows_of
from shisaku.store.readers.cells import CellsBuilder, as_text
from shisaku.store.readers.columns import Columns, columns_of
from shisaku.store.readers.object_cells import holds_bytes
from shisaku.store.readers.reader import Record
from shisaku.store.readers.record_json import FIELD
from shisaku.store.readers.rowrecord import RowPlan
from shisaku.store.readers.rows import Rows

AUTO = "auto"
HEAD, LOOKED_AT = 500, 8
AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows that cannot be read: from which on (1-based), how many if that is known, and why."""

    row: int
    n: int
    why: str


class Shard(Protocol):
    """One file of a table. `name` tells it from the others (empty: there is one), `split` is its split or empty."""

    name: str
    split: str

    def schema(self) -> Any:
        """Return the Arrow schema. Raises DataError if the file is damaged."""
        ...

    def features(self) -> Mapping[str, Any]:
        """Return column -> feature in the words of `datasets`; empty if nothing says so."""
        ...

    def batches(self, rows: int, columns: Sequence[str] | None = None, most: int = 0) -> Iterator[Any]:
        """Give RecordBatches of at most `rows` rows, and a `Lost` for rows that cannot be read.

        The caller wants no more than the first `most` rows; more may come.
        """
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """The columns that a reader was told to take; `AUTO` takes them by their names."""

    text: str = AUTO
    label: str = AUTO
    group: str = AUTO
    id: str = AUTO
    lang: str = ""
    licence: str = ""
    consent: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What the columns of a shard mean, what was taken by name, and which columns are not read."""

    plan: ArrowPlan
    taken: Columns
    unread: tuple[str, ...] = ()
    whole: bool = False
    classes: tuple[str, ...] = field(default=())


def arrow_records(shards: Sequence[Shard], named: Named, root: Path) -> Iterator[Record]:
    """Give every row of every shard as a Record; a shard that is damaged becomes one with its problem."""
    for shard in shards:
        before = f"{shard.name}/" if shard.name else ""
        try:
            found = understand(shard, named, root)
        except DataError as error:
            yield Record(shard.name or root.name, problem=error.what)
            continue
        number = 0
        for batch in shard.batches(AT_ONCE):
            if isinstance(batch, Lost):
                yield Record(f"{before}row-{batch.row:06d}", problem=_lost(batch))
                number += batch.n
                continue
            for cells in rows_of(batch):
                number += 1
                if cells is None:
                    yield Record(f"{before}row-{number:06d}", problem=broken_row(number))
                    continue
                record = found.plan.record(f"{before}row-{number:06d}", cells)
                told = {"split": shard.split} if shard.split and not found.whole else {}
                yield replace(record, facts={**told, **record.facts})


def unread_notes(shards: Sequence[Shard], named: Named, root: Path) -> tuple[Message, ...]:
    """Name the columns that are not read. Raises DataError for a damaged file."""
    unread = dict.fromkeys(name for shard in shards[:1] for name in understand(shard, named, root).unread)
    return tuple(say("Column {name} holds bytes of no known kind and is not read", name=name) for name in unread)


def understand(shard: Shard, named: Named, root: Path) -> Understood:
    """Find out what the columns of a shard mean, from its types, its names and its first rows. Raises DataError."""
    schema, features = shard.schema(), shard.features()
    media: dict[str, Kind] = {}
    vectors, tables, plain, unread = [], [], [], []
    for one in schema:
        if one.name == FIELD:
            continue
        if _is_media(one.type):
            kind = media_kind(one.name, features.get(one.name), _first(shard, one.name))
            if kind:
                media[one.name] = kind
            else:
                unread.append(one.name)
        elif is_vector(one.name, one.type):
            vectors.append(one.name)
        elif _is_table(one.type):
            tables.append(one.name)
        else:
            plain.append(one.name)
    taken = _taken(shard, plain, features, root)
    rows = _rows(named, taken, media, root, shard)
    plan = ArrowPlan(rows, media, tuple(vectors), tuple(tables), tuple(plain), features)
    classes = tuple(name for name in plain if is_class(features.get(name)))
    return Understood(plan, taken, tuple(unread), FIELD in schema.names, classes)


def _is_media(type_: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return _is_media(type_.value_type)
    return holds_bytes(type_)


def _is_table(type_: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return _is_table(type_.value_type)
    return bool(pa.types.is_struct(type_) or pa.types.is_map(type_))


def _first(shard: Shard, column: str) -> list[Any]:
    batch = next(shard.batches(LOOKED_AT, [column], LOOKED_AT), None)
    return [] if batch is None or isinstance(batch, Lost) else [row[column] for row in rows_of(batch) if row]


def _taken(shard: Shard, plain: Sequence[str], features: Mapping[str, Any], root: Path) -> Columns:
    held, n = CellsBuilder(), 0
    for batch in shard.batches(HEAD, plain, HEAD) if plain else ():
        for row in () if isinstance(batch, Lost) else filter(None, rows_of(batch)):
            n += 1
            held.add(n, {name: as_text(named_classes(row[name], features.get(name))) for name in plain})
        if n >= HEAD:
            break
    # Files count from the folder, so the name of the table in it does not matter.
    return columns_of(Rows(root / "table", tuple(plain), held.done()))


def _rows(named: Named, taken: Columns, media: Mapping[str, Kind], root: Path, shard: Shard) -> RowPlan:
    def pick(told: str, found: str) -> str:
        return found if told == AUTO else told

    features = shard.features()
    classes = [name for name in features if is_class(features[name])]
    held = set(media.values())
    return RowPlan(
        root=root,
        media={taken.file_kind: taken.file} if taken.file and taken.file_kind not in held else {},
        text=pick(named.text, taken.text),
        label=pick(named.label, taken.label or next(iter(classes), "")),
        group=pick(named.group, taken.group),
        id=pick(named.id, taken.id),
        lang=named.lang,
        licence=named.licence,
        consent=named.consent,
    )


def _lost(lost: Lost) -> Message:
    return say("{n} rows from row {row} on cannot be read: {cause}", n=lost.n, row=lost.row, cause=lost.why[:200])
