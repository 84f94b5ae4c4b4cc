"""The names of the 1000 ImageNet classes, in the order of a classifier's logits."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def class_words() -> tuple[tuple[str, ...], ...]:
    """Return all WordNet words of each class, the commonest first."""
    text = resources.files("shisaku.models").joinpath("imagenet.txt").read_text(encoding="utf-8")
    rows = [line.split("\t", 1)[1] for line in text.splitlines() if not line.startswith("#")]
    return tuple(tuple(word.strip() for word in row.split(",")) for row in rows)


@cache
def class_names() -> tuple[str, ...]:
    """Return one name per class: its first WordNet word ("crane" and "maillot" name two classes each)."""
    return tuple(words[0] for words in class_words())
