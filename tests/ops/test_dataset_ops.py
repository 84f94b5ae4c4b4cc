"""Metrics that compare with real samples: planted copies and planted wrong labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ops_material import auc, clustered, reference, vector_part

from shisaku.core.sample import Sample
from shisaku.errors import DataError, RecipeError
from shisaku.ops.dataset.crossfit import CrossFit
from shisaku.ops.dataset.label_agreement import LabelAgreement
from shisaku.ops.dataset.near_copy import NearCopy
from shisaku.ops.dataset.reference import read_reference

CLASSES, PER_CLASS = 5, 8


def real(noise: float = 1.0) -> list[Sample]:
    found = []
    for i in range(CLASSES * PER_CLASS):
        label = i % CLASSES
        centre = np.random.default_rng(label).normal(size=64)
        row = centre + noise * np.random.default_rng(500 + i).normal(size=64)
        found.append(Sample(f"r{i:03}", {"features": vector_part(row)}, {"class": f"c{label}"}, group=f"g{i:03}"))
    return found


def children(parents: list[Sample], noise: float) -> list[Sample]:
    rng = np.random.default_rng(3)
    made = []
    for parent in parents:
        row = np.frombuffer(parent.parts["features"].data, "<f4") + noise * rng.normal(size=64)
        made.append(parent.child("toy", parts={"features": vector_part(row)}))
    return made


def values(op: LabelAgreement | NearCopy, batch: list[Sample], against: list[Sample]) -> dict[str, float]:
    return {score.sample: score.value for score in op.scores(op.measure(batch, against))}


def test_planted_wrong_labels_score_low() -> None:
    """40 % of the labels permuted; below an AUC of 0.9 on such separable data the gate would be broken."""
    parents, rng = real(), np.random.default_rng(0)
    made = children(parents, 0.5)
    wrong = rng.random(len(made)) < 0.4
    shifts = rng.integers(1, CLASSES, len(made))
    other = [f"c{(int(child.labels['class'][1]) + shift) % CLASSES}" for child, shift in zip(made, shifts, strict=True)]
    planted = [
        replace(child, labels={"class": label}) if bad else child
        for child, label, bad in zip(made, other, wrong, strict=True)
    ]
    found = values(LabelAgreement(), planted, parents)
    bad = [found[s.id] for s, w in zip(planted, wrong, strict=True) if w]
    good = [found[s.id] for s, w in zip(planted, wrong, strict=True) if not w]
    assert auc(bad, good) > 0.9


def test_no_model_has_seen_the_parent_it_judges() -> None:
    """A parent with a wrong label would teach it to a model that had seen it; its child must still score low."""
    parents = real(noise=0.3)
    parents[0] = replace(parents[0], labels={"class": "c3"})  # it looks like c0
    child = children(parents[:1], 0.01)[0]
    assert values(LabelAgreement(), [child], parents)[child.id] < 0.2


def test_cross_fit_leaves_out_every_parent() -> None:
    parents = real()
    fit = CrossFit(read_reference(parents, "features", "toy"), [p.labels["class"] for p in parents], "logistic", 4)
    mixed = parents[0].child("mix", parts={}, also_from=("r001", "r002"))
    fit.model_for(mixed)
    (out,) = fit._models
    assert {fit._part["g000"], fit._part["g001"], fit._part["g002"]} == set(out)


def test_cross_fit_parts_hold_every_label_and_no_entity_twice() -> None:
    parents = real()
    fit = CrossFit(read_reference(parents, "features", "toy"), [p.labels["class"] for p in parents], "logistic", 4)
    for part in range(4):
        assert {p.labels["class"] for p in parents if fit._part[p.entity] == part} == {f"c{k}" for k in range(CLASSES)}


def test_a_label_that_no_other_real_sample_has_gets_no_score() -> None:
    stranger = replace(children(real()[:1], 0.1)[0], labels={"class": "never seen"})
    assert values(LabelAgreement(), [stranger], real()) == {}


def test_label_agreement_says_what_it_lacks() -> None:
    with pytest.raises(RecipeError, match="needs a reference"):
        LabelAgreement().measure(real(), [])
    with pytest.raises(DataError, match="nothing to tell apart"):
        LabelAgreement().measure(real(), real()[::CLASSES])
    two = [replace(s, labels={**s.labels, "size": "big"}) for s in real()]
    with pytest.raises(DataError, match="parameter `label`"):
        LabelAgreement().measure(real(), two)
    assert values(LabelAgreement(label="class"), two[:3], two)


def test_planted_copies_are_found_and_others_are_not() -> None:
    parents = real()
    copies = [replace(s, id=f"copy-{s.id}", group="") for s in parents[:10]]
    rows = [np.frombuffer(s.parts["features"].data, "<f4") for s in parents[10:20]]
    near = [Sample(f"near{i}", {"features": vector_part(1.3 * row)}) for i, row in enumerate(rows)]
    fresh = [Sample(f"new{i}", {"features": vector_part(clustered(90 + i, i, 64))}) for i in range(10)]
    scores = {s.sample: s for s in NearCopy().scores(NearCopy().measure([*copies, *near, *fresh], parents))}
    assert all(scores[s.id].issue and scores[s.id].raw > 0.999 for s in (*copies, *near))
    assert not any(scores[s.id].issue for s in fresh)


def test_detection_limit_of_near_copy_in_feature_noise() -> None:
    """Noise of 10 % of the features' spread is found surely, as strong as the features mostly not."""
    parents = real()
    share = {}
    for noise in (0.1, 1.5):
        made = [replace(s, id=f"x{s.id}", parents=(), group="") for s in children(parents, noise)]
        share[noise] = np.mean([s.issue for s in NearCopy().scores(NearCopy().measure(made, parents))])
    assert share[0.1] > 0.95
    assert share[1.5] < 0.05


def test_a_child_may_be_near_its_own_parent() -> None:
    parents = real()
    child = children(parents[:1], 0.0)[0]
    assert NearCopy().measure([child], parents)[child.id][1] != parents[0].id
    assert NearCopy().measure([child], parents[:1])[child.id] == [0.0, ""]


def test_near_copy_names_the_nearest() -> None:
    found = NearCopy().measure([replace(reference()[7], id="copy")], reference())
    assert found["copy"][1] == "s7"


def test_a_reference_without_features_is_an_error() -> None:
    with pytest.raises(DataError, match="no part named features"):
        NearCopy().measure(real(), [Sample("bare")])
    short = Sample("short", {"features": vector_part([1.0, 2.0])})
    with pytest.raises(DataError, match="differ in length"):
        NearCopy().measure(real(), [*real(), short])
    assert NearCopy().measure([short], real()) == {}
