"""What detectors are called for people; one that is not named here goes by its own name."""

from __future__ import annotations

from shisaku.message import Message, say
from shisaku.report.words import Words, same, words

NAMES: dict[str, Message] = {
    "visual_quality": say("Visual quality"),
}


def detector_words(name: str) -> Words:
    """Return the name of a detector; of ``blur_front_camera`` that of ``blur`` with the part behind it."""
    for known in sorted(NAMES, key=len, reverse=True):
        if name == known:
            return words(NAMES[known])
        if name.startswith(known + "_"):
            part = name[len(known) + 1 :]
            title = words(NAMES[known])
            return Words(f"{title.en} ({part})", f"{title.ja}（{part}）")
    return same(name.replace("_", " "))
