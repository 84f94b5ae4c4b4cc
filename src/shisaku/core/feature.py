"""A Feature: the op through which a study sees samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Feature:
    """The op (a Transform that writes an embedding) through which a study sees samples."""

    op: str
    params: Mapping[str, Any] = field(default_factory=dict)
