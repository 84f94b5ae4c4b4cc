"""The tables of this package: what is known about datasets and licences is data, and data can be read by anybody."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return the mapping in ``<name>.yaml``; it is shared, so nobody may change it."""
    import yaml

    return dict(yaml.safe_load(_text(f"{name}.yaml")))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of ``<name>.csv`` by column."""
    return tuple(csv.DictReader(_text(f"{name}.csv").splitlines()))


def _text(file: str) -> str:
    return resources.files("shisaku.atlas").joinpath(file).read_text(encoding="utf-8")
