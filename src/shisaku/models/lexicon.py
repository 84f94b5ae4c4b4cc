"""The English pronouncing dictionary of misaki, read as data: American, in Kokoro's symbols."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.weights import Weights, find_weights

NAME = "misaki-lexicon"
GOLD, SILVER = "us_gold.json", "us_silver.json"

Entry = str | Mapping[str, str | None]


class Lexicon:
    """Words to symbols: `gold` was checked by people, `silver` was not and is asked second.

    An entry is a string, or one per part of speech: without a tagger ``DEFAULT`` is taken, and ``None`` (sic)
    where nothing follows in the phrase. Only base forms are listed, single letters in upper case.
    """

    def __init__(self, gold: Mapping[str, Entry], silver: Mapping[str, Entry]) -> None:
        self._gold = gold
        self._silver = silver

    def find(self, word: str, *, last: bool = False) -> str | None:
        """Return the symbols of a word, asked as it is written, in lower case and capitalised; None if not listed."""
        if len(word) == 1:
            return _chosen(self._gold.get(word.upper()), last)
        forms = dict.fromkeys((word, word.lower(), word.capitalize()))
        found = (_chosen(book.get(form), last) for book in (self._gold, self._silver) for form in forms)
        return next((symbols for symbols in found if symbols), None)

    def is_checked(self, word: str) -> bool:
        """Say whether people checked this word."""
        return bool(_chosen(self._gold.get(word), last=False))


def open_lexicon(local: Path | None = None) -> tuple[Lexicon, Weights]:
    """Return the dictionary and the weights it was read from. Raises WeightsError if a file of it is not one."""
    weights = find_weights(NAME, local)
    return Lexicon(_entries(weights, GOLD), _entries(weights, SILVER)), weights


def _entries(weights: Weights, file: str) -> dict[str, Entry]:
    try:
        entries = json.loads(weights.read(file))
        if not isinstance(entries, dict) or not all(isinstance(entry, str | dict) for entry in entries.values()):
            raise ValueError("not a table of words")
    except ValueError as error:
        raise WeightsError(
            say("The dictionary cannot be read: {cause}", cause=str(error)[:200]),
            where=str(weights.path(file)),
            next=say("Delete it and run `shisaku models pull {model}`", model=NAME),
        ) from error
    return entries


def _chosen(entry: Entry | None, last: bool) -> str | None:
    if entry is None or isinstance(entry, str):
        return entry
    return (entry.get("None") if last else None) or entry.get("DEFAULT")
