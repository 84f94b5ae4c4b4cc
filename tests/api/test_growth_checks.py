"""What makes a step go round by round is checked before anything is cooked."""

from __future__ import annotations

from shisaku.core.recipe import Enough, Fresh, Recipe, Source, Step, Want
from shisaku.registry.check import findings_in


def test_a_step_that_cannot_grow_is_refused() -> None:
    steps = (
        Step("seen", "image.embed", ("data",), want=Want(3)),
        Step("made", "image.classical", ("data",), fresh=Fresh("image.embed"), enough=Enough("image.blur")),
        Step("unknown", "image.classical", ("data",), fresh=Fresh("image.near_duplicat")),
        Step("blurred", "image.blur", ("data",), want=Want(3)),
    )
    said = {found.loc: str(found.what) for found in findings_in(Recipe("growth", Source("folder"), steps=steps))}
    assert "adds a part" in said["steps", 0, "want"]
    assert "cannot say this" in said["steps", 1, "fresh", "op"]
    assert "cannot say this" in said["steps", 1, "enough", "op"]
    assert "no op image.near_duplicat" in said["steps", 2, "fresh", "op"]
    assert "has no rounds" in said["steps", 3, "want"]
