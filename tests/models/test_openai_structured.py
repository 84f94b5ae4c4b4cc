"""JSON out of a model's words: which rung mends what, and what nothing mends."""

from __future__ import annotations

import json
import random
import time

import pytest

from shisaku.errors import DataError
from shisaku.models.openai.structured import Broken, Kept, check_schema, is_strict, structured

SCHEMA = {
    "type": "object",
    "properties": {"caption": {"type": "string"}, "n": {"type": "integer"}},
    "required": ["caption"],
    "additionalProperties": False,
}
WANTED = {"caption": "a cat, sitting"}


@pytest.mark.parametrize(
    ("rung", "text"),
    [
        ("parsed", '{"caption": "a cat, sitting"}'),
        ("parsed", '  {"caption":"a cat, sitting"}\n'),
        ("parsed", '<think>hm {"caption": "no"}</think>\n{"caption": "a cat, sitting"}'),
        ("cut out", '```json\n{"caption": "a cat, sitting"}\n```'),
        ("cut out", 'Sure! Here it is:\n```\n{"caption": "a cat, sitting"}\n``` Anything else?'),
        ("cut out", 'The answer is {"caption": "a cat, sitting"}, as you wished.'),
        ("cut out", 'In [brackets]: {"caption": "a cat, sitting"}'),
        ("repaired", '{"caption": "a cat, sitting",}'),
        ("repaired", "{'caption': 'a cat, sitting'}"),
        ("repaired", '{"caption": "a cat, sitting"'),
        ("repaired", '{caption: "a cat, sitting"}'),
        ("repaired", '```json\n{"caption": "a cat, sitting",}\n```'),
        ("repaired", '{"caption": "a cat, sitting'),
    ],
)
def test_the_lowest_rung_that_gives_the_schema_is_taken(rung: str, text: str) -> None:
    found = structured(text, SCHEMA)
    assert isinstance(found, Kept), found
    assert (json.loads(found.text), found.rung) == (WANTED, rung)


def test_a_raw_line_end_in_a_string_is_repaired() -> None:
    found = structured('{"caption": "one\ntwo"}', SCHEMA)
    assert isinstance(found, Kept)
    assert found.rung == "repaired"
    assert json.loads(found.text)["caption"].split() == ["one", "two"]


@pytest.mark.parametrize("text", ["", "a cat", "I cannot help with that.", "caption: a cat", "NaN"])
def test_what_holds_no_json_is_unparseable(text: str) -> None:
    found = structured(text, SCHEMA)
    assert isinstance(found, Broken)
    assert found.fault == "unparseable"


@pytest.mark.parametrize("text", ['{"n": 1}', '{"caption": 3}', "[]", '{"caption": "x", "more": 1}', '{"n": 1'])
def test_what_is_json_and_keeps_no_schema_says_where(text: str) -> None:
    found = structured(text, SCHEMA)
    assert isinstance(found, Broken)
    assert found.fault == "wrong schema"
    assert found.error.startswith("$")


def test_nothing_is_coerced() -> None:
    assert isinstance(structured('{"caption": "x", "n": "3"}', SCHEMA), Broken)


def test_strings_inside_are_cleaned() -> None:
    found = structured('{"caption": "a\\u0000b\\u202ec \\ud800"}', SCHEMA)
    assert isinstance(found, Kept)
    assert json.loads(found.text) == {"caption": "abc"}
    found.text.encode()


@pytest.mark.parametrize(
    "text", ["[" * 30_000, '{"a":' * 5_000, "{" * 30_000, '"' * 30_000, "[{'" * 10_000, "x" * 10**6]
)
def test_hostile_answers_end_soon_and_in_no_traceback(text: str) -> None:
    began = time.perf_counter()
    assert isinstance(structured(text, SCHEMA), Broken)
    assert time.perf_counter() - began < 5


def test_any_damage_ends_in_kept_or_broken() -> None:
    draw = random.Random(7)
    whole = json.dumps({"caption": 'a "cat" \\ 猫', "n": 12})
    for _ in range(400):
        letters = list(whole)
        for _ in range(draw.randint(1, 4)):
            letters[draw.randrange(len(letters))] = draw.choice("{}[]\"',:\\\n\t`x9")
        found = structured("".join(letters[: draw.randint(1, len(letters))]), SCHEMA)
        if isinstance(found, Kept):
            assert isinstance(json.loads(found.text)["caption"], str)


def test_a_schema_is_strict_only_where_every_object_is_closed_and_full() -> None:
    closed = {**SCHEMA, "required": ["caption", "n"]}
    assert is_strict(closed)
    assert not is_strict(SCHEMA)
    assert not is_strict({"type": "array", "items": {"type": "object", "properties": {"a": {}}}})
    assert is_strict({"type": "array", "items": closed})


def test_a_bad_schema_is_refused_and_none_is_fetched() -> None:
    with pytest.raises(DataError, match="no JSON Schema"):
        check_schema({"type": "sentence"})
    with pytest.raises(DataError, match="no JSON Schema"):
        check_schema({"type": "string", "pattern": "("})
    with pytest.raises(DataError, match="outside itself"):
        check_schema({"properties": {"a": {"$ref": "http://127.0.0.1:9/schema.json"}}})
    check_schema({"$defs": {"a": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/a"}}})


def test_a_schema_that_leads_nowhere_is_no_traceback() -> None:
    found = structured('{"a": "x"}', {"properties": {"a": {"$ref": "#/$defs/nothing"}}})
    assert isinstance(found, Broken)
    assert "leads nowhere" in found.error
