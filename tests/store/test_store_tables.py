from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_material import save_table

from shisaku.errors import DataError
from shisaku.store.encodings import decode_text, read_text
from shisaku.store.readers.rows import Rows, read_rows
from shisaku.store.script import language_of

JAPANESE = [{"file_name": "a.png", "ラベル": "不良", "説明": "表面に傷があります"}]


def cells(table: Rows) -> list[dict[str, str]]:
    return [dict(row.cells) for row in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_japanese_tables_in_every_usual_encoding(encoding: str, tmp_path: Path) -> None:
    table = read_rows(save_table(tmp_path / "t.csv", JAPANESE, encoding))
    assert table.columns == ("file_name", "ラベル", "説明")
    assert cells(table) == JAPANESE
    assert [str(note) for note in table.notes] == (
        ["t.csv is Shift_JIS (CP932), not UTF-8, and was read as that"] if encoding == "cp932" else []
    )


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_utf8_is_always_read_as_utf8(text: str) -> None:
    assert decode_text(text.encode(), "x") == (text, "utf-8")


@pytest.mark.parametrize(
    "raw",
    [
        "caf\u00e9,cr\u00e8me br\u00fbl\u00e9e\n".encode("latin-1"),
        "Stra\u00dfe,M\u00fcnchen\n".encode("latin-1"),
        "日本語のテキスト".encode("euc-jp"),
        b"\xff\xfe\xfa\x80abc",
        b"ok\n\x80\x81\xff\n",
    ],
)
def test_other_encodings_are_refused_not_garbled(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\n" + raw if not raw.startswith(b"\xff\xfe") else raw)
    with pytest.raises(DataError) as caught:
        read_rows(tmp_path / "t.csv")
    assert "UTF-8" in str(caught.value)


def test_the_error_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\nx,y\nz,\x80\xff\n")
    with pytest.raises(DataError, match="Line 3") as caught:
        read_rows(tmp_path / "t.csv")
    assert caught.value.where.endswith("t.csv:3")


@pytest.mark.parametrize("text", ["不良", "猫,犬\n鳥", "ｶﾀｶﾅと漢字", "abc,検査"])
def test_short_shift_jis_texts(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode("cp932"))
    found, note = read_text(tmp_path / "a.txt")
    assert found == text
    assert note is not None


def test_binary_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"abc\0def")
    with pytest.raises(DataError, match="zero bytes"):
        read_text(tmp_path / "a.txt")
    (tmp_path / "big.txt").write_bytes(b"a" * (2 << 20))
    with pytest.raises(DataError, match="limit is 1 MB"):
        read_text(tmp_path / "big.txt", limit_mb=1)
    with pytest.raises(DataError, match="plain file"):
        read_text(tmp_path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(delimiter: str, tmp_path: Path) -> None:
    rows = [{"a": "x, y; z", "b": 'with "quotes"\nand a line'}]
    assert cells(read_rows(save_table(tmp_path / "t.csv", rows, delimiter=delimiter))) == [
        {"a": "x, y; z", "b": 'with "quotes"\r\nand a line'.replace("\r\n", "\n")}
    ]


def test_shifted_rows_are_refused_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,c\n1,2,3\n1,2\n\n1,2,3,4\n1,2,3,,\n")
    table = read_rows(tmp_path / "t.csv")
    assert [row.line for row in table.rows] == [2, 3, 5, 6]
    assert [row.problem is None for row in table.rows] == [True, False, False, True]
    assert "Line 3 has 2 cells where the header has 3" in str(table.rows[1].problem)


def test_json_lines_and_lists(tmp_path: Path) -> None:
    items = [{"t": "赤", "n": 1, "f": 0.5, "b": True, "x": None, "l": [1, "二"]}, {"t": "青", "more": "y"}]
    expected = [{"t": "赤", "n": "1", "f": "0.5", "b": "true", "x": "", "l": '[1, "二"]'}, {"t": "青", "more": "y"}]
    lines = "\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    (tmp_path / "t.jsonl").write_text(lines, "utf-8")
    (tmp_path / "t.json").write_text(json.dumps(items), "utf-8")
    for name in ("t.jsonl", "t.json"):
        table = read_rows(tmp_path / name)
        assert cells(table) == expected
        assert table.columns == ("t", "n", "f", "b", "x", "l", "more")
    (tmp_path / "t.jsonl").write_text(lines + '\n\n{torn\n[1]\n{"t": "\\ud800"}\n', "utf-8")
    table = read_rows(tmp_path / "t.jsonl")
    assert [str(row.problem) for row in table.rows if row.problem] == [
        "Line 4 is not a JSON object",
        "Line 5 is not a JSON object",
    ]
    assert table.rows[-1].cell("t") == "?"


def test_parquet_and_its_bytes(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["赤", None], "n": [1, 2], "image": [b"x", b"y"]}), tmp_path / "t.parquet")
    table = read_rows(tmp_path / "t.parquet")
    assert table.columns == ("text", "n")
    assert cells(table) == [{"text": "赤", "n": "1"}, {"text": "", "n": "2"}]
    assert "image" in str(table.notes[0])
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="not a Parquet"):
        read_rows(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("t.csv", "", "empty"),
        ("t.csv", "a,a\n1,2\n", "Two columns"),
        ("t.csv", 'a,b\n"' + "x" * 200_000 + '",2\n', "not CSV"),
        ("t.jsonl", "", "empty"),
        ("t.json", "{}", "list of objects"),
        ("t.json", "{", "not JSON"),
    ],
)
def test_tables_that_are_none(name: str, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=said):
        read_rows(tmp_path / name)


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["A red apple.", "Two birds"], "en"),
        (["赤いりんご"], "ja"),
        (["不良", "良品"], "ja"),
        (["ABC-12 の検査"], "ja"),
        (["这是一个苹果", "们"], ""),
        (["사과"], ""),
        (["Un café crème", "à la carte été"], ""),
        (["123", ""], ""),
        ([], ""),
    ],
)
def test_language_by_script(texts: list[str], language: str) -> None:
    assert language_of(texts) == language


