"""Write a dataset in a format that other tools read, and say what that format cannot carry."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.progress import Progress, silent
from shisaku.errors import DataError, MachineError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.core.dataset import Dataset
    from shisaku.core.sample import Sample
    from shisaku.store.writers.writer import Written


def export_data(
    dataset: str | Path,
    to: str,
    out: str | Path,
    *,
    version: int | None = None,
    settings: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Write a dataset (by default the version in use) in the format `to` into the new folder `out`.

    `settings` are parameters of the writer, as on the command line. `out` appears whole or not at all. Returns
    format, out, n samples written, left_out and losses: what the format cannot carry. Raises DataError where the
    data do not fit the format, RecipeError for an unknown format or parameter, MachineError where `out` is not
    empty or cannot be written.
    """
    from shisaku.api.recognising import parsed
    from shisaku.registry.doors import WRITERS, load
    from shisaku.registry.make import make_behind
    from shisaku.store.atomic import disk_errors, new_folder

    writer = make_behind(WRITERS, to, parsed(load(WRITERS, to), settings or {}))
    samples = _opened(Path(dataset).expanduser(), version)
    target = Path(out).expanduser()
    with disk_errors(target):
        _refuse_taken(target)
        try:
            with new_folder(target) as part:
                written = writer.write(_counted(samples, progress), part)
                if written.left_out and not written.n:
                    raise _nothing_fits(to, written)
        except FileExistsError:
            raise _taken(target) from None
    return {
        "dataset": str(dataset),
        "format": to,
        "out": str(target),
        "n": written.n,
        "left_out": written.left_out,
        "losses": [loss.with_text() for loss in written.losses],
    }


def data_formats(name: str = "") -> dict[str, list[dict[str, str]]]:
    """Return readers and writers (or those called `name`): name, the first sentence of its page, and the page.

    Raises RecipeError if nothing is called so.
    """
    from shisaku.registry.doors import READERS, WRITERS, load, names

    def listed(group: str) -> list[dict[str, str]]:
        pages = {one: inspect.getdoc(load(group, one)) or "" for one in names(group) if name in ("", one)}
        return [{"name": one, "what": _first_sentence(page), "doc": page} for one, page in pages.items()]

    found = {"readers": listed(READERS), "writers": listed(WRITERS)}
    if not any(found.values()):
        load(READERS, name)  # which says so, with what may have been meant
    return found


def _first_sentence(page: str) -> str:
    words = " ".join(page.partition("\n\n")[0].split())
    return words.partition(". ")[0].rstrip(".")


def _opened(path: Path, version: int | None) -> Dataset:
    from shisaku.store.datasets import open_dataset
    from shisaku.store.home import is_home, open_home

    return open_home(path, version) if is_home(path) or version is not None else open_dataset(path)


def _counted(samples: Dataset, progress: Progress) -> Iterator[Sample]:
    total = len(samples)
    for n, sample in enumerate(samples):
        progress("export", n, total)
        yield sample
    progress("export", total, total)


def _nothing_fits(to: str, written: Written) -> DataError:
    return DataError(
        say("Nothing of this dataset fits the format {format}: {reason}", format=to, reason=written.losses[-1]),
        next=say("Choose another format: `shisaku data formats` lists them"),
    )


def _refuse_taken(target: Path) -> None:
    if target.is_dir() and not any(target.iterdir()):
        target.rmdir()
    if target.exists():
        raise _taken(target)


def _taken(target: Path) -> MachineError:
    return MachineError(
        say("The folder to write to is not empty"), where=str(target), next=say("Give a new folder with --out")
    )
