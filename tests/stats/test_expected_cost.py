"""What answers cost in use: worked by hand, agrees with scikit-learn, and does not care for what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from shisaku.stats.checked_input import checked_probabilities
from shisaku.stats.expected_cost import action_costs, action_shares, best_constant, cheapest, expected_cost, item_costs
from shisaku.stats.prior_shift import to_prevalence

# Good or defect; pass it, scrap it, look again.
COSTS = [[0.0, 5.0, 1.0], [100.0, 0.0, 2.0]]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Classes, actions, costs and shares, with at least one item of each class."""
    classes, actions = draw(st.integers(2, 4)), draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    truth = np.concatenate([np.arange(classes), rng.integers(classes, size=draw(st.integers(0, 40)))])
    return (
        truth,
        rng.integers(actions, size=len(truth)),
        rng.integers(0, 50, (classes, actions)).astype(float),
        rng.dirichlet(np.ones(classes)),
    )


def cost_of(truth: np.ndarray, actions: np.ndarray, costs: np.ndarray, used: np.ndarray) -> float:
    return expected_cost(action_shares(truth, actions, *costs.shape), costs, used)


def test_a_line_of_parts_worked_by_hand() -> None:
    # 8 good: 6 passed, 1 scrapped, 1 looked at again; 4 defects: 1 passed, 2 scrapped, 1 looked at again.
    truth = np.array([0] * 8 + [1] * 4)
    done = np.array([0] * 6 + [1, 2] + [0, 1, 1, 2])
    shares = action_shares(truth, done, 2, 3)
    assert shares.tolist() == [[0.75, 0.125, 0.125], [0.25, 0.5, 0.25]]
    # One part in a hundred is a defect: .99 (5/8 + 1/8) + .01 (100/4 + 2/4).
    assert expected_cost(shares, COSTS, [0.99, 0.01]) == pytest.approx(0.99 * 0.75 + 0.01 * 25.5)
    # In the test set a third are defects, and the same answers cost nine times as much.
    assert expected_cost(shares, COSTS, [2 / 3, 1 / 3]) == pytest.approx(item_costs(truth, done, COSTS).mean())
    assert item_costs(truth, done, COSTS).tolist() == [0.0] * 6 + [5.0, 1.0] + [100.0, 0.0, 0.0, 2.0]


def test_the_shares_of_actions_are_the_confusion_matrix_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    truth, said = rng.integers(4, size=300), rng.integers(4, size=300)
    theirs = confusion_matrix(truth, said, normalize="true")
    assert np.abs(action_shares(truth, said, 4, 4) - theirs).max() < 1e-12


@given(worlds(), st.floats(0.001, 1000))
def test_another_currency_changes_the_cost_by_its_rate_alone(world: tuple[np.ndarray, ...], rate: float) -> None:
    truth, actions, costs, used = world
    assert cost_of(truth, actions, costs * rate, used) == pytest.approx(cost_of(truth, actions, costs, used) * rate)


@given(worlds())
def test_nothing_costs_nothing(world: tuple[np.ndarray, ...]) -> None:
    truth, actions, costs, used = world
    assert cost_of(truth, actions, costs * 0, used) == 0.0
    assert best_constant(costs * 0, used) == (0, 0.0)


@given(worlds(), st.integers(0, 10**6))
def test_the_order_of_items_classes_and_actions_does_not_matter(world: tuple[np.ndarray, ...], seed: int) -> None:
    truth, actions, costs, used = world
    rng = np.random.default_rng(seed)
    rows, classes, columns = rng.permutation(len(truth)), rng.permutation(len(used)), rng.permutation(costs.shape[1])
    swapped = cost_of(
        np.argsort(classes)[truth[rows]], np.argsort(columns)[actions[rows]], costs[classes][:, columns], used[classes]
    )
    assert swapped == pytest.approx(cost_of(truth, actions, costs, used))


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 4), st.integers(2, 5))
def test_no_other_action_is_cheaper_than_the_cheapest(seed: int, classes: int, actions: int) -> None:
    rng = np.random.default_rng(seed)
    rows, costs = rng.dirichlet(np.ones(classes), 20), rng.integers(0, 9, (classes, actions)).astype(float)
    expected = action_costs(rows, costs)
    by_hand = np.array([[sum(row[y] * costs[y, a] for y in range(classes)) for a in range(actions)] for row in rows])
    assert expected == pytest.approx(by_hand)
    chosen = expected[np.arange(20), cheapest(rows, costs)]
    assert (chosen <= expected.min(axis=1) + 1e-9).all()
    # What is added to a row, whatever is done, decides nothing.
    assert expected[np.arange(20), cheapest(rows, costs + rng.integers(0, 9, (classes, 1)))] == pytest.approx(chosen)


