"""A finding whose interval has no width shows nothing of other samples, so no gate takes it for shown."""

from __future__ import annotations

import pytest

from shisaku.lab.stages.facts import Ends
from shisaku.lab.stages.readings import Reading, unmet
from shisaku.lab.stages.threshold import Threshold


@pytest.mark.parametrize(("low", "high", "blocks"), [(0.0, 0.0, True), (0.0, 0.04, False)])
def test_no_wrong_label_found_is_no_proof_of_none(low: float, high: float, blocks: bool) -> None:
    asked = Threshold.model_validate({"metric": "label_errors", "finding": "share", "most": 0.05})
    said = unmet(asked, [Reading(Ends(0.0, low, high, 40), "run")])
    assert bool(said) is blocks
    assert all("has no width" in str(one) for one in said)


def test_a_figure_of_a_study_is_not_asked_for_a_width() -> None:
    asked = Threshold.model_validate({"figure": "safety", "least": -0.02})
    assert unmet(asked, [Reading(Ends(0.0, 0.0, 0.0, 40), "run")]) == []
