"""What fields tell, how columns go together, how varied rows are: against hand counts, scipy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.stats.association import association, cramers_v, expected
from shisaku.stats.csls import csls
from shisaku.stats.dealt import dealt
from shisaku.stats.levels import levels_of
from shisaku.stats.permuted import permuted_p
from shisaku.stats.slices import excess
from shisaku.stats.telling import Labelled, chance_of, coded, reach_of, telling
from shisaku.stats.vendi import effective_number, vendi, vendi_at


def unit_rows(n: int, width: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, width))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_vendi_of_identical_and_of_orthogonal_rows(n: int) -> None:
    assert vendi(np.tile([[3.0, 4.0]], (n, 1))) == pytest.approx(1.0)
    assert vendi(np.eye(n) * 5.0) == pytest.approx(n)


def test_vendi_of_two_rows_by_hand() -> None:
    # Eigenvalues of K / 2 are (1 + c) / 2 and (1 - c) / 2.
    c = 0.6
    by_hand = np.exp(-sum(p * np.log(p) for p in ((1 + c) / 2, (1 - c) / 2)))
    assert vendi([[1.0, 0.0], [c, np.sqrt(1 - c * c)]]) == pytest.approx(by_hand)


def test_vendi_is_the_same_in_both_forms() -> None:
    rows = unit_rows(40, 8, 0)
    values = np.linalg.eigvalsh(rows @ rows.T / 40)
    assert vendi(rows) == pytest.approx(effective_number(values))
    assert vendi(rows[:6]) == pytest.approx(vendi(np.pad(rows[:6], ((0, 0), (0, 20)))))


def test_vendi_refuses_a_row_of_zeros() -> None:
    with pytest.raises(ValueError, match="zero"):
        vendi([[0.0, 0.0], [1.0, 0.0]])


def test_vendi_at_a_size_takes_that_many() -> None:
    assert vendi_at(np.eye(9), 4, np.random.default_rng(0), draws=3) == pytest.approx([4.0, 4.0, 4.0])


def test_levels_of_words_keep_what_is_absent() -> None:
    found = levels_of(["b", "", "a", "b"])
    assert (found.names, found.codes.tolist(), found.numeric) == (("", "a", "b"), [2, 0, 1, 2], False)
    assert found.shared() == 0.5


def test_levels_of_numbers_are_bins_and_what_is_often() -> None:
    values = [str(v) for v in np.linspace(0, 1, 90)] + ["7.5"] * 10
    found = levels_of(values)
    assert found.numeric
    assert "7.5" in found.names
    assert 6 <= len(found.names) <= 9
    assert len({found.codes[i] for i in range(90, 100)}) == 1


def test_few_numbers_are_levels_as_they_are() -> None:
    assert levels_of(["8000", "16000", "44100", "8000"]).names == ("8000", "16000", "44100")


def test_folds_keep_entities_whole_whatever_the_order() -> None:
    labels = [f"c{i % 3}" for i in range(60)]
    groups = [f"g{i // 2}" for i in range(60)]
    folds = dealt(labels, groups, 5)
    assert all(len({f for f, g in zip(folds, groups, strict=True) if g == one}) == 1 for one in set(groups))
    back = dealt(labels[::-1], groups[::-1], 5)[::-1]
    assert (folds == back).all()
    assert set(folds) == set(range(5))


def toy(strength: float, n: int = 300, seed: int = 0, k: int = 3) -> tuple[np.ndarray, Labelled]:
    rng = np.random.default_rng(seed)
    classes = rng.integers(k, size=n)
    levels = np.where(rng.random(n) < strength, classes, rng.integers(k, size=n))
    return levels, Labelled(classes, np.arange(n), np.arange(n) % 5)


def test_telling_agrees_with_a_balanced_tree_of_scikit_learn() -> None:
    from sklearn.tree import DecisionTreeClassifier

    levels, rows = toy(0.5)
    said = np.empty(len(levels), int)
    for fold in range(5):
        out = rows.folds == fold
        tree = DecisionTreeClassifier(class_weight="balanced").fit(levels[~out, None], rows.classes[~out])
        said[out] = tree.predict(levels[out, None])
    found = telling(levels, rows)
    assert (found.said == said).all()
    hits = [(said[rows.classes == k] == k).mean() for k in range(3)]
    assert found.accuracy == pytest.approx(np.mean(hits))
    others = [(said[rows.classes != k] == k).mean() for k in range(3)]
    assert found.best_accuracy == pytest.approx(max((1 + h - o) / 2 for h, o in zip(hits, others, strict=True)))


def test_with_two_classes_the_best_class_says_what_the_balanced_accuracy_says() -> None:
    found = telling(*toy(0.6, k=2))
    assert found.best_accuracy == pytest.approx(found.accuracy)


def test_a_level_that_training_never_saw_is_a_guess() -> None:
    levels = np.arange(40)  # every row a level of its own
    found = telling(levels, Labelled(np.arange(40) % 2, np.arange(40), np.arange(40) % 5))
    assert found.accuracy == pytest.approx(0.5)
    assert found.best_accuracy == pytest.approx(0.5)


def test_p_is_small_when_told_and_level_when_not() -> None:
    levels, rows = toy(0.6)
    assert chance_of(levels, rows, np.random.default_rng(0), 499) == pytest.approx(1 / 500)
    small = [chance_of(*toy(0.0, 120, seed), np.random.default_rng(seed), 199) <= 0.05 for seed in range(60)]
    assert sum(small) <= 9  # binomial(60, 0.05): more has a chance of 0.2 %


def test_interval_holds_the_figure_and_widens_with_entities() -> None:
    levels, rows = toy(0.6, 200)
    low, high = reach_of(telling(levels, rows), rows, np.random.default_rng(0))
    assert low < telling(levels, rows).best_accuracy < high
    twice = Labelled(*(np.tile(one, 4) for one in (rows.classes, rows.entities, rows.folds)))
    again = reach_of(telling(np.tile(levels, 4), twice), twice, np.random.default_rng(0))
    assert again[1] - again[0] == pytest.approx(high - low, abs=0.03)


def test_permuted_p_counts_and_stops_early() -> None:
    drawn = iter(range(10_000))
    assert permuted_p(1e9, lambda: next(drawn), 99) == pytest.approx(0.01)
    calls = []
    assert permuted_p(0.0, lambda: float(calls.append(1) or 1), 999, enough=20) == 1.0
    assert len(calls) == 20


def test_cramers_v_without_its_bias_by_hand() -> None:
    from scipy.stats.contingency import association as plain

    table = np.array([[30, 10, 5], [10, 30, 5], [5, 5, 30]])
    n, k = table.sum(), 3
    phi2 = plain(table, method="cramer") ** 2 * (k - 1)
    corrected = max(0.0, phi2 - (k - 1) ** 2 / (n - 1)) / (k - (k - 1) ** 2 / (n - 1) - 1)
    assert cramers_v(table) == pytest.approx(np.sqrt(corrected))
    assert cramers_v(np.eye(4) * 25) == pytest.approx(1.0, abs=0.01)
    assert expected([[10, 0], [0, 10]]).tolist() == [[5, 5], [5, 5]]


def test_interval_of_v_covers() -> None:
    rng, hits = np.random.default_rng(1), 0
    truth = 0.4  # a 2 x 2 table with margins of one half has V = 2 p - 1 where p is the chance to agree
    for _ in range(100):
        a = rng.integers(2, size=200)
        b = np.where(rng.random(200) < (1 + truth) / 2, a, 1 - a)
        found = association(a, b, np.arange(200), rng, draws=99)
        hits += found.low <= truth <= found.high
    assert hits >= 88


def test_rows_of_one_entity_count_once() -> None:
    a = np.repeat([0, 1] * 10, 30)
    found = association(a, a, np.repeat(np.arange(20), 30), np.random.default_rng(0), 199)
    assert found.n == 20
    assert association(a, np.zeros_like(a), np.arange(len(a)), np.random.default_rng(0), 99).v == 0.0


def test_csls_agrees_with_its_formula() -> None:
    ones, others = unit_rows(30, 6, 1), unit_rows(30, 6, 2)
    partner = np.roll(np.arange(30), 1)
    own, turned = csls(ones, others, partner, 4)
    near = ones @ others.T
    np.fill_diagonal(near, -np.inf)
    of_ones, of_others = np.sort(near, 1)[:, -4:].mean(1), np.sort(near, 0)[-4:].mean(0)
    assert own == pytest.approx(2 * (ones * others).sum(1) - of_ones - of_others)
    assert turned == pytest.approx(2 * (ones * others[partner]).sum(1) - of_ones - of_others[partner])


def test_excess_is_fishers_exact_test() -> None:
    from scipy.stats import fisher_exact

    inside = np.arange(100) < 30
    hits = np.concatenate([np.arange(30) < 12, np.arange(70) < 9])
    found = excess(hits, inside, np.arange(100))
    assert found.p == pytest.approx(fisher_exact([[12, 18], [9, 61]], alternative="greater").pvalue)
    assert (found.inside, found.outside) == (0.4, pytest.approx(9 / 70))


def test_excess_is_not_fooled_by_rows_of_one_entity() -> None:
    rng, alarms = np.random.default_rng(0), 0
    for _ in range(100):
        entities = np.repeat(np.arange(30), 10)
        hits = np.repeat(rng.random(30) < 0.3, 10)  # whole entities are wrong
        alarms += excess(hits, entities < 10, entities).p < 0.05
    assert alarms <= 14


def test_coded_sorts() -> None:
    names, codes = coded(["b", "a", "b"])
    assert (names, codes.tolist()) == (["a", "b"], [1, 0, 1])
