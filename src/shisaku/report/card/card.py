"""The one record behind all forms of a dataset card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.report.card.fields import KEYS, SECTIONS


@dataclass(frozen=True, slots=True)
class Card:
    """Answers by ``section.key``; an answer is a number, a text, a Message, or a list or mapping of these.

    `stated` are the keys that a person answered; all others come from the data itself. A key without an answer is a
    hole.
    """

    values: Mapping[str, Any]
    stated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, found: Mapping[str, Any], stated: Mapping[str, Any]) -> Card:
        """Join what was found with what a person states, which wins. Raises DataError for a key that there is not."""
        unknown = [key for key in stated if key not in KEYS]
        if unknown:
            raise DataError(
                say("A card has no field {name}", name=str(unknown[0])[:80]),
                next=say("The fields are: {names}", names=", ".join(KEYS)),
            )
        values = {key: value for key, value in {**found, **stated}.items() if value not in (None, "", [], {})}
        return cls(values, frozenset(stated))

    @property
    def name(self) -> str:
        """The dataset's name."""
        return str(self.values["identity.name"])

    @property
    def holes(self) -> list[str]:
        """Keys that nobody answered, in order."""
        return [key for key in KEYS if key not in self.values]

    def to_json(self) -> dict[str, Any]:
        """Return the whole record with its holes named."""
        return {
            "schema": 1,
            **{
                section.name: {key: plain(self.values.get(f"{section.name}.{key}")) for key in section.fields}
                for section in SECTIONS
            },
            "stated_by_people": sorted(self.stated),
            "holes": self.holes,
        }


def plain(value: Any) -> Any:
    """Return an answer as JSON has it; a Message with its English text."""
    if isinstance(value, Message):
        return value.with_text()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
