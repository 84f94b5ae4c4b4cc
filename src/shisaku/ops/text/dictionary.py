"""Words replaced by their equivalents in a user's own table."""

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
from shisaku.ops.language import UNSPACED, language_of
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import part_of, text_of
from shisaku.ops.text.english_synonyms import cased_like
from shisaku.ops.text.equivalents import table_from, table_of
from shisaku.ops.text.replaced import Change, replaced, told, with_articles
from shisaku.ops.text.untouchable import Untouchable, protected_words

KEEP, FAIL = "keep", "fail"
NO_WORDS: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Dictionary(Transform):
    """Replace words by what a table of your own says may stand for them: trade names, part names, spellings, dialect.

    `words` is the table itself (``{bolt: [screw, fastener]}``), `table` a CSV or TSV file in UTF-8 with a word and its
    equivalents in each row (``both_ways``: any word of a row may stand for any other); with both, `words` wins. Every
    occurrence is replaced with probability `share`, by an equivalent drawn evenly; the longest entry that fits wins.
    In languages with spaces entries match whole words in any case and the capital of the word is kept; in Japanese,
    Chinese and Thai they match where their characters stand. "a" and "an" follow in English. Words of label values,
    words in `protect`, and what stands between braces or in addresses are never touched; numbers and negations are
    touched where the table names them. `unchanged`: a text without any entry stays (``keep``) or fails (``fail``).

    When it hurts: the table is believed. Inflection is not followed ("bolts" needs a row of its own), and in a
    language without spaces an entry also matches inside a longer word: give long entries, or name the longer word with
    itself as its equivalent. A table whose file changes makes other samples: the contents count, not the path.

    Example::

        - {name: shop_floor, op: text.dictionary, from: task, with: {text: caption, words: {scratch: [scuff, mark]}}}
    """

    name: ClassVar[str] = "text.dictionary"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    makes: ClassVar[str] = "children"

    text: str = "caption"
    words: Mapping[str, Any] = field(default_factory=dict)
    table: str = ""
    both_ways: bool = False
    share: float = 1.0
    protect: tuple[str, ...] = ()
    unchanged: str = KEEP

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("share", self.share, 0.0, 1.0)
        one_of("unchanged", self.unchanged, (KEEP, FAIL))
        object.__setattr__(self, "words", table_of(self.words))
        object.__setattr__(self, "protect", tuple(self.protect))
        _ = self._table

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def fingerprint(self) -> str:
        """Changes with the op, its parameters, and the contents of the table."""
        return fingerprint(super().fingerprint, sorted(self._table.items()))

    @cached_property
    def _table(self) -> dict[str, tuple[str, ...]]:
        read = table_from(self.table, both_ways=self.both_ways) if self.table else {}
        return {**read, **self.words}

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text, part = text_of(sample, self.text), part_of(sample, self.text, "text")
        spaced = language_of(part) not in UNSPACED
        changes = self._changes(text, spaced, protected_words(sample, self.protect), rng)
        if not changes and self.unchanged == FAIL:
            raise DataError(say("No word of {part} stands in the table", part=self.text))
        made = replaced(text, changes)
        if spaced:
            made = with_articles(made, [new for _, _, new in changes])
        facts = {"replaced": told((text[start:end], new) for start, end, new in changes)} if changes else None
        return sample.child(
            self.name, parts=inherited(sample, {self.text: Part.from_text(made, part.lang)}), facts=facts
        )

    def _changes(self, text: str, spaced: bool, protected: tuple[str, ...], rng: np.random.Generator) -> list[Change]:
        if not self._table:
            return []
        untouchable = Untouchable(text, protected, negations=False, numbers=False)
        any_case = {word.lower(): others for word, others in self._table.items()}
        changes = []
        for found in self._pattern(spaced).finditer(text):
            word = found.group()
            others = self._table.get(word) or any_case[word.lower()]
            # drawn for every occurrence, so that what is protected does not move the draws of the others
            new, kept = others[int(rng.integers(len(others)))], rng.random() >= self.share
            if not kept and untouchable.free(*found.span()) and new != word:
                changes.append((*found.span(), cased_like(new, word) if spaced else new))
        return changes

    def _pattern(self, spaced: bool) -> re.Pattern[str]:
        longest_first = sorted(self._table, key=lambda word: (-len(word), word))
        any_of = "|".join(map(re.escape, longest_first))
        return re.compile(rf"(?<!\w)(?:{any_of})(?!\w)" if spaced else any_of, re.IGNORECASE)
