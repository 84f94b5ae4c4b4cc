"""Names to ops and recipes to YAML: the only floor that imports by name."""

from shisaku.registry.check import check_recipe
from shisaku.registry.dump import dump_recipe, recipe_fingerprint, without_lines
from shisaku.registry.load import load_recipe, parse_recipe
from shisaku.registry.make import make_op
from shisaku.registry.schema import json_schema

__all__ = [
    "check_recipe",
    "dump_recipe",
    "json_schema",
    "load_recipe",
    "make_op",
    "parse_recipe",
    "recipe_fingerprint",
    "without_lines",
]
