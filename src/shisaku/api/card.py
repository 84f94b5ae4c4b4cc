"""Write the card of a dataset."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import say

MAX_BYTES = 1_000_000


def data_card(
    dataset: str | Path, out: str | Path, *, about: str | Path | None = None, version: int | None = None
) -> dict[str, Any]:
    """Describe a dataset (a home, a stored dataset or a run) and write its card in all forms to the folder `out`.

    ``card.json`` is the record, ``croissant.json`` Croissant 1.1 with RAI over ``records.parquet``, and
    ``datasheet.*.md`` and ``data-card.*.md`` are for people, in English and Japanese. `about` is a YAML file of answers
    that only people know (``identity.owner: ...``). What nobody said is named in ``holes``.
    Raises DataError where there is no dataset, MachineError for the disk.
    """
    from shisaku.report.card.write import write_card

    stated = _stated(Path(about)) if about is not None else {}
    today = datetime.now(UTC).date().isoformat()
    written = write_card(Path(dataset), Path(out), stated, version=version, date=today)
    return {
        "dataset": str(dataset),
        "out": str(out),
        "files": [str(path) for path in written.files],
        "card": written.card.to_json(),
        "holes": written.card.holes,
    }


def _stated(path: Path) -> dict[str, Any]:
    import yaml

    try:
        with path.open("rb") as file:
            held = yaml.safe_load(file.read(MAX_BYTES))
    except (OSError, yaml.YAMLError) as error:
        raise DataError(say("The answers cannot be read: {cause}", cause=str(error)), where=str(path)) from error
    if not isinstance(held, dict):
        raise DataError(
            say("The answers must be a mapping"), where=str(path), next=say("Write lines such as identity.owner: NAME")
        )
    return {str(key): value if isinstance(value, int | float | str | list | dict) else str(value)
            for key, value in held.items()}  # fmt: skip
