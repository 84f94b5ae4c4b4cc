"""Dose and response: known harm done to the training part at several rates, and how the task score answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.progress import Progress, silent
from shisaku.core.seed import rng_for
from shisaku.errors import DataError
from shisaku.lab.harm import Harm, harmed
from shisaku.lab.items import Index, Items
from shisaku.lab.splits import Split, split_items
from shisaku.learn.examples import Examples
from shisaku.learn.learner import Learner
from shisaku.learn.logistic import Logistic
from shisaku.message import Message, say
from shisaku.stats.accuracy import balanced_accuracy, codes_of
from shisaku.stats.fieller import fieller
from shisaku.stats.resplit import nadeau_bengio, resplit_variance_factor

RATES = (0.0, 0.05, 0.1, 0.2, 0.4)
SHARES = (0.5, 0.75, 1.0)
TEST_SHARE = 0.3
TAIL = 0.025
LEAST = 2  # entities of a class


@dataclass(frozen=True, slots=True)
class Point:
    """The mean score at one rate (or share of the labels), and its change against the first point (95 % interval)."""

    at: float
    score: float
    change: float
    low: float
    high: float
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DoseResponse:
    """How balanced accuracy on untouched test items answers to harm in training.

    `doses` by rate; for wrong labels also `curve`, by share of the right labels used, and per split `corrected` and
    `added`: the score that one corrected label, and one new label, is worth (`worth` is their ratio with interval,
    None where new labels are not shown to help). `n_train` and `n_test` are means over `splits`.
    """

    harm: Harm
    doses: tuple[Point, ...]
    n_train: float
    n_test: float
    splits: int
    seed: int
    curve: tuple[Point, ...] = ()
    corrected: tuple[float, float, float] | None = None
    added: tuple[float, float, float] | None = None
    worth: tuple[float, float, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the plain form, with every split's score, from which all else can be computed again."""
        return {name: getattr(self, name) for name in self.__slots__} | {"lines": [m.to_json() for m in self.lines()]}

    def lines(self) -> list[Message]:
        """Say the outcome in sentences."""
        first, last = self.doses[0], self.doses[-1]
        found = [
            say(
                "Balanced accuracy {score:.1%} without harm, {change:+.1%} [{low:+.1%}, {high:+.1%}] at {rate:.0%}",
                score=first.score,
                change=last.change,
                low=last.low,
                high=last.high,
                rate=last.at,
            )
        ]
        if self.corrected and self.added:
            for template, worth in (
                (say("100 corrected labels"), self.corrected),
                (say("100 new labels"), self.added),
            ):
                found.append(
                    say(
                        "{what}: {gain:+.2%} [{low:+.2%}, {high:+.2%}]",
                        what=template,
                        gain=100 * worth[0],
                        low=100 * worth[1],
                        high=100 * worth[2],
                    )
                )
            found.append(
                say("One corrected label is worth {n:.1f} new ones [{low:.1f}, {high:.1f}]", **_named(self.worth))
                if self.worth
                else say("What a corrected label is worth in new ones cannot be said: new ones are not shown to help")
            )
        return found


def _named(interval: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip(("n", "low", "high"), interval, strict=True))