def test_of_equal_actions_the_first_is_taken() -> None:
    assert cheapest([[0.3, 0.7], [0.5, 0.5]], [[0.0, 0.0], [0.0, 0.0]]).tolist() == [0, 0]
    assert cheapest([[0.7, 0.2, 0.1]], np.full((3, 4), 0.1)).tolist() == [0]


def test_the_best_single_answer_is_what_a_model_must_beat() -> None:
    assert best_constant(COSTS, [0.99, 0.01]) == (0, pytest.approx(1.0))
    assert best_constant(COSTS, [0.5, 0.5]) == (2, pytest.approx(1.5))


def test_probabilities_move_to_where_defects_are_rare() -> None:
    # Learnt half and half, used at 1 %: odds of 4 become odds of 4/99.
    found = to_prevalence([[0.2, 0.8]], [0.5, 0.5], [0.99, 0.01])
    assert found[0, 1] / found[0, 0] == pytest.approx(4 / 99)


@given(st.integers(0, 10**6), st.integers(2, 5))
def test_going_to_other_shares_and_back_changes_nothing(seed: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    rows, here, there = rng.dirichlet(np.ones(classes), 9), *rng.dirichlet(np.ones(classes) * 3, 2)
    back = to_prevalence(to_prevalence(rows, here, there), there, here)
    assert back == pytest.approx(rows, abs=1e-9)
    assert to_prevalence(rows, here, here) == pytest.approx(rows)


def test_moved_probabilities_are_right_where_they_are_used() -> None:
    # Normal scores one sd apart: what is learnt at half and half is right at 10 % after it is moved, and only then.
    rng = np.random.default_rng(1)
    y = rng.random(200_000) < 0.1
    x = rng.normal(np.where(y, 1.0, 0.0))
    learnt = 1 / (1 + np.exp(0.5 - x))
    moved = to_prevalence(np.column_stack([1 - learnt, learnt]), [0.5, 0.5], [0.9, 0.1])[:, 1]
    inside = (moved > 0.15) & (moved < 0.25)
    assert y[inside].mean() == pytest.approx(moved[inside].mean(), abs=0.01)
    assert y.mean() == pytest.approx(moved.mean(), abs=0.003)
    assert learnt.mean() > 0.3


def test_single_precision_is_no_error() -> None:
    rows = np.random.default_rng(2).dirichlet(np.ones(7), 50).astype(np.float32)
    assert checked_probabilities(rows).sum(axis=1) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    ("costs", "used", "words"),
    [
        ([[0, -1], [1, 0]], [0.5, 0.5], "0 or more"),
        ([[0, np.nan], [1, 0]], [0.5, 0.5], "finite"),
        ([[0, 1], [1, 0]], [0.5, 0.6], "add up to 1"),
        ([[0, 1], [1, 0]], [1.5, -0.5], "add up to 1"),
        ([[0, 1], [1, 0]], [1.0], "each of 2 classes"),
        ([[0], [1]], [0.5, 0.5], "two or more"),
    ],
)
def test_costs_and_shares_that_cannot_be_are_refused(costs: list[list[float]], used: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        expected_cost([[1, 0], [0, 1]], costs, used)


def test_a_class_in_use_that_was_not_tested_is_unknown_and_not_free() -> None:
    shares = action_shares([0, 0, 0], [0, 1, 0], 2, 2)
    assert np.isnan(shares[1]).all()
    with pytest.raises(ValueError, match="class 1 occurs in use"):
        expected_cost(shares, [[0, 1], [1, 0]], [0.9, 0.1])
    assert expected_cost(shares, [[0, 1], [1, 0]], [1.0, 0.0]) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: action_shares([0, 2], [0, 0], 2, 2),
        lambda: action_shares([0, 1], [0], 2, 2),
        lambda: action_shares([], [], 2, 2),
        lambda: action_shares([0.5], [0], 2, 2),
        lambda: item_costs([0], [3], COSTS),
        lambda: item_costs([0, 1], [1], COSTS),
        lambda: cheapest([[0.5, 0.6]], COSTS),
        lambda: cheapest([[np.nan, 1.0]], COSTS),
        lambda: cheapest([[0.2, 0.3, 0.5]], COSTS),
        lambda: expected_cost([[0.5, 0.2], [1, 0]], [[0, 1], [1, 0]], [0.5, 0.5]),
        lambda: expected_cost([[1, 0, 0], [1, 0, 0]], [[0, 1], [1, 0]], [0.5, 0.5]),
        lambda: to_prevalence([[0.5, 0.5]], [1.0, 0.0], [0.5, 0.5]),
        lambda: to_prevalence([[0.0, 1.0]], [0.5, 0.5], [1.0, 0.0]),
    ],
)
def test_what_does_not_fit_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"needs|must|occurs|only be|do not fit"):
        call()  # type: ignore[operator]
