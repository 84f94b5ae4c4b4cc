"""Boxes of a size that is not usual for their class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from box_material import HIGH, WIDE, box, boxed_samples, pictured

from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.ops.image.box_size import FEW, BoxSize
from shisaku.testing import check_op


def usual(n: int, label: str = "cat", share: float = 0.03, seed: int = 0) -> list[Sample]:
    """Pictures of one box each, of about that share of the picture."""
    rng = np.random.default_rng(seed)
    sides = [np.sqrt(share * WIDE * HIGH) * np.exp(rng.normal(0, 0.2)) for _ in range(n)]
    return [pictured(f"{label}-{k:03d}", [box(1, 1, side, side, label)]) for k, side in enumerate(sides)]


def called(pictures: Sequence[Sample], op: BoxSize | None = None) -> dict[str, Score]:
    op = op or BoxSize()
    return {score.sample: score for score in op.scores(op.measure(pictures)) if score.issue}


def test_contract() -> None:
    check_op(BoxSize, boxed_samples())


@pytest.mark.parametrize(("item", "word"), [(box(0, 0, WIDE, HIGH), "100"), (box(5, 5, 2.5, 2.5), "0.03")])
def test_a_box_far_from_its_class_is_called(item: dict[str, Any], word: str) -> None:
    found = called([*usual(80), pictured("odd", [item])])
    assert set(found) == {"odd"}
    assert found["odd"].value < 0.5
    assert "is usual" in str(found["odd"].reason)
    assert (found["odd"].raw > 0) is (word == "100")


def test_a_class_is_compared_with_itself() -> None:
    small, large = usual(60, "ball", 0.001), usual(60, "sofa", 0.6)
    assert called([*small, *large]) == {}
    odd = pictured("odd", [box(0, 0, 150, 80, "ball")])
    assert set(called([*small, *large, odd])) == {"odd"}
    # The same box is usual for a sofa.
    assert called([*small, *large, pictured("odd", [box(0, 0, 150, 80, "sofa")])]) == {}


def test_a_rare_class_is_compared_with_all() -> None:
    rare = [pictured(f"rare-{k}", [box(0, 0, WIDE, HIGH, "rare")]) for k in range(3)]
    assert set(called([*usual(80), *rare])) == {"rare-0", "rare-1", "rare-2"}
    often = [pictured(f"often-{k:02d}", [box(0, 0, WIDE, HIGH, "often")]) for k in range(FEW)]
    assert called([*usual(80), *often]) == {}


def test_what_many_boxes_of_a_class_are_is_not_odd() -> None:
    whole = [pictured(f"whole-{k}", [box(0, 0, WIDE, HIGH)]) for k in range(8)]
    assert called([*usual(80), *whole]) == {}


def test_less_than_two_pixels_of_the_source_is_thin_whatever_is_usual() -> None:
    thin = [pictured(f"thin-{k:02d}", [box(0, 0, 1.5, 60)]) for k in range(40)]
    assert len(called(thin)) == 40
    assert "1.50 pixels" in str(next(iter(called(thin).values())).reason)
    assert called(thin, BoxSize(least_px=1.0)) == {}
    shares = [pictured(f"s-{k:02d}", [box(0, 0, 0.005, 0.5)], frame=(1, 1), image_size="4000x2000") for k in range(40)]
    assert called(shares) == {}


def test_crowds_and_boxes_without_area_take_no_part() -> None:
    pictures = [*usual(60), pictured("crowd", [box(0, 0, WIDE, HIGH, crowd=True), box(1, 1, 20, 20)]),
                pictured("flat", [box(0, 0, 0, 9), box(1, 1, 20, 20)])]  # fmt: skip
    assert called(pictures) == {}
    assert BoxSize().measure([pictured("a", [box(0, 0, 0, 9)])]) == {}


def test_next_to_nothing_is_far_and_no_warning() -> None:
    found = called([*usual(80), pictured("odd", [box(0, 0, 1e-300, 1e-300)])], BoxSize(least_px=0.0))
    assert set(found) == {"odd"}
    assert np.isfinite(found["odd"].raw)


def test_the_unit_of_length_does_not_matter() -> None:
    pixels = [*usual(60), pictured("odd", [box(0, 0, WIDE, HIGH)])]
    state = BoxSize(least_px=0.0).measure(pixels)
    shares = []
    for k, one in enumerate(usual(60)):
        side = BoxSize().measure([one])[one.id][0][3]
        shares.append(pictured(f"cat-{k:03d}", [box(0, 0, side / WIDE, side / HIGH)], frame=(1, 1)))
    again = BoxSize(least_px=0.0).measure([*shares, pictured("odd", [box(0, 0, 1, 1)], frame=(1, 1))])
    for one, other in zip(BoxSize().scores(state), BoxSize().scores(again), strict=True):
        assert one.raw == pytest.approx(other.raw)


@pytest.mark.parametrize("bad", [{"far": 0.0}, {"far": float("nan")}, {"least_px": -1.0}, {"objects": ""}])
def test_a_parameter_out_of_range_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"far|least_px|objects"):
        BoxSize(**bad)
