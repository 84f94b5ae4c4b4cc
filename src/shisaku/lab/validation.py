"""Choices made on training items alone: weights of synthetic rows, settings of the learner, and the comparator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain, DomainKind
from shisaku.lab.arms import train_set, untouched
from shisaku.lab.bench import Bench
from shisaku.lab.items import Index, Items
from shisaku.lab.made import Drawn
from shisaku.lab.predict import Chances, System, among, system_of, train
from shisaku.lab.purchase import noisy
from shisaku.lab.scored import Scored
from shisaku.lab.splits import fold_of
from shisaku.lab.tuning import Choice, choices

CLEAN = ""
Rated = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Inner:
    """Inner grouped folds over the training items of one split; nothing else is in sight."""

    bench: Bench
    drawn: Drawn
    key: int
    _rated: dict[str, Rated] = field(default_factory=dict)

    def places(self) -> tuple[str, ...]:
        """Where validation happens: clean held-out items (``""``), and each declared validation stream."""
        streams = [domain.validate for domain in self.bench.spec.domains if domain.validate]
        clean = (CLEAN,) if self.bench.spec.train == "real" else ()
        return (*clean, *dict.fromkeys(streams))

    def primary(self) -> str:
        """Return the place that stands for the primary domain: clean items where it has no validation stream."""
        return self.bench.domain(self.bench.spec.primary).validate or CLEAN

    def rated(self, arm: Arm) -> Rated:
        """Return per place the metric of pooled out-of-fold predictions, one per choice (NaN: nothing to test)."""
        if arm.name not in self._rated:
            self._rated[arm.name] = self._rate(arm, choices(self.bench.spec, arm))
        return self._rated[arm.name]

    def pick(self, arm: Arm) -> str:
        """Return which of the arms that `arm` chooses among is the best on validation."""
        return best({name: self.rate(self.bench.arm(name)) for name in arm.choose})

    def tune(self, arm: Arm) -> Choice:
        """Return the arm's choice with the best mean over all places; ties go to the one that comes first."""
        there = choices(self.bench.spec, arm)
        if len(there) == 1 or not self.places():
            return there[0]
        found = np.array(list(self.rated(arm).values()))
        known = found[~np.isnan(found).all(axis=1)]
        return there[int(known.mean(axis=0).round(12).argmax())] if len(known) else there[0]

    def rate(self, arm: Arm) -> float:
        """Return the arm's validation score where the primary domain is validated, at its best choice."""
        found = self.rated(arm)
        for place in [name for name in dict.fromkeys((self.primary(), CLEAN)) if name in found]:
            best = max(found[place])
            if not np.isnan(best):
                return best
        return float("nan")

    def scored(self, arm: Arm, choice: Choice) -> dict[str, Scored]:
        """Return per place what models of the arm gave each class, of items that they did not see.

        Thresholds are chosen by it: true codes are the ones that choices are made by.
        """
        found: dict[str, list[tuple[Index, Index, Chances]]] = {place: [] for place in self.places()}
        for inside, outside in self._folds() if found else ():
            (system,) = self._systems(arm, (choice,), inside, outside)
            for place, parts in found.items():
                rows = self._test(place, outside)
                answers = system.answer(self._items(place), self._codes(place), rows)
                parts.append((rows, self._told(place, rows), answers.chances))
        return {
            place: Scored.of(*map(np.concatenate, zip(*parts, strict=True))) for place, parts in found.items() if parts
        }

    def student(self) -> dict[str, int]:
        """Return what a model of real items alone answers for each training item that it did not see: id -> code.

        An item of whose class nothing was left to learn from is not asked. Made-only studies have no such items.
        """
        bench, found = self.bench, dict[str, int]()
        for inside, outside in self._folds():
            asked = outside[np.isin(bench.y[outside], bench.y[inside])]
            if len(asked):
                (system,) = self._systems(Arm("student"), (Choice(),), inside, outside)
                answers = system.answer(bench.data.real, bench.y, asked).codes
                found.update({bench.data.real.ids[i]: int(code) for i, code in zip(asked, answers, strict=True)})
        return found

    def _rate(self, arm: Arm, there: Sequence[Choice]) -> Rated:
        places = self.places()
        truth: dict[str, list[Index]] = {place: [] for place in places}
        found: dict[str, list[list[Index]]] = {place: [[] for _ in there] for place in places}
        for inside, outside in self._folds() if places else ():
            systems = self._systems(arm, there, inside, outside)
            for place in places:
                rows = self._test(place, outside)
                truth[place].append(self._told(place, rows))
                for which, system in enumerate(systems):
                    asked = among(system, len(rows), self._tested())
                    found[place][which].append(asked.answer(self._items(place), self._codes(place), rows).codes)
        return {place: tuple(self._score(truth[place], one) for one in found[place]) for place in places}

    def _tested(self) -> float:
        """Return how many items a test of the primary domain holds, about."""
        domain = self.bench.domain(self.bench.spec.primary)
        if domain.kind == "external":
            return float(len(self.bench.data.streams[domain.stream]))
        return self.bench.spec.test_share * len(self.bench.data.real)

    def _folds(self) -> Iterator[tuple[Index, Index]]:
        spec, rows = self.bench.spec, self.drawn.rows
        if spec.train == "made":
            yield rows, rows[:0]
            return
        fold = fold_of(self.bench.data.real, rows, spec.folds, spec.split_seed, self.key)
        for one in np.unique(fold):
            if (fold != one).any():
                yield rows[fold != one], rows[fold == one]

    def _systems(self, arm: Arm, there: Sequence[Choice], inside: Index, outside: Index) -> list[System]:
        bench = self.bench
        if arm.scores is not None:
            return [system_of(bench, arm)] * len(there)
        left_out = {bench.data.real.ids[i] for i in outside}
        key = f"{self.drawn.key} without {min(left_out)}" if left_out else self.drawn.key
        known = replace(self.drawn, rows=inside, more=lambda _: inside, further=lambda _: inside, key=key)
        data = train_set(bench, arm, known)
        untouched(arm.name, data.roots, left_out)
        return [train(bench, arm, data, choice, key) for choice in there]

    def _test(self, place: str, outside: Index) -> Index:
        if place == CLEAN:
            return outside
        kind: DomainKind = "external" if place in self._fixed() else "derived"
        rows = self.bench.test_rows(Domain(place, kind, stream=place), outside)
        return rows[self._codes(place)[rows] >= 0]

    def _items(self, place: str) -> Items:
        return self.bench.data.streams[place] if place else self.bench.data.real

    def _codes(self, place: str) -> Index:
        return self.bench.codes[place] if place else self.bench.y

    def _told(self, place: str, rows: Index) -> Index:
        """Return the labels that choices are made by: planted errors are among them."""
        codes = self._codes(place)[rows]
        if place:
            return codes
        return noisy(self.bench.spec, self.bench.data.real, rows, codes, len(self.bench.classes))

    def _fixed(self) -> set[str]:
        """Development slices: real items beside a fixed test set, never trained on."""
        return {domain.validate for domain in self.bench.spec.domains if domain.kind == "external"}

    def _score(self, truth: Sequence[Index], found: Sequence[Index]) -> float:
        joined = np.concatenate(truth) if truth else np.zeros(0, dtype=np.intp)
        return self.bench.score(joined, np.concatenate(found)) if len(joined) else float("nan")


def best(rated: Mapping[str, float]) -> str:
    """Return the name with the highest score; ties and unknown scores go to the one declared first."""
    known = {name: score for name, score in rated.items() if not np.isnan(score)}
    return max(known, key=lambda name: round(known[name], 12)) if known else next(iter(rated))
