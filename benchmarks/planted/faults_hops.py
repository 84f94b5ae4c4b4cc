"""Errors at one hop of a chain, for the drift meter: alone, and beside an earlier run of the chain without them."""

from __future__ import annotations

from planted.hop import HopFault

SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
UNIT = "share of texts mixed up at one hop"

HOPS = [
    HopFault("texts mixed up at a hop, beside an earlier run", "stamps", UNIT, SHARES, beside=True),
    HopFault("texts mixed up at a hop, alone", "stamps", UNIT, SHARES, beside=False),
]
