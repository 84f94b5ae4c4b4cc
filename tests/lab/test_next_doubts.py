"""Doubts about labels: where to look, and how many wrong ones that is expected to find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from next_material import LEARNER, drawn, mislabelled

from shisaku.lab.next_data.doubts import Doubts, wrong_labels_ahead

ITEMS = drawn(120, spread=1.2)


def doubts_of(share: float, seed: int = 0) -> tuple[Doubts, set[int]]:
    items, wrong = mislabelled(ITEMS, share, seed)
    student, seen = LEARNER.prepared(items.features)
    return Doubts.of(items.with_features(np.asarray(seen)), student, seed), set(wrong)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_wrong_labels_are_doubted_first() -> None:
    doubts, wrong = doubts_of(0.1)
    assert len(set(doubts.order[:12].tolist()) & wrong) >= 9
    assert sorted(doubts.order.tolist()) == list(range(120))


def test_a_first_look_is_half_at_the_top_and_half_spread_over_the_rest() -> None:
    doubts, _ = doubts_of(0.1)
    looks = doubts.to_look_at(10).tolist()
    assert looks[:5] == doubts.order[:5].tolist()
    places = [doubts.order.tolist().index(i) for i in looks[5:]]
    assert places[0] == 5
    assert places[-1] == 119
    assert len(set(looks)) == 10
    assert not set(doubts.next_looks(looks).tolist()) & set(looks)
    assert len(doubts.to_look_at(500)) == 120


def expected_and_left(share: float) -> list[tuple[float, float, int]]:
    """Return (expected, its variance, left) of ten plantings after a first look at twelve."""
    rows = []
    for seed in range(10):
        doubts, wrong = doubts_of(share, seed)
        looks = doubts.to_look_at(12)
        found = wrong_labels_ahead(doubts, {int(i): int(i) in wrong for i in looks}, rng(), 500)
        assert found.share[0] == pytest.approx(found.found[0, -1] / 120)
        rows.append((found.found[0, -1], found.found[1:, -1].var(), len(wrong - set(looks.tolist()))))
    return rows


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1])
def test_the_expected_number_holds_the_true_one_up_to_one_in_ten(share: float) -> None:
    """What is left lies within two standard deviations in nine of ten plantings (the number is a count around it)."""
    held = [abs(left - mean) <= 2 * np.sqrt(spread + mean) + 0.5 for mean, spread, left in expected_and_left(share)]
    assert sum(held) >= 9


def test_of_a_quarter_wrong_it_expects_two_thirds() -> None:
    """The limit: before anything is looked at one in ten is taken to be wrong, and twelve looks move that so far."""
    rows = expected_and_left(0.25)
    ratio = sum(mean for mean, *_ in rows) / sum(left for *_, left in rows)
    assert 0.5 < ratio < 0.9


def test_more_looks_never_find_less_and_none_finds_nothing() -> None:
    doubts, _ = doubts_of(0.1)
    found = wrong_labels_ahead(doubts, {}, rng(), 50).found
    assert (found[:, 0] == 0).all()
    assert (np.diff(found, axis=1) >= 0).all()
    assert found.shape == (51, 121)
    best_first = np.diff(found[0])
    assert (np.diff(best_first) <= 1e-12).all()


def test_what_a_look_shows_counts() -> None:
    doubts, _ = doubts_of(0.1)
    looks = doubts.to_look_at(12)
    right, wrong = (
        wrong_labels_ahead(doubts, {int(i): told for i in looks}, rng(), 50).found[0, 20] for told in (False, True)
    )
    assert right < 1.0
    assert wrong > 10.0


def test_items_that_no_model_can_judge_are_doubted_as_on_average() -> None:
    lone = drawn(41, classes=4)
    items = lone.take(range(40))
    labels = ("lonely", *items.labels[1:])
    found = Doubts.of(replace(items, labels=labels), LEARNER, 0)
    assert np.isfinite(found.logits).all()
    assert found.logits[0] == pytest.approx(found.logits[1:].mean())
