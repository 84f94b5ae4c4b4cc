"""Copies between splits, groups in two splits, and copies of another dataset."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ops_material import image_part, scene

from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.ops.dataset.exact_duplicate import ExactDuplicate
from shisaku.ops.dataset.exact_leak import ExactLeak
from shisaku.ops.dataset.group_leak import GroupLeak
from shisaku.ops.image.near_duplicate import NearDuplicate
from shisaku.ops.image.near_leak import NearLeak
from shisaku.ops.text import near_leak as worded
from shisaku.store.state import state_from_json, state_to_json


def _image(name: str, seed: int, split: str = "", group: str = "") -> Sample:
    facts = {"split": split} if split else {}
    return Sample(name, {"image": image_part(scene(seed))}, facts=facts, group=group)


SPLIT = [
    _image("train/1", 1, "train"),
    _image("train/1 again", 1, "train"),
    _image("train/2", 2, "train"),
    _image("val/1", 1, "validation"),
    _image("val/3", 3, "validation"),
    _image("test/1", 1, "test"),
    _image("test/4", 4, "test"),
    _image("free", 4),
]


@pytest.mark.parametrize("op", [ExactDuplicate(across="split"), NearDuplicate(across="split")])
def test_the_test_set_keeps_its_items(op: ExactDuplicate | NearDuplicate) -> None:
    state = op.measure(SPLIT)
    found = {score.sample: score for score in op.scores(state)}
    assert {name for name, score in found.items() if score.issue} == {"train/1", "train/1 again", "val/1"}
    assert {found[name].group for name in ("train/1", "train/1 again", "val/1", "test/1")} == {"test/1"}
    assert "In train" in str(found["train/1"].reason)
    assert "test/1 in test" in str(found["train/1"].reason)
    (told,) = op.findings(state)
    assert told.weight == "bad"
    assert (told.value, told.n) == (0.5, 2)


def test_clean_splits_are_told_and_none_at_all_are_not() -> None:
    op = ExactDuplicate(across="split")
    (told,) = op.findings(op.measure([SPLIT[2], SPLIT[4], SPLIT[6]]))
    assert (told.weight, told.value) == ("note", 0.0)
    assert op.findings(op.measure([_image("a", 1), _image("b", 1)])) == []


def test_groups_in_two_splits() -> None:
    samples = [
        _image("1", 1, "train", "anna"),
        _image("2", 2, "test", "anna"),
        _image("3", 3, "train", "ben"),
        _image("4", 4, "train", "ben"),
        _image("5", 5, "test"),
        _image("6", 6, "", "anna"),
    ]
    op = GroupLeak()
    state = op.measure(samples)
    scores = {score.sample: score for score in op.scores(state)}
    assert {name for name, score in scores.items() if score.issue} == {"1"}
    assert scores["1"].group == scores["2"].group == "anna"
    (told,) = op.findings(state)
    assert (told.weight, told.value, told.n) == ("bad", 0.5, 2)
    assert op.findings(op.measure(samples[4:])) == []


@pytest.mark.parametrize("op", [ExactLeak(), NearLeak()])
def test_another_dataset(op: ExactLeak | NearLeak) -> None:
    own = [_image("a", 1), _image("b", 2), replace(_image("made", 3), parents=("against/3",))]
    other = [_image("against/1", 1), _image("against/3", 3), _image("against/9", 9)]
    state = state_from_json(state_to_json(op.merge(op.measure(own[:1], other), op.measure(own[1:], other))))
    found = {score.sample: score for score in op.scores(state)}
    assert {name for name, score in found.items() if score.issue} == {"a"}
    assert found["a"].group == "against/1"
    (told,) = op.findings(state)
    assert (told.weight, told.n) == ("bad", 3)
    with pytest.raises(RecipeError, match="another dataset"):
        op.measure(own)


@pytest.mark.parametrize("op", [ExactLeak(), NearLeak()])
def test_the_whole_group_of_a_parent_does_not_count_and_others_do(op: ExactLeak | NearLeak) -> None:
    other = [
        _image("task/1", 1, group="anna"),
        _image("task/2", 2, group="anna"),
        _image("task/3", 3, group="ben"),
        _image("task/4", 3, group="carl"),
    ]
    own = [
        replace(_image("task/1/made.0", 2, group="anna"), parents=("task/1",), depth=1),
        replace(_image("task/3/made.0", 3, group="ben"), parents=("task/3",), depth=1),
        replace(_image("task/3/made.0/again.0", 3, group="ben"), parents=("task/3/made.0",), depth=2),
        _image("brought", 2, group="anna"),
        other[2],
    ]
    found = {score.sample: score for score in op.scores(op.measure(own, other))}
    assert not found["task/1/made.0"].issue, "its parent's group"
    assert found["task/3/made.0"].group == "task/4", "equal to its parent and to one that is none"
    assert found["task/3/made.0/again.0"].group == "task/4"
    assert found["brought"].group == "task/2", "a group of that name says nothing of rows without parents"
    assert found["task/3"].group == "task/4"


def test_the_reference_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    op, other = NearLeak(), [_image("against/1", 1)]
    read: list[str] = []
    real = NearLeak.read
    monkeypatch.setattr(NearLeak, "read", lambda self, sample: (read.append(sample.id), real(self, sample))[1])
    for k in range(3):
        op.measure([_image(f"own{k}", k)], list(other))
    assert read.count("against/1") == 1
    op.measure([_image("own", 1)], [_image("against/2", 2)])
    assert read.count("against/2") == 1


def test_texts_of_another_dataset() -> None:
    text = "the conference will begin when our glorious leader arrives at the table"
    own = [Sample("a", {"caption": Part.from_text(text.upper())}), Sample("b", {"caption": Part.from_text(text[20:])})]
    other = [Sample("against/a", {"caption": Part.from_text(text)})]
    found = {score.sample: score.issue for score in worded.NearLeak().scores(worded.NearLeak().measure(own, other))}
    assert found["a"]


def test_nothing_comparable_in_the_reference() -> None:
    blank = Sample("against/blank", {"image": image_part(np.full((40, 40, 3), 255, np.uint8))})
    scores = NearLeak().scores(NearLeak().measure([_image("a", 1)], [blank]))
    assert [score.issue for score in scores] == [False]
