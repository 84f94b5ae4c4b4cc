"""What a student gets wrong unseen: planted faults, real seeds only, nobody judged by a student that saw him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from ops_material import clustered, vector_part

from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.errors import RecipeError
from shisaku.ops.dataset.student_errors import StudentErrors

STUDENT = {"name": "logistic", "C": 30.0}
OP = StudentErrors(student=STUDENT, repeats=1)


def sample(i: int, label: int, features: np.ndarray, group: str = "") -> Sample:
    return Sample(f"s{i:04d}", {"features": vector_part(features)}, {"class": f"c{label}"}, group)


def blobs(n: int = 90) -> list[Sample]:
    return [sample(i, i % 3, clustered(i % 3, i)) for i in range(n)]


def scored(op: StudentErrors, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> dict[str, Score]:
    return {score.sample: score for score in op.scores(op.measure(batch, reference))}


def digits(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    held = load_digits()
    rows = np.random.default_rng(seed).permutation(len(held.target))[:n]
    return held.data[rows] / 16, held.target[rows]


def blended(strength: float, n: int = 500) -> tuple[list[Sample], set[str]]:
    """Digits of which a tenth is blended with one of another class; the labels stay."""
    pixels, labels = digits(n, 0)
    rng = np.random.default_rng(1)
    hard = rng.permutation(n)[: n // 10]
    mixed = pixels.copy()
    for i in hard:
        other = pixels[rng.choice(np.flatnonzero(labels != labels[i]))]
        mixed[i] = (1 - strength) * pixels[i] + strength * other
    return [sample(i, int(labels[i]), mixed[i]) for i in range(n)], {f"s{i:04d}" for i in hard}


@pytest.mark.parametrize(
    ("strength", "least", "most"),
    [(0.2, 0.0, 0.3), (0.35, 0.1, 0.45), (0.45, 0.25, 0.6), (0.5, 0.35, 0.75), (0.6, 0.6, 1)],
)
def test_planted_hard_digits_are_got_wrong_the_more_the_harder_they_are(
    strength: float, least: float, most: float
) -> None:
    batch, hard = blended(strength)
    found = scored(OP, batch)
    wrong = {name for name, score in found.items() if score.issue}
    assert least <= len(wrong & hard) / len(hard) <= most
    assert len(wrong - hard) / (len(batch) - len(hard)) < 0.1
    easy = np.mean([score.value for name, score in found.items() if name not in hard])
    assert np.mean([found[name].value for name in hard]) < easy


def test_wrong_labels_are_the_hardest_of_all() -> None:
    pixels, labels = digits(500, 2)
    batch = [sample(i, int(labels[i] + (i % 20 == 0)) % 10, pixels[i]) for i in range(500)]
    found = scored(OP, batch)
    assert sum(bool(found[f"s{i:04d}"].issue) for i in range(0, 500, 20)) >= 24


def test_below_one_half_is_exactly_what_is_wrong() -> None:
    batch, _ = blended(0.45, 300)
    found = scored(OP, batch).values()
    assert {score.issue for score in found} == {True, False}
    assert all((score.value < 0.5) == score.issue for score in found)
    assert all((score.reason is not None) == score.issue for score in found)


def test_order_and_other_runs_change_nothing() -> None:
    batch = blobs()
    halves = OP.merge(OP.measure(batch[50:]), OP.measure(batch[:50]))
    assert OP.scores(OP.measure(batch)) == OP.scores(OP.measure(batch[::-1])) == OP.scores(halves)


def test_nobody_is_judged_by_a_student_that_saw_his_group() -> None:
    # Every entity bears a label by chance on a point of its own: who saw a twin would know the label.
    rng = np.random.default_rng(0)
    points, labels = rng.normal(size=(60, 120)), rng.integers(0, 2, 60)
    twins = [
        sample(i, int(labels[i // 2]), points[i // 2] + rng.normal(0, 0.05, 120), f"g{i // 2}") for i in range(120)
    ]
    wrong = [score.issue for score in scored(OP, twins).values()]
    assert 0.3 < np.mean(wrong) < 0.7
    apart = [replace(one, group="") for one in twins]
    assert np.mean([score.issue for score in scored(OP, apart).values()]) < 0.1, "the test can tell"


def test_made_samples_are_no_seeds() -> None:
    batch = blobs()
    made = [one.child("copy", parts=one.parts) for one in batch[:10]]
    found = scored(OP, [*batch, *made])
    assert set(found) == {one.id for one in batch}
    assert found == scored(OP, batch), "and the student does not learn from them"
    told = OP.findings(OP.measure([*batch, *made]))
    assert [(one.name, one.n) for one in told[1:]] == [("made_samples_are_no_seeds", 10)]


def test_with_a_reference_a_made_sample_is_as_hard_as_the_hardest_it_was_made_from() -> None:
    real = blobs()
    real[7] = replace(real[7], labels={"class": "c2"})  # bears c1's features
    own = scored(OP, real)
    easy, hard = real[8], real[7]
    parts = easy.parts
    made = [
        easy.child("mixed", parts=parts),
        hard.child("mixed", parts=parts),
        easy.child("both", parts=parts, also_from=(hard.id,)),
        Sample("stranger", parts, {"class": "c2"}),
        replace(easy.child("orphan", parts=parts), parents=("unknown",)),
    ]
    found = scored(OP, made, real)
    assert set(found) == {one.id for one in made[:3]}
    assert found[made[0].id].value == own[easy.id].value
    assert found[made[1].id].value == found[made[2].id].value == own[hard.id].value < 0.5


def test_another_student_gets_other_things_wrong() -> None:
    batch, _ = blended(0.45, 300)
    weak = replace(OP, student={"name": "logistic", "C": 0.001})
    assert scored(weak, batch) != scored(OP, batch)


@pytest.mark.parametrize("student", [{"name": "logistik"}, {"name": "logistic", "D": 3}, {"name": "ridge"}])
def test_a_student_that_cannot_be_is_named(student: dict[str, object]) -> None:
    with pytest.raises(RecipeError):
        StudentErrors(student=student)


def test_a_student_that_knows_nothing_says_so() -> None:
    rng = np.random.default_rng(0)
    batch = [sample(i, i % 3, rng.normal(size=24)) for i in range(90)]
    finding = OP.findings(OP.measure(batch))[0]
    assert finding.weight == "warn"
    assert "no better than chance" in str(finding.what)


@pytest.mark.parametrize(
    "batch",
    [
        [],
        blobs(1),
        [sample(i, 0, clustered(0, i)) for i in range(20)],
        [sample(i, i, clustered(i, i)) for i in range(20)],
        [sample(i, i % 2, clustered(0, i), "one entity") for i in range(20)],
        [Sample("s", {}, {"class": "a"})],
    ],
)
def test_too_little_gives_no_scores_and_no_crash(batch: list[Sample]) -> None:
    state = OP.measure(batch)
    assert OP.scores(state) == []
    OP.findings(state)
