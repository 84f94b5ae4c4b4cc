"""The lessons by which offers are measured: which part of what is at hand is trained on, and with what added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.lab.next_data.offer import Offer

SHARES = (0.25, 0.5, 0.75, 1.0)
ADDED_TO = {"source": (0.25, 0.5, 1.0), "made": (0.5, 1.0)}
WRONG = (0.15, 0.3)


@dataclass(frozen=True, slots=True)
class Lesson:
    """Train on the first `share` of every class, of the offer's own classes on `share` times `cut`.

    With `added` the offer's probe is trained on as well; a share `wrong` of the labels is made wrong. Without an offer
    it is a point of the plain learning curve.
    """

    offer: str
    share: float
    cut: float = 1.0
    added: bool = False
    wrong: float = 0.0


PLAIN = tuple(Lesson("", share) for share in SHARES)


def lessons_of(offer: Offer, classes: Sequence[str]) -> tuple[Lesson, ...]:
    """Return the lessons that tell what an offer is worth, beside the plain ones.

    Labels as they come need no other than those. Labels of some classes: what is lost with half of those at hand, and
    what comes back with them at half of all. A probe is added to little and to much. Repairs: what further wrong labels
    cost.
    """
    if offer.kind == "labels":
        if not offer.classes or set(offer.classes) == set(classes):
            return ()
        return (Lesson(offer.name, 1.0, 0.5), Lesson(offer.name, 0.5, 0.5), Lesson(offer.name, 0.5, 2.0))
    if offer.kind == "repairs":
        return tuple(Lesson(offer.name, 1.0, wrong=share) for share in WRONG)
    return tuple(Lesson(offer.name, share, added=True) for share in ADDED_TO[offer.kind] if not offer.unknown)
