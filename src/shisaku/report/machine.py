"""What a run was made with: models and their licences, versions, the machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shisaku.report.record import Record, Row

# Where a file lies and whether it is there says something about a machine, nothing about the run.
PRIVATE = ("where", "present", "local")
SAID_ELSEWHERE = ("title", "name", "state", "notes", "schema")


def models(record: Record) -> list[Row]:
    """Return one row per model that the run needed, with its licence, without paths."""
    return model_rows(_environment(record))


def model_rows(environment: Row) -> list[Row]:
    """Return the models of what a run says of its machine, without paths."""
    rows = [m for m in environment.get("models", []) if isinstance(m, Mapping)]
    return [{key: value for key, value in row.items() if key not in PRIVATE and value != ""} for row in rows]


def machine(record: Record) -> Row:
    """Return versions and machine without the models."""
    return {key: value for key, value in _environment(record).items() if key != "models"}


def about(record: Record) -> Row:
    """Return what the run says of itself, without what the page says elsewhere."""
    found: Any = record.documents["run"] or {}
    told = {key: value for key, value in found.items() if key not in SAID_ELSEWHERE}
    licence = told.get("licence")
    if isinstance(licence, Mapping) and "said" in licence:
        told["licence"] = licence["said"]  # one line; the run holds every licence with its reason
    return told


def _environment(record: Record) -> Row:
    found = record.documents["environment"]
    return found if isinstance(found, Mapping) else {}
