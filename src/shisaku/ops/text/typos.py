"""Slips of the key: a neighbouring key, a key missed, a key hit twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.language import language_of
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import part_of, text_of
from shisaku.ops.text.keyboards import neighbours
from shisaku.ops.text.known_language import known
from shisaku.ops.text.romaji import KEYS_OF, syllables, typed
from shisaku.ops.text.untouchable import Untouchable, protected_words

ROMAJI, KANA = "romaji", "kana"
NEAR, MISSED, TWICE = "near", "missed", "twice"
SLIPS = (NEAR, MISSED, TWICE)
WORD = re.compile(r"[A-Za-z]+")
RUN = re.compile(r"[ぁ-ゖー]+|[ァ-ヶー]+")
TO_KATAKANA = 0x60


@dataclass(frozen=True)
class Typos(Transform):
    """Make typing errors: the key beside the right one, a key missed, a key hit twice.

    Each key is hit wrongly with probability `share`; which slip it is, is drawn by the weights `near`, `missed` and
    `twice` (the defaults follow Dhakal et al. 2018, CHI, 136 million keystrokes: substitutions lead, then omissions,
    then insertions). Latin letters on QWERTY, case kept, first letters of words spared. Japanese as it is typed:
    `japanese` ``romaji`` takes kana apart into keys, slips, and shows what an input method would (です -> でｓう,
    かった -> かつた), ``kana`` slips on the JIS kana keyboard. Kanji are conversions, not keys, and stay. Numbers,
    negations, words of label values and words in `protect` are never touched. The fact ``slips`` counts.

    When it hurts: the errors are independent, people correct most of theirs, and phones mistype otherwise (flick input,
    autocorrection). Wrong conversions of kanji, the most frequent Japanese error, are not made. A slip can give another
    real word ("form" for "from" is a swap and is not made, "cat" for "car" is). Other scripts fail with a reason.

    Example::

        - {name: hasty, op: text.typos, from: task, with: {text: caption, share: 0.03}}
    """

    name: ClassVar[str] = "text.typos"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    makes: ClassVar[str] = "children"

    text: str = "caption"
    share: float = 0.03
    near: float = 0.5
    missed: float = 0.3
    twice: float = 0.2
    japanese: str = ROMAJI
    protect: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        part_names(text=self.text)
        for field in ("share", *SLIPS):
            within(field, getattr(self, field), 0.0, 1.0)
        if not self.near + self.missed + self.twice:
            raise ValueError("one of near, missed and twice must be above 0, got 0 for all")
        one_of("japanese", self.japanese, (ROMAJI, KANA))
        object.__setattr__(self, "protect", tuple(self.protect))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one mistyped child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text, part = text_of(sample, self.text), part_of(sample, self.text, "text")
        japanese = known(language_of(part), self.text) == "ja"
        untouchable = Untouchable(text, protected_words(sample, self.protect))
        slips = _Slips(self.share, (self.near, self.missed, self.twice), rng)
        made = self._kana(text, untouchable, slips) if japanese else text
        if not japanese:
            made = WORD.sub(lambda found: _word(found, untouchable, slips), text)
        parts = inherited(sample, {self.text: Part.from_text(made, part.lang)})
        return sample.child(self.name, parts=parts, facts={"slips": str(slips.made)} if slips.made else None)

    def _kana(self, text: str, untouchable: Untouchable, slips: _Slips) -> str:
        slip = _as_romaji if self.japanese == ROMAJI else _as_kana

        def run(found: re.Match[str]) -> str:
            shift = TO_KATAKANA if "ァ" <= found.group()[0] <= "ヶ" else 0
            plain = "".join(chr(ord(sign) - shift) if sign != "ー" else sign for sign in found.group())
            shown, place = "", found.start()
            for unit in syllables(plain):
                free = untouchable.free(place, place + len(unit)) and unit in KEYS_OF
                shown += slip(unit, slips) if free else unit
                place += len(unit)
            return "".join(chr(ord(sign) + shift) if "ぁ" <= sign <= "ゖ" else sign for sign in shown)

        return RUN.sub(run, text)


class _Slips:
    """Draws whether a key is hit wrongly and how, and counts."""

    def __init__(self, share: float, weights: Sequence[float], rng: np.random.Generator) -> None:
        self._share = share
        self._upto = np.cumsum(weights) / sum(weights)
        self._rng = rng
        self.made = 0

    def hit(self, key: str, layout: str) -> str:
        """Return what is typed where this key was meant."""
        if self._rng.random() >= self._share:
            return key
        kind = SLIPS[int(np.searchsorted(self._upto, self._rng.random(), side="right"))]
        near = neighbours(layout).get(key.lower(), "")
        if kind == NEAR and not near:
            return key
        self.made += 1
        if kind == MISSED:
            return ""
        if kind == TWICE:
            return key * 2
        new = near[int(self._rng.integers(len(near)))]
        return new.upper() if key.isupper() else new


def _word(found: re.Match[str], untouchable: Untouchable, slips: _Slips) -> str:
    word = found.group()
    if not untouchable.free(*found.span()):
        return word
    return word[0] + "".join(slips.hit(letter, "qwerty") for letter in word[1:])


def _as_romaji(unit: str, slips: _Slips) -> str:
    keys = KEYS_OF[unit]
    hit = "".join(slips.hit(key, "qwerty") for key in keys)
    return unit if hit == keys else typed(hit)


def _as_kana(unit: str, slips: _Slips) -> str:
    return "".join(slips.hit(sign, "kana") for sign in unit)
