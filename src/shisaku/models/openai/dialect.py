"""What a server of this interface refuses, learnt once for each endpoint."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from shisaku.guard.call import Attachment, Call

Fields = dict[str, Any]
Change = Callable[[Fields], Fields]


def _without(name: str) -> Change:
    return lambda fields: {key: value for key, value in fields.items() if key != name}


def _renamed(old: str, new: str) -> Change:
    return lambda fields: {new if key == old else key: value for key, value in fields.items()}


def _loosely(fields: Fields) -> Fields:
    """Ask for JSON of any shape, where a schema was not understood; of anything but a chat, for no format at all."""
    asked = fields["response_format"]
    if isinstance(asked, Mapping):
        return {**fields, "response_format": {"type": "json_object"}}
    return _without("response_format")(fields)


LADDERS: Final[Mapping[str, tuple[Change, ...]]] = {
    "seed": (_without("seed"),),
    "response_format": (_loosely, _without("response_format")),
    "max_tokens": (_renamed("max_tokens", "max_completion_tokens"),),
    "max_completion_tokens": (_renamed("max_completion_tokens", "max_tokens"),),
    "encoding_format": (_without("encoding_format"),),
    "strength": (_without("strength"),),
    "size": (_without("size"),),
}
TWINS: Final = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
ALSO_CALLED: Final = {"response_format": ("json_schema", "json_object", "grammar", "guided", "verbose_json")}


class Dialect:
    """The parameters that one endpoint refused, and what is sent instead.

    Only what changes no answer's meaning is left out by itself: another refused parameter is the recipe's to mend.
    """

    def __init__(self) -> None:
        self._rungs: dict[str, int] = {}
        self._lock = threading.Lock()

    @property
    def state(self) -> dict[str, int]:
        """What was refused, and how often something else had to be tried."""
        with self._lock:
            return dict(self._rungs)

    def spoken(self, call: Call) -> Call:
        """Return the call as this server takes it."""
        return _changed(call, self.state)

    def learn(self, call: Call, spoken_in: Mapping[str, int], refusal: str) -> bool:
        """Learn from the refusal of `call` as it was sent in the state `spoken_in`; True if it should be sent again."""
        with self._lock:
            if self._rungs != spoken_in:
                return True  # another call learnt meanwhile what this one did not know
            for name in _names(_changed(call, self._rungs)):
                taken = self._rungs.get(name, 0)
                if TWINS.get(name) in self._rungs:
                    continue  # the limit has two names; renaming it back would turn in a circle
                if taken < len(LADDERS[name]) and _is_named(name, refusal):
                    self._rungs[name] = taken + 1
            return self._rungs != spoken_in


@cache
def dialect_of(url: str, model: str, path: str) -> Dialect:
    """Return what this process knows of an endpoint."""
    return Dialect()


def _names(call: Call) -> list[str]:
    there = set(call.body or {}) | {field.name for field in call.form}
    return [name for name in LADDERS if name in there]


def _is_named(name: str, refusal: str) -> bool:
    return any(re.search(rf"(?<![a-z_]){word}(?![a-z_])", refusal) for word in (name, *ALSO_CALLED.get(name, ())))


def _changed(call: Call, rungs: Mapping[str, int]) -> Call:
    for name, taken in rungs.items():
        for change in LADDERS[name][:taken]:
            call = _with(call, name, change)
    return call


def _with(call: Call, name: str, change: Change) -> Call:
    if call.body is not None:
        return replace(call, body=change(dict(call.body))) if name in call.body else call
    fields: Fields = {field.name: field for field in call.form}
    if name not in fields:
        return call
    return replace(call, form=tuple(_named(key, field) for key, field in change(fields).items()))


def _named(name: str, field: Attachment) -> Attachment:
    return field if field.name == name else replace(field, name=name)
