"""Stand-ins for models, so that an op that asks one can be checked without any. An answer depends on its ask alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from shisaku.core.back_end import BackEnd
from shisaku.core.identity import fingerprint
from shisaku.core.sample import Part
from shisaku.models.ask import ROLES, Answer, Ask, Generator, Role
from shisaku.models.desk import Desk
from shisaku.store.codecs import encode_image, encode_vector, encode_wave

RATE, SIDE, DIMENSIONS = 16_000, 32, 8


class Double:
    """A generator that knows nothing: its answer is drawn from the fingerprint of the ask."""

    backend = "stand-in for tests"

    def __init__(self, role: Role) -> None:
        self._role = role

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return an answer of the role's kind for every ask."""
        return [self._answer(ask) for ask in asks]

    def _answer(self, ask: Ask) -> Answer:
        digest = ask.digest
        rng = np.random.default_rng(int(digest[:15], 16))
        if self._role == "painter":
            return Part("image", encode_image(rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)))
        if self._role == "speaker":
            return Part("audio", encode_wave(rng.uniform(-0.5, 0.5, RATE // 10).astype(np.float32), RATE))
        if self._role == "embedder":
            return Part("embedding", encode_vector(rng.standard_normal(DIMENSIONS).astype(np.float32)))
        if ask.schema is not None:
            return Part.from_text(json.dumps(_fitting(ask.schema)))
        return Part.from_text(f"answer {digest[:8]}", str(ask.options.get("language", "")))


def _fitting(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with every property null, which the schemas of ops allow."""
    return dict.fromkeys(schema.get("properties", {}))


class DoubleDesk(Desk):
    """A desk at which every name in every role is a stand-in."""

    def take(self, role: Role, name: str = "") -> Generator:
        """Return the stand-in for a role."""
        if role not in ROLES:
            raise ValueError(f"role must be one of {', '.join(ROLES)}, got {role!r}")
        return cast("Generator", Double(role))

    def back_end(self, role: Role, name: str = "") -> BackEnd:
        """Return a back end that stands for itself."""
        return BackEnd(name or role, "native", f"double-{role}")

    def identity(self, role: Role, name: str = "") -> dict[str, str]:
        """Return what tells one stand-in from another."""
        return {f"{role}: stand-in": fingerprint(role, name)}
