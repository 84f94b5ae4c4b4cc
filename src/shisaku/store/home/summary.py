"""What a version holds, counted without reading its media."""

from __future__ import annotations

from collections import Counter
from typing import Any

from shisaku.store.lance_table import LanceDataset

COLUMNS = ("id", "labels", "group", "licence", "consent", "depth", "parts")


def summary(dataset: LanceDataset) -> dict[str, Any]:
    """Count samples, parts by name and kind, labels, groups, licences, consents and generations."""
    parts: Counter[str] = Counter()
    labels: dict[str, Counter[str]] = {}
    counted: dict[str, Counter[str]] = {"licence": Counter(), "consent": Counter(), "depth": Counter()}
    groups: set[str] = set()
    n = 0
    for row in dataset.columns(COLUMNS):
        n += 1
        groups.add(row["group"] or row["id"])
        parts.update(f"{part['name']} ({part['kind']})" for part in row["parts"])
        for name, value in row["labels"]:
            labels.setdefault(name, Counter())[value] += 1
        for name, counter in counted.items():
            counter[str(row[name])] += 1
    return {
        "samples": n,
        "groups": len(groups),
        "parts": dict(sorted(parts.items())),
        "labels": {name: dict(held.most_common()) for name, held in sorted(labels.items())},
        **{name: dict(sorted(counter.items())) for name, counter in counted.items()},
    }
