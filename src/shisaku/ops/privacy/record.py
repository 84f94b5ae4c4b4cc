"""Personal data in what is written about a sample: its name, file names, labels and facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import within
from shisaku.ops.privacy.hit import known_kinds
from shisaku.ops.privacy.rules import Piece, pieces
from shisaku.ops.privacy.text import MOST
from shisaku.ops.privacy.told import findings, scored
from shisaku.store.marks import MADE_BY

# What the readers write themselves: hashes, sizes, rates, traces.
OURS = ("_sha256", "_size", "_rate", "_channels", "_seconds", "_shrunk", "_gain", "_bits", "_frames", "_fps")
WHERE = say("labels, facts and names")


@dataclass(frozen=True)
class Record(Metric):
    """Score a sample by the personal data in its file names, id, group, labels and facts: 1 for none, 1 / (1 + pieces).

    The rules are those of `privacy.text`; underscores are read as spaces, and labels and facts behind their names,
    so that a fact "birth_date" says what its date is. Of a path only the last part is read. `raw` is the number of
    pieces; more than `most` are an issue. What is told is masked.

    What it finds: what `privacy.text` finds. Fourteen kinds put into a fact of 150 real records (n = 30 of each): all
    of them where written as usual or behind a cue, none where disguised; no false alarm.
    When it hurts: ids of persons in an organisation's own numbering, and names without a cue (``tanaka_01.wav``), are
    not found: most names of files with a person in them are of this kind. A clean result is no proof of absence.

    Example::

        - {name: personal_labels, op: privacy.record, from: data}
    """

    name: ClassVar[str] = "privacy.record"
    reads: ClassVar[Mapping[str, Kind]] = {}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"most"})

    kinds: tuple[str, ...] = ()
    most: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", known_kinds(self.kinds))
        within("most", self.most, 0, MOST)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [(kind, masked piece), ...]."""
        return {sample.id: self._pieces(sample) for sample in batch}

    def _pieces(self, sample: Sample) -> list[Piece]:
        # One text may stand in several places (the id is often the file's name): it counts once.
        lines = dict.fromkeys(line.replace("_", " ") for line in written(sample))
        return list(dict.fromkeys(piece for line in lines for piece in pieces(line, kinds=self.kinds)))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        return scored(state, self.name, WHERE, self.most)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return one Finding per kind of personal data, with its count."""
        return findings(state, self.name, WHERE)


def written(sample: Sample) -> Iterator[str]:
    """Give what is written about a sample, names of files without their endings."""
    for path in (sample.id, sample.group, *(part.uri for part in sample.parts.values())):
        name = PurePosixPath(path).name
        yield name.removesuffix(PurePosixPath(name).suffix) if name.count("@") == 0 else name
    for name, value in (*sample.labels.items(), *sample.facts.items()):
        if not name.endswith(OURS) and not name.startswith(MADE_BY):
            yield f"{name}: {value}"
