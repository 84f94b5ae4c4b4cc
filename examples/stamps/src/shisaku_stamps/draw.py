"""Drawing a few of many by seed and name, the kinds taking turns."""

from __future__ import annotations

from collections.abc import Mapping

from shisaku.core.seed import key_for


def drawn(kinds: Mapping[str, str], count: int, seed: int, purpose: str) -> frozenset[str]:
    """Return `count` of the names that `kinds` maps to a kind: every kind gives one before any gives another.

    Who is drawn depends on the seed, the `purpose` and the names, not on their order; draws for two
    purposes have nothing to do with each other.
    """
    turn: dict[str, int] = {}
    order: list[tuple[int, int, str]] = []
    for name in sorted(kinds, key=lambda name: key_for(seed, purpose, name)):
        turn[kinds[name]] = turn.get(kinds[name], 0) + 1
        order.append((turn[kinds[name]], len(order), name))
    return frozenset(name for _, _, name in sorted(order)[:count])
