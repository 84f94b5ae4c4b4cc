"""Texts as counts of their characters: a feature without any model, for every language."""

from __future__ import annotations

import unicodedata
import zlib

import numpy as np
import numpy.typing as npt

WIDTH = 512
LENGTHS = (1, 2, 3)


def ngram_vector(text: str) -> npt.NDArray[np.float32]:
    """Return the hashed counts of a text's 1- to 3-grams of characters: float32 [512], L2-normalised.

    The text is brought to NFKC and lower case, and marked at both ends. Hash: CRC-32 modulo 512, the same
    on every machine. Feature hashing: Weinberger et al. (2009).
    """
    marked = "\x02" + " ".join(unicodedata.normalize("NFKC", text).lower().split()) + "\x03"
    counts = np.zeros(WIDTH, dtype=np.float32)
    for length in LENGTHS:
        for start in range(len(marked) - length + 1):
            counts[zlib.crc32(marked[start : start + length].encode()) % WIDTH] += 1.0
    return np.asarray(counts / np.linalg.norm(counts), dtype=np.float32)
