"""The label of a sample, as an op is told to read it."""

from __future__ import annotations

from shisaku.core import annotators
from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say


def label_name(sample: Sample, name: str) -> str:
    """Return `name`, or the only label that the sample has. Raises DataError where it has none or several."""
    names = annotators.without_annotators(sample.labels)
    if name or len(names) == 1:
        return name or names[0]
    raise DataError(
        say("The sample has {n} labels, and {name} is not one of them", n=len(names), name=repr(name)),
        where=sample.id,
        next=say("Name the label in the parameter `label`"),
    )


def label_of(sample: Sample, name: str) -> str:
    """Return the sample's label, else what most of its annotators say. Raises DataError where it has none."""
    found = annotators.label_of(sample.labels, label_name(sample, name))
    if not found.strip():
        raise DataError(say("The sample has no label {name}", name=name), where=sample.id)
    return found


def label_or_none(sample: Sample, name: str) -> str:
    """Return the sample's label, an empty text where it has none."""
    try:
        return label_of(sample, name)
    except DataError:
        return ""
