"""Whether a recording is a copy of another: louder, compressed again, trimmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.copies import Copies
from shisaku.ops.alike.sound import Sound


@dataclass(frozen=True)
class NearDuplicate(Copies, Sound):
    """Score a recording by whether another one in the dataset is the same recording.

    Its spectral fingerprint has 32 bits every 16 ms: whether the step of energy between neighbouring bands (33,
    logarithmic, 300 to 3,000 Hz) grew since the frame before (Haitsma and Kalker, ISMIR 2002). Recordings that share
    frames are laid over each other where most shared frames agree; they are copies if there at most the share `wrong`
    of the bits of loud frames differs (different recordings: 0.5) and they overlap in the share `cover` of the longer.
    A group is a star: every member is a copy of its keeper itself. The keeper is the one with the least generations
    behind it, then the most samples in its file, then the smallest id; it is no issue, the others are. `raw` is the
    bit error rate between a copy and its keeper (0.5: none is near). With `across: split` only copies in another split
    count; the test set keeps its items, then validation.

    What it finds: planted into 590 prompts of mostly one second (n = 59 copies): 90 % at any gain down to 0.003, the
    rest being silence, beeps and single letters too short to compare; Vorbis at its lowest quality 85 %; noise at 20
    dB 90 %, 15 dB 83 %, 10 dB 68 %; a tenth trimmed away 90 %, a fifth 78 %; played 0.5 % faster 88 %, 1 % 61 %. Of
    the 590 unplanted it called one (0.2 %), which is there twice; of 2,708 prompts in five languages 11.
    When it hurts: a copy that was sped up, pitched or mixed with loud noise passes; so does an excerpt. The same words
    spoken again are another recording. Silent recordings and those under 0.2 s are not compared.

    Example::

        - {name: copies, op: audio.near_duplicate, from: clips}
    """

    name: ClassVar[str] = "audio.near_duplicate"
    thresholds: ClassVar[frozenset[str]] = frozenset({"across", "wrong", "cover"})
