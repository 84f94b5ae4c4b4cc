"""Who is in an audit: one row per sample, so that a page can name the file of whatever was found."""

from __future__ import annotations

import json
from typing import Any

from shisaku.core.sample import Sample
from shisaku.store.beside import AGAINST, ROLE

TABLE = "samples_seen"


def roll_row(sample: Sample) -> dict[str, Any]:
    """Return id, file (as it was given), labels, group, split, role, licence and consent of a sample."""
    return {
        "sample": sample.id,
        "file": file_of(sample),
        "labels": json.dumps(dict(sample.labels), ensure_ascii=False),
        "group": sample.group,
        "split": sample.facts.get("split", ""),
        "role": AGAINST if sample.facts.get(ROLE) == AGAINST else "",
        "licence": sample.licence,
        "consent": sample.consent,
    }


def file_of(sample: Sample) -> str:
    """Return the first file that the sample was read from, empty where its parts lay in a container."""
    return next((part.uri for part in sample.parts.values() if part.uri), "")
