"""Who speaks in made speech: how many voice settings of how many persons, stream by stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shisaku.report.descent import Descent
from shisaku.report.record import Record
from shisaku.store.exhibits import VOICE_FACTS, voice_facts

if TYPE_CHECKING:
    from shisaku.core.dataset import Dataset

MOST_VOICES = 60  # listed one by one


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice setting, whose it is, what spoke, and in how many recordings."""

    name: str
    person: str
    synthesiser: str
    n: int


@dataclass(frozen=True, slots=True)
class Cast:
    """The voices in one stream of `n` made recordings; `whole` unless only those shown could be counted."""

    stream: str
    op: str
    n: int
    whole: bool
    voices: Sequence[Voice]

    @property
    def persons(self) -> int:
        """How many different persons the voices are of (0: not said)."""
        return len({voice.person for voice in self.voices if voice.person})

    @property
    def synthesisers(self) -> str:
        """The synthesisers, named."""
        return ", ".join(sorted({voice.synthesiser for voice in self.voices if voice.synthesiser}))

    @property
    def listed(self) -> Sequence[Voice]:
        """The voices that are listed one by one."""
        return self.voices[:MOST_VOICES]


def casts(record: Record, descent: Descent, opened: Mapping[str, Dataset]) -> list[Cast]:
    """Return the voices of every stream of made speech: what a step made, and what keep-rules left of it."""
    found = []
    for stream, about in record.run.streams().items():
        if not record.is_view(stream) and (descent.makes(stream) or (stream in opened and record.graph.kept(stream))):
            dataset = opened.get(stream)
            facts = _put_aside(record, stream) if dataset is None else _spoken(dataset)
            voices = _voices(facts)
            if voices:
                n = int(about.get("n", 0))
                op = "" if record.graph.kept(stream) else record.graph.maker(stream)
                found.append(Cast(stream, op, n, dataset is not None, voices))
    return found


def _spoken(dataset: Dataset) -> list[Mapping[str, Any]]:
    """Return the facts of every sample, if the first one says who speaks; reads the others only then."""
    first = dataset.take(dataset.ids()[:1])
    if not any(voice_facts(sample) for sample in first):
        return []
    return [voice_facts(sample) for sample in dataset]


def _put_aside(record: Record, stream: str) -> list[Mapping[str, Any]]:
    rows = [r for r in record.documents["samples"] or [] if isinstance(r, Mapping) and r.get("stream") == stream]
    by_id = {str(row.get("id")): row.get("facts") for row in rows}
    return [facts for facts in by_id.values() if isinstance(facts, Mapping)]


def _voices(facts: Sequence[Mapping[str, Any]]) -> list[Voice]:
    counts = Counter(tuple(str(found.get(name) or "") for name in VOICE_FACTS) for found in facts if found.get("voice"))
    return [Voice(voice, person, synthesiser, n) for (voice, person, synthesiser), n in sorted(counts.items())]
