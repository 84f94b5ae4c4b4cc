"""Exchanged labels: against scipy's own exact tests, what is no exchange, and from how many items on one is shown."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
from scipy.stats import binomtest, fisher_exact

from shisaku.stats.label_exchange import Exchange, label_exchange

CLASSES = tuple("abcdef")


def answered(rng: np.random.Generator, labels: list[str], confusion: dict[str, dict[str, float]]) -> list[str]:
    """Answers drawn for what each item truly is."""
    return [str(rng.choice(list(confusion[one]), p=list(confusion[one].values()))) for one in labels]


def hits(accuracy: float) -> dict[str, dict[str, float]]:
    """A model that is right that often and else says any other class."""
    rest = (1 - accuracy) / (len(CLASSES) - 1)
    return {one: {other: accuracy if other == one else rest for other in CLASSES} for one in CLASSES}


def pairs(labels: list[str], answers: list[str]) -> set[tuple[str, str]]:
    return {(one.label, one.answer) for one in label_exchange(labels, answers)}


def by_scipy(labels: list[str], answers: list[str], level: float = 0.001) -> set[tuple[str, str]]:
    """The same tests by scipy.stats.fisher_exact and binomtest, pair by pair."""
    names = sorted({*labels, *answers})
    n = Counter(zip(labels, answers, strict=True))
    bear = Counter(labels)
    found = set()
    for one, other in permutations(names, 2):
        called, said = n[one, other], sum(n[name, other] for name in names)
        lift = [[called, bear[one] - called], [said - called, len(labels) - bear[one] - said + called]]
        own = [[called, bear[one] - called], [n[other, other], bear[other] - n[other, other]]]
        if not called or fisher_exact(lift, "greater").pvalue * len(names) * (len(names) - 1) > level:
            continue
        if bear[other] and fisher_exact(own, "greater").pvalue > level:
            continue
        among, share = (called + n[one, one], 0.5) if bear[other] else (bear[one], 0.15)
        if binomtest(called, among, share, alternative="greater").pvalue <= 0.05:
            found.add((one, other))
    return found


def test_it_is_what_the_exact_tests_of_scipy_say() -> None:
    shown, absent = 0, 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        truth = [str(one) for one in rng.choice(list(CLASSES), int(rng.integers(40, 200)))]
        answers = answered(rng, truth, hits(float(rng.uniform(0.3, 0.95))))
        moved = dict(zip(CLASSES, rng.choice(list(CLASSES), len(CLASSES)).tolist(), strict=True))
        labels = [moved[one] if rng.random() < 0.8 or seed % 2 else one for one in truth]
        found = label_exchange(labels, answers)
        assert {(one.label, one.answer) for one in found} == by_scipy(labels, answers)
        assert all(one.absent is (one.answer not in labels) for one in found)
        shown, absent = shown + len(found), absent + sum(one.absent for one in found)
    assert shown - absent >= 10
    assert absent >= 10


def test_two_classes_that_were_swapped_are_found_from_ten_items_each_on() -> None:
    """Ten of each of six classes and a model that is right in 95 % of cases: found in at least 80 % of 100 draws."""
    swap = {"a": "b", "b": "a"}
    share = {}
    for each in (4, 10, 20):
        found = []
        for seed in range(100):
            truth = [one for one in CLASSES for _ in range(each)]
            labels = [swap.get(one, one) for one in truth]
            found.append(pairs(labels, answered(np.random.default_rng(seed), truth, hits(0.95))))
        assert all(one <= swap.items() for one in found), "what was not swapped is never named"
        share[each] = np.mean([one == swap.items() for one in found])
    assert share[4] == 0.0
    assert share[10] >= 0.8
    assert share[20] >= 0.99


def test_an_answer_that_is_given_to_everything_is_no_exchange() -> None:
    for seed in range(50):
        rng = np.random.default_rng(seed)
        labels = [one for one in CLASSES for _ in range(50)]
        answers = ["f" if rng.random() < 0.9 else one for one in labels]
        assert label_exchange(labels, answers) == []


def test_who_mistakes_one_class_for_another_is_not_told_that_they_were_exchanged() -> None:
    """Of a, 70 % are called b, of b itself 95 %: a lift that is sure, an own class that is beaten, and right labels."""
    called = hits(0.9) | {"a": {"a": 0.3, "b": 0.7}, "b": {"b": 0.95, "a": 0.05}}
    for seed in range(50):
        labels = [one for one in CLASSES for _ in range(100)]
        assert label_exchange(labels, answered(np.random.default_rng(seed), labels, called)) == []


def test_labels_that_have_nothing_to_do_with_the_answers_are_not_exchanged() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        labels, answers = rng.choice(list(CLASSES), (2, 120)).tolist()
        assert label_exchange(labels, answers) == []


def test_classes_under_the_name_of_another_are_found_where_none_bears_their_own() -> None:
    """One of six classes from ten items of each on, two or three of them from thirty on, in 100 draws."""
    for others in ("b", "bc", "bcd"):
        share = {}
        for each in (4, 10, 30):
            found = []
            for seed in range(100):
                truth = [one for one in CLASSES for _ in range(each)]
                labels = ["a" if one in others else one for one in truth]
                found.append(pairs(labels, answered(np.random.default_rng(seed), truth, hits(0.95))))
            assert all(one <= {("a", other) for other in others} for one in found), "no other is ever named"
            share[each] = np.mean([bool(one) for one in found])
        assert share[10] >= 0.8 or len(others) > 1
        assert share[30] >= 0.95


def test_a_label_may_stand_for_a_class_that_no_label_of_the_batch_names() -> None:
    assert label_exchange(["a"] * 20 + ["b"] * 20, ["c"] * 20 + ["b"] * 20) == [Exchange("a", "c", absent=True)]


def test_names_and_order_do_not_matter() -> None:
    rng = np.random.default_rng(5)
    truth = [one for one in CLASSES for _ in range(20)]
    ring = dict(zip(CLASSES, CLASSES[1:] + CLASSES[:1], strict=True))
    labels, answers = [ring[one] for one in truth], answered(rng, truth, hits(0.9))
    found = pairs(labels, answers)
    assert found == {(new, old) for old, new in ring.items()}
    order = rng.permutation(len(labels))
    assert pairs([labels[i] for i in order], [answers[i] for i in order]) == found
    other = {one: f"z{9 - place}" for place, one in enumerate(CLASSES)}
    renamed = pairs([other[one] for one in labels], [other[one] for one in answers])
    assert renamed == {(other[new], other[old]) for new, old in found}


def test_little_or_nothing_shows_nothing() -> None:
    assert label_exchange([], []) == []
    assert label_exchange(["a"], ["b"]) == []
    assert label_exchange(["a"] * 5, ["a"] * 5) == []
