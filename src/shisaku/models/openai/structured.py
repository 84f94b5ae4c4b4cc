"""From a model's words to JSON that keeps a schema: the rungs of the repair ladder that need no second question.

Rungs: ``parsed`` as it is; ``cut out`` of a fence or of prose; ``repaired`` (json_repair: trailing commas, single
quotes, raw line ends, an end that is missing). What keeps the schema on the lowest rung is taken; nothing is coerced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.openai.untrusted import LONGEST, cleaned, without_thought

Rung = Literal["parsed", "cut out", "repaired"]
Fault = Literal["unparseable", "wrong schema"]
OPENING: Final = "{["
TRIES: Final = 8  # places in a text where JSON may begin
MENDED: Final = 8_192  # characters; the time of the repair grows with their square where a text is made for that
SAID: Final = 200  # characters of a validator's sentence
_FENCE = re.compile(r"```(?:json|JSON)?\s*\n?(.*?)(?:```|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that keeps the schema, as JSON text, and the rung on which it did."""

    text: str
    rung: Rung


@dataclass(frozen=True, slots=True)
class Broken:
    """An answer that does not: which class of fault, and what is wrong in a sentence."""

    fault: Fault
    error: str


def structured(text: str, schema: Mapping[str, Any]) -> Kept | Broken:
    """Return the JSON in an answer, or what is wrong with it."""
    text = without_thought(text)
    if len(text) > LONGEST:
        return Broken("unparseable", f"it has more than {LONGEST} characters")
    text = cleaned(text)
    broken = Broken("unparseable", "it is not JSON")
    for rung, value in _candidates(text):
        error = _error(value, schema)
        if error is None:
            return Kept(json.dumps(_clean(value), ensure_ascii=False, allow_nan=False), rung)
        if broken.fault == "unparseable":
            broken = Broken("wrong schema", error)
    return broken


def check_schema(schema: Mapping[str, Any]) -> None:
    """Raise DataError for what is no JSON Schema (draft 2020-12), or points outside itself."""
    _validator(json.dumps(schema, sort_keys=True))


def is_strict(schema: object) -> bool:
    """Whether every object in a schema names all its properties as required and allows no others.

    Only such a schema may be sent as strict; servers refuse others.
    """
    if isinstance(schema, list):
        return all(is_strict(one) for one in schema)
    if not isinstance(schema, Mapping):
        return True
    if schema.get("type") == "object" or "properties" in schema:
        named = set(schema.get("properties") or {})
        if schema.get("additionalProperties") is not False or set(schema.get("required") or ()) != named:
            return False
    return all(is_strict(one) for one in schema.values())


def _candidates(text: str) -> Iterator[tuple[Rung, Any]]:
    yield from (("parsed", value) for value in _parsed(text))
    pieces = [piece.strip() for piece in _FENCE.findall(text)]
    for piece in pieces:
        yield from (("cut out", value) for value in _parsed(piece))
    yield from (("cut out", value) for value in _embedded(text))
    for piece in (*pieces, text):
        yield from (("repaired", value) for value in _repaired(piece))


def _parsed(text: str) -> list[Any]:
    # Raw line ends and tabs inside a string are still damage: they are the last rung's.
    try:
        return [json.loads(text, parse_constant=_refused)]
    except (ValueError, RecursionError):
        return []


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _embedded(text: str) -> Iterator[Any]:
    reader = json.JSONDecoder(parse_constant=_refused)
    place, tries = 0, 0
    while tries < TRIES and (begin := _next(text, place)) >= 0:
        tries += 1
        try:
            value, place = reader.raw_decode(text, begin)
        except (ValueError, RecursionError):
            place = begin + 1
            continue
        yield value


def _next(text: str, place: int) -> int:
    found = [at for at in (text.find(letter, place) for letter in OPENING) if at >= 0]
    return min(found, default=-1)


def _repaired(text: str) -> list[Any]:
    from json_repair import repair_json

    begin = _next(text, 0)
    if begin < 0 or len(text) - begin > MENDED:
        return []
    try:
        return _parsed(repair_json(text[begin:], ensure_ascii=False))
    except (ValueError, RecursionError, IndexError, KeyError, TypeError, AttributeError):
        return []  # a parser of damaged text may meet damage that it does not know


def _error(value: Any, schema: Mapping[str, Any]) -> str | None:
    from jsonschema.exceptions import best_match
    from referencing.exceptions import Unresolvable

    try:
        found = best_match(_validator(json.dumps(schema, sort_keys=True)).iter_errors(value))
    except RecursionError:
        return "it is nested too deeply"
    except Unresolvable:
        return "the schema itself has a reference that leads nowhere"
    if found is None:
        return None
    message = found.message if len(found.message) <= SAID else f"{found.message[:SAID]}..."
    return f"{found.json_path}: {message}"


@lru_cache(64)
def _validator(schema: str) -> Any:
    """Return the validator of a schema in JSON. Raises DataError for a bad one."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from referencing import Registry

    read = json.loads(schema)
    try:
        Draft202012Validator.check_schema(read)
    except SchemaError as error:
        raise DataError(say("The schema is no JSON Schema: {cause}", cause=error.message)) from None
    if outside := _outside(read):
        raise DataError(say("The schema points outside itself: {address}", address=outside))
    # With a registry of its own the validator fetches no reference over the network.
    return Draft202012Validator(read, registry=Registry())


def _outside(schema: object) -> str:
    """Return the first reference that is not to a place in the schema itself, or ""."""
    if isinstance(schema, list):
        return next(filter(None, map(_outside, schema)), "")
    if not isinstance(schema, Mapping):
        return ""
    address = schema.get("$ref")
    if isinstance(address, str) and not address.startswith("#"):
        return address
    return next(filter(None, map(_outside, schema.values())), "")


def _clean(value: Any) -> Any:
    """Clean every string inside, names included."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {cleaned(name): _clean(one) for name, one in value.items()}
    return value
