"""One split at one number of shots: every arm trained and tested everywhere. A pure function of its input."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.seed import rng_for
from shisaku.lab.arms import train_set, untouched
from shisaku.lab.bench import Bench
from shisaku.lab.contamination import Contaminated, copies_of_test, near_test, unknown_origin
from shisaku.lab.items import Index
from shisaku.lab.made import Drawn
from shisaku.lab.predict import Answers, System, system_of, train
from shisaku.lab.ratio_family import rated_for_ratio
from shisaku.lab.scored import Scored
from shisaku.lab.sound import check_added
from shisaku.lab.splits import Split
from shisaku.lab.spoil import spoiled
from shisaku.lab.streams import fixed_streams
from shisaku.lab.tuning import Choice, choices
from shisaku.lab.validation import CLEAN, Inner, best


@dataclass(frozen=True, slots=True)
class ArmTrial:
    """One arm in one trial: codes predicted per domain (-1: no answer), in the order of the trial's tests.

    `chosen` is the arm it trained as, where it chooses among arms; `settings` are what it chose for the learner among
    `trials` choices; `at_edge` says that the learner's own setting lay at an end of its grid. With several models per
    split `predicted` is of the first, `again` of the others, `values` their mean and `inits` each one's value.
    `scores` are class scores of the first model per domain, `validated` those of validation items per domain, both
    kept where the study's costs ask for them. `seconds` is what training and answering took, no part of the result.
    """

    arm: str
    weight: float
    n_train: int
    n_synthetic: int
    converged: bool
    values: Mapping[str, float]
    predicted: Mapping[str, tuple[int, ...]]
    chosen: str = ""
    at_edge: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    trials: int = 1
    again: tuple[Mapping[str, tuple[int, ...]], ...] = ()
    inits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    scores: Mapping[str, Scored] = field(default_factory=dict)
    validated: Mapping[str, Scored] = field(default_factory=dict)
    seconds: float = field(default=0.0, compare=False)

    def every(self, domain: str) -> tuple[tuple[int, ...], ...]:
        """Return what each model of the split answered."""
        return (self.predicted[domain], *(one[domain] for one in self.again))


@dataclass(frozen=True, slots=True)
class Trial:
    """What one split and number of shots left: the comparator best on validation, and every arm.

    `tests` are positions of test items per domain; `held_out` counts held-out real items; `trained_on` are
    the real ids drawn for training; `validation` is what the comparators reached; `copies` are rows
    excluded as near copies of test items, per stream, and `with_copies` the arms trained with them. `student` is
    what a model of real items alone answered for training items that it did not see (id -> code, -1: no answer).
    `ratings` are the validation scores of arms that differ in their ratio alone, and of the real items alone.
    """

    split: int
    shots: int
    comparator: str
    arms: tuple[ArmTrial, ...]
    tests: Mapping[str, tuple[int, ...]]
    held_out: int
    trained_on: tuple[str, ...]
    validation: Mapping[str, float]
    copies: Mapping[str, tuple[str, ...]]
    with_copies: tuple[ArmTrial, ...] = ()
    student: Mapping[str, int] = field(default_factory=dict)
    ratings: Mapping[str, float] = field(default_factory=dict)

    def arm(self, name: str) -> ArmTrial:
        """Return one arm's part."""
        return next(one for one in self.arms if one.arm == name)

    def to_json(self) -> dict[str, Any]:
        """Return the plain form, to keep a finished trial between runs."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Trial:
        """Read back what `to_json` wrote (also after JSON turned tuples into lists)."""

        def arm(one: Mapping[str, Any]) -> ArmTrial:
            told = {name: {d: tuple(p) for d, p in one[name].items()} for name in ("predicted", "inits")}
            again = tuple({d: tuple(p) for d, p in more.items()} for more in one["again"])
            held = {name: {d: Scored.from_json(s) for d, s in one[name].items()} for name in ("scores", "validated")}
            return ArmTrial(**{**one, **told, **held, "again": again})

        lists = {name: tuple(map(arm, raw[name])) for name in ("arms", "with_copies")}
        maps = {name: {k: tuple(v) for k, v in raw[name].items()} for name in ("tests", "copies")}
        return cls(**{**raw, **lists, **maps, "trained_on": tuple(raw["trained_on"])})


def run_trial(bench: Bench, split: int, shots: int) -> Trial:
    """Draw, choose on training items, train every arm, test in every domain.

    Equal input gives an equal result in any process. Raises ContaminationError if a test item, or what
    was made from one, is about to be trained on.
    """
    return _Run.of(bench, split, shots).trial()


@dataclass(frozen=True, slots=True)
class _Run:
    bench: Bench
    drawn: Drawn
    split: Split
    shots: int
    copies: Mapping[str, Contaminated]

    @classmethod
    def of(cls, bench: Bench, index: int, shots: int) -> _Run:
        split = bench.split(index)
        train = split.train(shots)
        copies = {
            stream: near_test(bench, stream, train, split.test, index)
            if unknown_origin(bench, stream)
            else copies_of_test(bench, stream, split.test)
            for stream in sorted({arm.stream for arm in bench.spec.arms if arm.stream})
        }
        banned = frozenset(hit for found in copies.values() for hit in found.hits)
        drawn = Drawn(
            rows=train,
            more=lambda times: split.train(shots, times),
            key=f"{index}/{shots}",
            further=lambda n: split.further(shots, n),
            banned=banned,
        )
        return cls(bench, drawn, split, shots, copies)

    def trial(self) -> Trial:
        bench, spec = self.bench, self.bench.spec
        tests = {domain.name: self._tests(domain) for domain in spec.domains}
        inner = Inner(bench, self.drawn, self.split.index)
        rated = {name: inner.rate(bench.arm(name)) for name in spec.comparators} if len(spec.comparators) > 1 else {}
        arms = tuple(self._arm(arm, inner, tests, self.drawn) for arm in spec.arms)
        hit = {stream for stream, found in self.copies.items() if found.hits}
        free = replace(self.drawn, banned=frozenset())
        again = tuple(self._arm(arm, inner, tests, free) for arm in spec.arms if arm.stream in hit)
        return Trial(
            split=self.split.index,
            shots=self.shots,
            comparator=best(rated) if rated else spec.comparators[0],
            arms=arms,
            tests={name: tuple(map(int, rows)) for name, rows in tests.items()},
            held_out=len(self.split.test),
            trained_on=tuple(bench.data.real.ids[i] for i in self.drawn.rows),
            validation=rated,
            copies={stream: tuple(sorted(found.hits)) for stream, found in self.copies.items()},
            with_copies=again,
            student=inner.student(),
            ratings={name: inner.rate(bench.arm(name)) for name in rated_for_ratio(spec)},
        )

    def _tests(self, domain: Domain) -> Index:
        rows = self.bench.test_rows(domain, self.split.test)
        return rows[self.bench.items(domain)[1][rows] >= 0]

    def _arm(self, wanted: Arm, inner: Inner, tests: Mapping[str, Index], drawn: Drawn) -> ArmTrial:
        bench = self.bench
        began = time.perf_counter()
        picked = inner.pick(wanted) if wanted.choose else ""
        arm = replace(bench.arm(picked), name=wanted.name) if picked else wanted
        if arm.scores is not None:
            choice, n_train, n_synthetic = Choice(), 0, 0
            systems: list[System] = [system_of(bench, arm)]
        else:
            choice = inner.tune(bench.arm(picked) if picked else arm)
            data = train_set(bench, arm, drawn)
            untouched(arm.name, data.roots, self._tested())
            check_added(bench.spec, arm, len(data.picked), len(drawn.banned), self.split.index)
            n_train, n_synthetic = data.real, len(data.picked)
            systems = [train(bench, arm, data, choice, f"{drawn.key}/{k}") for k in range(bench.spec.inits)]
        found = [{name: self._answers(system, name, rows) for name, rows in tests.items()} for system in systems]
        each = {name: tuple(self._value(name, rows, one[name].codes) for one in found) for name, rows in tests.items()}
        codes = [{name: tuple(map(int, answers.codes)) for name, answers in one.items()} for one in found]
        asked = bench.spec.kpi.asks_scores
        return ArmTrial(
            arm.name, choice.weight, n_train, n_synthetic,
            converged=all(system.converged for system in systems),
            values={name: float(np.mean(values)) for name, values in each.items()},
            predicted=codes[0],
            chosen=picked,
            at_edge=any(system.at_edge for system in systems),
            settings=dict(choice.settings),
            trials=len(choices(bench.spec, bench.arm(picked) if picked else arm)),
            again=tuple(codes[1:]),
            inits=each if len(systems) > 1 else {},
            scores=self._scores(tests, found[0]) if asked else {},
            validated=self._validated(inner, bench.arm(picked) if picked else arm, choice) if asked else {},
            seconds=time.perf_counter() - began,
        )  # fmt: skip

    def _scores(self, tests: Mapping[str, Index], found: Mapping[str, Answers]) -> dict[str, Scored]:
        truth = {name: self.bench.items(self.bench.domain(name))[1][rows] for name, rows in tests.items()}
        return {name: Scored.of(rows, truth[name], found[name].chances) for name, rows in tests.items()}

    def _validated(self, inner: Inner, arm: Arm, choice: Choice) -> dict[str, Scored]:
        """Return the validation scores of each domain: of its validation stream, else of clean held-out items."""
        by_place = inner.scored(arm, choice)
        places = {domain.name: domain.validate or CLEAN for domain in self.bench.spec.domains}
        return {name: by_place[place] for name, place in places.items() if place in by_place}

    def _answers(self, system: System, domain: str, rows: Index) -> Answers:
        place = self.bench.domain(domain)
        items, codes = self.bench.items(place)
        if place.spoil:
            items = spoiled(items, codes, rows, place.spoil, rng_for(self.bench.spec.split_seed, "spoil", domain))
        return system.answer(items, codes, rows)

    def _value(self, domain: str, rows: Index, predicted: Index) -> float:
        truth = self.bench.items(self.bench.domain(domain))[1][rows]
        return self.bench.score(truth, predicted) if len(rows) else float("nan")

    def _tested(self) -> frozenset[str]:
        """Return the ids of all that no model may have seen: held-out items, fixed tests and development slices."""
        data = self.bench.data
        fixed = [data.streams[name].ids for name in fixed_streams(self.bench.spec)]
        return frozenset(data.real.ids[i] for i in self.split.test).union(*fixed)
