"""Whether a text is a copy of another with a few words changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.copies import Copies
from shisaku.ops.alike.wording import Wording


@dataclass(frozen=True)
class NearDuplicate(Copies, Wording):
    """Score a text by whether another one in the dataset says it in nearly the same words.

    After NFKC and case folding a text is the set of its runs of `words` words; where most letters belong to a script
    without spaces (Japanese, Chinese, Thai), of `characters` characters. MinHash (Broder 1997; 128 permutations, 32
    bands) finds candidates; two texts are copies if the Jaccard index of their sets, counted exactly, is `near_from` or
    more. A group is a star: every member is a copy of its keeper itself. The keeper is the one with the least
    generations behind it, then the longest text, then the smallest id; it is no issue, the others are. `raw` is
    1 - Jaccard between a copy and its keeper (1: none is near). With `across: split` only copies in another split
    count; the test set keeps its items, then validation.

    What it finds: of Spanish prompts of 12 words and more, 95 % where one word in 20 was dropped and 57 % where one in
    10 was (n = 21); of Japanese captions of 25 characters and more, 89 % where 3 % of the characters were dropped and
    50 % where 6 % were (n = 18). Of 478 prompts unplanted it called 3.1 %, most with the same words; at 0.5 it would
    have called 4.6 %, more and more of them templates.
    When it hurts: texts with less than `fewest` different runs (under seven words or nine characters) repeat by nature
    and are never compared; where texts belong to images or sounds, equal texts are no equal samples. Templates with one
    slot ("press 1 to ...") can be copies of each other in all that is counted. Paraphrases and translations pass. In a
    crowd of more than 64 texts that share a band, each is compared with the first 64 only.

    Example::

        - {name: copies, op: text.near_duplicate, from: prompts, with: {near_from: 0.8}}
    """

    name: ClassVar[str] = "text.near_duplicate"
    thresholds: ClassVar[frozenset[str]] = frozenset({"across", "near_from"})
