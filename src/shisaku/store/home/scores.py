"""Columns of scores beside the samples: a new version that writes the scores and links all else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.atomic import disk_errors, new_folder
from shisaku.store.home.columns import SCORE, Columns, Value, check_names, merge
from shisaku.store.home.commit import write_version
from shisaku.store.home.place import Home
from shisaku.store.home.table import link_tree, seal
from shisaku.store.home.version import Version
from shisaku.store.home.writing import writing
from shisaku.store.lance_rows import lance_errors
from shisaku.store.lance_table import TABLE
from shisaku.store.memory import known


def add_scores(path: Path | str, columns: Columns, *, when: str = "", message: str = "") -> Version:
    """Make a version of the one in use with columns of numbers, truths or words (such as a split) by sample id.

    No media are written: the columns become files of their own. Samples without a value get none; a column of the
    same name is replaced. Raises DataError for an unknown id or a name that is not letters, digits and ``_``.
    """
    check_names(columns)
    with writing(path) as home:
        parent = home.version()
        before = home.dataset(parent)
        digests = before.digests()
        for values in columns.values():
            for id_ in values:
                known(id_, digests, str(home.path))
        number = home.latest() + 1
        place = home.table(f"{number:06d}")
        with disk_errors(place), new_folder(place) as part:
            link_tree(before.path / TABLE, part / TABLE)
            with lance_errors(place):
                merge(part / TABLE, {SCORE + name: values for name, values in columns.items()})
            lance_version = seal(part, digests.values())
        version = replace(
            parent,
            number=number,
            parent=parent.number,
            table=place.name,
            lance_version=lance_version,
            when=when,
            message=message,
            drops="",
            dropped=0,
            scores=tuple(sorted({*parent.scores, *columns})),
        )
        write_version(home, version)
        home.set_head(number, number)
        return version


def read_scores(path: Path | str, name: str, version: int | None = None) -> dict[str, Value]:
    """Return sample id -> value of a column that `add_scores` made. Raises DataError where there is none."""
    home = Home.open(path)
    about = home.version(version)
    if name not in about.scores:
        raise DataError(
            say(
                "The version has no scores called {name}; it has: {has}", name=name, has=", ".join(about.scores) or "-"
            ),
            str(home.path),
        )
    rows = home.dataset(about).columns(["id", SCORE + name])
    return {row["id"]: row[SCORE + name] for row in rows if row[SCORE + name] is not None}
