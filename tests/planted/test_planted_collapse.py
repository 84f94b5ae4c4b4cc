"""Collapse planted into real digits and captions warns, and what is not planted does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planted.faults_collapse import WHOLE, collapsed, dealt
from planted.sources import source
from planted.whole import WholeFault, raised

HELD = {fault.name.removeprefix("collapse, "): fault for fault in WHOLE}


@pytest.mark.parametrize("name", ["growing (digits)", "last round (digits)"])
def test_collapse_of_digits_warns(name: str) -> None:
    check(replace(HELD[name], params={**HELD[name].params, "at": 60}), 700)


@pytest.mark.stamps
@pytest.mark.parametrize("name", ["all (self-BLEU)", "all (words)", "growing (words)"])
def test_collapse_of_captions_warns(name: str) -> None:
    check(replace(HELD[name], params={"at": 100}))


def check(fault: WholeFault, n: int = 0) -> None:
    clean = fault.prepare(source(fault.source, n))
    assert raised(fault, fault.plant(clean, fault.strengths[-1], 0), planted=True)
    assert not raised(fault, fault.plant(clean, None, 0), planted=False)


def test_what_is_planted_keeps_ids_and_sides() -> None:
    made, real = dealt(source("digits", 200), 0)
    assert len(made) == len(real) == 100
    assert not {one.id for one in made} & {one.id for one in real}
    half = collapsed(made, lambda one, share: share, 0.5, 0, "caption")
    assert [one.id for one in half] == [one.id for one in made]
