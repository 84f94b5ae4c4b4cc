"""What follows a picture to its new place: objects, mask and caption."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shisaku.core.sample import Part, Sample
from shisaku.ops.image.annotated import Annotated, mask_of, mask_parts
from shisaku.ops.image.directions import Change
from shisaku.ops.image.told import caption_parts, told_items
from shisaku.ops.image.warp import Warp


@dataclass(frozen=True)
class Followers:
    """The names of the parts that follow; `least` is the share of an object that must stay in view.

    `captions` says what becomes of words for directions: mend, refuse or keep.
    """

    objects: str
    mask: str
    least: float
    caption: str = ""
    captions: str = "keep"

    def moved(
        self, sample: Sample, size: tuple[int, int], warp: Warp, change: Change = "none"
    ) -> tuple[dict[str, Part], dict[str, str]]:
        """Return the parts to write, and the fact of what was lost; `size` is that of the picture before.

        Raises DataError where a part cannot follow, or no object would be left.
        """
        before = Annotated.of(sample, self.objects, size)
        after = before if warp.still else before.moved(warp, self.least)
        after = replace(after, items=told_items(after.items, change, self.captions))
        drawn = mask_of(sample, self.mask, size)
        mask = drawn if drawn is None or warp.still else warp.mask(drawn)
        told = caption_parts(sample, self.caption, change, self.captions)
        return {**told, **after.parts(self.objects), **mask_parts(self.mask, mask)}, after.lost(before)
