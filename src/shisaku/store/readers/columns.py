"""Which column of a user's table means what: taken by name only, so that a label is never guessed from values."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from shisaku.core.annotators import SEPARATOR
from shisaku.message import Message, say
from shisaku.store.readers.inside import inside
from shisaku.store.readers.rows import Rows
from shisaku.store.readers.walk import kind_of

# In order of preference; compared without case, with "_" for spaces and hyphens.
LABELS = (
    "label",
    "labels",
    "class",
    "class_name",
    "category",
    "target",
    "ラベル",
    "クラス",
    "分類",
    "カテゴリ",
    "カテゴリー",
    "種類",
    "判定",
    "区分",
)
GROUPS = (
    *(
        "group",
        "group_id",
        "entity",
        "entity_id",
        "patient",
        "patient_id",
        "subject",
        "subject_id",
        "speaker",
        "speaker_id",
    ),
    *(
        "lot",
        "lot_id",
        "user",
        "user_id",
        "author",
        "session",
        "session_id",
        "source_id",
        "site",
        "site_id",
        "take",
        "batch",
        "batch_id",
        "video",
        "video_id",
        "recording",
        "product_id",
        "customer_id",
    ),
    *(
        "グループ",
        "患者",
        "患者id",
        "話者",
        "話者id",
        "ロット",
        "ロット番号",
        "個体",
        "個体番号",
        "被験者",
        "製品番号",
        "顧客",
    ),
)
TEXTS = (
    *("text", "caption", "sentence", "transcription", "transcript", "body", "content", "comment", "review", "message"),
    *(
        "description",
        "utterance",
        "本文",
        "テキスト",
        "キャプション",
        "説明",
        "説明文",
        "文章",
        "文",
        "コメント",
        "感想",
        "書き起こし",
    ),
)
FILES = (
    "file_name",
    "filename",
    "file",
    "file_path",
    "path",
    "image",
    "image_path",
    "audio",
    "audio_path",
    "ファイル名",
    "ファイル",
    "画像",
    "音声",
)
IDS = ("id", "sample_id", "番号")
FEW = 30
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table were taken for (empty: nothing), and what stays in doubt."""

    file: str = ""
    file_kind: str = ""
    text: str = ""
    label: str = ""
    group: str = ""
    id: str = ""
    problems: tuple[Message, ...] = ()


def columns_of(table: Rows) -> Columns:
    """Take columns by their names; texts also by being the one column of long, differing values."""
    file, kind = _file_column(table)
    rest = [column for column in table.columns if column != file]
    group = first_named(rest, GROUPS)
    id_ = first_named(rest, IDS)
    label, problems = _label(table, [column for column in rest if column not in (group, id_)])
    left = [column for column in rest if column not in (group, id_, label)]
    text = first_named(left, TEXTS)
    if not text and not file:
        text = _longest(table, left)
    if id_ and table.rows.distinct(id_) < len(table.rows):
        id_ = ""
    return Columns(file, kind, text, label, group, id_, tuple(problems))


def answers_for(column: str, label: str) -> bool:
    """Say whether a column holds one annotator's answers: ``<label>/<annotator>``, any usual label without `label`."""
    base, _, who = column.rpartition(SEPARATOR)
    return bool(base and who) and (base == label or (not label and _plain(base) in LABELS))


def _label(table: Rows, columns: Sequence[str]) -> tuple[str, list[Message]]:
    named = [column for column in _all_named(columns, LABELS) if table.rows.distinct(column) < len(table.rows)]
    if named:
        others = ", ".join(named[1:])
        doubt = say("{label} was taken as the label; {others} could be one too", label=named[0], others=others)
        return named[0], [doubt] if others else []
    if any(answers_for(column, "") for column in columns):
        return "", []
    few = [column for column in columns if 2 <= table.rows.distinct(column) <= min(FEW, len(table.rows) // 2)]
    if few:
        return "", [
            say("No column is called label or class; give label= one of: {columns}", columns=", ".join(few)),
        ]
    return "", []


def _file_column(table: Rows) -> tuple[str, str]:
    """Return the column that names media files beside the table, and their kind."""
    for column in _all_named(table.columns, FILES):
        values = list(islice(filter(None, table.rows.values(column)), LOOKED_AT))
        kinds = {kind_of(value) for value in values}
        there = any(isinstance(inside(table.path.parent, value), Path) for value in values)
        if len(kinds) == 1 and kinds <= {"image", "audio", "text"} and there:
            return column, kinds.pop()
    return "", ""


def _longest(table: Rows, columns: Sequence[str]) -> str:
    def length(column: str) -> float:
        values = list(islice(table.rows.values(column), LOOKED_AT))
        return sum(map(len, values)) / max(1, len(values))

    by_length = sorted(columns, key=length, reverse=True)
    if not by_length or length(by_length[0]) < 8:
        return ""
    clear = len(by_length) == 1 or length(by_length[0]) > 2 * length(by_length[1])
    return by_length[0] if clear and table.rows.distinct(by_length[0]) * 2 > len(table.rows) else ""


def first_named(columns: Sequence[str], names: Sequence[str]) -> str:
    """Return the column that has the first of `names` that one has, or an empty text."""
    return next(iter(_all_named(columns, names)), "")


def _all_named(columns: Sequence[str], names: Sequence[str]) -> list[str]:
    plain = {_plain(column): column for column in reversed(columns)}
    return [plain[name] for name in names if name in plain]


def _plain(column: str) -> str:
    return unicodedata.normalize("NFKC", column).casefold().strip().replace(" ", "_").replace("-", "_")
