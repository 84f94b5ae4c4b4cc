"""Write all forms of a dataset's card into a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.errors import MachineError
from shisaku.message import say
from shisaku.report.card.answers import answers
from shisaku.report.card.card import Card
from shisaku.report.card.croissant import croissant
from shisaku.report.card.markdown import data_card, datasheet
from shisaku.report.card.place import held_at
from shisaku.report.card.rows import write_rows
from shisaku.report.card.tally import Tally
from shisaku.report.translate import LANGUAGES
from shisaku.store.atomic import disk_errors, new_folder

CARD, CROISSANT = "card.json", "croissant.json"


@dataclass(frozen=True, slots=True)
class Written:
    """A card and the files it was written to."""

    card: Card
    files: tuple[Path, ...]


def write_card(place: Path, out: Path, stated: Mapping[str, Any], *, version: int | None, date: str) -> Written:
    """Describe what is at `place` and write its card to the folder `out`, which must be new or empty.

    `stated` are answers of a person by ``section.key``; `date` stands in where the dataset has none. Raises DataError
    where there is no dataset, MachineError for the disk.
    """
    _refuse_taken(out)
    held = held_at(place, version)
    tally = Tally.of(held.samples())
    found = answers(held, tally)
    card = Card.of({**found, "identity.date": found.get("identity.date") or date}, stated)
    with disk_errors(out), new_folder(out) as part:
        table = write_rows(held.samples(), tally, part)
        texts = {
            CARD: _json(card.to_json()),
            CROISSANT: _json(croissant(card, table)),
            **{f"datasheet.{lang}.md": datasheet(card, lang) for lang in LANGUAGES},
            **{f"data-card.{lang}.md": data_card(card, lang) for lang in LANGUAGES},
        }
        for name, text in texts.items():
            (part / name).write_text(text, encoding="utf-8")
    return Written(card, (out / table.file, *(out / name for name in texts)))


def _refuse_taken(out: Path) -> None:
    with disk_errors(out):
        if out.is_dir() and not any(out.iterdir()):
            out.rmdir()
    if out.exists():
        raise MachineError(
            say("The folder to write to is not empty"), where=str(out), next=say("Give a new folder with --out")
        )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
