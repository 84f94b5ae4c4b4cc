"""Ops, a reader and a learner that do nothing but say what they want."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from shisaku.core.metric import Metric
from shisaku.core.transform import Transform


class _Made(Transform):
    def apply(self, batch: Any, rngs: Any, pool: Any = None) -> Any:
        return [() for _ in batch]


class _Measured(Metric):
    def measure(self, batch: Any, reference: Any = None) -> Any:
        return {}

    def scores(self, state: Any) -> Any:
        return []


@dataclass(frozen=True)
class Caption(_Made):
    name: ClassVar[str] = "toy.caption"
    reads = {"image": "image"}
    writes = {"write": "text"}
    makes: ClassVar[str] = "views"
    image: str = "image"
    write: str = "caption"


@dataclass(frozen=True)
class Paint(_Made):
    name: ClassVar[str] = "toy.paint"
    reads = {"image": "image"}
    writes = {"image": "image"}
    image: str = "image"
    strength: float = 0.5
    style: Literal["ink", "oil"] = "ink"
    sizes: tuple[int, ...] = (1, 2)
    texts: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 1:
            raise ValueError(f"strength must be in [0, 1], got {self.strength}")


@dataclass(frozen=True)
class Mix(_Made):
    name: ClassVar[str] = "toy.mix"
    reads = {"image": "image"}
    writes = {"image": "image"}
    pools: ClassVar[bool] = True
    image: str = "image"


@dataclass(frozen=True)
class Embed(_Made):
    name: ClassVar[str] = "toy.embed"
    reads = {"image": "image"}
    writes = {"write": "embedding"}
    makes: ClassVar[str] = "views"
    image: str = "image"
    write: str = "features"


@dataclass(frozen=True)
class Sharpness(_Measured):
    name: ClassVar[str] = "toy.sharpness"
    reads = {"image": "image"}
    image: str = "image"


@dataclass(frozen=True)
class Copies(_Measured):
    name: ClassVar[str] = "toy.copies"
    reads = {"features": "embedding"}
    needs = frozenset({"rows", "reference"})
    features: str = "features"


@dataclass(frozen=True)
class Reader:
    path: str = ""


@dataclass(frozen=True)
class Guess:
    patience: int = 1
