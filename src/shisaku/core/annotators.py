"""Labels that several annotators gave: ``class/anna`` is what anna says of ``class``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

SEPARATOR = "/"


def annotated(names: Iterable[str]) -> tuple[str, ...]:
    """Return the labels that two annotators or more gave, of all the label names of a dataset."""
    split = (name.rpartition(SEPARATOR) for name in set(names))
    bases = Counter(base for base, _, who in split if base and who)
    return tuple(sorted(base for base, n in bases.items() if n > 1))


def without_annotators(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the labels themselves: those of single annotators become the label that they are about."""
    given = set(names)
    several = set(annotated(given))
    bases = {name: name.rpartition(SEPARATOR)[0] for name in given}
    return tuple(sorted({bases[name] if bases[name] in several else name for name in given}))


def answers_of(labels: Mapping[str, str], name: str) -> dict[str, str]:
    """Return annotator -> answer of one sample's labels."""
    head = name + SEPARATOR
    said = {label[len(head) :]: answer for label, answer in labels.items() if label.startswith(head) and answer}
    return dict(sorted((who, answer) for who, answer in said.items() if who and SEPARATOR not in who))


def majority(answers: Iterable[str]) -> str:
    """Return what most say, empty where none does or where two answers tie."""
    votes = Counter(answers).most_common(2)
    return "" if not votes or (len(votes) > 1 and votes[0][1] == votes[1][1]) else votes[0][0]


def label_of(labels: Mapping[str, str], name: str) -> str:
    """Return the label of that name, else what most annotators say, else an empty text."""
    return labels.get(name, "") or majority(answers_of(labels, name).values())
