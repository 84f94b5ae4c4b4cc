"""Thumbnails, sounds and texts of made and real samples, as many as the page can bear."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from shisaku.core.sample import Sample
from shisaku.errors import ShisakuError
from shisaku.report.measure.evidence import Evidence
from shisaku.report.shown import Shown, shown_parts

BUDGET = 4_000_000  # characters of data URIs that samples may add to the page
MEDIA = ("image", "audio", "text")


class Shelf:
    """Hands out samples to be shown; who comes when `budget` is used up is shown by texts and id alone."""

    def __init__(self, evidence: Evidence, budget: int = BUDGET) -> None:
        self._evidence, self._left = evidence, budget

    def real(self, streams: Sequence[str], ids: Collection[str]) -> dict[str, Shown]:
        """Return real samples with all their parts."""
        found = self._taken(streams, ids)
        return {id_: self._counted(shown_parts(one, _visible(one))) for id_, one in found.items()}

    def made(self, batch: str, real: Sequence[str], ids: Sequence[str]) -> dict[str, Shown]:
        """Return samples of a batch with the parts that are not their real ancestor's own."""
        found = self._taken([batch], ids)
        ancestors = self._taken(real, {self._evidence.root(id_) for id_ in found})
        return {
            id_: self._counted(shown_parts(found[id_], _new(found[id_], ancestors.get(self._evidence.root(id_)))))
            for id_ in ids
            if id_ in found
        }

    def _taken(self, streams: Sequence[str], ids: Collection[str]) -> dict[str, Sample]:
        found: dict[str, Sample] = {}
        for name in streams:
            try:
                dataset = self._evidence.run.stream(name)
                there = set(dataset.ids())
                samples = dataset.take(sorted(id_ for id_ in set(ids) if id_ in there))
            except ShisakuError:  # the cache was emptied or the run was moved: the page does without
                continue
            found |= {sample.id: sample for sample in samples}
        return found

    def _counted(self, shown: Shown) -> Shown:
        if shown.size > self._left:
            return replace(shown, images=(), sounds=())
        self._left -= shown.size
        return shown


def _visible(sample: Sample) -> list[str]:
    return [name for name, part in sorted(sample.parts.items()) if part.kind in MEDIA]


def _new(sample: Sample, ancestor: Sample | None) -> list[str]:
    own: Mapping[str, object] = {name: part.digest for name, part in ancestor.parts.items()} if ancestor else {}
    every = _visible(sample)
    return [name for name in every if sample.parts[name].digest != own.get(name)] or every
