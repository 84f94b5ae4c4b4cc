"""Japanese text in another of the ways in which it may be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.text.japanese_spelling import KANA, KINDS, NUMBERS, OKURIGANA, READ_BACK, WIDTH, offers
from shisaku.ops.text.morphemes import Morpheme, japanese_of, morphemes
from shisaku.ops.text.replaced import Change, replaced, told
from shisaku.ops.text.untouchable import Untouchable, protected_words

WHO = "text.variants_ja"
KEEP, FAIL = "keep", "fail"


@dataclass(frozen=True)
class VariantsJa(Transform):
    """Write Japanese words otherwise without changing what is said: りんご/リンゴ/林檎, 行う/行なう, ＡＢＣ/ABC.

    `kinds`: ``kana`` (kanji to kana, kana to kanji, hiragana to katakana), ``okurigana`` (行う/行なう,
    打ち合わせ/打合せ; the allowances of the Cabinet notice of 1973), ``old`` (new and old characters: 国/國),
    ``width`` (full and half width of Latin letters and katakana), ``numbers`` (12/１２/十二, whole numbers to 9999;
    their value stays). Each place is changed with probability `share`, and of several ways one is drawn. Words are
    found by SudachiPy (extra ``ja``). A change of ``kana`` or ``okurigana`` is made only if Sudachi reads it back, in
    its sentence, as the same words: the same boundaries, parts of speech and normalised forms. Names, negations,
    words of label values and words in `protect` are never touched, and numbers only by ``numbers``. `unchanged`: a
    text where nothing fits stays (``keep``) or fails (``fail``). The fact ``replaced`` names the pairs.

    When it hurts: kanji carry meaning that kana do not; a reader may stumble over what the analyser reads back. Which
    way is usual differs by word (犬, never けん), and nothing here weighs that. Half-width katakana break some
    tokenizers, which can be the point. Old characters are rare in texts after 1946. Names keep their characters.

    Example::

        - {name: spellings, op: text.variants_ja, from: task, with: {text: caption_ja, kinds: [kana, width]}}
    """

    name: ClassVar[str] = "text.variants_ja"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    makes: ClassVar[str] = "children"

    text: str = "caption"
    kinds: tuple[str, ...] = (KANA, OKURIGANA, WIDTH)
    share: float = 0.3
    protect: tuple[str, ...] = ()
    unchanged: str = KEEP

    def __post_init__(self) -> None:
        part_names(text=self.text)
        object.__setattr__(self, "kinds", tuple(self.kinds))
        object.__setattr__(self, "protect", tuple(self.protect))
        if not self.kinds:
            raise ValueError("kinds must name at least one kind, got none")
        for kind in self.kinds:
            one_of("kinds", kind, KINDS)
        within("share", self.share, 0.0, 1.0)
        one_of("unchanged", self.unchanged, (KEEP, FAIL))

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
        changes = self._changes(text, protected_words(sample, self.protect), rng)
        if not changes and self.unchanged == FAIL:
            raise DataError(say("No word of {part} can be written otherwise", part=self.text))
        facts = {"replaced": told((text[start:end], new) for start, end, new in changes)} if changes else None
        part = Part.from_text(replaced(text, changes), sample.parts[self.text].lang)
        return sample.child(self.name, parts=inherited(sample, {self.text: part}), facts=facts)

    def _changes(self, text: str, protected: tuple[str, ...], rng: np.random.Generator) -> list[Change]:
        words = morphemes(text)
        untouchable = Untouchable(text, protected, numbers=False)
        unnumbered = Untouchable(text, protected)
        places: dict[tuple[int, int], list[tuple[str, str]]] = {}
        for kind in self.kinds:
            free = (untouchable if kind == NUMBERS else unnumbered).free
            for start, end, new in offers(kind, text, words):
                if free(start, end):
                    places.setdefault((start, end), []).append((kind, new))
        chosen: list[Change] = []
        reread: list[Change] = []
        for span, ways in sorted(places.items()):
            draw, order = rng.random(), rng.permutation(len(ways))
            if draw < self.share and not (chosen and span[0] < chosen[-1][1]):
                found = next(
                    (way for way in (ways[place] for place in order) if _fits(way, span, reread, text, words)), None
                )
                if found is not None:
                    chosen.append((*span, found[1]))
                    reread += [chosen[-1]] if found[0] in READ_BACK else []
        return chosen


def _fits(
    way: tuple[str, str], span: tuple[int, int], before: Sequence[Change], text: str, words: Sequence[Morpheme]
) -> bool:
    """Whether the text, with this change and those before it, is read as the same words."""
    kind, new = way
    if kind not in READ_BACK:
        return True
    again = morphemes(replaced(text, [*before, (*span, new)]))
    return [(one.normal, one.pos) for one in again] == [(one.normal, one.pos) for one in words]
