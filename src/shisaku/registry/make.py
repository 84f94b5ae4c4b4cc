"""From a name and plain parameters to an op, reader or learner: a frozen dataclass whose fields are its parameters."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from shisaku.core.op import Op
from shisaku.errors import MachineError, RecipeError, ShisakuError
from shisaku.message import say
from shisaku.registry.complaints import complaints, did_you_mean
from shisaku.registry.doors import OPS, closest, load, names, op_class
from shisaku.registry.finding import Finding, Loc, problems_of, recipe_error


def make_op(name: str, params: Mapping[str, Any], line: int = 0) -> Op:
    """Return the op of that name with these parameters. Raises RecipeError with all that is wrong, at `line`."""
    op, findings = try_op(name, params, ())
    if op is None:
        raise recipe_error(problems_of(findings, lambda loc: (line, loc)), where=name)
    return op


def make_behind(door: str, name: str, params: Mapping[str, Any]) -> Any:
    """Return the reader or learner of that name with these parameters. Raises RecipeError with all that is wrong."""
    findings = try_behind(door, name, params, ("with",), ("name",))
    if findings:
        raise recipe_error(problems_of(findings, lambda loc: (0, loc)), where=name)
    return try_make(load(door, name), params, ("with",))[0]


def try_op(name: str, params: Mapping[str, Any], loc: Loc) -> tuple[Op | None, list[Finding]]:
    """Return the op, or None and what is wrong; `loc` is the mapping that holds ``op`` and ``with``.

    Raises MachineError if the op is installed but cannot be loaded.
    """
    found = try_class(name, (*loc, "op"))
    if isinstance(found, Finding):
        return None, [found]
    made, findings = try_make(found, params, (*loc, "with"))
    return (made if isinstance(made, Op) else None), findings


def try_class(name: str, loc: Loc) -> type[Op] | Finding:
    """Return the op class of that name, or the Finding that there is none."""
    if name not in names(OPS):
        near = closest(name, names(OPS))
        hint = say("did you mean {near}?", near=near) if near else say("`shisaku ops` lists what there is")
        return Finding(loc, say("There is no op {name}", name=name), hint)
    return op_class(name)


def try_behind(door: str, name: str, params: Mapping[str, Any], loc: Loc, name_loc: Loc) -> list[Finding]:
    """Return what is wrong with a reader's or learner's name (at `name_loc`) or parameters (in `loc`)."""
    if name not in names(door):
        return [Finding(name_loc, say("There is no {name}", name=name), did_you_mean(name, names(door)))]
    found = load(door, name)
    return try_make(found, params, loc)[1]


def try_make(cls: Any, params: Mapping[str, Any], loc: Loc) -> tuple[Any | None, list[Finding]]:
    """Return an instance of a dataclass, or None and everything wrong with its parameters.

    Values are checked strictly against the field types (lists become tuples or sets where those are asked
    for, whole numbers become floats); then the class's own ``__post_init__`` has its say.
    """
    needed = _fields(cls)
    findings: list[Finding] = []
    values: dict[str, Any] = {}
    for key, value in params.items():
        if key not in needed:
            hint = did_you_mean(key, list(needed))
            findings.append(Finding((*loc, key), say("There is no {key} here", key=key), hint))
            continue
        try:
            values[key] = _adapter(cls, key).validate_json(json.dumps(value), strict=True)
        except TypeError as error:
            findings.append(Finding((*loc, key), say("{cause}", cause=str(error))))
        except ValidationError as error:
            findings += [_trimmed(finding, (*loc, key)) for finding in complaints(error, root=(*loc, key))]
    missing = [key for key, must in needed.items() if must and key not in params]
    findings += [Finding((*loc, key), say("It is missing")) for key in missing]
    if findings:
        return None, findings
    try:
        return cls(**values), []
    except RecipeError as error:
        inner = [Finding(loc, problem.what, problem.hint) for problem in error.problems]
        return None, [Finding(loc, error.what, error.next), *inner]
    except ShisakuError as error:
        return None, [Finding(loc, error.what, error.next)]
    except (ValueError, TypeError) as error:
        return None, [Finding(loc, say("{cause}", cause=str(error)))]


@cache
def _fields(cls: Any) -> dict[str, bool]:
    """Return each parameter's name and whether it must be given."""
    if not dataclasses.is_dataclass(cls):
        raise MachineError(
            say("{name} is not a dataclass", name=cls.__qualname__),
            next=say("Ask its author to make it a frozen dataclass"),
        )
    unset = dataclasses.MISSING
    return {f.name: f.default is unset and f.default_factory is unset for f in dataclasses.fields(cls) if f.init}


@cache
def _adapter(cls: Any, field: str) -> TypeAdapter[Any]:
    try:
        hint = get_type_hints(cls)[field]
        return TypeAdapter(hint, config=ConfigDict(allow_inf_nan=False))
    except Exception as error:
        raise MachineError(
            say("The type of {field} cannot be read: {cause}", field=field, cause=str(error)),
            where=cls.__qualname__,
            next=say("Ask its author to use plain types that can be imported at run time"),
        ) from error


def _trimmed(finding: Finding, loc: Loc) -> Finding:
    """Keep the parameter and positions in it; names that pydantic gives to union members mean nothing to people."""
    rest = finding.loc[len(loc) :]
    steps = tuple(word for word in rest if isinstance(word, int))
    return dataclasses.replace(finding, loc=(*loc, *steps))
