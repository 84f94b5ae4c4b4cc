"""How many different n-grams there are among those of a set of texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]


def coded(texts: Sequence[Sequence[str]], n: int) -> list[Codes]:
    """Return each text as the numbers of its n-grams; the same n-gram has the same number in all of them."""
    known: dict[tuple[str, ...], int] = {}
    return [
        np.array([known.setdefault(tuple(one[i : i + n]), len(known)) for i in range(len(one) - n + 1)], np.int64)
        for one in texts
    ]


def distinct(texts: Sequence[Codes]) -> float:
    """Return distinct-n: different n-grams / all n-grams (Li et al., NAACL 2016); 0 where there is none."""
    held = np.concatenate(texts) if texts else np.zeros(0, np.int64)
    return len(np.unique(held)) / len(held) if len(held) else 0.0


def expectation_adjusted(texts: Sequence[Codes], vocabulary: int) -> float:
    """Return EAD: different n-grams / those expected of as many drawn evenly from `vocabulary` of them.

    V (1 - ((V - 1) / V)^C) for C n-grams (Liu et al., ACL 2022). Unlike distinct-n it does not fall because texts
    are long. Raises ValueError where the vocabulary is smaller than what is there.
    """
    held = np.concatenate(texts) if texts else np.zeros(0, np.int64)
    different = len(np.unique(held))
    if different > vocabulary:
        raise ValueError(f"a vocabulary of {vocabulary} cannot hold {different} different n-grams")
    if not different:
        return 0.0
    # 1 - (1 - 1/V)^C by expm1 and log1p: V is large and C may be.
    share = -np.expm1(len(held) * np.log1p(-1.0 / vocabulary)) if vocabulary > 1 else 1.0
    return float(different / (vocabulary * share))
