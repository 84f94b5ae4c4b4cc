"""Whether the same image comes with another caption elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shisaku.core.sample import Kind
from shisaku.ops.alike.conflicts import Conflicts
from shisaku.ops.alike.look import Look


@dataclass(frozen=True)
class ImageConflict(Conflicts, Look):
    """Score an image with its text by how far the text agrees with that of copies of the image.

    Copies are found as by image.near_duplicate (`radius`, `unlike`). In each group the text that most samples bear,
    else that of the keeper, is the usual one; `raw` is the Jaccard index of a text's words (pairs of characters where
    words are not set apart) with those of the usual one, 1 without copies. Below `agree_from` it is an issue.

    What it finds: of exact copies of 785 drawings with captions (n = 78), 81 % where four words in five were
    another's, 58 % where three in five were. A caption that shares its words with the other ("The letter H") passes.
    Of the unplanted it called one (0.1 %).
    When it hurts: data with several captions for each image by design are called wrong throughout: take this detector
    out. It does not know which text is right, only that they differ. The reverse, one text with several images, is
    the nature of captions and no fault.

    Example::

        - {name: conflicts, op: pairs.image_conflict, from: photos, with: {text: caption}}
    """

    name: ClassVar[str] = "pairs.image_conflict"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image", "text": "text"}
    thresholds: ClassVar[frozenset[str]] = frozenset({"radius", "unlike", "agree_from"})

    text: str = "caption"
