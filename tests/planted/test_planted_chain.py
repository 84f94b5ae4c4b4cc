"""Swapped texts, garbled speech and an error at one hop are found, and what is right raises no alarm."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planted.faults_garbled import FAULTS as GARBLED
from planted.faults_hops import HOPS
from planted.faults_swapped import FAULTS as SWAPPED
from planted.hop import measured_hops
from planted.measure import measured

pytestmark = [pytest.mark.weights, pytest.mark.slow]


@pytest.mark.stamps
def test_swapped_rewordings_are_found_at_any_share() -> None:
    (fault,) = [one for one in SWAPPED if one.profile == "text.similarity"]
    found = measured(replace(fault, strengths=(0.1, 1.0)), n=60)
    assert found.limit == 0.1
    assert found.false_alarms is not None
    assert found.false_alarms[0] == 0.0


@pytest.mark.stamps
def test_a_judge_without_a_threshold_ranks_swapped_captions_below_and_has_no_limit() -> None:
    (fault,) = [one for one in SWAPPED if one.profile == "pairs.alignment"]
    found = measured(replace(fault, strengths=(1.0,)), n=100)
    assert (found.limit, found.false_alarms, found.rows[0].recall) == (None, None, None)
    assert found.rows[0].auroc is not None
    assert found.rows[0].auroc[1] > 0.5


@pytest.mark.packages
@pytest.mark.parametrize("way", ["pieces cut out", "poor voice in haste"])
def test_garbled_speech_is_misheard(way: str) -> None:
    (fault,) = [one for one in GARBLED if (one.name, one.profile) == (way, "audio.cer")]
    found = measured(replace(fault, strengths=fault.strengths[-1:]), n=3)
    assert found.rows[0].auroc is not None
    assert found.rows[0].auroc[0] >= 0.8
    assert found.false_alarms is not None
    assert found.false_alarms[0] == 0.0


@pytest.mark.stamps
def test_an_error_at_a_hop_is_put_there_beside_an_earlier_run() -> None:
    (fault,) = [one for one in HOPS if one.beside]
    found = measured_hops(replace(fault, strengths=(0.3,), clean=2), n=40, repeats=1)
    assert found.rows[0].recall is not None
    assert found.rows[0].recall[0] == 1.0
