"""bge and the reranker: a text's vector or a pair's score is its own, whatever stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from shisaku.models.loading import load
from shisaku.models.text_graph import unit

TEXTS = ["a dog", "", "the broccoli is green " * 200, "公園で犬が走る", *[f"thing number {i}" for i in range(8)]]
QUERY = "how many people live in berlin?"
# a caption, one that says the same, and one that says something else
CAPTIONS = [
    ("a dog runs in the park", "a puppy is running through a park", "stocks fell on Monday"),
    ("a red apple on a table", "an apple, red, lies on the table", "the train leaves at nine"),
    ("two penguins stand on ice", "a pair of penguins on the ice", "a recipe for tomato soup"),
    ("a boy plays the guitar", "a child is playing a guitar", "the mountain is covered with snow"),
]
WORDS = "a small brown dog runs through the green park beside an old wooden bench"
STRANGE = "market yellow seven violin engine under river cloud paper winter kettle pilot ladder thunder"


def test_rows_are_brought_to_length_one() -> None:
    np.testing.assert_allclose(unit(np.array([[3.0, 4.0], [0.0, 2.0]], np.float32)), [[0.6, 0.8], [0.0, 1.0]])


@pytest.mark.weights
def test_a_vector_does_not_depend_on_its_neighbours() -> None:
    """Exactly: the graph quantises by the range of a batch, where neighbours moved entries by 0.02."""
    model = load("text_judge")
    vectors = model.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(vectors, np.concatenate([model.embed([text]) for text in TEXTS]))
    np.testing.assert_array_equal(vectors[::-1], model.embed(TEXTS[::-1]))
    assert model.embed([]).shape == (0, 384)


@pytest.mark.weights
def test_a_score_does_not_depend_on_its_neighbours() -> None:
    """Exactly: in a batch of six the graph moved a logit by 2.4."""
    model = load("pair_judge")
    pairs = [(QUERY, text) for text in TEXTS]
    scores = model.judge_pairs(pairs)
    assert scores.shape == (len(pairs),)
    np.testing.assert_array_equal(scores, np.concatenate([model.judge_pairs([pair]) for pair in pairs]))
    assert model.judge_pairs([]).shape == (0,)


@pytest.mark.weights
def test_the_same_meaning_is_nearer_than_another() -> None:
    for caption, same, other in CAPTIONS:
        a, b, c = load("text_judge").embed([caption, same, other])
        assert float(a @ b) > float(a @ c) + 0.2
        right, wrong = load("pair_judge").judge_pairs([(caption, same), (caption, other)])
        assert right > wrong + 3


@pytest.mark.weights
def test_words_that_are_swapped_lower_both_judges_step_by_step() -> None:
    """Planted: 0 to 12 of 14 words replaced, four draws each.

    Limit: four words move the mean below every honest paraphrase of `CAPTIONS` for bge, eight for the reranker. One
    or two do not: "under the table" for "on the table" scores above a paraphrase with both.
    """
    near, fit = zip(*(_swapped(count) for count in (0, 1, 2, 4, 8, 12)), strict=True)
    assert list(near) == sorted(near, reverse=True)
    assert list(fit) == sorted(fit, reverse=True)
    firsts, seconds = [first for first, *_ in CAPTIONS], [second for _, second, _ in CAPTIONS]
    honest = (load("text_judge").embed(firsts) * load("text_judge").embed(seconds)).sum(axis=1)
    assert near[3] < honest.min()
    assert fit[4] < load("pair_judge").judge_pairs(list(zip(firsts, seconds, strict=True))).min() - 5


def _swapped(count: int) -> tuple[float, float]:
    near, fit = [], []
    for seed in range(4):
        words, strange = WORDS.split(), STRANGE.split()
        for i in np.random.default_rng(seed).permutation(len(words))[:count]:
            words[i] = strange[i]
        pair = (WORDS, " ".join(words))
        one, other = load("text_judge").embed(pair)
        near.append(float(one @ other))
        fit.append(float(load("pair_judge").judge_pairs([pair])[0]))
    return float(np.mean(near)), float(np.mean(fit))


@pytest.mark.weights
def test_the_order_of_a_pair_matters() -> None:
    there, back = load("pair_judge").judge_pairs([(QUERY, "Berlin is big."), ("Berlin is big.", QUERY)])
    assert there != back


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.mark.weights
def test_two_threads_give_what_one_gives(threads: ThreadPoolExecutor) -> None:
    model = load("text_judge")
    alone = [model.embed([text]) for text in TEXTS]
    for one, other in zip(alone, threads.map(lambda text: model.embed([text]), TEXTS), strict=True):
        np.testing.assert_array_equal(one, other)
