"""What was made stays in quarantine until something measured it."""

from __future__ import annotations

from shisaku.api.quarantine import batches, told
from shisaku.core.recipe import Keep, Recipe, Rule, Source, Step

STEPS = (
    Step("raw", "image.classical", ("data",)),
    Step("looked", "image.classical", ("data",)),
    Step("quality", "image.visual_quality", ("looked",)),
    Step("chained", "image.classical", ("kept",)),
    Step("described", "pairs.describe", ("chained",)),
    Step("fit", "pairs.alignment", ("described",), {"text": "caption_made"}),
)
RECIPE = Recipe("q", Source("folder"), steps=STEPS, keep=(Keep("kept", "looked", (Rule("quality", 0.2),)),))


def test_a_batch_leaves_quarantine_when_something_measured_it() -> None:
    held = batches(RECIPE)
    assert {name: one["state"] for name, one in held.items()} == {
        "raw": "quarantine",
        "looked": "measured",
        "chained": "measured",
    }
    assert held["looked"] == {"state": "measured", "measured_by": ["quality"], "kept_by": ["kept"]}
    assert held["chained"]["measured_by"] == ["fit"]


def test_it_is_told() -> None:
    assert "In quarantine" in str(told(batches(RECIPE))[0])
    assert "raw" in str(told(batches(RECIPE))[0])
    assert told({}) == []
