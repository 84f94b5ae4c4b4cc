"""What a path that a card is asked for holds: a dataset home, a stored dataset, or a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.errors import DataError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.core.sample import Sample
    from shisaku.store.run import Run


@dataclass(frozen=True, slots=True)
class Held:
    """A dataset to be described: its samples (given anew by each call), and what is written about it.

    `about` holds answers that need no look at the samples; `words` are names that hint at its layer.
    """

    name: str
    samples: Callable[[], Iterator[Sample]]
    about: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    layout: str = ""
    run: Run | None = None


def held_at(path: Path, version: int | None = None) -> Held:
    """Open what is at `path`. Raises DataError where it is neither a dataset nor a run."""
    from shisaku.store.home import is_home

    place = path.expanduser()
    if is_home(place):
        return _home(place, version)
    if (place / "run.json").is_file():
        return _run(place)
    if (place / "manifest.json").is_file():
        from shisaku.store.datasets import open_dataset

        dataset = open_dataset(place)
        return Held(place.resolve().name, lambda: iter(dataset), {"identity.hash": dataset.fingerprint})
    raise DataError(
        say("There is no dataset and no run here"),
        where=str(place),
        next=say("Bring the data in first: `shisaku ingest PATH --out OUT`"),
    )


def _home(place: Path, number: int | None) -> Held:
    from shisaku.store.home import Home

    home = Home.open(place)
    version = home.version(number)
    dataset = home.dataset(version)
    source = version.source
    changes = [f"{one.number}: {one.when} {one.message}".rstrip() for one in home.versions()]
    about = {
        "identity.version": version.number,
        "identity.hash": version.fingerprint,
        "identity.date": version.when[:10],
        "sources.origin": [*source.why, *source.notes],
        "content.left_out": _drops(home.path / "versions" / version.drops if version.drops else None),
        "maintenance.changes": changes,
    }
    words = " ".join((place.resolve().name, source.layout, *map(str, source.params.values())))
    return Held(place.resolve().name, lambda: iter(dataset), about, words, source.layout)


def _drops(file: Path | None) -> Message | list[Message]:
    if file is None or not file.is_file():
        return say("Every record came in")
    import pyarrow.parquet as pq

    from shisaku.store.arrow import drop_from_row

    reasons = [drop_from_row(row).reason for row in pq.read_table(file).to_pylist()]
    counted = Counter(reason.template for reason in reasons)
    example = {reason.template: reason for reason in reversed(reasons)}
    return [say("{n} records, such as: {reason}", n=n, reason=example[name]) for name, n in counted.most_common()]


def _run(place: Path) -> Held:
    from shisaku.store.run import Run

    run = Run.open(place)
    streams = run.streams()
    about: dict[str, Any] = {"identity.hash": run.recipe_fingerprint}
    if rows := run.read_rows("drops"):
        about["content.left_out"] = dict(Counter(str(row.get("step")) for row in rows))

    def samples() -> Iterator[Sample]:
        seen: set[str] = set()
        for name in sorted(streams):
            for sample in run.stream(name):
                if sample.id not in seen:
                    seen.add(sample.id)
                    yield sample

    title = run.read_json("run").get("name") or place.resolve().name
    return Held(str(title), samples, about, run=run)
