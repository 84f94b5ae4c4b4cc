"""The parameters that readers of typed columns (Parquet, saved `datasets`, Lance) share."""

from __future__ import annotations

from dataclasses import dataclass

from shisaku.core.sample import UNKNOWN
from shisaku.store.readers.arrow_shards import AUTO, Named


@dataclass(frozen=True)
class TypedColumns:
    """Where the table lies and which of its columns mean what; ``auto``: taken by their names."""

    path: str
    text: str = AUTO
    label: str = AUTO
    group: str = AUTO
    id: str = AUTO
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    def named(self) -> Named:
        """Return what was said about the columns."""
        return Named(self.text, self.label, self.group, self.id, self.lang, self.licence, self.consent)
