"""English words replaced by WordNet synonyms, as long as the sentence means the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.language import english_of
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.text.english_synonyms import cased_like, synonyms
from shisaku.ops.text.english_words import content_words
from shisaku.ops.text.replaced import Change, replaced, told, with_articles
from shisaku.ops.text.untouchable import Untouchable, protected_words

WHO = "text.synonym"
KEEP, FAIL = "keep", "fail"
NUMBERED = re.compile(r"\s+\d")
TRIES = 4  # candidates of one word that the guard is asked about


@dataclass(frozen=True)
class Synonym(Transform):
    """Replace English words by synonyms of their most frequent sense, in the same form, behind a semantic guard.

    Of the words that have a synonym the share `share` is replaced (at least one word, unless it is 0). A synonym is
    another word of the same synset of WordNet 3.0 (Fellbaum 1998), for whose part of speech this synset is the most
    frequent sense of the word and at least the share `dominance` of the tagged uses of both words, and which is not
    less than a tenth as common in it; it takes the plural, third person, past or -ing form of the word, and "a" or
    "an" follows it. The guard: the cosine of the sentence embeddings (all-MiniLM-L6-v2) of the original and the
    changed text must be at least `similarity` (0 switches it off), otherwise the next synonym is tried, otherwise the
    word stays. Where nothing could be replaced `unchanged` says whether the text is kept as it is (``keep``) or the
    sample fails (``fail``). Numbers, quantities, negations, names, colours, words of label values, and words in
    `protect` are never touched. The fact ``replaced`` names the pairs.

    What it does: of 522 captions of three or more words 22 were changed at the defaults; read one by one, two of them
    were wrong ("a tube of paint", "tubing"). With the guard off 30 were changed, nine of them wrongly ("a pitcher",
    "a hurler").

    When it hurts: coverage is low, by choice: the part of speech is guessed from the neighbouring words, not by a
    parser, and words that could be two things, or whose synonyms are far rarer, are left alone, so most short
    captions stay as they are. MiniLM sees topics rather than truth: a word of the same topic and another meaning can
    pass. Labels that hang on the exact word (sentiment strength, medical terms) need `protect`.

    Example::

        - {name: other_words, op: text.synonym, from: task, rounds: 3, with: {text: caption, similarity: 0.85}}
    """

    name: ClassVar[str] = "text.synonym"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    models: ClassVar[tuple[str, ...]] = ("wordnet", "minilm-l6")
    makes: ClassVar[str] = "children"

    text: str = "caption"
    share: float = 0.3
    similarity: float = 0.85
    dominance: float = 0.65
    protect: tuple[str, ...] = ()
    unchanged: str = KEEP

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("share", self.share, 0.0, 1.0)
        within("similarity", self.similarity, 0.0, 1.0)
        within("dominance", self.dominance, 0.1, 1.0)
        one_of("unchanged", self.unchanged, (KEEP, FAIL))
        object.__setattr__(self, "protect", tuple(self.protect))
        if self.similarity == 0.0:
            object.__setattr__(self, "models", ("wordnet",))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text = english_of(sample, self.text, WHO)
        made, pairs = self._changed(text, protected_words(sample, self.protect), rng)
        if not pairs and self.unchanged == FAIL:
            raise DataError(say("No word of {part} has a synonym that keeps the meaning", part=self.text))
        parts = inherited(sample, {self.text: Part.from_text(made, "en")})
        return sample.child(self.name, parts=parts, facts={"replaced": told(pairs)} if pairs else None)

    def _changed(
        self, text: str, protected: tuple[str, ...], rng: np.random.Generator
    ) -> tuple[str, list[tuple[str, str]]]:
        choices = choices_of(text, protected, self.dominance) if self.share else {}
        wanted = max(1, round(self.share * len(choices))) if choices else 0
        guard = _Guard(text, self.similarity)
        changes: list[Change] = []
        pairs: list[tuple[str, str]] = []
        for place in rng.permutation(len(choices)):
            if len(changes) == wanted:
                break
            (start, end), weights = list(choices.items())[place]
            drawn = drawn_order(weights, rng)[:TRIES]
            tried = [made_of(text, [*changes, (start, end, cased_like(new, text[start:end]))]) for new in drawn]
            kept = guard.first_kept(tried)
            if kept is not None:
                changes.append((start, end, cased_like(drawn[kept], text[start:end])))
                pairs.append((text[start:end], drawn[kept]))
        return made_of(text, changes), pairs


def choices_of(text: str, protected: tuple[str, ...], dominance: float) -> dict[tuple[int, int], dict[str, float]]:
    """Return for each stretch of the text that may be replaced its synonyms with their weights."""
    from shisaku.models.loading import load
    from shisaku.models.wordnet_forms import forms_of

    net = load("wordnet")
    forms = forms_of(net)
    untouchable = Untouchable(text, protected)
    guarded = {word.lower() for word in protected}
    choices = {}
    for word in content_words(text, net, forms):
        # "hall 10" is a name
        named = NUMBERED.match(text, word.end) is not None
        if named or word.base in guarded or not untouchable.free(word.start, word.end):
            continue
        found = synonyms(word, net, forms, dominance)
        if found:
            choices[word.start, word.end] = found
    return choices


def made_of(text: str, changes: Sequence[Change]) -> str:
    """Return the text with the changes made, and with the articles that they ask for."""
    return with_articles(replaced(text, changes), [new for _, _, new in changes])


def drawn_order(weights: Mapping[str, float], rng: np.random.Generator) -> list[str]:
    """Return the words in an order drawn by their weights."""
    words = sorted(weights)
    shares = np.array([weights[word] for word in words])
    return [words[place] for place in rng.choice(len(words), len(words), replace=False, p=shares / shares.sum())]


class _Guard:
    """Whether changed texts still mean what the original does."""

    def __init__(self, text: str, similarity: float) -> None:
        self._text = text
        self._similarity = similarity

    def first_kept(self, texts: Sequence[str]) -> int | None:
        if not self._similarity:
            return 0 if texts else None
        from shisaku.models.loading import load

        rows = load("minilm-l6").embed([self._text, *texts])
        cosines = rows[1:] @ rows[0]
        return next((place for place, cosine in enumerate(cosines) if cosine >= self._similarity), None)
