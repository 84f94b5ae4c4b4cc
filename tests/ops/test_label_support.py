"""Wrong labels are found, a style that the real samples lack is none, and what cannot be told is not called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from ops_material import vector_part

from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.errors import DataError, RecipeError
from shisaku.ops.dataset.label_agreement import LabelAgreement
from shisaku.ops.dataset.label_support import LabelSupport

CLASSES, WIDTH = 5, 24
NAMES = tuple(f"c{k}" for k in range(CLASSES))
# A style: the same shapes seen through other features, so that what tells real classes apart says nothing of these.
TURNED = np.linalg.qr(np.random.default_rng(99).normal(size=(WIDTH, WIDTH)))[0]
SWAP = {"c0": "c1", "c1": "c0"}
RING = dict(zip(NAMES, NAMES[1:] + NAMES[:1], strict=True))


def drawn(each: int, seed: int, prefix: str, styled: bool = False) -> list[Sample]:
    """Samples of five classes; `styled` ones look as no real one does."""
    found = []
    for k, name in enumerate(NAMES):
        centre = 2.0 * np.random.default_rng(k).normal(size=WIDTH)
        for i in range(each):
            row = centre + np.random.default_rng([seed, k, i]).normal(size=WIDTH)
            row = row @ TURNED + 3.0 if styled else row
            found.append(Sample(f"{prefix}{k}-{i:03}", {"features": vector_part(row)}, {"class": name}))
    return found


REAL = drawn(20, 1, "r")


def labelled(samples: Sequence[Sample], new: Mapping[str, str]) -> list[Sample]:
    """Samples with labels exchanged."""
    return [replace(one, labels={"class": new.get(one.labels["class"], one.labels["class"])}) for one in samples]


def spoilt(samples: Sequence[Sample], share: float) -> tuple[list[Sample], set[str]]:
    """Samples with a share of the labels wrong at random, and which those are."""
    rng = np.random.default_rng(7)
    wrong = {one.id for one in samples if rng.random() < share}
    new = [str(rng.choice([name for name in NAMES if name != one.labels["class"]])) for one in samples]
    return [
        replace(one, labels={"class": name}) if one.id in wrong else one for one, name in zip(samples, new, strict=True)
    ], wrong


def scores(op: LabelAgreement, batch: Sequence[Sample], against: Sequence[Sample] = REAL) -> dict[str, Score]:
    return {score.sample: score for score in op.scores(op.measure(batch, against))}


def called(op: LabelAgreement, batch: Sequence[Sample]) -> float:
    return float(np.mean([bool(score.issue) for score in scores(op, batch).values()]))


def test_a_style_that_the_real_samples_lack_is_no_wrong_label() -> None:
    made = drawn(20, 2, "m", styled=True)
    assert called(LabelAgreement(), made) > 0.6
    assert called(LabelSupport(), made) <= 0.05


@pytest.mark.parametrize("share", [0.1, 0.2, 0.4])
@pytest.mark.parametrize(("styled", "recall", "alarms"), [(False, 0.9, 0.02), (True, 0.6, 0.1)])
def test_labels_that_are_wrong_at_random_are_found(styled: bool, recall: float, alarms: float, share: float) -> None:
    """Of 150 with 10 to 40 % wrong labels at least 90 %, and 2 % of the right ones at most.

    In a new style 60 % and 10 %: there the real samples guess, and some guesses are the wrong label itself.
    """
    made, wrong = spoilt(drawn(30, 3, "m", styled), share)
    found = scores(LabelSupport(), made)
    assert np.mean([bool(found[name].issue) for name in wrong]) >= recall
    assert np.mean([bool(one.issue) for name, one in found.items() if name not in wrong]) <= alarms


def test_labels_that_are_all_wrong_at_random_are_found() -> None:
    made, _ = spoilt(drawn(30, 3, "m"), 1.0)
    assert called(LabelSupport(), made) >= 0.6


@pytest.mark.parametrize("new", [SWAP, RING])
def test_labels_that_were_exchanged_are_found_and_named(new: dict[str, str]) -> None:
    op, made = LabelSupport(), labelled(drawn(20, 4, "m"), new)
    state = op.measure(made, REAL)
    found = {score.sample: score for score in op.scores(state)}
    faulty = [one for one in made if one.labels["class"] in new]
    assert np.mean([bool(found[one.id].issue) for one in faulty]) >= 0.9
    assert not any(found[one.id].issue for one in made if one not in faulty)
    assert all(found[one.id].raw < 0.5 for one in faulty if found[one.id].issue), "no model of the batch speaks for it"
    (finding,) = op.findings(state)
    assert (finding.name, finding.weight) == ("label_exchange", "warn")
    assert {row["label"]: row["called"] for row in finding.table} == {other: one for one, other in new.items()}
    assert "stands for what the real samples call" in str(next(one.reason for one in found.values() if one.issue))


def test_right_labels_raise_no_finding() -> None:
    for styled in (False, True):
        op = LabelSupport()
        assert op.findings(op.measure(drawn(20, 5, "m", styled), REAL)) == []


def test_classes_under_the_name_of_another_are_found_in_a_style_that_is_known() -> None:
    """Two of five classes bear the label of a third: all of these are called, and none of the others."""
    op, made = LabelSupport(), labelled(drawn(30, 6, "m"), {"c1": "c0", "c2": "c0"})
    state = op.measure(made, REAL)
    issues = {score.sample for score in op.scores(state) if score.issue}
    assert issues == {one.id for one in made if one.id[1] in "12"}
    (finding,) = op.findings(state)
    assert finding.table == ({"label": "c0", "called": "c1, c2", "samples": 60, "of": 90},)
    assert set(finding.samples) <= issues


def test_some_classes_alone_in_a_new_style_are_not_merged() -> None:
    """What the real samples call by names that the batch does not have is only called so surely in a known style."""
    made = drawn(40, 14, "m", styled=True)
    for some in ({"c0", "c1"}, {"c1", "c3"}, {"c0", "c2", "c4"}):
        assert called(LabelSupport(), [one for one in made if one.labels["class"] in some]) <= 0.1


def test_siblings_have_one_voice_in_an_exchange() -> None:
    """Twelve children of each of three mislabelled parents are three witnesses, and three show nothing."""
    made = labelled(drawn(3, 8, "m"), SWAP)
    kin = [replace(one, id=f"{one.id}+{k}", group=one.id) for one in made for k in range(12)]
    op = LabelSupport()
    assert op.findings(op.measure(kin, REAL)) == []
    strangers = [replace(one, group="") for one in kin]
    assert len(op.findings(op.measure(strangers, REAL))) == 1


def test_a_label_that_one_entity_bears_is_judged_by_the_real_samples_alone() -> None:
    made = drawn(12, 9, "m")
    lonely = replace(made[0], labels={"class": "c4"})
    rest = [one for one in made if one.labels["class"] != "c4"]
    found = scores(LabelSupport(), [lonely, *rest[1:]])[lonely.id]
    assert found.issue
    assert "too few others bear c4" in str(found.reason)
    assert found.raw == scores(LabelAgreement(), [lonely])[lonely.id].raw


def test_of_a_batch_of_one_label_nothing_is_called_and_a_finding_says_so() -> None:
    op = LabelSupport()
    made = [one for one in drawn(12, 10, "m", styled=True) if one.labels["class"] == "c3"]
    odd = replace(drawn(1, 11, "x")[1], labels={"class": "c2"})
    for batch in (made, [*made, odd]):
        state = op.measure(batch, REAL)
        found = {score.sample: score.issue for score in op.scores(state)}
        assert {found[one.id] for one in made} == {None}
        (finding,) = op.findings(state)
        assert finding.name == "label_support_not_asked"
        assert "Only c3 is borne by two or more" in str(finding.what)
    assert found[odd.id] is True, "one of its label, which the real samples call c1"


def test_it_orders_wrong_labels_before_right_ones_in_a_new_style() -> None:
    from sklearn.metrics import roc_auc_score

    made, wrong = spoilt(drawn(30, 12, "m", styled=True), 0.2)
    area = {}
    for op in (LabelAgreement(), LabelSupport()):
        found = scores(op, made)
        area[op.name] = roc_auc_score([name in wrong for name in found], [-one.value for one in found.values()])
    assert area["dataset.label_support"] >= 0.9
    assert area["dataset.label_support"] > area["dataset.label_agreement"] + 0.2


def test_shards_are_joined_before_anything_is_called() -> None:
    op, made = LabelSupport(), labelled(drawn(20, 13, "m", styled=True), {})
    whole = op.scores(op.measure(made, REAL))
    state = op.measure([], REAL)
    for k in range(7):
        state = op.merge(op.measure(made[k::7], REAL), state)
    assert [(one.sample, one.issue) for one in op.scores(state)] == [(one.sample, one.issue) for one in whole]


def test_what_it_lacks_is_said_as_by_label_agreement() -> None:
    with pytest.raises(RecipeError, match="needs a reference"):
        LabelSupport().measure(REAL, [])
    with pytest.raises(DataError, match="nothing to tell apart"):
        LabelSupport().measure(REAL, REAL[:20])
    stranger = replace(REAL[0], id="stranger", labels={"class": "never seen"})
    assert scores(LabelSupport(), [stranger]) == {}
