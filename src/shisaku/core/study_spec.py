"""The plan of a Study as its recipe states it: task, arms, domains, margins, splits, money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.kpi import Kpi

Spending = Literal["obrien_fleming", "pocock", "equal"]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which real items of one class count as the same thing, beside a shared `Sample.group`.

    Cosine of features above `near`; or above `near_with_word` while the text part `text` shares a content
    word. Merged by union-find, so that near-duplicates never straddle a split. 0 switches a rule off.
    Where all items of a class are alike (one product, one camera) `near` would chain most of a class into
    one group; if a group takes more than the share `chain` of its class, `near` is raised, and said so.
    """

    near: float = 0.90
    near_with_word: float = 0.0
    text: str = ""
    chain: float = 0.0


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must be shown of the data before a study may train anything; otherwise it ends as ABSTAIN.

    `metric` names a step of the recipe. With `issues` at most that share of the samples it measured may be called an
    issue (upper end of the 95 % Clopper-Pearson interval); with `least` or `most` every figure that its findings give
    with an interval must lie above, or below, with the whole interval. Without a metric, `kpi` asks that what an error
    costs is the user's own figure, not an illustration.
    """

    metric: str = ""
    issues: float | None = None
    least: float | None = None
    most: float | None = None
    kpi: bool = False


@dataclass(frozen=True, slots=True)
class StudySpec:
    """The plan of a Study: frozen and hashed before anything is trained (protocol P-1).

    `shots` are real training items per class (0: all of the training half); `deploy` names the domains
    where safety must hold (empty: all of them). A contrast stands against the comparator that validation chose,
    or against the arm that `against` names for it.
    With `train` ``made`` the real stream is a catalogue: it says what there is, has no features, and models are
    trained on what was made from it alone; all domains are external then. With a `target` the task is retrieval:
    the learner maps features to the target embedding, and an item counts as right if it is among the `found_in`
    nearest to its own target within the test.
    The plan's ceilings are computed with `assumed_sd`, the sd of the paired difference over splits, and, on a
    fixed test set, `assumed_item_sd`, the sd over item groups of the split-averaged difference of correctness.
    A plan that cannot show a true gain of
    `expected_gain` with 80 % power is exploratory. `looks_taken` counts looks at these test items before
    this plan. `requires` must be shown of the data first.
    `views` are further modalities beside `feature` (whose view is called ``feature``). `tune` is a grid of the
    learner's parameters, tried on validation by every arm alike, `trials` of them each (0: all); `inits` are models
    per split that differ in their random numbers alone; `val_share` of the training groups are given to the learner to
    choose by. `prices` (per label, repair and made item) and `budget` are what `buy` spends, `label_noise` the share
    of real training labels that are made wrong first, so that a repair has something to repair. This is round
    `look` of `looks_planned` at the same test items, whose error is spent by `spending`.
    With `meter` every arm is trained once more, after all trials, to measure its time and memory.
    `layers` are arms of growing layers of data, general first, that are compared step by step. `slices` are facts
    (camera, line, year) by whose values every contrast is told apart too.
    """

    name: str
    label: str
    real: str
    feature: Feature
    domains: tuple[Domain, ...]
    primary: str
    arms: tuple[Arm, ...]
    comparators: tuple[str, ...] = ("real",)
    contrasts: tuple[str, ...] = ()
    against: Mapping[str, str] = field(default_factory=dict)
    deploy: tuple[str, ...] = ()
    grouping: Grouping = Grouping()
    shots: tuple[int, ...] = (0,)
    splits: int = 20
    split_seed: int = 0
    test_share: float = 0.4
    folds: int = 3
    learner: Mapping[str, Any] = field(default_factory=dict)
    metric: Literal["balanced_accuracy", "accuracy"] = "balanced_accuracy"
    train: Literal["real", "made"] = "real"
    target: Feature | None = None
    found_in: int = 10
    alpha: float = 0.05
    assumed_sd: float = 0.05
    assumed_item_sd: float = 0.2
    expected_gain: float = 0.15
    looks_taken: int = 0
    looks_note: str = ""
    kpi: Kpi = field(default_factory=Kpi)
    requires: tuple[Requirement, ...] = ()
    views: Mapping[str, Feature] = field(default_factory=dict)
    tune: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    trials: int = 0
    inits: int = 1
    val_share: float = 0.0
    prices: Mapping[str, float] = field(default_factory=dict)
    budget: float = 0.0
    label_noise: float = 0.0
    look: int = 1
    looks_planned: int = 1
    spending: Spending = "obrien_fleming"
    layers: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()
    meter: bool = False