def dose_response(
    items: Items,
    harm: Harm,
    *,
    rates: Sequence[float] = RATES,
    splits: int = 10,
    seed: int = 0,
    learner: Learner | None = None,
    progress: Progress = silent,
) -> DoseResponse:
    """Train on harmed training items and test on untouched ones, the same splits at every rate.

    Changes carry Nadeau-Bengio intervals over the splits (`stats.resplit`), because splits of one dataset overlap.
    Groups never straddle. Rates start with 0. Raises DataError for fewer than two classes of two entities.
    """
    check_classes(items)
    if not rates or rates[0] != 0.0 or sorted(rates) != list(rates):
        raise ValueError(f"rates must rise from 0, got {list(rates)}")
    student, features = (learner or Logistic()).prepared(items.features)
    ready = replace(items, features=np.asarray(features))
    shares = SHARES if harm == "labels" else ()
    scores = np.zeros((splits, len(rates)))
    shown = np.zeros((splits, len(shares)))
    sizes: list[tuple[int, int]] = []
    for j in range(splits):
        progress("sensitivity", j, splits)
        split = split_items(ready, TEST_SHARE, seed, j)
        rows = split.train(0)
        sizes.append((len(rows), len(split.test)))
        for k, rate in enumerate(rates):
            rng = rng_for(seed, f"{harm} {rate}", str(j))
            chosen, labels = harmed(harm, ready, rows, rate, rng, max(rates))
            scores[j, k] = _score(ready, student, chosen, labels, split.test)
        for k, share in enumerate(shares):
            some = _some(split, share)
            shown[j, k] = _score(ready, student, some, tuple(ready.labels[i] for i in some), split.test)
    progress("sensitivity", splits, splits)
    n_train, n_test = (float(mean) for mean in np.mean(sizes, axis=0))
    found = DoseResponse(harm, _points(rates, scores, n_test, n_train), n_train, n_test, splits, seed)
    return _with_worth(found, rates, scores, shares, shown) if shares else found


def _with_worth(
    found: DoseResponse,
    rates: Sequence[float],
    scores: npt.NDArray[np.float64],
    shares: Sequence[float],
    shown: npt.NDArray[np.float64],
) -> DoseResponse:
    """Add what labels are worth: the loss per wrong label over all rates, the gain per label from half to all."""
    n, n_test = found.n_train, found.n_test
    dose = np.array(rates) * n
    # The slope through the undisturbed score, least squares over the rates.
    corrected = ((scores[:, :1] - scores) @ dose) / float(dose @ dose)
    added = (shown[:, -1] - shown[:, 0]) / ((shares[-1] - shares[0]) * n)
    factor = resplit_variance_factor(found.splits, n_test, n)
    return replace(
        found,
        curve=_points(shares, shown, n_test, n),
        corrected=_interval(corrected, n_test, n),
        added=_interval(added, n_test, n),
        worth=fieller(corrected, added, factor) if added.mean() > 0 else None,
    )


def _points(at: Sequence[float], scores: npt.NDArray[np.float64], n_test: float, n_train: float) -> tuple[Point, ...]:
    points = []
    for k, place in enumerate(at):
        change, low, high = _interval(scores[:, k] - scores[:, 0], n_test, n_train)
        points.append(Point(place, float(scores[:, k].mean()), change, low, high, tuple(scores[:, k].tolist())))
    return tuple(points)


def _interval(values: npt.NDArray[np.float64], n_test: float, n_train: float) -> tuple[float, float, float]:
    found = nadeau_bengio(values, n_test, n_train)
    return found.mean, found.low(TAIL), found.high(TAIL)


def _some(split: Split, share: float) -> Index:
    parts = [order[: max(1, round(share * len(order)))] for order in split.pool.values()]
    return np.sort(np.concatenate(parts))


def _score(items: Items, learner: Learner, rows: Index, labels: Sequence[str], test: Index) -> float:
    classes = sorted(set(items.labels))
    truth = codes_of([items.labels[i] for i in test], classes)
    return balanced_accuracy(truth, codes_of(guessed(items, learner, rows, labels, test).tolist(), classes))


def guessed(items: Items, learner: Learner, rows: Index, labels: Sequence[str], test: Index) -> npt.NDArray[np.str_]:
    """Train on `rows` with `labels` and return the label guessed for each of `test`."""
    fitted = learner.fit(Examples(items.features[rows], np.array(labels)), None, rng_for(0, "student", ""))
    return np.asarray(fitted.classes[fitted.scores(Examples(items.features[test])).argmax(axis=1)], dtype=np.str_)


def check_classes(items: Items) -> None:
    """Raise DataError unless there are two classes or more, of two entities each."""
    entities: dict[str, set[str]] = {}
    for label, group in zip(items.labels, items.groups, strict=True):
        entities.setdefault(label, set()).add(group)
    small = sorted(label for label, held in entities.items() if len(held) < LEAST)
    if len(entities) < 2 or small:
        raise DataError(
            say("Two classes or more are needed, each with two separate items: {small}", small=", ".join(small)),
            next=say("Leave such classes out, or collect more"),
        )
