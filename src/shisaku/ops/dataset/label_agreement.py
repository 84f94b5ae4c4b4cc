"""Whether a model that saw only real data would give a sample the label it bears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.learn.examples import Examples
from shisaku.message import say
from shisaku.ops.dataset.crossfit import CrossFit
from shisaku.ops.dataset.reference import Reference, read_reference
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable


@dataclass(frozen=True)
class LabelAgreement(Metric):
    """Score a sample by the probability that a model trained on real samples alone gives to its label.

    The reference is split by entity into `folds` parts; a sample is scored by a model that was trained
    without the parts that hold its entity and its parents, so that no model judges what it has seen
    (cross-fitting, as in confident learning, Northcutt et al. 2021). `raw` is that probability too; it is
    an issue if another label is more probable. `label` names the label (empty: the only one there is).

    What it finds: planted wrong labels. Of 599 made digits (features: pixels; 1198 real ones) it called all with a
    wrong label from 2 % wrong ones on, and 3.7 % [2.3, 5.5] of right ones; of 1000 of MNIST 97 to 100 %, but also
    10.7 % [8.9, 12.8] of right ones, so there is no limit by the rule of 5 % false alarms (area under the ROC curve
    0.988 to 0.997). On composites of pictures of nine classes with 40 % of the labels permuted the area was 0.86 at
    5 and 0.88 at 10 real pictures per class.
    When it hurts: it also throws away what is hard and useful. With 40 % wrong labels a gate by this score
    won 5.6 points over a random drop of equal size; on right labels it lost 4 to 5 points against it. Gate
    only when an audit found label errors, and always beside the random drop. It looks through the same
    features and learner as the student.

    Example::

        arms:
          - {name: gated, add: composite, keep: {metric: dataset.label_agreement, top: 0.5}}
          - {name: gated_random, add: composite, random_keep: 0.5}
    """

    name: ClassVar[str] = "dataset.label_agreement"
    version: ClassVar[int] = 2
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference", "labels", "learner"})
    size: ClassVar[StateSize] = "O(n)"
    shares_family_with: ClassVar[tuple[str, ...]] = ("image.embed", "text.embed", "audio.embed")

    features: str = "features"
    label: str = ""
    learner: str = "logistic"
    folds: int = 5

    def __post_init__(self) -> None:
        part_names(features=self.features, learner=self.learner)
        within("folds", self.folds, 2, 50)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [probability of its label, of the best other label].

        Raises RecipeError without a reference, DataError where the reference lacks labels or features.
        """
        real = read_reference(reference, self.features, self.name)
        labels = [self._label(sample) for sample in real.samples]
        if len(set(labels)) < 2:
            raise DataError(say("All of the reference has the label {label}: nothing to tell apart", label=labels[0]))
        models = CrossFit(real, labels, self.learner, self.folds)
        return dict(measurable(batch, lambda sample: self._agreement(sample, real, models)))

    def _agreement(self, sample: Sample, real: Reference, models: CrossFit) -> list[float]:
        label, row = self._label(sample), real.row_of(sample, self.features)
        model = models.model_for(sample)
        classes = [] if model is None else [str(name) for name in model.classes]
        if model is None or label not in classes:
            raise DataError(say("No real sample outside the entity of this one has the label {label}", label=label))
        # One row at a time: the last bits of a matrix product change with the number of rows.
        chances = model.scores(Examples(row[None]))[0]
        own = classes.index(label)
        return [float(chances[own]), float(max((c for i, c in enumerate(chances) if i != own), default=0.0))]

    def _label(self, sample: Sample) -> str:
        name = self.label or (next(iter(sample.labels)) if len(sample.labels) == 1 else "")
        if name not in sample.labels:
            raise DataError(
                say("The sample has {n} labels, and {name} is not one of them", n=len(sample.labels), name=repr(name)),
                where=sample.id,
                next=say("Name the label in the parameter `label`"),
            )
        return sample.labels[name]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        return [
            Score(sample, self.name, min(1.0, own), own, own < other) for sample, (own, other) in sorted(state.items())
        ]
