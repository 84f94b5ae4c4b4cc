"""One planted mistake, one problem, on its line; several mistakes, several problems, at once."""

from __future__ import annotations

import time
from importlib.metadata import EntryPoint

import pytest

from shisaku.errors import MachineError, RecipeError
from shisaku.registry import doors
from shisaku.registry.check import check_recipe
from shisaku.registry.load import parse_recipe
from shisaku.registry.make import make_op
from shisaku.registry.schema import json_schema

GOOD = """\
name: good
data: {reader: toys, with: {path: here}}
select:
  task: {role: task}
  scenes: {role: scene}
  photo: {role: photo}
steps:
  - {name: painted, op: toy.paint, from: task, rounds: 2, with: {strength: 0.2}}
  - {name: mixed, op: toy.mix, from: task, pool: scenes}
  - {name: captioned, op: toy.caption, from: painted}
  - {name: sharp, op: toy.sharpness, from: [painted, mixed]}
  - {name: seen, op: toy.embed, from: [task, painted]}
  - {name: copies, op: toy.copies, from: seen, reference: seen}
keep:
  - {name: kept, of: painted, rules: [{metric: sharp, min: 0.5}]}
studies:
  - name: study
    label: class
    real: task
    feature: {op: toy.embed}
    domains:
      - {name: clean, kind: resplit}
      - {name: clutter, kind: derived, stream: mixed}
      - {name: photo, kind: external, stream: photo}
    primary: clean
    learner: {name: guess, patience: 2}
    arms:
      - {name: real}
      - {name: paint, add: kept}
      - {name: control, add: kept.random, random_keep: 0.5}
      - {name: gated, add: painted, keep: {metric: toy.copies, top: 0.5}}
    comparators: [real]
    contrasts: [paint]
"""
# What to replace, with what, the line it stands on, and a word of the problem.
MISTAKES = {
    "unknown key": ("rounds: 2", "rouds: 2", 8, "did you mean rounds"),
    "unknown op": ("op: toy.paint", "op: toy.pain", 8, "did you mean toy.paint"),
    "unknown parameter": ("strength: 0.2", "strenth: 0.2", 8, "did you mean strength"),
    "parameter of another type": ("strength: 0.2", "strength: much", 8, "must be a number"),
    "parameter out of range": ("strength: 0.2", "strength: 2", 8, "must be in [0, 1]"),
    "parameter not among the choices": ("strength: 0.2", "style: chalk", 8, "'ink' or 'oil'"),
    "item of a list parameter": ("strength: 0.2", "sizes: [1, x]", 8, "steps[0].with.sizes[1]"),
    "unknown stream": ("from: task, rounds", "from: taks, rounds", 8, "did you mean task"),
    "unknown pool": ("pool: scenes", "pool: scene", 9, "did you mean scenes"),
    "unknown reference": ("reference: seen", "reference: sen", 13, "did you mean seen"),
    "a pool where none is taken": ("from: task, rounds: 2", "from: task, pool: scenes", 8, "takes no pool"),
    "no pool where one is needed": (", pool: scenes", "", 9, "needs a pool"),
    "a reference where none is taken": ("from: painted}", "from: painted, reference: task}", 10, "no reference"),
    "no reference where one is needed": (", reference: seen", "", 13, "needs a reference"),
    "no reference for a plain Metric": ("[painted, mixed]}", "[painted, mixed], reference: task}", 11, "no reference"),
    "a Metric as a source": ("op: toy.caption, from: painted", "op: toy.caption, from: sharp", 10, "is a Metric"),
    "a Metric as data to keep": ("of: painted", "of: sharp", 15, "is a Metric"),
    "rounds of a view": ("op: toy.embed, from: [task, painted]", "op: toy.embed, from: task, rounds: 2", 12, "round"),
    "rounds of a Metric": ("[painted, mixed]}", "[painted, mixed], rounds: 2}", 11, "no rounds"),
    "an unknown key beside sample": ("rounds: 2", "sampel: {n: 3}", 8, "did you mean sample"),
    "an unknown key in sample": ("rounds: 2", "sample: {n: 3, buy: voice}", 8, "did you mean by"),
    "a sample of nothing": ("rounds: 2", "sample: {n: 0}", 8, "at least 1"),
    "a sample of nobody knows how many": ("rounds: 2", "sample: {by: voice}", 8, "missing"),
    "a sample that is a number": ("rounds: 2", "sample: 60", 8, "must be a mapping"),
    "a rule on a sample": ("[painted, mixed]}", "[painted, mixed], sample: {n: 9}}", 15, "needs a score of all"),
    "zero rounds": ("rounds: 2", "rounds: 0", 8, "at least 1"),
    "a name twice": ("name: captioned,", "name: painted,", 10, "taken"),
    "the name of the data": ("  photo: {role: photo}", "  photo: {role: photo}\n  data: {role: x}", 7, "taken"),
    "the name of a control": ("name: captioned,", "name: kept.random,", 15, "taken"),
    "no name": ("name: captioned, ", "", 10, "missing"),
    "a bad name": ("name: captioned,", "name: 'cap tioned',", 10, "begins with a letter"),
    "a rule without a limit": ("{metric: sharp, min: 0.5}", "{metric: sharp}", 15, "`min`, `top`"),
    "a rule out of range": ("min: 0.5", "min: 5", 15, "at most 1"),
    "a rule on no Metric": ("{metric: sharp,", "{metric: captioned,", 15, "needs a Metric"),
    "a rule on nothing": ("{metric: sharp,", "{metric: shrap,", 15, "did you mean sharp"),
    "a rule on what was not measured": ("[painted, mixed]", "[mixed]", 15, "does not measure painted"),
    "a rule that needs real samples": ("{metric: sharp,", "{metric: copies,", 15, "study later finds its test items"),
    "unknown reader": ("reader: toys", "reader: toy", 2, "There is no toy"),
    "unknown reader parameter": ("path: here", "pfad: here", 2, "There is no pfad"),
    "unknown policy": ("name: good\n", "name: good\npolicy: cloud\n", 2, "'on-prem'"),
    "negative seed": ("name: good\n", "name: good\nseed: -1\n", 2, "at least 0"),
    "unknown real stream": ("real: task", "real: tusk", 19, "did you mean task"),
    "unknown feature op": ("{op: toy.embed}", "{op: toy.embd}", 20, "did you mean toy.embed"),
    "a feature that is none": ("{op: toy.embed}", "{op: toy.caption}", 20, "does not write an embedding"),
    "a domain without a stream": (", stream: mixed", "", 23, "needs a stream"),
    "a stream that no domain takes": ("kind: resplit", "kind: resplit, stream: mixed", 22, "takes no stream"),
    "validation of a resplit domain": ("kind: resplit", "kind: resplit, validate: mixed", 22, "inside the training"),
    "speakers of what is resplit": ("kind: resplit", "kind: resplit, speakers: {part: voice}", 22, "external domain"),
    "unknown primary": ("primary: clean", "primary: clear", 25, "did you mean clean"),
    "unknown deploy": ("primary: clean", "primary: clean\n    deploy: [foto]", 26, "did you mean photo"),
    "unknown learner": ("name: guess", "name: guesser", 26, "did you mean guess"),
    "learner without a name": ("name: guess, ", "", 26, "needs a name"),
    "learner parameter": ("patience: 2", "patience: often", 26, "whole number"),
    "against for no contrast": (
        "contrasts: [paint]",
        "contrasts: [paint]\n    against: {gated: real}",
        34,
        "a contrast",
    ),
    "against nothing there": ("contrasts: [paint]", "contrasts: [paint]\n    against: {paint: rael}", 34, "mean real"),
    "against itself": ("contrasts: [paint]", "contrasts: [paint]\n    against: {paint: paint}", 34, "itself"),
    "a choice of nothing there": (
        "- {name: real}",
        "- {name: real}\n      - {name: best, choose: [pain]}",
        29,
        "paint",
    ),
    "a choice of choices": ("- {name: real}", "- {name: real}\n      - {name: best, choose: [best]}", 29, "chooses"),
    "a draw without made items": ("- {name: real}", "- {name: real, draw: {by: voice, n: 1}}", 28, "draw"),
    "a planted fault without made items": ("- {name: real}", "- {name: real, plant: 0.4}", 28, "plant"),
    "target of an op that embeds nothing": ("learner: {", "target: {op: toy.paint}\n    learner: {", 26, "embedding"),
    "unknown comparator": ("comparators: [real]", "comparators: [reel]", 32, "did you mean real"),
    "unknown contrast": ("contrasts: [paint]", "contrasts: [pain]", 33, "did you mean paint"),
    "comparator as contrast": ("contrasts: [paint]", "contrasts: [real]", 33, "also a comparator"),
    "an arm of two ideas": ("{name: paint, add: kept}", "{name: paint, add: kept, oversample: 2}", 29, "one idea"),
    "weights of nothing": ("{name: real}", "{name: real, weights: [0.5]}", 28, "takes weights"),
    "weight zero": ("{name: paint, add: kept}", "{name: paint, add: kept, weights: [0.0]}", 29, "greater than 0"),
    "share out of range": ("random_keep: 0.5", "random_keep: 1.5", 30, "at most 1"),
    "gate that is no Metric": ("metric: toy.copies", "metric: toy.paint", 31, "not a Metric"),
    "gate that does not exist": ("metric: toy.copies", "metric: toy.copy", 31, "did you mean toy.copies"),
    "test share": ("primary: clean", "primary: clean\n    test_share: 1.0", 26, "less than 1"),
    "splits": ("primary: clean", "primary: clean\n    splits: 0", 26, "at least 2"),
    "shots": ("primary: clean", "primary: clean\n    shots: [5, -1]", 26, "at least 0"),
    "alpha": ("primary: clean", "primary: clean\n    alpha: 0", 26, "greater than 0"),
    "nothing where a mapping is": (
        "feature: {op: toy.embed}",
        "feature:",
        20,
        "must be a mapping (`key: value`) (got nothing)",
    ),
}


