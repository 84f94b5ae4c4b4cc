"""Whether a text can be read at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.language import UNSPACED
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.ops.text.language import primary
from shisaku.ops.text.scripts import main_script
from shisaku.ops.text.surprise import surprises

LOOKED_AT = 300  # characters of a text
SHORT = 10  # characters: shorter texts surprise for no reason
FEW = 50  # texts of one language: fewer teach nothing
USUAL = 2.0  # bits per character of ordinary text
SYLLABLES = frozenset({*UNSPACED, "ko"})  # scripts with too many signs for a model of so little text
SIGNS = 4  # characters: fewer may well be signs
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
WALK = 5  # neighbouring keys in a row
WALKS = frozenset(
    one[i : i + WALK] for row in ROWS if row.isalpha() for one in (row, row[::-1]) for i in range(len(one) - WALK + 1)
)


@dataclass(frozen=True)
class Unreadable(Metric):
    """Score how readable a text is: letters in place of signs, words in place of random keys.

    Four things are looked at, and the worst counts. The share of letters, marks and digits among the characters that
    are not spaces: under `letters` is an issue from 4 characters on. A word longer than `longest_word` where words
    are parted by spaces. Five keys side by side on a keyboard. And for texts of 10 characters or more in an alphabet
    the surprise: mean bits per character to a model of 3-grams of all other texts of the same language and script,
    of which there must be 50; from `surprise` bits on it is an issue, where ordinary text has 2 to 4 and random
    letters have 7 to 12. `raw` is the surprise (0: not judged). The first 300 characters are looked at.

    What it finds: letters of which half were replaced by random keys in 58 to 91 % of texts in English, Spanish,
    French, Italian and Russian, three quarters in 85 to 97 %, all in 92 to 97 % (captions and prompts, a fifth of
    them so); a quarter in 25 to 40 %. Random kana never. Signs in the place of 80 % of the characters in 80 to 94
    %. False alarms: 22 of 2,708 prompts (names such as "Bluetooth", abbreviations, notes in English), 3 of 785
    English captions.
    When it hurts: rare names, other languages and formulas surprise as well. The same mash in many records is no
    surprise any more. Japanese, Chinese, Korean and Thai are judged by signs and keys alone.

    Example::

        - {name: unreadable, op: text.unreadable, from: task}
    """

    name: ClassVar[str] = "text.unreadable"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"surprise", "letters", "longest_word"})

    text: str = "caption"
    surprise: float = 6.5
    letters: float = 0.3
    longest_word: int = 50

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("surprise", self.surprise, 3.0, 100.0)
        within("letters", self.letters, 0.0, 1.0)
        within("longest_word", self.longest_word, 1, 10_000)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [language or script, text as the model sees it, share of letters, longest word, keys]."""
        return dict(measurable(batch, self._seen))

    def _seen(self, sample: Sample) -> list[Any]:
        text = text_of(sample, self.text)
        script = main_script(text)
        plain = " ".join(unicodedata.normalize("NFKC", text[:LOOKED_AT]).lower().split())
        longest = 0 if script in UNSPACED else max(map(len, text.split()))
        group = f"{primary(sample.parts[self.text].lang)}/{script}"
        return [group, plain, round(readable(text), 4), longest, keys(plain)]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per text, by sample id."""
        bits = _surprises(state)
        return [self._score(sample, entry, bits.get(sample, 0.0)) for sample, entry in sorted(state.items())]

    def _score(self, sample: str, entry: Sequence[Any], bits: float) -> Score:
        _, plain, share, longest, walk = entry
        reason = self._reason(len(plain), share, longest, walk, bits)
        value = 0.0 if walk else 1.0 - (bits - USUAL) / (2.0 * (self.surprise - USUAL))
        if len(plain) >= SIGNS:
            value = min(value, share)
        return Score(sample, self.name, min(1.0, max(0.0, value)), bits, reason is not None, reason)

    def _reason(self, size: int, share: float, longest: int, walk: str, bits: float) -> Message | None:
        if size >= SIGNS and share < self.letters:
            return say("only {share:.0%} of it are letters or digits", share=share)
        if walk:
            return say("keys side by side on a keyboard: {keys}", keys=walk)
        if longest > self.longest_word:
            return say("a word of {n} characters", n=longest)
        if bits >= self.surprise:
            return say("its letters follow each other as in no other text ({bits:.1f} bits per character)", bits=bits)
        return None


def _surprises(state: Mapping[str, Any]) -> dict[str, float]:
    """Return sample id -> bits per character of the texts that can be judged by surprise."""
    groups: dict[str, list[str]] = {}
    for sample, (group, *_) in sorted(state.items()):
        groups.setdefault(group, []).append(sample)
    found: dict[str, float] = {}
    for group, names in groups.items():
        if len(names) >= FEW and group.partition("/")[2] not in SYLLABLES:
            texts = [state[name][1] for name in names]
            told = zip(names, texts, surprises(texts), strict=True)
            found |= {name: float(bits) for name, text, bits in told if len(text) >= SHORT}
    return found


def readable(text: str) -> float:
    """Return the share of letters, marks and digits among the characters that are not spaces."""
    seen = [character for character in text if not character.isspace()]
    return sum(unicodedata.category(character)[0] in "LMN" for character in seen) / max(1, len(seen))


def keys(text: str) -> str:
    """Return the first five neighbouring keys of a keyboard in a text, empty where there are none."""
    return next((text[i : i + WALK] for i in range(len(text) - WALK + 1) if text[i : i + WALK] in WALKS), "")
