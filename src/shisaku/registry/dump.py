"""From a Recipe back to YAML that reads as the same Recipe; what has its default value is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from typing import Any

import yaml

from shisaku.core.amount import Amount
from shisaku.core.identity import fingerprint
from shisaku.core.policy import LEVELS, Policy
from shisaku.core.recipe import Keep, Recipe
from shisaku.core.study_spec import StudySpec
from shisaku.registry.yaml_tree import scalar

_YAML_NAMES = {"params": "with", "source": "from", "minimum": "min", "maximum": "max", "atlas": "source"}
_LOOKS = {
    "looks_taken": "taken", "looks_note": "note", "look": "this", "looks_planned": "planned", "spending": "spending",
}  # fmt: skip


def dump_recipe(recipe: Recipe) -> str:
    """Return `recipe` as YAML; `parse_recipe` makes the same Recipe of it (lines apart)."""
    plain = {"schema": recipe.schema, "name": recipe.name, **_record(recipe)}
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def without_lines(recipe: Recipe) -> Recipe:
    """Return `recipe` without the lines at which it was written: two recipes that say the same are then equal."""
    steps = tuple(replace(step, line=0) for step in recipe.steps)
    return replace(recipe, steps=steps, keep=tuple(replace(keep, line=0) for keep in recipe.keep))


def recipe_fingerprint(recipe: Recipe) -> str:
    """Return what names a recipe by what it says: the same for any layout, comments and order of keys."""
    return fingerprint(without_lines(recipe))


def _record(value: Any, *but: str) -> dict[str, Any]:
    """Return the fields of a part of a recipe that differ from their defaults, under their YAML names."""
    shown = [f for f in fields(value) if f.name != "line" and f.name not in but]
    changed = {f.name: getattr(value, f.name) for f in shown if _differs(f, value)}
    record: dict[str, Any] = {}
    looks: dict[str, Any] = {}
    for name, held in changed.items():
        if isinstance(value, StudySpec) and name in _LOOKS:
            looks[_LOOKS[name]] = held
            continue
        if isinstance(value, Recipe) and name == "models":
            record[name] = {one.name: _record(one, "name") for one in held}
            continue
        if isinstance(value, Policy) and name == "level":
            held = LEVELS[held]
        key = "of" if isinstance(value, Keep) and name == "source" else _YAML_NAMES.get(name, name)
        record[key] = _plain(held)
    if looks:
        record["looks"] = looks
    return record


def _differs(field: Field[Any], value: Any) -> bool:
    held = getattr(value, field.name)
    if field.default is not MISSING:
        return bool(held != field.default)
    return bool(held != field.default_factory()) if field.default_factory is not MISSING else True


def _plain(value: Any) -> Any:
    if isinstance(value, Amount):
        return value.low if value.known else value.told()
    if is_dataclass(value):
        return _record(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


class _Dumper(yaml.SafeDumper):
    """Writes no aliases, and quotes every text that the core schema would not read as a text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _write_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    try:
        quoted = not isinstance(scalar(text), str)
    except ValueError:
        quoted = True
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if quoted else None)


_Dumper.add_representer(str, _write_text)
