"""One look through the samples of a dataset: everything a card counts."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Part, Sample
from shisaku.store.marks import MADE_BY, SOURCE_TYPE

SPLIT = "split"


@dataclass(slots=True)
class Tally:
    """Counts over samples; memory grows with their number only where splits and groups are known."""

    n: int = 0
    made: int = 0
    with_parents: int = 0
    depth: Counter[int] = field(default_factory=Counter)
    parts: Counter[tuple[str, str]] = field(default_factory=Counter)
    texts: set[str] = field(default_factory=set)
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    licences: Counter[str] = field(default_factory=Counter)
    consents: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    rates: dict[str, Counter[int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    frames: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    clocks: set[str] = field(default_factory=set)
    spans: int = 0
    makers: dict[str, Counter[str]] = field(default_factory=dict)
    source_types: Counter[str] = field(default_factory=Counter)
    grouped: int = 0
    entities: set[str] = field(default_factory=set)
    splits: dict[str, set[str]] = field(default_factory=dict)
    split_sizes: Counter[str] = field(default_factory=Counter)
    assigned: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> Tally:
        """Count them all."""
        found = cls()
        for sample in samples:
            found._add(sample)
        return found

    @property
    def straddling(self) -> list[str]:
        """Entities that are in more than one split, sorted."""
        seen: Counter[str] = Counter()
        for entities in self.splits.values():
            seen.update(entities)
        return sorted(entity for entity, n in seen.items() if n > 1)

    @property
    def split_hash(self) -> str:
        """Fingerprint of which sample is in which split, empty without splits."""
        return fingerprint(sorted(self.assigned)) if self.assigned else ""

    def _add(self, sample: Sample) -> None:
        self.n += 1
        self.made += sample.depth > 0
        self.with_parents += sample.depth > 0 and bool(sample.parents)
        self.depth[sample.depth] += 1
        self.licences[sample.licence] += 1
        self.consents[sample.consent] += 1
        for name, value in sample.labels.items():
            self.labels.setdefault(name, Counter())[value] += 1
        self.grouped += bool(sample.group)
        self.entities.add(sample.entity)
        if split := sample.facts.get(SPLIT):
            self.split_sizes[split] += 1
            self.splits.setdefault(split, set()).add(sample.entity)
            self.assigned.append(f"{sample.id}\t{split}")
        self._trace(sample)
        for name, part in sample.parts.items():
            self._part(name, part)

    def _trace(self, sample: Sample) -> None:
        for name, value in sample.facts.items():
            if name == SOURCE_TYPE or name.endswith(f"_{SOURCE_TYPE}"):
                self.source_types[value] += 1
            elif name == MADE_BY or name.startswith(f"{MADE_BY}:"):
                maker, about = _maker(value)
                self.makers.setdefault(maker, Counter())[about] += 1

    def _part(self, name: str, part: Part) -> None:
        self.parts[name, part.kind] += 1
        self.spans += part.span is not None
        if part.clock:
            self.clocks.add(part.clock)
        if part.kind == "text":
            self.texts.add(name)
            self.languages[part.lang or "?"] += 1
        elif part.kind == "audio" and (sound := _sound(part.data)):
            self.rates.setdefault(name, Counter())[sound[0]] += 1
            self.seconds[name] = self.seconds.get(name, 0.0) + sound[1]
        elif part.kind == "image" and (frame := _frame(part.data)):
            low, high = self.frames.setdefault(name, [frame, frame])
            self.frames[name] = [min(low, frame), max(high, frame)]


def _maker(trace: str) -> tuple[str, str]:
    try:
        held = json.loads(trace)
        name = f"{held['op']} {held['version']}"
        models = ", ".join(f"{key} {value}" for key, value in sorted(held["models"].items()))
        return name, f"{json.dumps(held['params'], ensure_ascii=False)[:200]}{'; ' + models if models else ''}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return "?", trace[:80]


def _frame(png: bytes) -> tuple[int, int] | None:
    """Return width and height of a stored PNG, whose first chunk is always IHDR (W3C PNG, 11.2.2)."""
    return struct.unpack(">II", png[16:24]) if png[12:16] == b"IHDR" else None


def _sound(wav: bytes) -> tuple[int, float] | None:
    """Return rate and seconds of a stored WAV: 16-bit PCM, whose first chunk is ``fmt``."""
    if wav[:4] != b"RIFF" or wav[12:16] != b"fmt " or len(wav) < 44:
        return None
    channels, rate = struct.unpack("<HI", wav[22:28])
    return rate, (len(wav) - 44) / max(1, 2 * channels * rate)
