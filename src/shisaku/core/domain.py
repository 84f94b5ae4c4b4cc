"""A Domain: where the model of a study will work, and what must hold there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

DomainKind = Literal["resplit", "derived", "external"]
Spoil = float | Literal["missing", "swapped"]
Shows = Literal["", "generalisation", "task", "fit"]


@dataclass(frozen=True, slots=True)
class Speakers:
    """Whose voices the items of a fixed test set are: alike embeddings in part `part` are one speaker.

    Average linkage, cut at cosine `near` (0.65 tells most people apart on single words; longer recordings allow
    0.70 to 0.75). From `least` speakers on, the speaker is the unit of the interval;
    with fewer nothing can be said about other speakers: items are the unit and the claim says so.
    """

    part: str
    near: float = 0.65
    least: int = 6


@dataclass(frozen=True, slots=True)
class Domain:
    """A place where the model will work, with its margins in metric units (0.02 = 2 points).

    ``resplit``: the held-out real items themselves. ``derived``: `stream` holds children of the real
    items; those of held-out parents are the test (simulated, and said so). ``external``: `stream` is a
    fixed real test set. `validate` names what choices for this domain are made on: a derived stream of other
    pool material, or beside an external test set a development slice of the same kind, disjoint from it.
    `spoil` says what is done to a view (modality) of every test item: ``missing``, ``swapped`` (that of an item of
    another class: conflicting evidence) or a number, the sd of noise in units of that view's own sd. `shows` says
    which of three scores, never averaged, the domain is: ``generalisation`` (out of domain), ``task``, ``fit``.
    `degrades` names the domain of which this is the degraded twin (8 kHz, low resolution, noise): the report sets the
    gains of the two side by side.
    """

    name: str
    kind: DomainKind
    stream: str = ""
    validate: str = ""
    delta_gain: float = 0.02
    delta_safe: float = 0.02
    speakers: Speakers | None = None
    spoil: Mapping[str, Spoil] = field(default_factory=dict)
    shows: Shows = ""
    degrades: str = ""
