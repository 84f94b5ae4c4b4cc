"""A Recipe: named steps over named streams, keep-rules, studies. Frozen data; ops are named, not held.

Streams are what steps read and make. ``data`` is every sample that came in; each entry of `select`
names a part of it; each step makes a stream of its own name; each `Keep` makes ``<name>`` (what was
kept) and ``<name>.random`` (an equal-size random drop of the same stream, its control).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shisaku.core.back_end import BackEnd
from shisaku.core.budget import Budget
from shisaku.core.policy import Policy

ROOT = "data"


@dataclass(frozen=True, slots=True)
class Source:
    """Where samples come from: a reader by its registry name and its parameters, and what they are used for.

    `use` (commercial, research, redistribution, third-party) is what the licences must allow; `atlas` names the
    entry of the atlas that samples without a licence of their own fall under; `override` is the reason for using
    data whose licence does not allow it, kept on record.
    """

    reader: str
    params: Mapping[str, Any] = field(default_factory=dict)
    use: Literal["commercial", "research", "redistribution", "third-party"] = "commercial"
    atlas: str = ""
    override: str = ""


@dataclass(frozen=True, slots=True)
class Subsample:
    """How many of a step's samples it is asked of, spread over the values that the labels or facts `by` take."""

    n: int
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Want:
    """How much a step is to make: `n` samples of every value of `label`, or of every sample where no label is named.

    With `with_real` the samples that it is made from count towards the `n` of their class.
    """

    n: int
    label: str = ""
    with_real: bool = True


@dataclass(frozen=True, slots=True)
class Fresh:
    """A Metric that finds copies: what was made and matches a source, or anything made before, leaves."""

    op: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enough:
    """The end of diversity: stop after the round that adds less than the share `gain` of different things.

    They are counted by the Vendi score (effective number) of the embeddings that `op` writes.
    """

    op: str
    params: Mapping[str, Any] = field(default_factory=dict)
    gain: float = 0.01


@dataclass(frozen=True, slots=True)
class Step:
    """One Transform or Metric applied to the samples of `source` streams.

    `pool` (Transforms that mix) and `reference` (Metrics that compare) name streams too. `rounds` asks
    for several children per sample: round r uses the rng of (seed, ``name#r``, sample id). With `sample` the
    step is asked of so many of its samples only: of the others it makes nothing and gives no score.

    With `want`, `fresh` or `enough` the rounds come one after the other, `rounds` at most: each asks of those samples
    of whose class there is not enough yet, is sifted as a whole, and may be the last. Order and workers decide nothing.
    """

    name: str
    op: str
    source: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    pool: str = ""
    reference: str = ""
    rounds: int = 1
    sample: Subsample | None = None
    want: Want | None = None
    fresh: Fresh | None = None
    enough: Enough | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """Keep a sample by its `metric` score: at least `minimum`, at most `maximum`, among the best `top` share.

    `maximum` and `bottom` (among the lowest share) look for what is worst: what a student gets wrong, to make more
    of it. All that are given must hold.
    """

    metric: str
    minimum: float | None = None
    top: float | None = None
    maximum: float | None = None
    bottom: float | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """All rules must hold for a sample of stream `source` to be kept; who is dropped keeps a reason."""

    name: str
    source: str
    rules: tuple[Rule, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Feature:
    """The op (a Transform that writes an embedding) through which a study sees samples."""

    op: str
    params: Mapping[str, Any] = field(default_factory=dict)


DomainKind = Literal["resplit", "derived", "external"]
Spoil = float | Literal["missing", "swapped"]
Shows = Literal["", "generalisation", "task", "fit"]
Purchase = Literal["", "labels", "repairs", "made"]
Spending = Literal["obrien_fleming", "pocock", "equal"]


@dataclass(frozen=True, slots=True)
class Speakers:
    """Whose voices the items of a fixed test set are: alike embeddings in part `part` are one speaker.

    Average linkage, cut at cosine `near` (0.65 tells most people apart on single words; longer recordings allow
    0.70 to 0.75). From `least` speakers on, the speaker is the unit of the interval;
    with fewer nothing can be said about other speakers: items are the unit and the claim says so.
    """

    part: str
    near: float = 0.65
    least: int = 6


@dataclass(frozen=True, slots=True)
class Domain:
    """A place where the model will work, with its margins in metric units (0.02 = 2 points).

    ``resplit``: the held-out real items themselves. ``derived``: `stream` holds children of the real
    items; those of held-out parents are the test (simulated, and said so). ``external``: `stream` is a
    fixed real test set. `validate` names what choices for this domain are made on: a derived stream of other
    pool material, or beside an external test set a development slice of the same kind, disjoint from it.
    `spoil` says what is done to a view (modality) of every test item: ``missing``, ``swapped`` (that of an item of
    another class: conflicting evidence) or a number, the sd of noise in units of that view's own sd. `shows` says
    which of three scores, never averaged, the domain is: ``generalisation`` (out of domain), ``task``, ``fit``.
    `degrades` names the domain of which this is the degraded twin (8 kHz, low resolution, noise): the report sets the
    gains of the two side by side.
    """

    name: str
    kind: DomainKind
    stream: str = ""
    validate: str = ""
    delta_gain: float = 0.02
    delta_safe: float = 0.02
    speakers: Speakers | None = None
    spoil: Mapping[str, Spoil] = field(default_factory=dict)
    shows: Shows = ""
    degrades: str = ""


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


@dataclass(frozen=True, slots=True)
class Kpi:
    """What an error costs, so that an effect can be said in money; `illustrative` unless the user gave it."""

    cost_per_error: float = 1.0
    items_per_year: float = 1000.0
    currency: str = "units"
    illustrative: bool = True


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
    kpi: Kpi = Kpi()
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


@dataclass(frozen=True, slots=True)
class Gate:
    """What stops a whole batch: a judge by its name, its step or its op, and one thing that must not be shown of it.

    `issues`: more than that share of the samples are issues; `above_real`: the share of issues lies by more than that
    above that of the real samples; `failing`: more than that share lies below the threshold that was learnt from
    reviewers' marks or from the real samples. `least`, `most`: a figure of the set lies below, or above. Shown is
    what the whole 95 % interval says, so few samples show nothing; what must be shown to be good is a study's
    `requires`.
    """

    judge: str
    issues: float | None = None
    above_real: float | None = None
    failing: float | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """The whole of what a run will do; equal recipes give equal runs."""

    name: str
    data: Source
    seed: int = 0
    select: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    keep: tuple[Keep, ...] = ()
    studies: tuple[StudySpec, ...] = ()
    policy: Policy = field(default_factory=Policy)
    models: tuple[BackEnd, ...] = ()
    budget: Budget = field(default_factory=Budget)
    title: Mapping[str, str] = field(default_factory=dict)
    gate: tuple[Gate, ...] = ()
    schema: int = 1
