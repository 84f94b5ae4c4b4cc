"""The recipe's graph: who makes what, how far from the data."""

from __future__ import annotations

from shisaku.report.graph import Graph

RECIPE = {
    "steps": [
        {"name": "made", "op": "image.composite", "from": "task"},
        {"name": "said", "op": "audio.speak", "from": ["made"]},
        {"name": "round", "op": "x", "from": ["circle"]},
        {"name": "circle", "op": "x", "from": ["round"]},
    ],
    "keep": [{"name": "good", "of": "made", "rules": []}],
}


def test_makers_reach_through_keep_rules() -> None:
    graph = Graph.of(RECIPE)
    assert graph.maker("good") == "image.composite"
    assert graph.maker("task") == ""
    assert graph.kept("good")
    assert graph.kept("good.random")
    assert not graph.kept("made")


def test_depth_counts_steps_not_keep_rules_and_ends_in_a_circle() -> None:
    graph = Graph.of(RECIPE)
    assert [graph.depth(s) for s in ("task", "made", "good", "said")] == [0, 1, 1, 2]
    assert graph.depth("round") == 2


def test_damaged_recipes_have_no_graph() -> None:
    assert Graph.of({"steps": "none", "keep": [3]}).nodes == {}
