"""How ops are shown whose defaults are not what a page should show; every other op is shown with its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shisaku.message import Message, say


@dataclass(frozen=True, slots=True)
class Setting:
    """Parameters and the pool by name; `why` says why the op is not shown."""

    params: Mapping[str, Any] = field(default_factory=dict)
    pool: str = ""
    why: Message | None = None


PLAIN = Setting()
NOT_EMBEDDED = say("It needs a model that shisaku does not bring along; name one in a recipe's `models`")
NO_JUDGE = say("It asks a model that follows a rubric, and shisaku brings none along; name one in a recipe's `models`")
SETTINGS: Mapping[str, Setting] = {
    "audio.speak": Setting({"voice": "slt"}),
    "audio.spectrum_match": Setting(pool="spoiled"),
    "audio.zero_shot": Setting({"names": {"activated": "activated", "goodbye": "goodbye", "agent": "agent"}}),
    "embedding.coral": Setting(pool="spoiled"),
    "image.colour_match": Setting(pool="spoiled"),
    "image.geometry": Setting({"flip": 1.0, "rotation": 15.0}),
    "image.paste": Setting(pool="stamps"),
    "image.upscale": Setting(why=NOT_EMBEDDED),
    "judge.prefer": Setting(why=NO_JUDGE),
    "judge.rubric": Setting(why=NO_JUDGE),
    "pairs.attributes": Setting(why=NOT_EMBEDDED),
    "pairs.zero_shot": Setting({"texts": {"pie": "a pie", "cat": "a cat", "frog": "a frog"}}),
    "table.jitter": Setting({"strength": 0.3, "redraw": 0.5}),
    "text.back_translate": Setting(why=NOT_EMBEDDED),
    "text.compose": Setting(why=NOT_EMBEDDED),
    "text.register": Setting({"style": "da"}),
    "text.translate": Setting(why=NOT_EMBEDDED),
    "video.appearance": Setting({"colour": 0.4, "drift": 0.8}),
    "video.geometry": Setting({"flip": 1.0, "captions": "keep", "rotation": 10.0, "objects": "frame_objects"}),
}
