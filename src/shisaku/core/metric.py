"""A Metric measures samples: sharpness, near-copy, label agreement, WER are all this."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from shisaku.core.finding import Finding
from shisaku.core.identity import fingerprint
from shisaku.core.op import Op
from shisaku.core.sample import Sample
from shisaku.core.score import Score

Need = Literal["rows", "reference", "labels", "annotators", "learner"]
StateSize = Literal["O(1)", "O(n)", "O(n*d)"]
State = dict[str, Any]


class Metric(Op):
    """A fold: `measure` a batch into a state, `merge` states in any order, read `scores` from the whole.

    `needs` says what else it must see: ``reference`` (a declared set of real samples), ``labels``, ``annotators``
    (labels that several people gave), ``learner`` (fits a model on the reference). A Metric that needs more than rows
    may only feed a keep-rule inside a study arm, where the reference is that split's training items, or one over a
    selection on which no study tests. `size` is how
    its state grows; only O(1) may claim flat memory. A Metric whose model is related to a generator says so
    in `shares_family_with` and may then report but not drop without a random drop of equal size beside it.
    `thresholds` names the parameters that only `scores` and `findings` read: another value of theirs measures nothing
    anew. With `together` a score depends on all samples (copies, label errors): the engine then asks for scores of the
    whole only, never of a part.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"rows"})
    size: ClassVar[StateSize] = "O(n)"
    shares_family_with: ClassVar[tuple[str, ...]] = ()
    together: ClassVar[bool] = False
    thresholds: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return the state of `batch` (empty batch: the neutral state)."""

    @property
    def fingerprint(self) -> str:
        """Changes with the op, its version or the parameters that the state depends on."""
        measured = {name: value for name, value in self.params().items() if name not in self.thresholds}
        return fingerprint(self.name, self.version, measured)

    def merge(self, a: State, b: State) -> State:
        """Join two states; the default joins per-sample entries, which must be disjoint."""
        return {**a, **b}

    @abstractmethod
    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample measured, sorted by sample id."""

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return what it has to say about the samples as a whole; most Metrics have nothing."""
        return []
