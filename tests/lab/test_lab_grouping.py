"""Near-duplicates end in one group, inside their class only."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.core.study_spec import Grouping
from shisaku.lab.grouping import content_words, group_alike, near_pairs
from shisaku.lab.items import Items


def items(rows: list[list[float]], labels: str, groups: list[str] | None = None) -> Items:
    ids = tuple(f"i{i}" for i in range(len(rows)))
    return Items(ids, tuple(labels), tuple(groups or ids), np.array(rows, dtype=np.float32))


ALONG, ALMOST, ACROSS = [1.0, 0.0, 0.0], [1.0, 0.01, 0.0], [0.0, 1.0, 0.0]
HALF = [1.0, 0.3, 0.0]


def test_alike_items_of_a_class_are_one_group() -> None:
    found = group_alike(items([ALONG, ALMOST, ACROSS, ALMOST], "aaab"), Grouping(near=0.9))
    groups = found.items.groups
    assert groups[0] == groups[1]
    assert len({groups[0], groups[2], groups[3]}) == 3  # another class is another thing
    assert found.merged == (("i0", "i1"),)


def test_chains_join() -> None:
    far = [1.0, 0.03, 0.0]
    found = group_alike(items([ALONG, ALMOST, far], "aaa"), Grouping(near=0.99))
    assert len(set(found.items.groups)) == 1


def test_given_groups_stay_together_and_pull_others_in() -> None:
    found = group_alike(items([ALONG, ACROSS, ALMOST], "aab", ["one", "one", "two"]), Grouping(near=0.9))
    assert found.items.groups[0] == found.items.groups[1] != found.items.groups[2]
    assert found.merged == ()


@pytest.mark.parametrize(
    ("texts", "joined"),
    [(("a red apple", "two apples and an apple"), True), (("a red apple", "the green pear"), False)],
)
def test_a_shared_word_lowers_the_threshold(texts: tuple[str, str], joined: bool) -> None:
    rule = Grouping(near=0.99, near_with_word=0.6, text="caption")
    found = group_alike(items([ALONG, HALF], "aa"), rule, texts)
    assert (len(set(found.items.groups)) == 1) is joined


def test_zero_switches_a_rule_off() -> None:
    same = items([ALONG, ALONG], "aa")
    assert len(set(group_alike(same, Grouping(near=0.0)).items.groups)) == 2


def test_content_words() -> None:
    assert content_words("The Apple and an apple, with 2 pears_x!") == {"apple", "pears"}
    assert content_words("赤いリンゴ") == {"赤い", "いリ", "リン", "ンゴ"}
    assert content_words("赤い apple") == {"赤い", "apple"}
    assert content_words("") == frozenset()


def test_near_pairs_between_two_sets() -> None:
    assert near_pairs(items([ALONG, ACROSS], "ab"), items([ALMOST, ACROSS], "ab"), 0.9) == [("i0", "i0"), ("i1", "i1")]
    assert near_pairs(items([ALONG], "a"), items([ALONG], "a"), 0.0) == []


def test_a_class_of_things_all_alike_is_not_chained_into_one_group() -> None:
    rng = np.random.default_rng(0)
    rows = 1.0 + 0.8 * rng.random((40, 64))  # one product before one camera: every cosine is above 0.98
    twin = rows[0] + 1e-6
    alike = items([*rows.tolist(), twin.tolist()], "a" * 41)
    chained = group_alike(alike, Grouping(near=0.9))
    assert len(set(chained.items.groups)) == 1
    raised = group_alike(alike, Grouping(near=0.9, chain=0.2))
    assert raised.near > 0.9
    assert len(set(raised.items.groups)) > 30
    assert raised.items.groups[0] == raised.items.groups[40], "the planted twin still stays together"


def test_without_chains_the_level_asked_for_stands() -> None:
    found = group_alike(items([ALONG, ALMOST, ACROSS], "aaa"), Grouping(near=0.9, chain=0.5))
    assert found.near == 0.9
    assert found.merged == (("i0", "i1"),)
