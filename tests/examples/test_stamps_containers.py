"""The reader of Qt resource containers: what it reads, and that nothing in a container can hurt."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rcc_writer import write_rcc

from shisaku.errors import DataError
from shisaku_stamps.containers import Container, Limits

FILES = {"a/one.txt": b"first", "a/b/two.txt": ("zlib", b"second" * 99), "three": ("zstd", b"third" * 99), "empty": b""}
PLAIN = {"a/one.txt": b"first", "a/b/two.txt": b"second" * 99, "three": b"third" * 99, "empty": b""}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_reads_what_was_written_in_every_format_version(version: int) -> None:
    box = Container(write_rcc(FILES, version))
    assert box.names() == sorted(PLAIN)
    assert {name: box.read(name) for name in box.names()} == PLAIN


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.lists(st.text("abcé日", min_size=1, max_size=6), min_size=1, max_size=4).map("/".join),
        st.tuples(st.sampled_from(["zlib", "zstd"]), st.binary(max_size=200)),
        max_size=8,
    )
)
def test_any_tree_comes_back(files: dict[str, tuple[str, bytes]]) -> None:
    folders = {path.rsplit("/", n)[0] for path in files for n in range(1, path.count("/") + 1)}
    files = {path: content for path, content in files.items() if path not in folders}
    box = Container(write_rcc(files))
    assert {name: box.read(name) for name in box.names()} == {path: data for path, (_, data) in files.items()}


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damage_is_a_clear_error_or_harmless(data: st.DataObject) -> None:
    raw = bytearray(write_rcc(FILES))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    with suppress(DataError):  # and no other error
        box = Container(bytes(raw[:cut]), limits=Limits(file_bytes=10_000))
        for name in box.names():
            assert len(box.read(name)) <= 10_000
            assert not name.startswith("/")
            assert ".." not in name.split("/")


@pytest.mark.parametrize("name", ["..", ".", "with\0nul", "back\\slash"])
def test_names_that_could_leave_a_folder_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="not allowed"):
        Container(write_rcc({f"a/{name}": b"x"}))


def test_slash_inside_one_name_is_refused() -> None:
    raw = write_rcc({"a_b": b"x"})
    with pytest.raises(DataError, match="not allowed"):
        Container(raw.replace("a_b".encode("utf-16-be"), "a/b".encode("utf-16-be")))


@pytest.mark.parametrize("how", ["zlib", "zstd"])
def test_bombs_stop_at_the_limit(how: str) -> None:
    box = Container(write_rcc({"bomb": (how, bytes(50_000_000))}), limits=Limits(file_bytes=1_000_000))
    with pytest.raises(DataError, match="more than 1000000 bytes"):
        box.read("bomb")


def test_stored_file_over_the_limit_is_refused() -> None:
    with pytest.raises(DataError, match="more than 10 bytes"):
        Container(write_rcc({"big": bytes(11)}), limits=Limits(file_bytes=10)).read("big")


def test_circle_of_folders_is_refused() -> None:
    raw = bytearray(write_rcc({"folder/file": b"x"}))
    node = 24 + 22  # the node after the root
    raw[node : node + 14] = struct.pack(">IHII", 0, 2, 1, 0)
    with pytest.raises(DataError, match="circle"):
        Container(bytes(raw))


def test_too_many_nodes_are_refused() -> None:
    raw = bytearray(write_rcc({"file": b"x"}))
    raw[24 + 6 : 24 + 14] = struct.pack(">II", 2**32 - 1, 1)
    with pytest.raises(DataError, match="more folders or files"):
        Container(bytes(raw))


@pytest.mark.parametrize(
    ("flags", "raw", "what"),
    [
        (1, b"\0\0\0\5" + zlib.compress(b"hello")[:-3], "cut short"),
        (1, b"\0\0\0\5not zlib", "cannot be unpacked"),
        (4, b"not zstd", "cannot be unpacked"),
        (5, b"", "two ways"),
    ],
)
def test_broken_packing_says_which_file(flags: int, raw: bytes, what: str) -> None:
    with pytest.raises(DataError, match=what) as caught:
        Container(write_rcc({"file.png": ("raw", flags, raw)})).read("file.png")
    assert "file.png" in str(caught.value)


def test_other_files_and_versions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a Qt resource container"):
        Container(b"PK\3\4" + bytes(40))
    with pytest.raises(DataError, match="version 9"):
        Container(b"qres" + struct.pack(">IIII", 9, 20, 20, 20))
    with pytest.raises(DataError, match="cannot be read"):
        Container.open(tmp_path / "absent.rcc")
    with pytest.raises(DataError, match="not in the container"):
        Container(write_rcc(FILES)).read("absent")
    (tmp_path / "large.rcc").write_bytes(write_rcc(FILES))
    with pytest.raises(DataError, match="more than 10"):
        Container.open(tmp_path / "large.rcc", Limits(container_bytes=10))