@pytest.mark.slow
def test_a_million_rows_with_a_broken_one_take_little_room(tmp_path: Path) -> None:
    broken = 777_776
    with (tmp_path / "big.csv").open("w") as file:
        file.write("id,text,label\n")
        for n in range(1_000_000):
            file.write(f"{n},broken,,x\n" if n == broken else f"{n},what row number {n} says,{'ab'[n % 2]}\n")
    look = (
        "import sys, pyarrow; pyarrow.array(['a'])\n"
        "from pathlib import Path\n"
        "from shisaku.store.readers.table import TableReader\n"
        "peak = lambda: int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]) * 1024\n"
        "before = peak()\n"
        "records = TableReader(sys.argv[1], text='text', label='label').records()\n"
        "bad = [(r.id, str(r.problem)) for r in records if r.problem]\n"
        "print(repr((bad, (peak() - before) / Path(sys.argv[1]).stat().st_size)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", look, tmp_path / "big.csv"], capture_output=True, text=True, check=True
    )
    bad, ratio = ast.literal_eval(done.stdout)
    assert bad == [("row-777777", "Line 777778 has 4 cells where the header has 3")]
    print(ratio)
    assert ratio < 3.5


def test_rows_are_a_sequence_though_they_are_kept_as_columns(tmp_path: Path) -> None:
    lines = [json.dumps({"a": str(n), **({"b": n} if n % 2 else {})}) for n in range(10_000)]
    lines[5000] = "[]"
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    table = read_rows(tmp_path / "t.jsonl")
    assert table.columns == ("a", "b")
    assert (len(table.rows), table.rows[-1].cells, table.rows[4].cells) == (
        10_000,
        {"a": "9999", "b": "9999"},
        {"a": "4"},
    )
    assert [row.line for row in table.rows if row.problem] == [5001]
    assert list(table.rows)[9000:] == list(table.rows[9000:])
    assert (table.rows.distinct("b"), len(list(table.rows.values("a")))) == (5000, 9999)
    with pytest.raises(IndexError):
        table.rows[10_000]
