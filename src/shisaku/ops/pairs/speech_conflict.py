"""Whether the same recording comes with another text elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shisaku.core.sample import Kind
from shisaku.ops.alike.conflicts import Conflicts
from shisaku.ops.alike.sound import Sound


@dataclass(frozen=True)
class SpeechConflict(Conflicts, Sound):
    """Score a recording with its text by how far the text agrees with that of copies of the recording.

    Copies are found as by audio.near_duplicate (`wrong`, `cover`). In each group the text that most samples bear, else
    that of the keeper, is the usual one; `raw` is the Jaccard index of a text's words (pairs of characters where
    words are not set apart) with those of the usual one, 1 without copies. Below `agree_from` it is an issue.

    What it finds: of exact copies of 590 prompts (n = 59), 90 % where three words in five were another's, 64 % where
    two in five were. Of 2,708 prompts unplanted in five languages it called 3, in two of them singular and plural.
    When it hurts: translations beside transcripts are another text by design. It does not know which text is right,
    only that they differ. One text spoken by several people is no fault and not looked for.

    Example::

        - {name: conflicts, op: pairs.speech_conflict, from: clips, with: {text: transcript}}
    """

    name: ClassVar[str] = "pairs.speech_conflict"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio", "text": "text"}
    thresholds: ClassVar[frozenset[str]] = frozenset({"wrong", "cover", "agree_from"})

    text: str = "caption"
