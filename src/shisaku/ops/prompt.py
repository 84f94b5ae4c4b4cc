"""What a model is asked in words: a template with slots for conditions of the field.

Slots are drawn from declared distributions, so that what was asked for is known and can be checked in what came out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np

from shisaku.core.sample import Sample
from shisaku.ops.sandboxed import compiled, filled
from shisaku.ops.slots import drawn, slots_of

KNOWN: Final = ("labels", "facts", "parts")
SLOT: Final = "slot:"
LONGEST: Final = 20_000  # characters


class Prompt:
    """A template and its slots, in the small part of Jinja that `ops.sandboxed` allows.

    A template may use `labels`, `facts` and `parts` (the texts) of the sample, the slots by their names, and the
    names in `extra` that the op itself fills. `slots` maps a name to its values: a list (each as likely) or a mapping
    of values to weights. Raises ValueError for a template that does not parse or holds what it must not, a name that
    nobody fills, a slot without values or with a name that is taken.
    """

    def __init__(self, template: str, slots: Mapping[str, Any], extra: Sequence[str] = ()) -> None:
        self._template, self._slots = template, slots_of(slots)
        taken = sorted({*KNOWN, *extra} & set(slots))
        if taken:
            raise ValueError(f"a slot must not be called {taken[0]}: that name has a meaning of its own")
        self._known = (*KNOWN, *extra, *self._slots)
        _compiled(template, self._known)

    def drawn(self, rng: np.random.Generator) -> dict[str, str]:
        """Draw a value for every slot, in the order of their names."""
        return drawn(self._slots, rng)

    def filled(self, sample: Sample, slots: Mapping[str, str], **extra: Any) -> str:
        """Return the prompt for a sample. Raises DataError where it names what is not there, or grows too long."""
        texts = {name: _text(part.data) for name, part in sample.parts.items() if part.kind == "text"}
        about = {"labels": dict(sample.labels), "facts": dict(sample.facts), "parts": texts}
        return filled(_compiled(self._template, self._known), {**about, **slots, **extra}, LONGEST).strip()


def facts_of(slots: Mapping[str, str]) -> dict[str, str]:
    """Return the facts in which a made sample says what was asked for."""
    return {f"{SLOT}{name}": value for name, value in slots.items()}


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return ""


@lru_cache(maxsize=256)
def _compiled(template: str, known: tuple[str, ...]) -> Any:
    return compiled(template, known)[0]
