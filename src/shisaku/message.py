"""A sentence for a person, kept as a template and its values so that any language can say it later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Union

Value = Union[str, int, float, "Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence: an English ``str.format`` template and the values that go into it.

    The template is the key in the gettext catalogues, so reasons and errors written down in a run
    on one machine can be read in another language on another. Templates are literals in the source. A value may
    be a sentence itself.
    """

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.fill(self.template)

    def fill(self, template: str) -> str:
        """Return `template` (this one or its translation) with the values filled in."""
        return template.format_map(dict(self.values))

    def to_json(self) -> dict[str, Any]:
        """Return the plain form that is written into runs."""
        values = {name: v.to_json() if isinstance(v, Message) else v for name, v in self.values.items()}
        return {"template": self.template, "values": values}

    def with_text(self) -> dict[str, Any]:
        """Return the plain form with the English text beside it, for who reads JSON without our catalogues."""
        return {**self.to_json(), "text": str(self)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Message:
        """Read back what `to_json` wrote."""
        values = {name: cls.from_json(v) if isinstance(v, Mapping) else v for name, v in raw.get("values", {}).items()}
        return cls(str(raw["template"]), values)


def say(template: str, **values: Value) -> Message:
    """Build a `Message`; the template must be a literal so that it can be found for translation."""
    return Message(template, values)
