"""Japanese nouns, verbs and adjectives replaced by others of the same meaning, particles untouched."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.text.equivalents import table_from, table_of
from shisaku.ops.text.morphemes import Morpheme, japanese_of, morphemes
from shisaku.ops.text.replaced import Change, replaced, told
from shisaku.ops.text.untouchable import Untouchable, protected_words

WHO = "text.synonym_ja"
KEEP, FAIL = "keep", "fail"
SKIPPED = {"固有名詞", "数詞", "非自立可能", "助数詞可能", "副詞可能"}
COMPOUNDING = {"名詞", "接頭辞", "接尾辞", "記号"}
HIRAGANA = re.compile("[ぁ-ゖー]+")
ENDS_WORD = ("助詞", "助動詞", "補助記号", "空白")
CONJUGATED = ("動詞", "形容詞")


@dataclass(frozen=True)
class SynonymJa(Transform):
    """Replace Japanese nouns, verbs and adjectives by synonyms in the same inflected form; particles stay as they are.

    Of the words that have a synonym the share `share` is replaced (at least one, unless it is 0). Synonyms come from
    a table of your own (`words`, or `table`: a CSV or TSV file, any word of a row for any other) and, with `edict`,
    from EDICT: common words with one sense each whose English glosses agree (at least two in common and at least the
    share `agreement` of all; or one, the same). EDICT is CC-BY-SA-3.0, property of the Electronic Dictionary Research
    and Development Group: name it where you pass on what was made with it, or set `edict: false`. Morphemes are those
    of SudachiPy (extra ``ja``). A synonym must have the same part of speech and conjugation, takes the ending of the
    word it replaces, and is refused unless Sudachi then reads the sentence as before in every other morpheme: so
    particles, endings and negations are those of the original. Parts of compounds, names, numbers, negations, words
    of label values and words in `protect` are never touched. `unchanged`: a text where nothing fits stays (``keep``)
    or fails (``fail``). The fact ``replaced`` names the pairs.

    When it hurts: there is no semantic guard. None of the embedders that come with shisaku reads Japanese, so nothing
    measures whether the sentence still means the same; look at the pairs before using them, or give a table. EDICT
    knows about 1,900 such words, mostly Sino-Japanese nouns (説明/解説, 使用/利用), and equal glosses in English do
    not make equal usage in Japanese: register, collocation and valency differ.

    Example::

        - {name: other_words, op: text.synonym_ja, from: task, with: {text: caption_ja, words: {医者: [医師]}}}
    """

    name: ClassVar[str] = "text.synonym_ja"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    models: ClassVar[tuple[str, ...]] = ("edict",)
    makes: ClassVar[str] = "children"

    text: str = "caption"
    share: float = 0.3
    edict: bool = True
    agreement: float = 0.5
    words: Mapping[str, Any] = field(default_factory=dict)
    table: str = ""
    protect: tuple[str, ...] = ()
    unchanged: str = KEEP

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("share", self.share, 0.0, 1.0)
        within("agreement", self.agreement, 0.1, 1.0)
        one_of("unchanged", self.unchanged, (KEEP, FAIL))
        object.__setattr__(self, "words", table_of(self.words))
        object.__setattr__(self, "protect", tuple(self.protect))
        if not self.edict:
            object.__setattr__(self, "models", ())
            if not self._table:
                raise ValueError("edict is off: words or table must name synonyms, got none")

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def fingerprint(self) -> str:
        """Changes with the op, its parameters, and the contents of the table."""
        return fingerprint(super().fingerprint, sorted(self._table.items()))

    @cached_property
    def _table(self) -> dict[str, tuple[str, ...]]:
        return {**(table_from(self.table, both_ways=True) if self.table else {}), **self.words}

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text = japanese_of(sample, self.text, WHO)
        changes = self._changes(text, protected_words(sample, self.protect), rng) if self.share else []
        if not changes and self.unchanged == FAIL:
            raise DataError(say("No word of {part} has a synonym in the same form", part=self.text))
        facts = {"replaced": told((text[start:end], new) for start, end, new in changes)} if changes else None
        part = Part.from_text(replaced(text, changes), sample.parts[self.text].lang)
        return sample.child(self.name, parts=inherited(sample, {self.text: part}), facts=facts)

    def _changes(self, text: str, protected: tuple[str, ...], rng: np.random.Generator) -> list[Change]:
        words = morphemes(text)
        untouchable = Untouchable(text, protected)
        places = [place for place, word in enumerate(words) if untouchable.free(word.start, word.end)]
        ways = {place: found for place in places if (found := self._ways(words, place))}
        wanted = max(1, round(self.share * len(ways))) if ways else 0
        chosen: dict[int, Change] = {}
        for place in rng.permutation(sorted(ways)) if ways else ():
            if len(chosen) == wanted:
                break
            for new in rng.permutation(ways[place]):
                change = (words[place].start, words[place].end, str(new))
                if _reads_alike(text, words, {**chosen, int(place): change}):
                    chosen[int(place)] = change
                    break
        return sorted(chosen.values())

    def _ways(self, words: Sequence[Morpheme], place: int) -> list[str]:
        word = words[place]
        if word.pos not in ("名詞", *CONJUGATED) or set(word.part) & SKIPPED or _in_compound(words, place):
            return []
        # which word kana stand for is the analyser's guess
        names = (word.base,) if HIRAGANA.fullmatch(word.text) else (word.base, word.normal)
        found = dict.fromkeys(other for name in names for other in self._synonyms(name))
        return [form for other in found if (form := _in_form(other, word))]

    def _synonyms(self, word: str) -> tuple[str, ...]:
        own = self._table.get(word, ())
        if own or not self.edict:
            return own
        from shisaku.models.loading import load

        return load("edict").synonyms(word, self.agreement)


def _in_compound(words: Sequence[Morpheme], place: int) -> bool:
    if words[place].pos != "名詞":
        return False
    after = words[place + 1] if place + 1 < len(words) else None
    # くつした is read as 靴 and した: kana without kanji are a word of their own only before a particle or a mark
    if HIRAGANA.fullmatch(words[place].text) and after is not None and after.pos not in ENDS_WORD:
        return True
    beside = [words[at] for at in (place - 1, place + 1) if 0 <= at < len(words)]
    return any(word.pos in COMPOUNDING for word in beside)


def _class(word: Morpheme) -> tuple[tuple[str, ...], str]:
    """Return part of speech and conjugation; all one-grade verbs conjugate alike."""
    return word.part[:2], "一段" if word.kind.startswith(("上一段", "下一段")) else word.kind


def _in_form(other: str, word: Morpheme) -> str | None:
    """Return another word in the form of this one, None where it is of another kind or the same word."""
    read = morphemes(other)
    if len(read) != 1 or not read[0].known:
        return None
    same_kind = _class(read[0]) == _class(word)
    if not same_kind or read[0].normal == word.normal or other == word.base:
        return None
    if word.kind == "*":
        return other
    return other[:-1] + word.text[len(word.base) - 1 :] if word.text.startswith(word.base[:-1]) else None


def _reads_alike(text: str, words: Sequence[Morpheme], changes: Mapping[int, Change]) -> bool:
    """Whether all morphemes but the changed ones are read as before, and those as one word of the same form each."""
    again = morphemes(replaced(text, changes.values()))
    if len(again) != len(words):
        return False
    for place, (new, old) in enumerate(zip(again, words, strict=True)):
        if place in changes:
            if new.text != changes[place][2] or (_class(new), new.form) != (_class(old), old.form):
                return False
        elif (new.text, new.part, new.form) != (old.text, old.part, old.form):
            return False
    return True
