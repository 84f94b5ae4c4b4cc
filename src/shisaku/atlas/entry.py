"""One dataset of the atlas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from shisaku.atlas.amount import Amount, amount_of

Layer = Literal["general", "task", "domain"]
LAYERS: tuple[Layer, ...] = get_args(Layer)


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset: what it is, where it stands in the three layers, its licence, and where that was read.

    `layer` is general (pre-training and instruction tuning), task (a benchmark task) or domain; empty: not decided.
    `confidence` and `fact_source` say how well the facts are known; `own` marks the user's own entries, whose data is
    at `path`.
    """

    name: str
    layer: str
    sub_category: str = ""
    modalities: str = ""
    size: str = ""
    annotation: str = ""
    year: str = ""
    licence: str = ""
    home: str = ""
    hf_id: str = ""
    survey_listing: str = ""
    fact_source: str = ""
    confidence: str = ""
    path: str = ""
    own: bool = False

    @classmethod
    def from_row(cls, row: Mapping[str, Any], own: bool = False) -> Entry:
        """Make an entry of a row; columns that are not known are ignored, absent ones are empty."""
        held = {name: str(row.get(name) or "") for name in cls.__slots__ if name != "own"}
        return cls(**{**held, "layer": held["layer"].removeprefix("training/")}, own=own)

    @property
    def amount(self) -> Amount:
        """Items and hours, as far as the size says."""
        return amount_of(self.size)

    def has_modality(self, word: str) -> bool:
        """Say whether the data has a modality called so (``image``, ``audio``, ``lidar``)."""
        named = re.split(r"[,\s()]+", self.modalities.lower())
        return any(re.fullmatch(rf"{re.escape(word.lower())}s?", one) for one in named)

    @property
    def text(self) -> str:
        """Everything that can be searched, in lower case."""
        return " ".join((self.name, self.sub_category, self.modalities, self.annotation, self.hf_id)).lower()

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {**asdict(self), "items": self.amount.items, "hours": self.amount.hours}
