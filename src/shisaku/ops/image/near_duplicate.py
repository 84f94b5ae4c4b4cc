"""Whether an image is a copy of another: resized, compressed again, lightened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.copies import Copies
from shisaku.ops.alike.look import Look


@dataclass(frozen=True)
class NearDuplicate(Copies, Look):
    """Score an image by whether another one in the dataset looks the same.

    Its hash is 64 bits of the discrete cosine transform of its brightness (Zauner 2010). Two images are copies if at
    most `radius` bits differ and their thumbnails of 16 x 16 pixels, at the best gain and offset of brightness, differ
    by at most `unlike` grey levels (root mean square) in brightness and in colour. A group is a star: every member is
    a copy of its keeper itself, so no chain of small steps joins different things. The keeper is the one with the least
    generations behind it, then the largest original, then the smallest id; it is no issue, the others are. `raw` is
    the number of bits between a copy and its keeper (64: none is near). With `across: split` only copies in another
    split count; the test set keeps its items, then validation.

    What it finds: planted into 785 drawings, of which a tenth is under 46 pixels (n = 78 copies): copies at JPEG
    quality 5 in 82 % and 20 in 96 %, at half size in 82 %, at a third of the contrast in 91 %; cropped by 1 % of each
    side only 67 %, by 2 % 23 %. In 28 photographs: JPEG quality 5 in 82 %, a tenth of the size in 89 %. Of the
    drawings unplanted it called 2 (0.3 %), one of them there twice; of 1,797 small pictures of digits none, of 5,000
    of another set 1.2 %.
    When it hurts: crops of more than 2 %, mirrored and rotated copies and added borders pass. Pictures that
    differ in one small sign only (two faces of one dreidel) are called copies. Images of one tone are never compared.

    Example::

        - {name: copies, op: image.near_duplicate, from: photos, with: {radius: 8}}
    """

    name: ClassVar[str] = "image.near_duplicate"
    thresholds: ClassVar[frozenset[str]] = frozenset({"across", "radius", "unlike"})