def _problems(text: str) -> list[str]:
    try:
        parse_recipe(text)
    except RecipeError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_the_good_recipe_is_good() -> None:
    assert _problems(GOOD) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_problem_on_its_line(name: str) -> None:
    old, new, line, word = MISTAKES[name]
    assert GOOD.count(old) == 1
    (problem,) = _problems(GOOD.replace(old, new))
    assert problem.startswith(f"line {line}: ")
    assert word in problem


def test_many_mistakes_are_told_at_once() -> None:
    chosen = [
        "unknown key",
        "unknown parameter",
        "no pool where one is needed",
        "unknown primary",
        "unknown reader",
        "weight zero",
        "share out of range",
        "a rule that needs real samples",
    ]
    text = GOOD
    for name in chosen:
        old, new, _, _ = MISTAKES[name]
        text = text.replace(old, new)
    problems = _problems(text)
    assert len(problems) == len(chosen)
    for name in chosen:
        assert any(MISTAKES[name][3] in problem for problem in problems), name


def test_missing_top_level_keys_do_not_hide_the_rest() -> None:
    problems = _problems("steps:\n  - {name: a, op: toy.pain, from: data}\n")
    assert len(problems) == 3
    assert [problem.split(": ")[1] for problem in problems] == ["name", "data", "steps[0].op"]


