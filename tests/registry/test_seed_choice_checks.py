"""A rule that is led by labels or a student may choose seeds only where no study that uses them tests."""

from __future__ import annotations

import pytest

from shisaku.errors import RecipeError
from shisaku.registry.dump import dump_recipe, without_lines
from shisaku.registry.load import parse_recipe

RECIPE = """\
name: seeds
data: {{reader: toys}}
select:
  pool: {{split: train}}
  tests: {{split: test}}
  some: {{role: scene}}
  wrong: {{split: train, wrong_in: runs/first, study: few}}
steps:
  - {{name: seen, op: toy.embed, from: {pool}}}
  - {{name: copies, op: toy.copies, from: seen, reference: {reference}}}
  - {{name: children, op: toy.paint, from: hard}}
  - {{name: dice, op: toy.paint, from: hard.random}}
  - {{name: others, op: toy.paint, from: pool}}
keep:
  - {{name: hard, of: seen, rules: [{{metric: copies, bottom: 0.3}}]}}
studies:
  - name: study
    label: class
    real: pool
    feature: {{op: toy.embed}}
    domains: [{domain}]
    primary: place
    learner: {{name: guess}}
    arms: [{{name: real}}, {{name: more, add: {add}}}]
    contrasts: [more]
"""
EXTERNAL = "{name: place, kind: external, stream: tests}"
RESPLIT = "{name: place, kind: resplit}"


def problems(**changes: str) -> list[str]:
    said = {"pool": "pool", "reference": "pool", "domain": EXTERNAL, "add": "children", **changes}
    try:
        parse_recipe(RECIPE.format(**said))
    except RecipeError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("add", ["children", "dice"])
def test_seeds_are_chosen_where_nothing_is_tested(add: str) -> None:
    assert problems(add=add) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"domain": RESPLIT},
        {"domain": "{name: place, kind: derived, stream: others}"},
        {"pool": "data"},
        {"pool": "tests"},
        {"reference": "tests"},
        {"reference": "data"},
        {"pool": "some"},
        {"domain": "{name: place, kind: external, stream: tests, validate: pool}"},
    ],
    ids=str,
)
def test_seeds_chosen_by_test_items_are_refused_and_the_right_ways_are_told(changes: dict[str, str]) -> None:
    (told,) = problems(**changes)
    assert "among which a study later finds its test items" in told
    assert "gate inside a study arm" in told
    assert "selection whose facts set it apart" in told


def test_a_study_that_does_not_use_the_seeds_may_test_where_they_were_chosen() -> None:
    assert problems(domain=RESPLIT, add="others") == []
    assert problems(domain=RESPLIT, add="others", pool="data") != [], "nothing would be left to test on"


def test_a_run_and_its_study_are_no_facts_that_set_apart() -> None:
    text = RECIPE.format(pool="wrong", reference="wrong", domain=EXTERNAL, add="children")
    assert problems(pool="wrong", reference="wrong") == []
    other = text.replace("tests: {split: test}", "tests: {wrong_in: runs/first, study: other}")
    with pytest.raises(RecipeError, match="1 problem"):
        parse_recipe(other)


def test_a_selection_by_a_run_names_its_study() -> None:
    text = RECIPE.format(pool="pool", reference="pool", domain=EXTERNAL, add="children")
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text.replace(", study: few", ""))
    (told,) = caught.value.problems
    assert str(told).startswith("line 7: select.wrong: ")
    assert "name of its study" in str(told)


@pytest.mark.parametrize(
    ("gate", "word"),
    [("{metric: toy.copies}", "`top` or `bottom`"), ("{metric: toy.copies, top: 0.5, bottom: 0.5}", "one of the two")],
)
def test_a_gate_takes_one_end(gate: str, word: str) -> None:
    (told,) = problems(domain=RESPLIT, add=f"others, keep: {gate}")
    assert word in told


def test_rules_for_the_worst_are_written_as_they_are_read() -> None:
    text = RECIPE.format(
        pool="pool",
        reference="pool",
        domain=EXTERNAL,
        add="others, keep: {metric: toy.copies, bottom: 0.25}",
    ).replace("bottom: 0.3", "max: 0.5, bottom: 0.3")
    recipe = parse_recipe(text)
    assert (recipe.keep[0].rules[0].maximum, recipe.keep[0].rules[0].bottom) == (0.5, 0.3)
    assert without_lines(parse_recipe(dump_recipe(recipe))) == without_lines(recipe)
