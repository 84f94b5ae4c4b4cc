"""What tells two versions of a dataset apart, by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from shisaku.core.sample import Part, Sample
from shisaku.store.lance_table import ROWS_AT_ONCE, LanceDataset


@dataclass(frozen=True, slots=True)
class Diff:
    """Ids that came (`added`), left (`removed`) or stayed with another content (`changed`), each sorted."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def diff(old: LanceDataset, new: LanceDataset) -> Diff:
    """Compare ids and digests; no media are read."""
    before, after = old.digests(), new.digests()
    return Diff(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(id_ for id_ in after.keys() & before.keys() if after[id_] != before[id_])),
    )


def what_changed(old: LanceDataset, new: LanceDataset, ids: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """Give (id, what is different) for samples that are in both: ``labels.class``, ``parts.image.content`` ..."""
    left = iter(ids)
    while some := list(islice(left, ROWS_AT_ONCE)):
        for one, other in zip(old.take(some), new.take(some), strict=True):
            yield one.id, differences(one, other)


def differences(one: Sample, other: Sample) -> list[str]:
    """Return the names of the fields that tell two samples of one id apart, sorted."""
    found = [name for name in ("group", "licence", "consent", "parents", "depth") if _differ(one, other, name)]
    for name in ("labels", "facts"):
        found += [f"{name}.{key}" for key in _keys(getattr(one, name), getattr(other, name))]
    for name in _keys(one.parts, other.parts):
        found += [f"parts.{name}{what}" for what in _parts(one.parts.get(name), other.parts.get(name))]
    return sorted(found)


def _differ(one: Sample, other: Sample, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


def _keys(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return [key for key in {**one, **other} if one.get(key) != other.get(key)]


def _parts(one: Part | None, other: Part | None) -> list[str]:
    if one is None or other is None:
        return [" added" if one is None else " removed"]
    named = {"kind": "kind", "content": "data", "lang": "lang", "span": "span", "clock": "clock"}
    return [f".{word}" for word, field in named.items() if getattr(one, field) != getattr(other, field)]
