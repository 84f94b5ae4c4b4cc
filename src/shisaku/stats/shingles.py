"""A text as the set of its shingles: runs of words, or of characters where words are not set apart."""

from __future__ import annotations

import re
import unicodedata
import zlib

import numpy as np
import numpy.typing as npt

Shingles = npt.NDArray[np.uint64]

WORD = re.compile(r"\w+")
# Scripts that put no space between words: Thai, Lao, Myanmar, Khmer, kana, Han.
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
ODD, TURN = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


def shingles(text: str, words: int, characters: int) -> Shingles:
    """Return the sorted different 64-bit hashes of all runs of `words` words, or of `characters` characters.

    The text is brought to NFKC and case-folded, and nothing but letters and digits counts. Characters are taken where
    most letters belong to a script without spaces. A text shorter than one run is one shingle; one without letters and
    digits has none.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    found = WORD.findall(plain)
    letters = "".join(found)
    if not letters:
        return np.zeros(0, np.uint64)
    if 2 * len(UNSPACED.findall(letters)) > len(letters):
        return _runs(np.frombuffer(letters.encode("utf-32-le"), "<u4").astype(np.uint64), characters)
    return _runs(np.array([zlib.crc32(word.encode()) for word in found], np.uint64), words)


def jaccard(one: Shingles, other: Shingles) -> float:
    """Return the share of shingles that two sets have in common; two empty sets have nothing in common."""
    both = np.intersect1d(one, other, assume_unique=True).size
    union = one.size + other.size - both
    return both / union if union else 0.0


def _runs(tokens: Shingles, length: int) -> Shingles:
    length = min(length, len(tokens))
    mixed = np.zeros(len(tokens) - length + 1, np.uint64)
    for k in range(length):
        mixed = (mixed ^ tokens[k : len(tokens) - length + 1 + k]) * ODD
        mixed = (mixed ^ (mixed >> np.uint64(29))) * TURN
    return np.unique(mixed ^ (mixed >> np.uint64(32)))
