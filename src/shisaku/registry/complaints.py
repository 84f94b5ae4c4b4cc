"""What pydantic found wrong, said in our own sentences, with "did you mean" for keys and choices."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from shisaku.message import Message, say
from shisaku.registry.doors import closest
from shisaku.registry.finding import Finding, Loc

_SIMPLE: Mapping[str, Message] = {
    "missing": say("It is missing"),
    "string_type": say("It must be a text"),
    "string_too_short": say("It must not be empty"),
    "int_type": say("It must be a whole number"),
    "int_from_float": say("It must be a whole number"),
    "int_parsing_size": say("It is too large a number"),
    "float_type": say("It must be a number"),
    "finite_number": say("It must be a finite number"),
    "bool_type": say("It must be true or false"),
    "dict_type": say("It must be a mapping (`key: value`)"),
    "model_type": say("It must be a mapping (`key: value`)"),
    "model_attributes_type": say("It must be a mapping (`key: value`)"),
    "list_type": say("It must be a list"),
    "tuple_type": say("It must be a list"),
    "too_short": say("It must have at least one entry"),
    "none_required": say("It must be empty"),
    "not_rising": say("A range rises: [low, high] or [low, likely, high]"),
    "not_counted": say("It is not enforced yet, as nobody's time of review is counted: leave it out"),
}
_LIMITED: Mapping[str, tuple[str, Message]] = {
    "greater_than": ("gt", say("It must be greater than {limit}")),
    "greater_than_equal": ("ge", say("It must be at least {limit}")),
    "less_than": ("lt", say("It must be less than {limit}")),
    "less_than_equal": ("le", say("It must be at most {limit}")),
    "too_long": ("max_length", say("It must not have more than {limit} entries")),
    "string_too_long": ("max_length", say("It must not be longer than {limit} characters")),
}


def complaints(error: ValidationError, model: type[BaseModel] | None = None, root: Loc = ()) -> list[Finding]:
    """Return one Finding per error; `root` is where the validated value hangs in the recipe."""
    return [_finding(dict(raw), model, root) for raw in error.errors(include_url=False)]


def _finding(raw: dict[str, Any], model: type[BaseModel] | None, root: Loc) -> Finding:
    kind, inner = str(raw["type"]), tuple(word for word in raw["loc"] if word != "[key]")
    loc = (*root, *inner)
    limits = raw.get("ctx") or {}
    if kind == "extra_forbidden":
        known = keys_at(model, inner[:-1]) if model else []
        return Finding(loc, say("There is no {key} here", key=str(inner[-1])), did_you_mean(str(inner[-1]), known))
    if kind == "literal_error":
        expected = str(limits.get("expected", ""))
        return Finding(loc, say("It must be {expected}", expected=expected), _got(raw))
    if kind == "string_pattern_mismatch":
        return Finding(loc, say("A name is letters, digits, `_`, `-` and `.`, and begins with a letter"), _got(raw))
    if kind in _LIMITED:
        key, message = _LIMITED[kind]
        return Finding(loc, say(message.template, limit=limits.get(key, "?")), _got(raw))
    if kind in _SIMPLE:
        return Finding(loc, _SIMPLE[kind], None if kind in {"missing", "string_too_short", "too_short"} else _got(raw))
    return Finding(loc, say("{cause}", cause=str(raw["msg"])), _got(raw))


def _got(raw: Mapping[str, Any]) -> Message:
    return say("got {got}", got=shown(raw.get("input")))


def shown(value: object) -> str:
    """Return a value as the recipe would write it, cut to 40 characters."""
    words = {None: "nothing", True: "true", False: "false"}
    text = words[value] if value is None or isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else f"{text[:40]}..."


def did_you_mean(word: str, known: list[str]) -> Message | None:
    """Return the hint for a word that is not among the `known`: the nearest, or all if they are few."""
    near = closest(word, known)
    if near:
        return say("did you mean {near}?", near=near)
    return say("there is {known}", known=", ".join(sorted(known))) if 0 < len(known) <= 12 else None


def keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys that the model reached by `loc` allows, an empty list if it is no model."""
    found = model_at(model, loc)
    return [info.alias or name for name, info in found.model_fields.items()] if found else []


def model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    """Return the model reached by `loc` from `model`, None where there is none."""
    here: type[BaseModel] | None = model
    for word in loc:
        if here is None:
            return None
        if isinstance(word, str):
            hints = {info.alias or name: info.annotation for name, info in here.model_fields.items()}
            here = _model_in(hints.get(word))
    return here


def _model_in(hint: Any) -> type[BaseModel] | None:
    """Return the model inside ``M``, ``list[M]`` or ``M | None``."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    if get_origin(hint) in (list, Union, types.UnionType):
        return next((found for found in map(_model_in, get_args(hint)) if found), None)
    return None
