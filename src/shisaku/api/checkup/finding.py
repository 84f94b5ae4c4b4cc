"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from shisaku.message import Message

State = Literal["ok", "missing", "optional"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A thing in its `area`: here (``ok``), ``missing`` so that shisaku does not work, or not here and ``optional``.

    `command` brings what is not here.
    """

    area: str
    name: str
    state: State
    what: Message
    command: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        about = {"area": self.area, "name": self.name, "state": self.state}
        return {**about, "what": self.what.to_json(), "text": str(self.what), "command": self.command}
