"""BLEU as sacrebleu has it, distinct n-grams, the jackknife, and falls over rounds."""

from __future__ import annotations

import math
from importlib import import_module

import numpy as np
import pytest

from shisaku.stats.bleu import grams_of, self_bleu
from shisaku.stats.collapse import Seen, coverage, nearest_other, unlike, variety
from shisaku.stats.fall import fall
from shisaku.stats.jackknife import Jackknifed, apart, jackknife
from shisaku.stats.ngram_diversity import coded, distinct, expectation_adjusted
from shisaku.stats.vendi import vendi

LETTERS = (
    "e a c",
    "d d",
    "f d b a d a d d",
    "f",
    "c f b e a c a a",
    "f",
    "a d f b d f a e b",
    "d e b c b f b d",
    "a d e f a",
    "f f c",
    "f c",
    "d e f b c c e d e",
)
# Sentence scores of sacrebleu 2.5.1 (effective_order, exp smoothing, tokenize none), each against all others.
OF_LETTERS = (
    1.0, 1.0, 0.172860392321, 1.0, 0.281170662595, 1.0, 0.293697454735, 0.319471552123, 0.537284965912,
    0.629960524947, 1.0, 0.260847430012,
)  # fmt: skip
SENTENCES = (
    "the cat sat on the mat",
    "the cat lay on the mat",
    "press one to continue",
    "a dog",
    "press two to continue or hang up",
)
OF_SENTENCES = (0.379917842826, 0.379917842826, 0.353553390593, 0.0, 0.145357684242)


@pytest.mark.parametrize(("texts", "wanted"), [(LETTERS, OF_LETTERS), (SENTENCES, OF_SENTENCES)])
def test_self_bleu_is_that_of_sacrebleu(texts: tuple[str, ...], wanted: tuple[float, ...]) -> None:
    found = self_bleu([grams_of(one.split()) for one in texts], range(len(texts)), 200)
    assert found == pytest.approx(wanted, abs=1e-11)


def test_self_bleu_is_that_of_the_sacrebleu_installed() -> None:
    metrics = import_module("sacrebleu.metrics")
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(list("abcdefgh"), rng.integers(1, 15))) for _ in range(40)]
    theirs = metrics.BLEU(effective_order=True, smooth_method="exp", tokenize="none")
    wanted = [
        theirs.sentence_score(one, [other for j, other in enumerate(texts) if j != i]).score / 100
        for i, one in enumerate(texts)
    ]
    found = self_bleu([grams_of(one.split()) for one in texts], range(len(texts)), 200)
    assert found == pytest.approx(wanted, abs=1e-9)


def test_a_text_is_compared_with_as_many_others_as_asked() -> None:
    texts = [grams_of(one.split()) for one in ("a b c d", "e f g h", "i j k l", "a b c d")]
    assert self_bleu(texts, range(4), 1).tolist() == [0.0, 0.0, 0.0, 1.0]  # the first against the second
    assert self_bleu(texts, range(4), 3).tolist() == [1.0, 0.0, 0.0, 1.0]
    assert self_bleu(texts[:1], range(1), 3).tolist() == [0.0]
    assert self_bleu([], range(0), 3).tolist() == []


def test_distinct_n_and_what_is_expected() -> None:
    texts = [["a", "b", "a"], ["a", "b"]]
    words, pairs = coded(texts, 1), coded(texts, 2)
    assert distinct(words) == pytest.approx(2 / 5)
    assert distinct(pairs) == pytest.approx(2 / 3)  # a b, b a, a b
    assert distinct([]) == 0.0
    # 2 different of 5 drawn from 10: 10 (1 - 0.9^5)
    assert expectation_adjusted(words, 10) == pytest.approx(2 / (10 * (1 - 0.9**5)))
    assert expectation_adjusted(words[:0], 10) == 0.0
    assert expectation_adjusted([np.zeros(3, np.int64)], 1) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="cannot hold"):
        expectation_adjusted(words, 1)


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(1).normal(size=40)
    found = jackknife(range(40), lambda places: float(values[places].mean()), groups=40)
    assert found.value == pytest.approx(values.mean())
    assert found.se == pytest.approx(values.std(ddof=1) / math.sqrt(40))
    assert found.df == 39
    low, high = found.interval()
    assert low < found.value < high
    with pytest.raises(ValueError, match="two entities"):
        jackknife(["a", "a"], lambda places: 0.0)


