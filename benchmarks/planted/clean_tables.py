"""Real tables, one row a sample: they ship with scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import encode_table

LOADERS = {"wine": {}, "diabetes": {"scaled": False}, "breast_cancer": {}}


def table(name: str) -> list[Sample]:
    """Return the rows of a table, with an id as key and the target as label."""
    from sklearn import datasets

    held = getattr(datasets, f"load_{name}")(**LOADERS[name])
    names = [str(column).replace(" ", "_") for column in held.feature_names]
    return [
        Sample(
            f"{name}-{i:04d}",
            {
                "table": Part(
                    "table", encode_table({"id": f"R{i:05d}", **dict(zip(names, map(float, row), strict=True))})
                )
            },
            {"class": str(target)},
        )
        for i, (row, target) in enumerate(zip(held.data, held.target, strict=True))
    ]


def tables() -> dict[str, Callable[[], list[Sample]]]:
    """Return a maker of each table by name."""
    return {name: partial(table, name) for name in LOADERS}
