"""How large a first look at every offer should be: enough to measure, and never much of the budget."""

from __future__ import annotations

from collections.abc import Sequence

from shisaku.lab.next_data.offer import Offer

SHARE = 0.08  # of the budget, for one offer
PER_CLASS = (1, 2)  # items of a source: fewer than one of each class says more of the draw than of the source
LOOKS = (5, 12)


def first_looks(offers: Sequence[Offer], n_classes: int, budget: float) -> dict[str, int]:
    """Return how many items of each source to buy, and labels to look at again, before anything else is decided.

    Offers that can be measured by what is at hand, or that were probed, need none. Where the fewest that tell anything
    cost more than twice the share, the offer stays unknown.
    """
    found: dict[str, int] = {}
    for offer in offers:
        asked = offer.unknown if offer.kind == "source" else offer.kind == "repairs" and not offer.looked
        if not asked:
            continue
        least, most = (n_classes * PER_CLASS[0], n_classes * PER_CLASS[1]) if offer.kind == "source" else LOOKS
        n = min(max(least, min(most, int(SHARE * budget / offer.price))), offer.available)
        if n >= least and n * offer.price <= 2 * SHARE * budget:
            found[offer.name] = n
    return found
