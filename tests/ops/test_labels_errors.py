"""Wrong labels: what cleanlab says on out-of-fold probabilities, no entity in two folds, and never a crash."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from ops_material import clustered, vector_part

from shisaku.core.sample import Sample
from shisaku.lab.label_quality import label_quality
from shisaku.learn.out_of_fold import out_of_fold
from shisaku.ops.dataset.judged import judged, table
from shisaku.ops.dataset.label_errors import LabelErrors
from shisaku.stats.label_errors import error_share, label_errors


def sample(i: int, label: str, centre: int, group: str = "") -> Sample:
    return Sample(f"s{i:03d}", {"features": vector_part(clustered(centre, i))}, {"class": label}, group)


def blobs(n: int = 120, wrong: Sequence[int] = (), classes: int = 3) -> list[Sample]:
    return [sample(i, f"c{(i + (i in wrong)) % classes}", i % classes) for i in range(n)]


def test_wrong_labels_are_called_and_the_right_one_is_suggested() -> None:
    wrong = {5, 30, 61, 77}
    op = LabelErrors()
    state = op.measure(blobs(wrong=tuple(wrong)))
    scores = op.scores(state)
    assert {score.sample for score in scores if score.issue} == {f"s{i:03d}" for i in wrong}
    told = next(score.reason for score in scores if score.sample == "s005")
    assert told is not None
    assert (told.values["given"], told.values["suggested"]) == ("c0", "c2")
    finding = op.findings(state)[0]
    assert finding.low is not None
    assert finding.high is not None
    assert finding.low <= 4 / 120 <= finding.high
    assert set(finding.samples) == {f"s{i:03d}" for i in wrong}


def test_it_calls_what_cleanlab_calls_on_the_same_probabilities() -> None:
    from cleanlab.filter import find_label_issues

    op = LabelErrors()
    state = op.measure(blobs(wrong=tuple(range(0, 120, 7))))
    data = table(state)
    models = judged(data, op.folds, op.repeats, op.least, op.seed)
    direct = find_label_issues(models.codes, models.probabilities, n_jobs=1)
    called = [bool(score.issue) for score in op.scores(state)]
    assert called == direct.tolist()
    assert sum(called) >= 17


def test_the_estimated_share_is_that_of_the_calibrated_confident_joint() -> None:
    from cleanlab.count import compute_confident_joint

    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, 800)
    chances = rng.dirichlet(np.ones(4) * 0.4, 800)
    chances[np.arange(800), codes] += 0.5
    chances /= chances.sum(1, keepdims=True)
    joint = compute_confident_joint(codes, chances, calibrate=True)
    share = error_share(codes, chances, np.arange(800), draws=50)
    assert share.share == pytest.approx(1 - np.trace(joint) / joint.sum(), abs=0.005)
    assert share.low < share.share < share.high


@pytest.mark.parametrize(("n", "rate"), [(60, 0.0), (60, 0.01), (200, 0.02)])
def test_the_interval_holds_the_rate_of_a_world_whose_models_know_the_truth(n: int, rate: float) -> None:
    held = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        truth = np.arange(n) % 3
        codes = np.where(rng.random(n) < rate, (truth + 1) % 3, truth)
        chances = np.full((n, 3), 0.01)
        chances[np.arange(n), truth] = 0.98
        share = error_share(codes, chances, np.arange(n), draws=100)
        held += share.low <= rate <= share.high
        assert share.high > share.low
    assert held >= 93


def test_no_wrong_label_among_copies_shows_no_more_than_among_the_things_copied() -> None:
    codes = np.repeat(np.arange(40) % 2, 5)
    chances = np.eye(2)[codes] * 0.98 + 0.01
    assert error_share(codes, chances, np.arange(40).repeat(5)).high == pytest.approx(1 - 0.025 ** (1 / 40))


def test_no_entity_and_no_copy_is_judged_by_a_model_that_saw_it() -> None:
    # Every entity bears one random label on one point of its own: a model that saw a twin would know the label.
    rng = np.random.default_rng(1)
    points = rng.normal(size=(60, 24))
    labels = [str(k) for k in rng.integers(0, 2, 60)]
    rows = np.repeat(points, 2, axis=0)
    twice = [label for label in labels for _ in range(2)]
    apart = [f"g{i}" for i in range(120)]  # copies that say nothing of each other
    for groups in ([f"g{i // 2}" for i in range(120)], apart):
        found = out_of_fold(rows, twice, groups)
        assert found.recalls.mean() < 0.75
        assert not found.tells_apart


def test_copies_of_one_thing_are_one_unit() -> None:
    rows = np.vstack([clustered(0, 1), clustered(0, 1), clustered(1, 2), clustered(1, 3), clustered(0, 4)])
    found = out_of_fold(rows, ["a", "a", "b", "b", "a"], list("vwxyz"), least=2)
    assert found.units[0] == found.units[1]
    assert len(set(found.units.tolist())) == 4


def test_where_features_say_nothing_no_label_is_called_wrong() -> None:
    rng = np.random.default_rng(0)
    noise = [
        Sample(f"s{i:03d}", {"features": vector_part(rng.normal(size=24))}, {"class": f"c{i % 3}"}) for i in range(90)
    ]
    op = LabelErrors()
    state = op.measure(noise)
    assert len(op.scores(state)) == 90
    assert not any(score.issue for score in op.scores(state))
    assert "no better than chance" in str(op.findings(state)[0].what)


@pytest.mark.parametrize(
    "samples",
    [
        [],
        [sample(0, "a", 0)],
        [sample(0, "a", 0), sample(1, "b", 1)],
        [sample(i, "a", 0) for i in range(20)],
        [sample(i, f"c{i}", i) for i in range(20)],
        [sample(i, f"c{i % 2}", 0, "same entity") for i in range(20)],
        [Sample("s", {"features": vector_part([np.nan, 1.0])}, {"class": "a"})] * 2,
        [Sample(f"s{i}", {"features": vector_part([1.0])}, {}) for i in range(5)],
        [Sample(f"s{i}", {"features": vector_part(np.zeros(3))}, {"class": f"c{i % 2}"}) for i in range(20)],
    ],
)
def test_too_little_is_said_and_never_a_crash(samples: list[Sample]) -> None:
    op = LabelErrors()
    state = op.measure(samples)
    assert not any(score.issue for score in op.scores(state))
    for finding in op.findings(state):
        assert str(finding.what)


def test_a_class_with_too_few_is_left_out_and_said() -> None:
    op = LabelErrors()
    state = op.measure([*blobs(), sample(500, "rare", 9), sample(501, "rare", 9)])
    assert len(op.scores(state)) == 120
    said = {finding.name: finding for finding in op.findings(state)}
    assert said["label_errors_not_judged"].table == ({"class": "rare", "samples": 2},)


def test_features_of_another_length_are_left_out() -> None:
    odd = Sample("odd", {"features": vector_part([1.0, 2.0])}, {"class": "c0"})
    op = LabelErrors()
    assert op.scores(op.measure([*blobs(), odd])) == op.scores(op.measure(blobs()))


def test_label_quality_is_an_estimate_or_none() -> None:
    samples = blobs(wrong=(3, 9, 27, 50, 66, 90))
    data = table(LabelErrors().measure(samples))
    found = label_quality(data.rows, data.labels, data.entities)
    assert found.share is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 0.05 <= found.high
    assert found.n == 120
    assert label_quality(data.rows[:3], data.labels[:3], data.entities[:3]).share is None


def test_a_label_is_quality_zero_where_its_probability_is_zero() -> None:
    wrong, quality = label_errors(np.array([0, 1, 0, 1]), np.array([[1, 0], [0, 1], [0, 1], [0.1, 0.9]], float))
    assert quality.tolist() == [1.0, 1.0, 0.0, 0.9]
    assert wrong.tolist() == [False, False, True, False]
