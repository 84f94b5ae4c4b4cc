"""Whether what was heard at the end of a chain is what was said at its beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.ancestors import ancestor_of, ancestors_from, hops_between, makers_of
from shisaku.ops.audio.spoken_form import characters
from shisaku.ops.hops import by_hops, kinship
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of


@dataclass(frozen=True)
class RoundTrip(Metric):
    """Score what a listener heard against what the sample's own ancestor says: text -> speech -> text.

    `raw` is the character error rate of the text `heard` against the text `said` of the nearest ancestor in the
    reference, both as `audio.cer` writes them (NFKC, lower case, letters and digits alone); the score is
    1 - min(1, rate), and a rate above `issue_above` is an issue. `audio.cer` compares two texts of one sample, one hop;
    this one looks back over the whole chain. Findings give the median rate after each number of hops with its exact
    interval (95 %, order statistics), and name the judge `listener` and the models in the samples' records; where they
    share a family they say so.

    What it finds: words lost, changed or added on the way, at no limit with `audio.transcribe` on telephone prompts: of
    49 that were left alone 10 % are called, because the small listener mishears them (10 with replaced words: recall
    1.0 at 80 % of the words, 0.7 at 60 %, 0.4 at 40 %). A better listener, or a higher `issue_above`, is needed there.
    When it hurts: a chain that rewords on purpose is charged for it: compare with the reworded text instead, by a
    reference of the reworded stream. Japanese writes one word in several ways (see `audio.cer`). The listener's own
    errors count as the chain's: look at the rate of real recordings first.

    Example::

        - {name: trip, op: audio.round_trip, from: heard, reference: task, with: {heard: heard, said: caption}}
    """

    name: ClassVar[str] = "audio.round_trip"
    reads: ClassVar[Mapping[str, Kind]] = {"heard": "text"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"
    shares_family_with: ClassVar[tuple[str, ...]] = ("audio.embed",)
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_above", "listener"})

    heard: str = "heard"
    said: str = "caption"
    listener: str = ""
    issue_above: float = 0.5

    def __post_init__(self) -> None:
        part_names(heard=self.heard, said=self.said)
        within("issue_above", self.issue_above, 0.0, 10.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [character error rate, hops, models...]. Raises RecipeError without a reference."""
        real = ancestors_from(reference, self.name)
        real = {name: one for name, one in real.items() if self.said in one.parts}
        return dict(measurable(batch, lambda sample: self._trip(sample, real)))

    def _trip(self, sample: Sample, real: Mapping[str, Sample]) -> list[Any]:
        import jiwer

        heard = characters(text_of(sample, self.heard, may_be_empty=True))
        ancestor = ancestor_of(sample, real)
        said = characters(text_of(ancestor, self.said))
        if not said:
            raise DataError(say("There are no characters to compare in text {part}", part=self.said), where=ancestor.id)
        return [float(jiwer.cer(said, heard)), hops_between(sample, ancestor), *makers_of(sample, but=(self.heard,))]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample with an ancestor, by sample id."""
        made = []
        for sample, (rate, hops, *_) in sorted(state.items()):
            issue = rate > self.issue_above
            reason = say("{rate:.0%} character errors against what was said {hops} hops ago", rate=rate, hops=hops)
            made.append(Score(sample, self.name, 1.0 - min(1.0, rate), rate, issue, reason if issue else None))
        return made

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the median error rate after each number of hops, and who judged whom."""
        trips = by_hops(self.name, ((hops, rate) for rate, hops, *_ in state.values()), "character error rate")
        makers = {sample: models for sample, (_, hops, *models) in sorted(state.items()) if hops}
        return [*trips, *kinship(self.name, self.listener, makers)]
