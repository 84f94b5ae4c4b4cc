"""Text transforms and metrics."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_material import CAPTIONS, auc, one, reason

from shisaku.core.sample import Part, Sample
from shisaku.models.embedded.rule_rewriter import DETERMINERS, SWAPS, is_noun_phrase, reworded
from shisaku.ops.language import language_of
from shisaku.ops.text.bare import Bare, bare
from shisaku.ops.text.classical import Classical
from shisaku.ops.text.embed import Embed
from shisaku.ops.text.ngrams import ngram_vector
from shisaku.ops.text.reword import Reword
from shisaku.ops.text.similarity import Similarity
from shisaku.store.codecs import decode_vector

FUNCTION_WORDS = {word for one, two in SWAPS for side in (one, two) for word in re.findall(r"[\w']+", side)}
FUNCTION_WORDS |= {*DETERMINERS, "it", "is", "there", "not", "are", "do", "does", "next", "top", "on", "order"}
JAPANESE = "赤い鳥が木にとまっている"


def said(text: str, lang: str = "") -> Sample:
    return Sample("t", {"caption": Part.from_text(text, lang)})


def content(text: str) -> list[str]:
    return [word for word in re.findall(r"[\w'-]+", text.lower()) if word not in FUNCTION_WORDS]


def is_within(words: list[str], longer: list[str]) -> bool:
    rest = iter(longer)
    return all(word in rest for word in words)


WORDS = ["a", "the", "one", "king", "penguin", "dog's", "on", "top", "of", "is", "not", "runs", "3", "Tokyo"]
TEXTS = st.sampled_from([*CAPTIONS, "It is not a cat, there is a dog!", "King penguin", "Is it raining? Yes."])


@given(st.one_of(TEXTS, st.lists(st.sampled_from(WORDS), min_size=1).map(" ".join)), st.integers(0, 1000))
def test_reword_keeps_every_content_word_in_order(text: str, seed: int) -> None:
    made = reworded(text, np.random.default_rng(seed))
    assert is_within(content(text), content(made))
    assert made == reworded(text, np.random.default_rng(seed))


@pytest.mark.parametrize("text", CAPTIONS)
def test_reword_says_it_in_other_words(text: str) -> None:
    made = {one(Reword(), said(text, "en"), seed).parts["reworded"].text for seed in range(20)}
    assert text not in made
    assert len(made) >= 4


@pytest.mark.parametrize(
    ("text", "phrase"),
    [("A frog", True), ("the red house", True), ("A dog runs", False), ("It is late", False), ("A glass", True)],
)
def test_only_noun_phrases_get_the_frames_of_noun_phrases(text: str, phrase: bool) -> None:
    assert is_noun_phrase(text) is phrase


def test_reword_makes_children_that_keep_the_other_parts() -> None:
    vector, image = Part("embedding", b"\0\0\0\0"), Part("image", b"pixels")
    sample = Sample("t", {**said("A frog.", "en").parts, "features": vector, "image": image}, {"class": "frog"})
    child = one(Reword(), sample)
    assert (child.parents, child.depth, child.labels) == (("t",), 1, {"class": "frog"})
    assert set(child.parts) == {"caption", "reworded", "image"}
    assert child.parts["caption"].text == "A frog."


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A frog.", "frog"),
        ("An apple", "apple"),
        ("THE KING penguin", "KING penguin"),
        ("The 3 bears.", "3 bears"),
        ("Some grapes...", "grapes"),
        ("Apple", "apple"),
        ("A TV set.", "TV set"),
        ("It is not here. A dog is.", "it is not here. a dog is"),
        ("A man's best friend, the dog!", "man's best friend, the dog!"),
        ("A.", "a"),
        ("Theatre", "theatre"),
        ("the", "the"),
    ],
)
def test_bare_is_the_word_that_people_say(text: str, word: str) -> None:
    view = one(Bare(), said(text, "en"))
    assert view.parts["bare"] == Part.from_text(word, "en")
    assert view.parts["caption"].text == text
    assert bare(word) == word or text == "The 3 bears."


def test_bare_has_reasons() -> None:
    for text in (".", "?!", "😀", " . "):
        assert reason(Bare(), said(text, "en"))


def test_reword_keeps_question_and_exclamation_marks() -> None:
    assert all(reworded("What a day!", np.random.default_rng(s)).endswith("!") for s in range(10))


def test_english_only_ops_refuse_japanese_with_a_reason() -> None:
    for sample in (said(JAPANESE, "ja"), said(JAPANESE), said(JAPANESE, "en"), said("ein Hund", "de")):
        assert "English only" in reason(Reword(), sample)
        assert "English only" in reason(Embed(), sample)
        assert "English only" in reason(Bare(), sample)


@pytest.mark.parametrize(
    ("text", "tag", "language"),
    [
        ("a dog", "", ""),
        ("a dog", "en-US", "en"),
        ("un chien", "fr", "fr"),
        (JAPANESE, "", "ja"),
        (JAPANESE, "en", "ja"),
        ("北京", "", "zh"),
        ("東京", "ja", "ja"),
        ("собака", "", "ru"),
        ("ein Hund und 犬", "de", "de"),
        ("123", "", ""),
    ],
)
def test_language_of(text: str, tag: str, language: str) -> None:
    assert language_of(Part.from_text(text, tag)) == language


def test_classical_without_change_changes_nothing() -> None:
    made = one(Classical(drop=0, swap=0, noise=0), said("The dog is here", "en"))
    assert made.parts["caption"] == Part.from_text("The dog is here", "en")


@given(st.text(min_size=1).filter(lambda t: t.strip()), st.integers(0, 99))
def test_classical_never_empties_a_text(text: str, seed: int) -> None:
    made = one(Classical(drop=0.9, swap=1.0, noise=0.5), said(text, "en"), seed)
    assert made.parts["caption"].text


def test_classical_drops_about_the_share_it_says() -> None:
    text = " ".join(f"w{i}" for i in range(1000))
    left = one(Classical(drop=0.3, swap=0, noise=0), said(text, "en")).parts["caption"].text.split()
    assert 640 <= len(left) <= 760


def test_classical_works_on_japanese_by_characters_and_keeps_the_language() -> None:
    texts = set()
    for seed in range(10):
        part = one(Classical(drop=0.2, swap=0.3), said(JAPANESE, "ja"), seed).parts["caption"]
        assert part.lang == "ja"
        assert " " not in part.text
        assert set(part.text) <= set(JAPANESE)
        texts.add(part.text)
    assert len(texts) > 5


def test_numbers_are_not_mistyped() -> None:
    made = one(Classical(drop=0, swap=0, noise=0.5), said("model 20250131 broken"), 3).parts["caption"].text
    assert "20250131" in made


def test_ngrams_are_unit_vectors_in_which_spelling_counts() -> None:
    a, b, c = (ngram_vector(text) for text in ("赤い鳥", "赤い 鳥です", "消防車"))
    assert a.shape == (512,)
    assert np.linalg.norm(a) == pytest.approx(1.0, abs=1e-6)
    assert a @ b > a @ c
    assert np.array_equal(ngram_vector("ＡＢＣ"), ngram_vector("abc"))


def test_ngrams_need_no_weights_and_take_any_language() -> None:
    op = Embed(model="char_ngrams")
    assert op.models == ()
    assert Embed().models == ("minilm-l6",)
    assert decode_vector(one(op, said(JAPANESE, "ja")).parts["features"]).shape == (512,)


@pytest.mark.weights
def test_minilm_knows_meaning() -> None:
    a, b, c = (decode_vector(one(Embed(), said(t)).parts["features"]) for t in ("a dog", "a puppy", "stock prices"))
    assert a @ b > a @ c + 0.3
    assert decode_vector(one(Embed(allow_other_languages=True), said(JAPANESE)).parts["features"]).shape == (384,)


@pytest.mark.weights
def test_similarity_finds_texts_of_other_samples() -> None:
    words = ["frog", "apple", "guitar", "castle", "rocket", "violin", "snake", "bridge", "candle", "ocean"]

    def pairs(shown: list[str]) -> list[Sample]:
        return [
            Sample(w, {"caption": Part.from_text(f"a {w}"), "reworded": Part.from_text(f"We see one {other}.")})
            for w, other in zip(words, shown, strict=True)
        ]

    op = Similarity()
    good, bad = (
        [s.value for s in op.scores(op.measure(batch))] for batch in (pairs(words), pairs(words[1:] + words[:1]))
    )
    assert auc(bad, good) == 1.0
