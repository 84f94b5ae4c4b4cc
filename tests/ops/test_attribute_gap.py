"""What gives made items away, in words and figures; and that nothing does where nothing was changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from ops_material import CAPTIONS, image_part, samples, tone

from shisaku.core.finding import Finding
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.ops.attribute_gap import AttributeGap
from shisaku.ops.audio.attribute_gap import AudioAttributeGap
from shisaku.ops.image.attribute_gap import ImageAttributeGap, attributes
from shisaku.ops.text.attribute_gap import TextAttributeGap, words_of
from shisaku.ops.units import units_of
from shisaku.stats.attribute_gap import MOST, conformal, gap, oddness
from shisaku.store.codecs import encode_wave

RATE = 16_000


def pictures(n: int, seed: int, brighter: float = 0.0) -> list[Sample]:
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        blocks = rng.integers(40, 200, (6, 6, 3)).repeat(6, axis=0).repeat(6, axis=1) + rng.normal(0, 15)
        image = np.clip(blocks + brighter, 0, 255).astype(np.uint8)
        found.append(Sample(f"{seed}-{i:03}", {"image": image_part(image)}))
    return found


def told(op: AttributeGap, made: list[Sample], real: list[Sample]) -> Finding:
    (found,) = op.findings(op.measure(made, real))
    return found


def row(found: Finding, attribute: str) -> dict[str, Any]:
    return next(one for one in found.table if one["attribute"] == attribute)


def test_darker_pictures_are_told_in_words() -> None:
    found = told(ImageAttributeGap(), pictures(60, 1, -40.0), pictures(60, 2))
    assert found.name == "attribute_gap"
    assert found.weight == "bad"
    assert "darker by" in str(found.what)
    assert "image.colour_match" in str(found.next)
    brightness = row(found, "brightness")
    assert brightness["telling"]
    assert brightness["low"] < brightness["d"] < brightness["high"] < 0
    assert found.n == 60
    assert len(found.samples) == 20


def test_real_pictures_among_themselves_have_no_gap() -> None:
    found = told(ImageAttributeGap(), pictures(60, 3), pictures(60, 4))
    assert found.name == "no_attribute_gap"
    assert found.weight == "note"
    assert not any(one["telling"] for one in found.table)


def test_too_few_say_how_many_it_takes() -> None:
    found = told(ImageAttributeGap(), pictures(5, 1), pictures(60, 2))
    assert found.value is None
    assert "20 made" in str(found.what)


def test_without_reference_it_refuses() -> None:
    with pytest.raises(RecipeError, match="reference"):
        ImageAttributeGap().measure(pictures(3, 1))


def test_odd_pictures_score_low_with_a_reason_and_usual_ones_do_not() -> None:
    op = ImageAttributeGap()
    real = pictures(100, 5)
    black = Sample("black", {"image": image_part(np.zeros((36, 36, 3), np.uint8))})
    scores = op.scores(op.measure([*pictures(100, 6), black], real))
    last = next(one for one in scores if one.sample == "black")
    assert last.issue
    assert last.value < 0.02
    assert last.reason is not None
    # A conformal p: about a twentieth of pictures of the same kind are odd.
    assert sum(bool(one.issue) for one in scores if one.sample != "black") <= 12


def test_a_picture_of_one_grey_and_a_tiny_one_are_measured() -> None:
    assert "low_frequencies" not in attributes(np.full((20, 20, 3), 90, np.uint8))
    assert attributes(np.zeros((1, 3, 3), np.uint8))["aspect"] == 3.0


def test_narrow_soft_recordings_are_told() -> None:
    rng = np.random.default_rng(0)

    def recordings(name: str, factor: float) -> list[Sample]:
        waves = [factor * (tone(rng.uniform(200, 400)) + rng.normal(0, 0.02, 8000)) for _ in range(30)]
        return [
            Sample(
                f"{name}{i}", {"audio": Part("audio", encode_wave(wave.astype(np.float32), RATE))}, group=f"v{i % 3}"
            )
            for i, wave in enumerate(waves)
        ]

    found = told(AudioAttributeGap(), recordings("a", 0.2), recordings("b", 1.0))
    assert "softer by" in str(found.what) or "quieter in their pauses" in str(found.what)
    assert row(found, "level")["telling"]
    assert not row(found, "seconds")["telling"]


def texts(n: int, seed: int, extra: str = "", lang: str = "en") -> list[Sample]:
    rng = np.random.default_rng(seed)
    words = ["red", "blue", "frog", "house", "tree", "sits", "near", "a", "small", "old", "lake", "two", "birds"]
    said = [" ".join(rng.choice(words, int(rng.integers(4, 9)))) + extra for _ in range(n)]
    return [Sample(f"{seed}-{i}", {"caption": Part.from_text(one, lang)}) for i, one in enumerate(said)]


def test_words_that_no_real_text_has_are_told() -> None:
    found = told(TextAttributeGap(), texts(40, 1, " delve tapestry"), texts(40, 2))
    assert row(found, "new_words")["telling"]
    assert row(found, "new_words")["mean_real"] == 0
    assert "no real text has" in str(found.what)


def test_a_child_does_not_know_the_words_of_its_parent() -> None:
    parents = [Sample(f"p{i}", {"caption": Part.from_text(f"own{i} word", "en")}) for i in range(30)]
    children = [one.child("toy", parts=one.parts) for one in parents]
    # With one entity each the entity is left out, with a shared one the parent.
    for real in (parents, [replace(one, group="one") for one in parents]):
        made = children if real is parents else [one.child("toy", parts=one.parts) for one in real]
        found = told(TextAttributeGap(), made, real)
        assert row(found, "new_words")["mean_made"] == row(found, "new_words")["mean_real"] == 0.5


def test_scripts_of_japanese_are_shares() -> None:
    op = TextAttributeGap()
    state = op.measure([Sample("a", {"caption": Part.from_text("カエルが池の中にいる", "ja")})], texts(3, 1))
    figures = state["made"]["a"][1]
    assert (figures["katakana"], figures["han"], figures["latin"]) == (0.3, 0.2, 0.0)
    assert figures["hiragana"] == 0.5


def test_words_are_lower_case_without_punctuation() -> None:
    assert words_of("The frog, the LAKE!", "en") == ["the", "frog", "the", "lake"]
    assert words_of("猫 犬", "zh") == ["猫", "犬"]


def test_states_merge_whatever_the_halves() -> None:
    op = TextAttributeGap()
    whole = op.measure(samples(), samples())
    halves = op.merge(op.measure(samples()[:2], samples()), op.measure(samples()[2:], samples()))
    assert op.findings(whole) == op.findings(halves)
    assert len(CAPTIONS) == 4


def test_interval_of_d_holds_its_level_where_items_come_in_entities() -> None:
    held, rng = 0, np.random.default_rng(1)
    for _ in range(150):
        own, other = rng.normal(0.3, 1.0, 40).repeat(5), rng.normal(0.0, 1.0, 40).repeat(5)
        made, real = own + rng.normal(0, 0.5, 200), other + rng.normal(0, 0.5, 200)
        units = np.arange(40).repeat(5)
        found = gap(made, real, units, units + 40)
        held += found.low <= 0.3 / np.sqrt(1.25) <= found.high
    assert 0.91 <= held / 150 <= 0.99


def test_p_is_right_under_no_difference() -> None:
    rng, units = np.random.default_rng(2), np.arange(50)
    p = [gap(rng.normal(size=50), rng.normal(size=50), units, units + 50).p for _ in range(200)]
    assert np.mean(np.array(p) < 0.05) <= 0.09


def test_other_spread_is_found_where_the_means_are_the_same() -> None:
    rng, units = np.random.default_rng(3), np.arange(200)
    found = gap(rng.normal(0, 0.2, 200), rng.normal(0, 1.0, 200), units, units + 200)
    assert found.p < 0.001
    assert found.wasserstein > 0.3 > abs(found.d)


def test_constants_have_no_gap_or_the_largest() -> None:
    one, units = np.ones(30), np.arange(30)
    assert gap(one, one, units, units).d == 0.0
    apart = gap(one, 2 * one, units, units)
    assert apart.d == -MOST
    assert apart.p < 0.001


def test_wasserstein_is_never_less_than_the_difference_of_means() -> None:
    rng, units = np.random.default_rng(4), np.arange(60)
    for _ in range(20):
        found = gap(rng.gamma(1, 1, 60), rng.gamma(2, 1, 60), units, units)
        assert found.wasserstein >= abs(found.d) - 1e-9


def test_oddness_counts_sides_apart() -> None:
    real = np.concatenate([np.linspace(-1, 0, 50), np.linspace(0, 100, 50)])[:, None]
    far = oddness(np.array([[-50.0], [50.0]]), real)
    assert far[0] > far[1]
    assert oddness(np.zeros((0, 1)), real).size == 0


def test_few_entities_are_no_units() -> None:
    few = units_of({"a": "x", "b": "x"}, {"c": "x"})
    assert few == (["made a", "made b"], ["real c"])
    many = {f"i{k}": f"e{k}" for k in range(10)}
    assert units_of(many, many) == (list(many.values()), list(many.values()))


def test_conformal_p_is_right_for_rows_of_the_real_kind() -> None:
    rng = np.random.default_rng(5)
    small = [np.mean(conformal(rng.normal(size=(50, 12)), rng.normal(size=(60, 12))) < 0.05) for _ in range(60)]
    assert 0.02 <= np.mean(small) <= 0.08
    assert list(conformal(np.zeros((2, 3)), np.zeros((1, 3)))) == [1.0, 1.0]


def test_the_largest_step_is_that_of_scipy() -> None:
    from scipy.stats import ks_2samp

    rng = np.random.default_rng(6)
    for _ in range(20):
        one, other = rng.integers(0, 9, 30).astype(float), rng.normal(4, 3, 50)
        found = gap(one, other, np.arange(30), np.arange(30, 80))
        assert found.ks == pytest.approx(ks_2samp(one, other, method="asymp").statistic)