def test_a_step_that_cannot_be_read_is_not_called_unknown() -> None:
    text = GOOD.replace(
        "{name: painted, op: toy.paint, from: task, rounds: 2, with: {strength: 0.2}}", "{name: painted}"
    )
    assert [p.split(": ")[1] for p in _problems(text)] == ["steps[0].op", "steps[0].from"]


def test_later_entries_keep_their_places_when_an_earlier_one_is_broken() -> None:
    text = "name: a\ndata: {reader: toys}\nsteps:\n  - 5\n  - {name: b, op: toy.pain, from: data}\n"
    assert [p.split(": ")[1] for p in _problems(text)] == ["steps[0]", "steps[1].op"]


@pytest.mark.parametrize(
    "steps",
    [
        "[{name: a, op: toy.paint, from: b}, {name: b, op: toy.paint, from: a}]",
        "[{name: a, op: toy.paint, from: a}]",
        "[{name: a, op: toy.paint, from: k.random}, {name: m, op: toy.sharpness, from: a}]\n"
        "keep: [{name: k, of: a, rules: [{metric: m, top: 0.5}]}]",
    ],
)
def test_a_circle_is_found_and_named(steps: str) -> None:
    (problem,) = _problems(f"name: x\ndata: {{reader: toys}}\nsteps: {steps}\n")
    assert "wait for each other" in problem
    assert " <- " in problem


def test_test_items_in_a_pool_of_training_material_are_refused() -> None:
    """Law 8, where it can be seen before the data are."""
    text = GOOD.replace("{name: paint, add: kept}", "{name: paint, add: mixed}")
    assert _problems(text) == []
    for pool in ("photo", "task", "data", "painted"):
        assert [("on which a study tests" in p) for p in _problems(text.replace("pool: scenes", f"pool: {pool}"))] == (
            [] if pool == "painted" else [True] if pool != "data" else [True, True]
        )


