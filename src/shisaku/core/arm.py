"""An Arm: one way to train a model, of those that a study compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shisaku.core.feature import Feature

Purchase = Literal["", "labels", "repairs", "made"]


@dataclass(frozen=True, slots=True)
class ArmKeep:
    """A keep-rule inside an arm, measured anew in every split with that split's training items.

    It keeps the best share `top`, or the lowest share `bottom`: one of the two.
    """

    metric: str
    top: float | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    bottom: float | None = None

    @property
    def share(self) -> float:
        """The share that stays, whichever end it is taken from."""
        return self.top or self.bottom or 1.0


@dataclass(frozen=True, slots=True)
class Draw:
    """Of the made items only those with one of `n` values of the fact `by` (voices), drawn anew in every split."""

    by: str
    n: int


@dataclass(frozen=True, slots=True)
class Loss:
    """How much an arm heeds each of its synthetic items; what is left at 0 or None changes nothing.

    `confidence`: weight by that Metric's score, measured anew in every split from its training items. `soften`: that
    part of a synthetic item's label is replaced by what a model of the real training items says of it (soft labels,
    Hinton et al. 2015). `robust` q: generalised cross-entropy (Zhang and Sabuncu 2018), 0 < q <= 1: an item counts by
    p^q of its label, so wrong labels fade. `curriculum`: that share of the steps sees synthetic items alone, the rest
    real ones alone; for learners that take a number of steps.
    """

    confidence: ArmKeep | None = None
    soften: float = 0.0
    robust: float = 0.0
    curriculum: float = 0.0


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to train. Exactly one of the ideas below, with `weight` per synthetic item (or a grid to tune).

    real: nothing set. `oversample` k: every real item k more times. `add`: synthetic children of the
    training items from that stream; `rows`: all rows of a stream that does not descend from the study's real
    items (brought by the user, or made from material that is known beforehand). `shuffle`: synthetic labels
    permuted by parent (placebo). `more_real` k: k times as many real items per class (oracle). `scores`: no
    training, class scores written by that Feature (zero-shot system). `choose`: the one of these arms that is
    best on validation.
    With `add` or `rows`: `keep` is a gate of the synthetic items and `random_keep` its equal-size control;
    `draw` takes a random part; `plant` gives that share of them a wrong label (a planted fault for gates); `ratio` r
    takes r of them, drawn at random, for every real item, so that of two arms the smaller is in the larger; `alone`
    trains without the real items; `loss` is how much each is heeded. With `rows` `nearest` k takes, for every real
    training item, the k nearest rows of that stream: retrieval from another real source; a row without a label of the
    study bears that of the item it is near to. `views` are the modalities seen, in training and test (all of them, if
    none is named). `buy` spends the study's `budget` on one thing: ``labels`` (more real items), ``repairs`` (wrong
    labels corrected, where a model doubts them most) or ``made`` (items of `add` or `rows`). `learner` replaces the
    study's for this arm, name and parameters; it answers the same kind of thing, and sees rows as the study's learner
    transforms them.
    """

    name: str
    oversample: int = 0
    add: str = ""
    rows: str = ""
    weights: tuple[float, ...] = (1.0,)
    shuffle: bool = False
    more_real: int = 1
    scores: Feature | None = None
    keep: ArmKeep | None = None
    random_keep: float | None = None
    draw: Draw | None = None
    plant: float = 0.0
    choose: tuple[str, ...] = ()
    ratio: float | None = None
    alone: bool = False
    nearest: int = 0
    views: tuple[str, ...] = ()
    loss: Loss = Loss()
    buy: Purchase = ""
    learner: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stream(self) -> str:
        """The stream of its synthetic items, empty where it has none."""
        return self.add or self.rows
