"""What several annotators and a model together take for the label, and how good each annotator is."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.annotators import answers_of
from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.learn.out_of_fold import OutOfFold
from shisaku.message import Message, say
from shisaku.ops.dataset.judged import Labelled, judged, table
from shisaku.ops.labelled import label_name
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of

EXAMPLES = 20


@dataclass(frozen=True)
class AnnotatorQuality(Metric):
    """Score a sample by how sure its consensus label is: annotators weighted by their quality, and a model.

    CROWDLAB (Goh, Tkachenko and Mueller 2022) by cleanlab: a logistic regression on frozen features learns what most
    annotators say, cross-fitted as in `dataset.label_errors`; its probabilities and the answers are weighed by how
    well each predicts the others. `raw` is the quality of the consensus; it is an issue below `issue_below`, or where
    the recorded label (the one without an annotator) or, without one, the majority is another than the consensus; the
    reason names it (`suggested`). An annotator with a quality below `annotator_below` is a finding.

    What it finds: in 600 MNIST pictures with five annotators, samples where three of them gave the same wrong answer:
    97 to 100 % at rates of 2 to 40 % of the samples, nothing else called (image.embed; the others err in 2 %).
    When it hurts: all that holds for `dataset.label_errors`; with few answers per annotator the qualities are rough.

    Example::

        - {name: annotators, op: dataset.annotator_quality, from: image_features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.annotator_quality"
    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "labels", "annotators"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    shares_family_with: ClassVar[tuple[str, ...]] = ("image.embed", "text.embed", "audio.embed")
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"folds", "repeats", "least", "issue_below", "annotator_below", "seed"}
    )

    features: str = "features"
    label: str = ""
    folds: int = 5
    repeats: int = 3
    least: int = 5
    issue_below: float = 0.5
    annotator_below: float = 0.7
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(features=self.features)
        within("folds", self.folds, 2, 50)
        within("repeats", self.repeats, 1, 50)
        within("least", self.least, 2, 1e6)
        within("issue_below", self.issue_below, 0.0, 1.0)
        within("annotator_below", self.annotator_below, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [answers, entity, features, recorded label]; samples without answers have no entry."""
        return dict(measurable(batch, self._entry))

    def _entry(self, sample: Sample) -> list[Any]:
        name = label_name(sample, self.label)
        answers = answers_of(sample.labels, name)
        if not answers:
            raise DataError(say("No annotator labelled this sample"), where=sample.id)
        vector = vector_of(sample, self.features).astype(np.float32)
        return [answers, sample.entity, vector, sample.labels.get(name, "")]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample whose classes could be judged, by sample id."""
        found = self._found(state)
        if found is None:
            return []
        scores = []
        for sample, most, consensus, value in zip(found.ids, found.most, found.consensus, found.quality, strict=True):
            recorded = state[sample][3] or most
            issue = value < self.issue_below or recorded != consensus
            reason = _reason(state[sample][0], recorded, consensus, value) if issue else None
            scores.append(Score(sample, self.name, value, value, issue, reason))
        return scores

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the quality of every annotator."""
        found = self._found(state)
        if found is None:
            what = say("The quality of the annotators could not be estimated: too few answers, or no two classes")
            return [Finding("annotators", what, "note", n=len(state))] if state else []
        rows = found.annotators
        weak = [row for row in rows if row["quality"] < self.annotator_below]
        what = (
            say("{k} of {n} annotators have a quality below {least}: {who}", k=len(weak), n=len(rows),
                least=self.annotator_below, who=", ".join(f"{r['annotator']} ({r['quality']:.2f})" for r in weak))
            if weak
            else say("{n} annotators have a quality of {worst:.2f} or more", n=len(rows), worst=rows[0]["quality"])
        )  # fmt: skip
        then = say("Go through their samples with them, or have these labelled again") if weak else None
        worst = [score for score in sorted(self.scores(state), key=lambda s: (s.value, s.sample)) if score.issue]
        examples = tuple(score.sample for score in worst)[:EXAMPLES]
        weight: Weight = "warn" if weak else "note"
        value = float(rows[0]["quality"])
        return [Finding("annotators", what, weight, value, None, None, len(found.ids), then, examples, rows)]

    def _found(self, state: Mapping[str, Any]) -> _Consensus | None:
        overall = Counter(answer for held in state.values() for answer in held[0].values())
        most = {sample: _most(held[0], overall) for sample, held in state.items()}
        data = table({sample: [most[sample], held[1], held[2]] for sample, held in state.items()})
        models = judged(data, self.folds, self.repeats, self.least, self.seed)
        return _consensus(data, models, state) if len(models.places) else None


@dataclass(frozen=True)
class _Consensus:
    ids: list[str]
    most: list[str]
    consensus: list[str]
    quality: list[float]
    annotators: tuple[dict[str, Any], ...]


def _most(answers: Mapping[str, str], overall: Counter[str]) -> str:
    """Return what most say; a tie goes to the answer that is given more often in all, then to the first."""
    votes = Counter(answers.values())
    return min(votes, key=lambda answer: (-votes[answer], -overall[answer], answer))


def _consensus(data: Labelled, models: OutOfFold, state: Mapping[str, Any]) -> _Consensus | None:
    ids = [data.ids[place] for place in models.places]
    code = {name: k for k, name in enumerate(models.classes)}
    # Answers that are no judged class are as good as missing.
    said = [{who: code[a] for who, a in state[one][0].items() if a in code} for one in ids]
    people = sorted({who for answers in said for who in answers})
    if not any(len(answers) > 1 for answers in said):
        return None
    table_ = np.array([[answers.get(who, np.nan) for who in people] for answers in said], np.float64)
    told = _crowdlab(table_, models.probabilities)
    if told is None:
        return None
    quality, stats = told
    rows = sorted(
        (
            {
                "annotator": people[int(who)],
                "quality": round(float(row["annotator_quality"]), 4),
                "agrees_with_consensus": round(float(row["agreement_with_consensus"]), 4),
                "samples": int(row["num_examples_labeled"]),
            }
            for who, row in stats.iterrows()
        ),
        key=lambda row: (row["quality"], row["annotator"]),
    )
    return _Consensus(
        ids,
        [data.labels[place] for place in models.places],
        [models.classes[int(k)] for k in quality["consensus_label"]],
        [float(np.clip(q, 0.0, 1.0)) for q in quality["consensus_quality_score"]],
        tuple(rows),
    )


def _crowdlab(answers: npt.NDArray[np.float64], probabilities: npt.NDArray[np.float64]) -> tuple[Any, Any] | None:
    """Return cleanlab's tables of samples and of annotators, None where it refuses the answers."""
    from cleanlab.multiannotator import get_label_quality_multiannotator

    # It breaks ties with NumPy's global generator: given a seed of its own, and then put back as it was.
    before = np.random.get_state()
    np.random.seed(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = get_label_quality_multiannotator(answers, probabilities, verbose=False)
    except ValueError:
        return None
    finally:
        np.random.set_state(before)
    return found["label_quality"], found["annotator_stats"]


def _reason(answers: Mapping[str, str], recorded: str, consensus: str, quality: float) -> Message:
    told = ", ".join(f"{who}: {answer}" for who, answer in answers.items())
    if recorded != consensus:
        return say(
            "labelled {given}, annotators ({answers}) and the model say {suggested} (quality {quality:.2f})",
            given=recorded,
            answers=told,
            suggested=consensus,
            quality=quality,
        )
    return say(
        "annotators ({answers}) and the model are not sure of {given} (quality {quality:.2f})",
        answers=told,
        given=recorded,
        quality=quality,
    )