def test_a_selection_by_more_facts_is_part_of_one_by_fewer() -> None:
    text = GOOD.replace("{name: paint, add: kept}", "{name: paint, add: mixed}").replace("pool: scenes", "pool: some")
    inside = text.replace("  task: {role: task}", "  task: {role: task}\n  some: {role: task, half: a}")
    assert any("on which a study tests" in problem for problem in _problems(inside))
    beside = text.replace("  task: {role: task}", "  task: {role: task}\n  some: {role: scene, half: a}")
    assert _problems(beside) == []


def test_long_chains_and_many_ways_are_checked_in_seconds() -> None:
    lines = ["name: long", "data: {reader: toys}", "steps:", "  - {name: v0, op: toy.caption, from: data}"]
    lines += [f"  - {{name: v{i}, op: toy.caption, from: [v{i - 1}, v{max(i - 2, 0)}]}}" for i in range(2, 990)]
    lines.insert(4, "  - {name: v1, op: toy.caption, from: v0}")
    lines += ["  - {name: m, op: toy.sharpness, from: v0}", "keep:"]
    lines += ["  - {name: k, of: v989, rules: [{metric: m, top: 0.5}]}"]
    began = time.perf_counter()
    assert [p for p in _problems("\n".join(lines)) if "twice" not in p] == []
    assert time.perf_counter() - began < 20


def test_a_study_may_not_look_through_a_stream_that_is_a_metric() -> None:
    assert any("is a Metric" in p for p in _problems(GOOD.replace("add: kept}", "add: sharp}")))


def test_parts_are_followed_from_the_data_through_the_steps() -> None:
    recipe = parse_recipe(GOOD)
    check_recipe(recipe, {"image": "image"})
    with pytest.raises(RecipeError) as caught:
        check_recipe(recipe, {"image": "audio"})
    told = [str(problem) for problem in caught.value.problems]
    assert told[0].startswith("line 8: steps[0].from[0]: toy.paint reads image as image, but in task it is audio")
    with pytest.raises(RecipeError, match="which task does not have"):
        check_recipe(recipe, {"caption": "text"})


def test_what_a_step_writes_is_known_before_the_data_are_read() -> None:
    text = "name: a\ndata: {reader: toys}\nsteps:\n  - {name: c, op: toy.caption, from: data}\n"
    text += "  - {name: p, op: toy.paint, from: c, with: {image: caption}}\n"
    (problem,) = _problems(text)
    assert problem == "line 5: steps[1].from[0]: toy.paint reads caption as image, but in c it is text"


def test_a_rule_is_not_fooled_by_a_view_of_some() -> None:
    """The captions of a sample are not those of all: what measures them does not measure `painted`."""
    through = GOOD.replace("op: toy.sharpness, from: [painted, mixed]", "op: toy.sharpness, from: [captioned, mixed]")
    assert _problems(through) == []
    (problem,) = _problems(through.replace("from: painted}", "from: painted, sample: {n: 9, by: class}}"))
    assert "sharp does not measure painted" in problem
    of_some = through.replace("from: painted}", "from: painted, sample: {n: 9, by: class}}").replace(
        "of: painted, rules", "of: captioned, rules"
    )
    assert _problems(of_some) == []


def test_make_op_says_everything_at_once_and_where() -> None:
    with pytest.raises(RecipeError) as caught:
        make_op("toy.paint", {"strength": "x", "stile": "ink", "sizes": 3}, line=12)
    assert [problem.line for problem in caught.value.problems] == [12, 12, 12]
    op = make_op("toy.paint", {"strength": 1, "sizes": [3], "texts": {"a": "b"}})
    assert op.params() == {"image": "image", "strength": 1.0, "style": "ink", "sizes": (3,), "texts": {"a": "b"}}


def test_an_op_that_does_not_load_is_the_machines_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"toy.lost": EntryPoint("toy.lost", "nowhere_at_all:Lost", doors.OPS)}
    monkeypatch.setattr(doors, "_found", lambda group: found)
    with pytest.raises(MachineError, match="does not load"):
        make_op("toy.lost", {})


def test_the_json_schema_knows_the_yaml_names() -> None:
    import jsonschema
    import yaml

    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(GOOD), schema)
    for some in ("{n: 60}", "{n: 60, by: voice}", "{n: 60, by: [voice, class]}"):
        jsonschema.validate(yaml.safe_load(GOOD.replace("rounds: 2", f"sample: {some}")), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(GOOD.replace("rounds: 2", "rouds: 2")), schema)
