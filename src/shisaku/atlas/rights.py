"""What may be done with a dataset of the atlas: its licence, what is known better, and who generated its texts."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

from shisaku.atlas.entry import Entry
from shisaku.atlas.licences import terms_of
from shisaku.atlas.tables import table
from shisaku.atlas.terms import Terms


def rights_of(entry: Entry) -> Terms:
    """Return what may be done with `entry`; overrides count for the built-in catalogue only."""
    better = None if entry.own else _overrides().get(entry.name)
    terms = terms_of(entry.licence) if better is None else _better(better, entry)
    for generator in table("licences")["generators"]:
        if re.search(generator["pattern"], entry.annotation):
            terms = terms.both(terms_of(generator["licence"]))
    return terms


def _better(known: dict[str, Any], entry: Entry) -> Terms:
    terms = terms_of(known["licence"])
    return replace(
        terms,
        evidence=known["evidence"],
        conditions=(*terms.conditions, *known.get("conditions", ())),
        also=(*known.get("also", ()), entry.licence),
    )


@cache
def _overrides() -> dict[str, dict[str, Any]]:
    return {name: known for known in table("licences")["overrides"] for name in known["names"]}
