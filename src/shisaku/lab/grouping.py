"""Which items of a class are the same thing: near-duplicates must never straddle a split."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shisaku.core.study_spec import Grouping
from shisaku.lab.items import Items, Vectors
from shisaku.learn.rows import transform_rows

# Words that say nothing about what is shown; three letters and more, the rest falls by length.
STOP = frozenset((
    "all", "and", "are", "but", "for", "from", "has", "have", "her", "his", "into", "its", "not", "off", "one",
    "our", "out", "over", "she", "some", "than", "that", "the", "their", "them", "then", "there", "they",
    "this", "two", "under", "was", "were", "when", "where", "which", "who", "will", "with", "you", "your",
))  # fmt: skip
_CJK = re.compile(r"[぀-ヿ㐀-鿿豈-﫿ｦ-ﾟ]+")
_WORD = re.compile(r"[^\W_]+")
BLOCK = 1024
LADDER = (0.95, 0.97, 0.98, 0.99, 0.995, 0.999)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Items with their final groups, the pairs of ids merged because they look alike, and the `near` it took."""

    items: Items
    merged: tuple[tuple[str, str], ...]
    near: float


def content_words(text: str) -> frozenset[str]:
    """Return the casefolded words of three letters and more that are not stop words.

    Japanese and Chinese are written without spaces: there every pair of neighbouring characters counts
    as a word.
    """
    folded = text.casefold()
    runs = _CJK.findall(folded)
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
    words = {word for word in _WORD.findall(_CJK.sub(" ", folded)) if len(word) >= 3 and word not in STOP}
    return frozenset(pairs | words)


def group_alike(items: Items, rule: Grouping, texts: Sequence[str] = ()) -> Grouped:
    """Join items by union-find: a shared group anywhere; alike features inside a class.

    Alike is a cosine above `rule.near` on square-rooted, unit-length features of the first view, or above
    `rule.near_with_word` while the texts share a content word; an item without that view is like no other. A joined
    group bears the name of its first member's group. With `rule.chain`, `near` goes up the `LADDER` until no class is
    chained.
    """
    while True:
        grouped = _joined(items, rule, texts)
        higher = next((level for level in LADDER if level > rule.near), None)
        if not rule.chain or higher is None or not _chained(items, grouped.items, rule.chain):
            return grouped
        rule = replace(rule, near=higher)


def _chained(before: Items, after: Items, share: float) -> bool:
    """Return whether joining put more than `share` of a class's entities, and more than two, into one group."""
    entities: dict[str, set[str]] = {name: set() for name in before.labels}
    held: dict[tuple[str, str], set[str]] = {}
    for label, old, new in zip(before.labels, before.groups, after.groups, strict=True):
        entities[label].add(old)
        held.setdefault((label, new), set()).add(old)
    return any(len(joined) > max(2, share * len(entities[label])) for (label, _), joined in held.items())


def _joined(items: Items, rule: Grouping, texts: Sequence[str]) -> Grouped:
    parent = list(range(len(items)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[str, int] = {}
    for i, group in enumerate(items.groups):
        parent[root(i)] = root(first.setdefault(group, i))
    merged = []
    for i, j in alike(items, rule, texts):
        a, b = sorted((root(i), root(j)))
        if a != b:
            parent[b] = a
            merged.append((items.ids[i], items.ids[j]))
    return Grouped(items.with_groups([items.groups[root(i)] for i in range(len(items))]), tuple(merged), rule.near)


def alike(items: Items, rule: Grouping, texts: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
    """Yield index pairs i < j of one class that the rule calls the same thing."""
    floor = min((level for level in (rule.near, rule.near_with_word) if level > 0), default=0.0)
    if floor <= 0:
        return
    words = [content_words(text) for text in texts]
    rows = _unit(items)
    labels = np.array(items.labels)
    for label in sorted(set(items.labels)):
        members = np.flatnonzero(labels == label)
        for start in range(0, len(members), BLOCK):
            block = members[start : start + BLOCK]
            cosines = rows[block] @ rows[members].T
            for a, b in np.argwhere(cosines > floor):
                i, j = int(block[a]), int(members[b])
                by_look = 0 < rule.near < cosines[a, b]
                by_word = bool(words) and 0 < rule.near_with_word < cosines[a, b]
                if i < j and (by_look or (by_word and words[i] & words[j])):
                    yield i, j


def near_pairs(items: Items, others: Items, near: float) -> list[tuple[str, str]]:
    """Return (item, other) ids whose features have a cosine above `near` (0: none), one per other item."""
    if near <= 0 or not len(items) or not len(others):
        return []
    cosines = _unit(others) @ _unit(items).T
    best = cosines.argmax(axis=1)
    return [(items.ids[i], others.ids[j]) for j, i in enumerate(best) if cosines[j, i] > near]


def _unit(items: Items) -> Vectors:
    """Return the rows of the first view, square-rooted and of unit length; zeros for an item without it."""
    rows: Vectors = transform_rows(np.nan_to_num(items.main), "sqrt_l2")
    return rows
