"""Krippendorff's alpha equals published worked examples, and says when it is undefined."""

from __future__ import annotations

import pytest

from shisaku.stats.krippendorff import SCALES, Scale, krippendorff_alpha

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections A to D: one string per observer.
FOUR = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
BINARY = ("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
WORDS = ("a a b b d c c c e d d a", "b a b b b c c c e d d d")


def units(rows: tuple[str, ...], kind: type = str) -> list[list[object]]:
    return [[kind(a) for a in column if a != "."] for column in zip(*(row.split() for row in rows), strict=True)]


@pytest.mark.parametrize(
    ("scale", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_four_observers_with_missing_answers(scale: Scale, published: float) -> None:
    found = krippendorff_alpha(units(FOUR, float), scale)
    assert found.value == pytest.approx(published, abs=5e-4)
    assert (found.units, found.answers) == (11, 40)
    assert found.low is not None
    assert found.high is not None
    assert found.low < published < found.high


@pytest.mark.parametrize(("rows", "published"), [(BINARY, 0.095), (WORDS, 0.692)])
def test_two_observers(rows: tuple[str, ...], published: float) -> None:
    assert krippendorff_alpha(units(rows)).value == pytest.approx(published, abs=5e-4)


def test_by_hand() -> None:
    # Coincidences: aa 2, ab 1, ba 1, bb 2 (n = 6): D_o = 2/6, D_e = 2 * 3 * 3 / (6 * 5) = 0.6.
    assert krippendorff_alpha(["aa", "ab", "bb"]).value == pytest.approx(1 - (2 / 6) / 0.6)


@pytest.mark.parametrize("scale", SCALES)
def test_full_agreement_is_one_and_one_answer_alone_is_undefined(scale: Scale) -> None:
    assert krippendorff_alpha([[1.0, 1.0], [2.0, 2.0]] * 10, scale).value == pytest.approx(1.0)
    assert krippendorff_alpha([[1.0, 1.0], [1.0, 1.0]], scale).value is None
    assert krippendorff_alpha([[1.0], [2.0], []], scale).value is None


def test_order_of_units_and_observers_does_not_matter_and_a_seed_repeats() -> None:
    one = krippendorff_alpha(units(FOUR, float), "ordinal", seed=3)
    other = krippendorff_alpha([unit[::-1] for unit in units(FOUR, float)][::-1], "ordinal", seed=3)
    assert one == other


def test_the_interval_covers_the_alpha_of_many_units() -> None:
    import numpy as np

    def drawn(n: int, rng: np.random.Generator) -> list[list[int]]:
        truth = rng.integers(0, 3, n)
        return [[int(t if rng.random() < 0.8 else rng.integers(0, 3)) for _ in range(3)] for t in truth]

    many = krippendorff_alpha(drawn(20_000, np.random.default_rng(0)), draws=2).value
    found = [krippendorff_alpha(drawn(80, np.random.default_rng(seed)), draws=200) for seed in range(1, 101)]
    assert many is not None
    covered = sum(a.low <= many <= a.high for a in found if a.low is not None and a.high is not None)
    assert 88 <= covered <= 100


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="scale must be one of"):
        krippendorff_alpha([["a", "b"]], "likert")  # type: ignore[arg-type]
