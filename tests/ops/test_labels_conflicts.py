"""Copies that bear different labels."""

from __future__ import annotations

import numpy as np
from ops_material import clustered, vector_part

from shisaku.core.sample import Sample
from shisaku.ops.dataset.label_conflicts import LabelConflicts


def sample(name: str, seed: int, label: str, tremble: float = 0.0) -> Sample:
    row = clustered(seed, seed) * (1 + tremble * np.random.default_rng(hash(name) % 100).normal(size=24))
    return Sample(name, {"features": vector_part(row)}, {"class": label})


def test_of_two_both_are_called_of_three_the_minority() -> None:
    pair = [sample("a1", 1, "cat"), sample("a2", 1, "dog")]
    three = [sample("b1", 2, "cat"), sample("b2", 2, "cat", 1e-3), sample("b3", 2, "dog", 1e-3)]
    alone = [sample("c1", 3, "cat"), sample("d1", 4, "cat"), sample("d2", 4, "cat")]
    op = LabelConflicts()
    scores = {score.sample: score for score in op.scores(op.measure([*pair, *three, *alone]))}
    assert {name for name, score in scores.items() if score.issue} == {"a1", "a2", "b3"}
    assert scores["b3"].group == scores["b1"].group == "b1"
    assert scores["c1"].group == scores["d1"].group == ""
    reason = scores["b3"].reason
    assert reason is not None
    assert reason.values["suggested"] == "cat"
    (finding,) = op.findings(op.measure([*pair, *three, *alone]))
    assert (finding.value, finding.n, finding.weight) == (2 / 3, 3, "warn")


def test_nothing_to_compare_is_no_finding() -> None:
    op = LabelConflicts()
    assert op.findings({}) == []
    assert op.scores({}) == []
    assert op.findings(op.measure([sample("a", 1, "cat"), sample("b", 2, "dog")])) == []
