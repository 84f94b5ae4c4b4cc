"""Whatever a file holds, reading it ends in one RecipeError with a line, and soon."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.core.recipe import Recipe
from shisaku.errors import RecipeError, ShisakuError
from shisaku.registry.dump import dump_recipe
from shisaku.registry.load import load_recipe, parse_recipe
from shisaku.registry.yaml_tree import MAX_DEPTH, MAX_NODES, compose

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
BAD = {
    "empty": (b"", 1),
    "only a comment": (b"# nothing\n", 1),
    "a list": (b"- a\n- b\n", 1),
    "a single value": (b"hello", 1),
    "two documents": (b"name: a\n---\nname: b\n", 3),
    "an alias": (BOMB.encode(), 2),
    "a merge key": (b"a: &a {x: 1}\nb:\n  <<: *a\n", 3),
    "a tag": (b"name: x\nseed: !!python/object/apply:os.system ['true']\n", 2),
    "a harmless tag": (b"name: !!str x\n", 1),
    "a duplicate key": (b"name: a\nseed: 1\nname: b\n", 3),
    "a tab": (b"name: a\ndata:\n\treader: b\n", 3),
    "not UTF-8": (b"name: a\ntitle: \xff\xfe\n", 2),
    "UTF-16": ("name: a\n".encode("utf-16"), 1),
    "a control character": (b"name: a\ntitle: \x07\n", 2),
    "an escaped control character": (b'name: a\ntitle: "\\0"\n', 2),
    "an unclosed bracket": (b"name: [a, b\n", 2),
    "a bad mapping": (b"name: a: b\n", 1),
    "a key that is a list": (b"? [a]\n: b\n", 1),
    "a huge number": (b"name: a\nseed: 99999999999999999999999999\n", 2),
    "not a number": (b"name: a\nseed: .nan\n", 2),
    "an infinite number": (b"name: a\nseed: 1e999\n", 2),
    "too deep": (b"a: " + b"[" * 10_000, 1),
    "too many values": (b"a:\n" + b"- x\n" * (MAX_NODES + 1), MAX_NODES - 1),
    "too large": (b"a: " + b"x" * 1_000_001, 0),
    "10 MB": (b"a: 1\n" * 2_000_000, 0),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_bytes_give_one_error_with_its_line(name: str) -> None:
    raw, line = BAD[name]
    began = time.perf_counter()
    with pytest.raises(RecipeError) as caught:
        compose(raw, "recipe.yaml")
    assert time.perf_counter() - began < 5
    assert caught.value.exit_code == 2
    assert [problem.line for problem in caught.value.problems] == [line]
    assert "recipe.yaml" in str(caught.value)


def _read(raw: bytes | str) -> None:
    with suppress(RecipeError):
        parse_recipe(raw)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    _read(raw)


@given(st.text(st.sampled_from("ab:-[]{}#&*!|>'\"%@`?,. \n\t0"), max_size=80))
def test_any_punctuation_is_read_or_refused(text: str) -> None:
    _read(text)


def test_a_missing_file_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, Path("/dev/zero")):
        with pytest.raises(RecipeError) as caught:
            load_recipe(path)
        assert str(path) in str(caught.value)


def test_the_largest_file_that_is_allowed_is_read_in_seconds(tmp_path: Path) -> None:
    text = "name: a\ndata: {reader: toys}\n" + "title:\n" + "".join(f"  k{i}: some text\n" for i in range(20_000))
    path = tmp_path / "long.yaml"
    path.write_text(text)
    assert len(load_recipe(path).title) == 20_000


def test_words_of_yaml_1_1_are_texts() -> None:
    tree = compose("{a: no, b: on, c: 12:30, d: 2024-01-01, e: 1_000, f: 0o17, g: 0x1F, h: .5, i: ~, no: 1}")
    assert tree.plain() == {
        "a": "no",
        "b": "on",
        "c": "12:30",
        "d": "2024-01-01",
        "e": "1_000",
        "f": 15,
        "g": 31,
        "h": 0.5,
        "i": None,
        "no": 1,
    }


def test_a_byte_order_mark_is_no_content() -> None:
    assert compose(b"\xef\xbb\xbfname: a").plain() == {"name": "a"}


def test_depth_is_counted_in_levels() -> None:
    compose("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    with pytest.raises(ShisakuError, match="deeper"):
        compose("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH)


def test_unreadable_text_is_written_in_quotes() -> None:
    from shisaku.core.recipe import Source

    texts = [
        "no",
        "1",
        "1e5",
        "0o17",
        "~",
        "",
        "null",
        "true",
        " x ",
        "a: b",
        "- a",
        "#",
        "'",
        '"',
        "試作",
        "\u2028",
        ".nan",
    ]
    recipe = Recipe("a", Source("toys"), title={f"k{i}": text for i, text in enumerate(texts)})
    assert list(parse_recipe(dump_recipe(recipe)).title.values()) == texts
