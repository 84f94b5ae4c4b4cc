"""Whether a class goes under another name in another dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.ops.dataset.class_names import CLASHES, Clash, clash_of, meaning
from shisaku.ops.dataset.taxonomy import names_by_meaning
from shisaku.ops.labelled import label_of
from shisaku.ops.limits import one_of
from shisaku.ops.outcome import measurable

EXAMPLES, SHOWN = 20, 10


@dataclass(frozen=True)
class TaxonomyAgainst(Metric):
    """Score a sample 0 if the other dataset knows its class under another name only, else 1.

    Names are compared as in `dataset.taxonomy`. `raw` counts the other names; the reason has the one with most
    samples (`suggested`). The finding lists the clashes, and the classes that only one of the two datasets has.

    What it finds: every class of 785 stamps that was written in another case, width, number or with separators in the
    other half, from one class of 16 on; no false alarm.
    When it hurts: it compares names, not what they are given to: one name for two things is for
    `dataset.class_meaning`. Synonyms that no table holds pass as classes that only one dataset has.

    Example::

        - {name: taxonomy, op: dataset.taxonomy_against, from: own, reference: against, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.taxonomy_against"
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels", "reference"})
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"ways"})

    label: str = ""
    ways: tuple[Clash, ...] = CLASHES

    def __post_init__(self) -> None:
        for way in self.ways:
            one_of("ways", way, CLASHES)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return the labels of the batch by id and the counts of the reference. Raises RecipeError without one."""
        if not reference:
            raise RecipeError(
                say("{op} needs a reference of real samples and got none", op=self.name),
                next=say("Give the step `reference:` with the stream of the other dataset"),
            )
        there = measurable(reference, self._label_there)
        own = measurable(batch, lambda sample: label_of(sample, self.label))
        return {"own": dict(own), "there": dict(sorted(Counter(there.values()).items()))}

    def _label_there(self, sample: Sample) -> str:
        # The other dataset may call its only label something else.
        return label_of(sample, self.label if self.label in sample.labels else "")

    def merge(self, a: State, b: State) -> State:
        """Join two states: the batches differ, the reference is the same."""
        return {"own": {**a["own"], **b["own"]}, "there": {**a["there"], **b["there"]}}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per labelled sample, by sample id."""
        there = state["there"]
        names = names_by_meaning(there, self.ways)
        scores = []
        for sample, label in sorted(state["own"].items()):
            others = [] if label in there else names.get(meaning(label, self.ways), [])
            reason = (
                say("class {given} is called {suggested} in the other dataset", given=label, suggested=others[0])
                if others
                else None
            )
            value = float(not others)
            scores.append(Score(sample, self.name, value, float(len(others)), bool(others), reason))
        return scores

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the clashes, and the classes that only one of the datasets has."""
        own, there = Counter(state["own"].values()), Counter(state["there"])
        if not own or not there:
            return []
        names = names_by_meaning(there, self.ways)
        clashes = {one: names[key][0] for one in sorted(own) if one not in there and (key := self._key(one)) in names}
        known = {self._key(one) for one in own}
        only_here = [one for one in sorted(own) if self._key(one) not in names]
        only_there = [one for one in sorted(there) if self._key(one) not in known]
        told = []
        if clashes:
            what = say(
                "{k} classes have other names in the other dataset: {names}",
                k=len(clashes),
                names="; ".join(f"{one} = {other}" for one, other in list(clashes.items())[:SHOWN]),
            )
            then = say("Rename them before the datasets are joined or compared")
            rows = tuple(
                {"class": one, "there": other, "samples": own[one], "way": clash_of(one, other) or ""}
                for one, other in clashes.items()
            )
            examples = tuple(sample for sample, label in sorted(state["own"].items()) if label in clashes)[:EXAMPLES]
            n = sum(own.values())
            told.append(
                Finding("taxonomy_against", what, "bad", float(len(clashes)), None, None, n, then, examples, rows)
            )
        if only_here or only_there:
            what = say(
                "{here} classes are only in these data ({names_here}), {there} only in the other dataset"
                " ({names_there})",
                here=len(only_here),
                names_here=", ".join(only_here[:SHOWN]) or "-",
                there=len(only_there),
                names_there=", ".join(only_there[:SHOWN]) or "-",
            )
            rows = tuple({"class": one, "in": where} for where, some in
                         (("own", only_here), ("against", only_there)) for one in some)  # fmt: skip
            told.append(Finding("classes_of_one_side", what, "note", n=sum(own.values()), table=rows))
        return told

    def _key(self, name: str) -> str:
        return meaning(name, self.ways)
