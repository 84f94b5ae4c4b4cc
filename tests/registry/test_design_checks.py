"""What a study asks beyond single arms: one planted mistake, one problem, on its line."""

from __future__ import annotations

import pytest
from test_recipe_checks import GOOD

from shisaku.errors import RecipeError
from shisaku.registry.load import parse_recipe

REAL, PAINT, PRIMARY = "{name: real}", "{name: paint, add: kept}", "primary: clean"
MONEY = "primary: clean\n    prices: {label: 2, made: 0.1, repair: 1}\n    budget: 10\n    label_noise: 0.2"
BUYS = "{name: real}\n      - {name: labels, buy: labels}"


def kpi(told: str) -> str:
    return f"{PRIMARY}\n    kpi: {{{told}}}"


MISTAKES = {
    "a ratio of nothing": ([(REAL, "{name: real, ratio: 2}")], 28, "takes ratio"),
    "alone with nothing": ([(REAL, "{name: real, alone: true}")], 28, "takes alone"),
    "the nearest of nothing": ([(REAL, "{name: real, nearest: 3}")], 28, "takes nearest"),
    "a loss of nothing": ([(REAL, "{name: real, loss: {robust: 0.5}}")], 28, "takes loss"),
    "a purchase of nothing": ([(PRIMARY, MONEY), (REAL, "{name: real, buy: made}")], 31, "takes buy"),
    "retrieval from one's own children": ([(PAINT, "{name: paint, add: kept, nearest: 3}")], 29, "another source"),
    "two ideas, one bought": ([(PRIMARY, MONEY), (PAINT, "{name: paint, add: kept, buy: labels}")], 32, "one idea"),
    "bought without money": ([(REAL, BUYS)], 29, "no budget or no price"),
    "bought without a price": (
        [(PRIMARY, "primary: clean\n    prices: {made: 1}\n    budget: 5"),
         (REAL, BUYS)], 31, "no budget or no price",
    ),
    "too little money": (
        [(PRIMARY, "primary: clean\n    prices: {label: 9}\n    budget: 5"),
         (REAL, BUYS)], 31, "does not buy one",
    ),
    "nothing to repair": (
        [(PRIMARY, "primary: clean\n    prices: {repair: 1}\n    budget: 5"),
         (REAL, "{name: real}\n      - {name: mended, buy: repairs}")], 31, "nothing to repair",
    ),
    "two sizes": (
        [(PRIMARY, MONEY), (PAINT, "{name: paint, add: kept, ratio: 2, buy: made}")], 32, "both say how many",
    ),
    "an unknown price": ([(PRIMARY, "primary: clean\n    prices: {pixel: 1}")], 26, "pixel"),
    "a view of nothing": ([(REAL, "{name: real, views: [sound]}")], 28, "no view sound"),
    "a view misspelt": (
        [(PRIMARY, "primary: clean\n    views: {caption: {op: toy.embed}}"), (REAL, "{name: real, views: [capton]}")],
        29, "did you mean caption",
    ),
    "the view of the feature again": (
        [(PRIMARY, "primary: clean\n    views: {feature: {op: toy.embed}}")], 26, "the name is taken",
    ),
    "nothing to spoil": ([("kind: resplit}", "kind: resplit, spoil: {sound: missing}}")], 22, "no view sound"),
    "a layer that is no arm": ([(PRIMARY, "primary: clean\n    layers: [real, pain]")], 26, "did you mean paint"),
    "a setting twice": ([(PRIMARY, "primary: clean\n    tune: {patience: [1, 2, 1]}")], 26, "tried twice"),
    "an unknown setting": ([(PRIMARY, "primary: clean\n    tune: {patient: [1, 2]}")], 26, "did you mean patience"),
    "a setting of another type": ([(PRIMARY, "primary: clean\n    tune: {patience: [1, x]}")], 26, "whole number"),
    "no setting at all": ([(PRIMARY, "primary: clean\n    tune: {patience: []}")], 26, "at least one"),
    "a confidence that is no Metric": (
        [(PAINT, "{name: paint, add: kept, loss: {confidence: {metric: toy.paint}}}")], 29, "not a Metric",
    ),
    "a confidence that does not exist": (
        [(PAINT, "{name: paint, add: kept, loss: {confidence: {metric: toy.copes}}}")], 29, "did you mean toy.copies",
    ),
    "a confidence that drops": (
        [(PAINT, "{name: paint, add: kept, loss: {confidence: {metric: toy.copies, top: 0.5}}}")], 29, "drops none",
    ),
    "soft labels of no real model": (
        [(PAINT, "{name: paint, add: kept, alone: true, loss: {soften: 0.5}}")], 29, "needs real training items",
    ),
    "a curriculum of one part": (
        [(PAINT, "{name: paint, add: kept, alone: true, loss: {curriculum: 0.5}}")], 29, "needs real training items",
    ),
    "alone where all are": ([
        (PRIMARY, "primary: photo\n    train: made"), ("      - {name: clean, kind: resplit}\n", ""),
        ("      - {name: clutter, kind: derived, stream: mixed}\n", ""), (REAL, "{name: by, add: kept, alone: true}"),
        ("{name: control, add: kept.random, random_keep: 0.5}", "{name: real, scores: {op: toy.embed}}"),
    ], 27, "no real ones to leave out"),
    "shares that are too many": (
        [(PRIMARY, kpi("prevalence: {cat: 0.7, dog: 0.7}"))], 26, "add up to 1.4",
    ),
    "a share above one": ([(PRIMARY, kpi("prevalence: {cat: 1.7}"))], 26, "at most 1"),
    "a negative cost": ([(PRIMARY, kpi("costs: {cat: {dog: -3}}"))], 26, "at least 0"),
    "a range that falls": ([(PRIMARY, kpi("costs: {cat: {dog: [3, 2]}}"))], 26, "range rises"),
    "nothing a year": ([(PRIMARY, kpi("positive: cat, items_per_year: 0"))], 26, "nothing can be earned"),
    "a review without a price": (
        [(PRIMARY, kpi("costs: {cat: {review: 1}, dog: {cat: 2}}"))], 26, "none for dog",
    ),
    "a class called review": ([(PRIMARY, kpi("costs: {review: {cat: 1}}, review: 1"))], 26, "not a class"),
    "invested without costs": ([(PRIMARY, kpi("investment: {labels: 100}"))], 26, "held against `costs`"),
    "an unknown expense": ([(PRIMARY, kpi("positive: cat, investment: {pens: 100}"))], 26, "pens"),
}  # fmt: skip
FINE = (
    [(PRIMARY, kpi("costs: {cat: {dog: [2, 3, 9]}, dog: {cat: [1, 2]}}, review: 1, prevalence: {cat: 0.1, dog: 0.9}"))],
    [(PAINT, "{name: paint, add: kept, ratio: 2, alone: true, loss: {robust: 0.7}}")],
    [(PAINT, "{name: paint, rows: scenes, nearest: 3}")],
    [(PAINT, "{name: paint, add: kept, loss: {soften: 0.5, confidence: {metric: toy.copies}}}")],
    [(PRIMARY, MONEY), (PAINT, "{name: paint, add: kept, buy: made}")],
    [(PRIMARY, MONEY), (PAINT, "{name: paint, buy: repairs}")],
    [(PRIMARY, "primary: clean\n    views: {caption: {op: toy.embed}}"), (REAL, "{name: real, views: [feature]}"),
     ("kind: resplit}", "kind: resplit, spoil: {caption: missing}}")],
    [(PRIMARY, "primary: clean\n    tune: {patience: [1, 2]}\n    layers: [real, paint]")],
)  # fmt: skip


def problems(changes: list[tuple[str, str]]) -> list[str]:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    try:
        parse_recipe(text)
    except RecipeError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_problem_on_its_line(name: str) -> None:
    changes, line, word = MISTAKES[name]
    (problem,) = problems(changes)
    assert problem.startswith(f"line {line}: "), problem
    assert word in problem


@pytest.mark.parametrize("changes", FINE)
def test_what_makes_sense_is_let_through(changes: list[tuple[str, str]]) -> None:
    assert problems(changes) == []
