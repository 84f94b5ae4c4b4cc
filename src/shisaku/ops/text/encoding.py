"""Whether a text came through its encodings unharmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.ops.text.mojibake import WHAT, damage

SHOWN = 20  # characters of the damage that a reason shows
USELESS = 0.2  # share of damaged characters at which the score is 0


@dataclass(frozen=True)
class Encoding(Metric):
    r"""Score how little of a text was damaged by a wrong encoding.

    It looks for U+FFFD, control and private-use characters, HTML entities, escapes such as ``\\u00e9``, UTF-8 that
    was read as CP1252, Mac Roman, CP1251, Shift_JIS or GB 18030 (such a run becomes valid UTF-8 when it is written
    back; the idea of ftfy, Speer 2019), Shift_JIS and EUC-JP read as CP1252, Cyrillic read as CP1252, and half-width
    katakana inside Latin words. `raw` is the share of damaged characters; the score falls from 1 to 0 at a share
    of 0.2, and a share above `issue_above` is an issue.

    What it finds: one damaged word in a text is enough. UTF-8 read as CP1252, Latin-1, Mac Roman, CP1251, Shift_JIS or
    GB 18030 in 95 to 100 % of prompts and captions that had a letter outside ASCII; what cannot be read at all, and one
    HTML entity, always; Shift_JIS read as Latin-1 always; EUC-JP read as Latin-1 in 68 %, in 100 % where all words are
    hit; CP1251 read as CP1252 in 81 to 95 %; Western letters read as Shift_JIS in 76 to 84 %. KOI8-R read as CP1251
    never. False alarms: none of 2,708 prompts in five languages and 1,570 captions in English and Japanese.
    When it hurts: texts about HTML and programs contain entities and escapes rightly. KOI8-R read as CP1251 and
    wrong accents of one Latin encoding read as another (``ş`` for ``º``) are not seen. A text that says
    "Ã©" as an example is called damaged.

    Example::

        - {name: encoding, op: text.encoding, from: task}
    """

    name: ClassVar[str] = "text.encoding"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_above"})

    text: str = "caption"
    issue_above: float = 0.0

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("issue_above", self.issue_above, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [share of damaged characters, what happened, the first damaged piece]."""
        return dict(measurable(batch, lambda sample: _seen(text_of(sample, self.text))))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per text, by sample id."""
        return [self._score(sample, *entry) for sample, entry in sorted(state.items())]

    def _score(self, sample: str, share: float, sign: str, piece: str) -> Score:
        issue = share > self.issue_above
        reason = say("{what}: {piece}", what=WHAT[sign], piece=repr(piece)) if issue else None
        return Score(sample, self.name, 1.0 - min(1.0, share / USELESS), share, issue, reason)


def _seen(text: str) -> list[Any]:
    found = damage(text)
    if not found:
        return [0.0, "", ""]
    sizes = {sign: sum(map(len, pieces)) for sign, pieces in found.items()}
    sign = max(sizes, key=lambda one: sizes[one])
    return [min(1.0, sizes[sign] / len(text)), sign, found[sign][0][:SHOWN]]
