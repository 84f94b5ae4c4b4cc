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
from shisaku.core.study_spec import StudySpec

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
