"""Wrong labels among made items are found, and a style that real items lack is taken for few of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planted.fault import Samples
from planted.faults_copying import beside
from planted.faults_support import FAULTS, JUDGES, in_style, restyled
from planted.measure import measured
from planted.prepared import pixel_features
from planted.sources import source

from shisaku.store.beside import AGAINST, ROLE

pytestmark = pytest.mark.packages
AGREEMENT, SUPPORT = JUDGES
ITEMS = {(one.name, one.profile, one.source): one for one in FAULTS}
RANDOM = "made with a wrong label"
RING, MERGED = "classes that changed names, image.embed", "classes under the name of one more, image.embed"


def styled_pixels(samples: Samples) -> Samples:
    return pixel_features(restyled(samples))


def test_wrong_labels_of_digits_are_found_and_few_right_ones_are_called() -> None:
    found = measured(replace(ITEMS[RANDOM, SUPPORT, "digits"], strengths=(0.05, 0.2)), n=900)
    assert found.limit == 0.05
    assert all(row.recall is not None and row.recall[0] >= 0.95 for row in found.rows)


def test_a_new_style_is_taken_for_fewer_wrong_labels_than_by_label_agreement() -> None:
    fault = replace(ITEMS[RANDOM, SUPPORT, "mnist"], strengths=(0.4,), prepare=beside(styled_pixels))
    support, agreement = (measured(replace(fault, profile=judge), n=1500) for judge in (SUPPORT, AGREEMENT))
    assert agreement.false_alarms[0] >= 0.45
    assert support.false_alarms[0] <= 0.75 * agreement.false_alarms[0], "pixels tell little of turned digits"
    assert support.rows[0].recall[0] >= 0.8


@pytest.mark.parametrize(("name", "strength"), [(RING, 10), (MERGED, 2)])
def test_classes_that_changed_their_names_are_seen(name: str, strength: int) -> None:
    found = measured(
        replace(ITEMS[name, SUPPORT, "mnist"], strengths=(strength,), prepare=beside(pixel_features)), n=1500
    )
    assert found.rows[0].recall[0] >= 0.9


@pytest.mark.slow
@pytest.mark.weights
def test_through_the_eyes_of_the_gate_a_new_style_is_not_a_wrong_label() -> None:
    fault = replace(ITEMS[f"{RANDOM}, in a new style, image.embed", SUPPORT, "mnist"], strengths=(0.2, 0.4))
    found = measured(fault, n=900)
    assert found.false_alarms[0] <= 0.35
    assert all(row.recall is not None and row.recall[0] >= 0.75 for row in found.rows)


def test_real_items_keep_their_style() -> None:
    given = [replace(one, facts={ROLE: AGAINST} if k % 2 else {}) for k, one in enumerate(source("mnist", 10))]
    kept = [one.parts["image"] == new.parts["image"] for one, new in zip(given, restyled(given), strict=True)]
    assert kept == [bool(k % 2) for k in range(10)]
    assert in_style([]) == []


def test_every_fault_of_labels_has_five_strengths_and_both_judges() -> None:
    assert all(len(one.strengths) >= 5 for one in FAULTS)
    assert {one.profile for one in FAULTS if "image.embed" in one.name} == set(JUDGES)
