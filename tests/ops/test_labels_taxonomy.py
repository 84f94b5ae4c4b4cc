"""One class under several names, in one dataset and between two, and one name for two things."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from ops_material import clustered, vector_part

from shisaku.core.sample import Sample
from shisaku.errors import RecipeError
from shisaku.ops.dataset.class_meaning import ClassMeaning
from shisaku.ops.dataset.class_names import CLASHES, clash_of, meaning, same_words
from shisaku.ops.dataset.taxonomy import Taxonomy
from shisaku.ops.dataset.taxonomy_against import TaxonomyAgainst


def made(counts: Mapping[str, int], head: str = "s") -> list[Sample]:
    return [Sample(f"{head}-{name}-{i}", {}, {"class": name}) for name, n in counts.items() for i in range(n)]


@pytest.mark.parametrize(
    ("one", "other", "way"),
    [
        ("dog", " dog", "space"),
        ("traffic_light", "traffic light", "space"),
        ("dog", "ｄｏｇ", "width"),
        ("ﾊﾞﾘ", "バリ", "width"),
        ("dog", "Dog", "case"),
        ("イヌ", "いぬ", "kana"),
        ("1", "01", "number"),
        ("1", "1.0", "number"),
        ("cherry", "cherries", "plural"),
        ("box", "boxes", "plural"),
        ("woman", "women", "plural"),
        ("dog", "犬", "word"),
        ("Dogs", "ｲﾇ", "word"),
        ("OK", "良品", "word"),
        ("couch", "sofa", "word"),
    ],
)
def test_names_of_one_class(one: str, other: str, way: str) -> None:
    assert clash_of(one, other) == clash_of(other, one) == way


@pytest.mark.parametrize(
    ("one", "other"),
    [("cat", "car"), ("ok", "ng"), ("glass", "glasses"), ("bus", "but"), ("gas", "ga"), ("1", "10"), ("1", "-1"),
     ("left", "right"), ("犬", "猫"), ("good", "not good"), ("male", "female"), ("class", "clas")],
)  # fmt: skip
def test_names_of_two_classes(one: str, other: str) -> None:
    assert clash_of(one, other) is None


def test_looking_through_twice_changes_nothing_and_no_word_has_two_meanings() -> None:
    for word in same_words():
        assert meaning(meaning(word)) == meaning(word)


def test_classes_of_real_lists_do_not_clash() -> None:
    from shisaku.models.imagenet import class_names

    names = set(class_names())
    clashing = len(names) - len({meaning(name) for name in names})
    assert clashing <= 0.01 * len(names)


def test_the_lesser_name_is_called_and_the_other_suggested() -> None:
    op = Taxonomy()
    state = op.measure([*made({"dog": 5, "Dogs": 2, "犬": 1, "cat": 4}), Sample("none")])
    scores = op.scores(state)
    wrong = [score for score in scores if score.issue]
    assert {score.sample for score in wrong} == {"s-Dogs-0", "s-Dogs-1", "s-犬-0"}
    assert {score.reason.values["suggested"] for score in wrong if score.reason} == {"dog"}
    (finding,) = op.findings(state)
    assert finding.weight == "bad"
    assert {row["way"] for row in finding.table} == {"plural", "word"}
    assert not any(score.issue for score in Taxonomy(ways=("space",)).scores(state))
    assert Taxonomy().findings(op.measure(made({"dog": 2, "cat": 2})))[0].weight == "note"
    assert set(CLASHES) == set(Taxonomy().ways)


def test_the_other_dataset_has_another_name() -> None:
    op = TaxonomyAgainst(label="class")
    own = made({"dog": 3, "cat": 3, "cow": 3})
    other = [Sample(one.id, {}, {"kind": one.labels["class"]}) for one in made({"犬": 3, "cat": 3, "hen": 1}, "o")]
    state = op.merge(op.measure(own[:4], other), op.measure(own[4:], other))
    assert state == op.measure(own, other)
    assert {score.sample for score in op.scores(state) if score.issue} == {f"s-dog-{i}" for i in range(3)}
    clash, sides = op.findings(state)
    assert clash.table == ({"class": "dog", "there": "犬", "samples": 3, "way": "word"},)
    assert sides.table == ({"class": "cow", "in": "own"}, {"class": "hen", "in": "against"})
    with pytest.raises(RecipeError):
        op.measure(own)


def featured(head: str, names: Mapping[int, str], shift: float = 0.0) -> list[Sample]:
    return [
        Sample(f"{head}{i:03d}", {"features": vector_part(clustered(i % 4, i) + shift)}, {"class": names[i % 4]})
        for i in range(80)
    ]


def test_one_name_for_two_things_is_seen_through_a_shift_of_all() -> None:
    names = {0: "a", 1: "b", 2: "c", 3: "d"}
    swapped = {0: "b", 1: "a", 2: "c", 3: "d"}
    op = ClassMeaning()
    state = op.measure(featured("s", names), featured("o", swapped, 0.5))
    scores = op.scores(state)
    # With two of four swapped the median share is in the middle: the features are trusted no more.
    assert float(np.median([score.value for score in scores])) <= 1.0
    one = {**names, 0: "e", 1: "a"}
    state = op.measure(featured("s", names), featured("o", one, 0.5))
    assert {score.sample[1:] for score in op.scores(state) if score.issue} == {f"{i:03d}" for i in range(0, 80, 4)}
    (finding,) = op.findings(state)
    assert finding.weight == "warn"
    same = op.measure(featured("s", names), featured("o", names, 0.5))
    assert not any(score.issue for score in op.scores(same))
    assert op.findings(same) == []
