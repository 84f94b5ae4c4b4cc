"""Whether one class goes under several names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.dataset.class_names import CLASHES, Clash, clash_of, meaning
from shisaku.ops.labelled import label_of
from shisaku.ops.limits import one_of
from shisaku.ops.outcome import measurable

EXAMPLES, SHOWN = 20, 10


@dataclass(frozen=True)
class Taxonomy(Metric):
    """Score a sample 0 if the name of its class is another way to write that of a class with more samples, else 1.

    Names are one class if they are equal after what `ways` lists: white space and separators, width (Unicode NFKC),
    case, katakana and hiragana, numbers (01 and 1.0), the plural of the last English word, and words of one meaning
    (a table of Japanese and English class names, and WordNet's words of the ImageNet classes). The name with most
    samples is kept and stands in the reason (`suggested`); `raw` counts the names of the class, `group` is the kept
    one.

    What it finds: of the 16 classes of 785 stamps every one written in another case, width or with white space, from a
    share of 1 % on, and 94 to 100 % of those in another number; no false alarm. Of the names of single stamps in
    English and Japanese it knew 20 % [15, 27]: the table holds common words only.
    When it hurts: synonyms that no table holds pass. A plural that means something else (glass, glasses) and classes
    that differ only in case or in a separator on purpose are called a clash: take the way out of `ways`.

    Example::

        - {name: taxonomy, op: dataset.taxonomy, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.taxonomy"
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels"})
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"ways"})

    label: str = ""
    ways: tuple[Clash, ...] = CLASHES

    def __post_init__(self) -> None:
        for way in self.ways:
            one_of("ways", way, CLASHES)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> label; samples without one have no entry."""
        return dict(measurable(batch, lambda sample: label_of(sample, self.label)))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per labelled sample, by sample id."""
        counts = Counter(state.values())
        names = names_by_meaning(counts, self.ways)
        scores = []
        for sample, label in sorted(state.items()):
            several = names[meaning(label, self.ways)]
            wrong = label != several[0]
            reason = _reason(label, several[0], counts[several[0]]) if wrong else None
            group = several[0] if len(several) > 1 else ""
            scores.append(Score(sample, self.name, float(not wrong), float(len(several)), wrong, reason, group))
        return scores

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the classes that go under several names."""
        if not state:
            return []
        counts = Counter(state.values())
        clashes = [some for some in names_by_meaning(counts, self.ways).values() if len(some) > 1]
        if not clashes:
            what = say("Each of {k} classes has one name", k=len(counts))
            return [Finding("taxonomy", what, "note", 0.0, n=len(state))]
        lesser = {name for some in clashes for name in some[1:]}
        what = say(
            "{k} classes go under several names: {names}",
            k=len(clashes),
            names="; ".join(" = ".join(some) for some in clashes[:SHOWN]),
        )
        then = say("Decide on one name each and rename the others, or say why they differ")
        rows = tuple(
            {"class": some[0], "also": name, "samples": counts[name], "way": clash_of(some[0], name) or ""}
            for some in clashes
            for name in some[1:]
        )
        examples = tuple(sample for sample, label in sorted(state.items()) if label in lesser)[:EXAMPLES]
        value = float(len(clashes))
        return [Finding("taxonomy", what, "bad", value, n=len(state), next=then, samples=examples, table=rows)]


def names_by_meaning(counts: Mapping[str, int], ways: Iterable[Clash]) -> dict[str, list[str]]:
    """Return meaning -> the names that have it, the one with most samples first."""
    ways = tuple(ways)
    found: dict[str, list[str]] = {}
    for name in sorted(counts, key=lambda name: (-counts[name], name)):
        found.setdefault(meaning(name, ways), []).append(name)
    return found


def _reason(label: str, kept: str, n: int) -> Message:
    ways: Mapping[Clash | None, Message] = {
        "space": say("white space"),
        "width": say("character width"),
        "case": say("case"),
        "kana": say("kana"),
        "number": say("the way a number is written"),
        "plural": say("singular and plural"),
    }
    clash = clash_of(label, kept)
    if clash in ways:
        return say(
            "class {given} differs from {suggested} ({n} samples) only by {way}",
            given=label,
            suggested=kept,
            n=n,
            way=ways[clash],
        )
    return say("class {given} means the same as {suggested} ({n} samples)", given=label, suggested=kept, n=n)
