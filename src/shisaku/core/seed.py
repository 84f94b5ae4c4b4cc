"""Randomness as an argument, keyed by (seed, step, sample id): never by position, worker or clock."""

from __future__ import annotations

import hashlib

import numpy as np


def key_for(*words: object) -> int:
    """Return a 128-bit key that depends on the words alone (SHA-256 of their length-prefixed text)."""
    digest = hashlib.sha256()
    for word in words:
        raw = str(word).encode()
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return int.from_bytes(digest.digest()[:16], "big")


def rng_for(seed: int, step: str, sample_id: str) -> np.random.Generator:
    """Return the generator that `step` uses for `sample_id`, the same in any shard, order or process."""
    return np.random.Generator(np.random.Philox(key=key_for(seed, step, sample_id)))
