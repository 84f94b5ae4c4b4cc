"""One comparator per number of shots, the best on validation over all splits."""

from __future__ import annotations

from shisaku.lab.comparator import agree, favourites
from shisaku.lab.trial import Trial


def trial(split: int, shots: int, **validation: float) -> Trial:
    return Trial(split, shots, max(validation, key=validation.__getitem__), (), {}, 10, (), validation, {})


def test_a_weak_system_that_wins_a_split_by_luck_is_not_the_comparator_there() -> None:
    trials = [trial(0, 5, real=0.50, zero_shot=0.24), trial(1, 5, real=0.30, zero_shot=0.31)]
    assert [one.comparator for one in agree(trials)] == ["real", "real"]
    assert favourites(trials) == {"real": 1, "zero_shot": 1}


def test_every_number_of_shots_has_its_own() -> None:
    trials = [trial(0, 5, real=0.2, zero_shot=0.4), trial(0, 10, real=0.6, zero_shot=0.4)]
    assert [one.comparator for one in agree(trials)] == ["zero_shot", "real"]


def test_ties_go_to_the_one_declared_first_and_unknown_scores_count_for_nothing() -> None:
    assert agree([trial(0, 0, b=0.5, a=0.5)])[0].comparator == "b"
    assert agree([trial(0, 0, real=0.1, cascade=float("nan"))])[0].comparator == "real"