def test_the_interval_covers_what_a_larger_sample_would_give() -> None:
    rng = np.random.default_rng(2)
    draws = [[rng.zipf(1.6, 8) % 500 for _ in range(100)] for _ in range(60)]
    found = [jackknife(range(100), lambda places, one=one: distinct([one[k] for k in places])) for one in draws]
    true = float(np.mean([one.value for one in found]))
    inside = sum(low <= true <= high for low, high in (one.interval() for one in found))
    assert inside >= 54  # of 60 at a level of 95 %


def test_a_difference_has_the_errors_of_both() -> None:
    one, other = Jackknifed(0.5, 0.03, 19, 100), Jackknifed(0.6, 0.04, 9, 80)
    less = apart(one, other)
    assert (less.value, less.se, less.df) == (pytest.approx(-0.1), pytest.approx(0.05), 9)


def figures(values: list[float], se: float = 0.01) -> list[Jackknifed]:
    return [Jackknifed(value, se, 19, 50) for value in values]


def test_a_steady_fall_is_a_trend() -> None:
    found = fall([0, 1, 2, 3, 4], figures([0.9, 0.87, 0.85, 0.82, 0.78], 0.1), 0.1, 0.05)
    assert found.sign == "trend"
    assert found.slope == pytest.approx(-0.03, abs=0.003)
    assert found.p == pytest.approx(1 / math.factorial(5))
    assert found.worst == 4


def test_one_round_far_below_the_first_is_a_step() -> None:
    assert fall([0, 1], figures([0.9, 0.5]), 0.1, 0.05).sign == "step"
    assert fall([0, 1], figures([0.9, 0.85]), 0.1, 0.05).sign == ""
    assert fall([0, 1], figures([0.9, 0.5], 0.3), 0.1, 0.05).sign == ""
    assert fall([0, 1, 2, 3], figures([0.5] * 4), 0.1, 0.05).sign == ""
    with pytest.raises(ValueError, match="two rounds"):
        fall([0], figures([0.9]), 0.1, 0.05)


def seen(rows: np.ndarray, parents: list[int] | None = None) -> Seen:
    unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return Seen(unit, list(range(len(rows))), np.array(parents or range(len(rows)), np.intp))


def test_copies_of_one_thing_cover_little_and_vary_little() -> None:
    rng = np.random.default_rng(3)
    real = rng.normal(size=(100, 8))
    many, few = seen(rng.normal(size=(60, 8))), seen(np.repeat(rng.normal(size=(3, 8)), 20, axis=0))
    ground = seen(real).rows
    assert coverage(ground, many, 5).value > 3 * coverage(ground, few, 5).value
    middle = np.zeros(8, np.float32)
    assert variety(few, middle).value == pytest.approx(vendi(few.rows) / 60)
    assert variety(few, middle).value < variety(many, middle).value
    assert unlike(many, 0.999).value == 1.0
    assert unlike(few, 0.999).value == 0.0


def test_siblings_are_no_copies_of_each_other() -> None:
    rows = np.repeat(np.random.default_rng(4).normal(size=(5, 8)), 2, axis=0)
    siblings = seen(rows, [k // 2 for k in range(10)])
    assert unlike(siblings, 0.999).value == 1.0
    assert nearest_other(seen(rows)) == pytest.approx(np.ones(10), abs=1e-6)
    assert nearest_other(siblings).max() < 0.999
    assert nearest_other(seen(rows[:1])).tolist() == [-1.0]
