"""Corrections bring made items to real ones, leave alone what is right, and say what they need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from ops_material import image_part, rngs, vector_part

from shisaku.core.finding import Finding
from shisaku.core.sample import Part, Sample
from shisaku.core.transform import Transform
from shisaku.errors import DataError, RecipeError
from shisaku.ops.audio.spectrum_match import SpectrumMatch, smoothed, spectrum
from shisaku.ops.dataset.importance import Importance
from shisaku.ops.dataset.subset_choice import SubsetChoice
from shisaku.ops.embedding.coral import Coral
from shisaku.ops.image.colour_match import ColourMatch, statistics
from shisaku.stats.coral import coral
from shisaku.stats.kernel_gap import Grams, Kernel, effective_size, herded
from shisaku.store.codecs import decode_image, decode_vector, decode_wave, encode_wave

RATE = 16_000


def made_of(sample: Sample, part: str, new: Part) -> Sample:
    return sample.child("shift", parts={part: new})


def corrected(op: Transform, made: Sequence[Sample], pool: Sequence[Sample]) -> list[Sample]:
    found = op.apply(made, rngs(made), pool)
    assert all(isinstance(one, tuple) for one in found)
    return [one[0] for one in found if isinstance(one, tuple) and isinstance(one[0], Sample)]


def pictures() -> tuple[list[Sample], list[Sample]]:
    rng = np.random.default_rng(0)
    images = [rng.integers(60, 160, (5, 5, 3)).repeat(6, axis=0).repeat(6, axis=1).astype(np.uint8) for _ in range(24)]
    real = [Sample(f"r{i}", {"image": image_part(image)}) for i, image in enumerate(images)]
    made = [made_of(real[i], "image", image_part((40 + 0.5 * images[i]).astype(np.uint8))) for i in range(12)]
    return made, real[12:]


def test_colours_come_to_those_of_the_real_pictures() -> None:
    made, real = pictures()
    before, after, wanted = (
        np.mean([statistics(decode_image(one.parts["image"])) for one in side], axis=0)
        for side in (made, corrected(ColourMatch(), made, [*made, *real]), real)
    )
    assert np.abs(after - wanted).max() < 0.15 * np.abs(before - wanted).max()


def test_what_sets_a_picture_apart_stays() -> None:
    made, real = pictures()
    light = [[statistics(decode_image(one.parts["image"]))[0, 0] for one in side]
             for side in (made, corrected(ColourMatch(), made, [*made, *real]))]  # fmt: skip
    assert np.corrcoef(light[0], light[1])[0, 1] > 0.99


@pytest.mark.parametrize("op", [ColourMatch(strength=0.0), ColourMatch()])
def test_the_pool_is_among_the_parents(op: ColourMatch) -> None:
    made, real = pictures()
    (child, *_) = corrected(op, made, [*made, *real])
    assert {one.id for one in (*made, *real)} == set(child.parents)
    if not op.strength:
        assert child.parts["image"].data == made[0].parts["image"].data


def test_a_pool_of_one_kind_is_refused() -> None:
    made, real = pictures()
    with pytest.raises(DataError, match="needs 5 made and 5 real"):
        ColourMatch().apply(made, rngs(made), real)
    with pytest.raises(RecipeError, match="pool"):
        ColourMatch().apply(made, rngs(made), None)


def recordings() -> tuple[list[Sample], list[Sample]]:
    from scipy.signal import butter, sosfilt

    rng = np.random.default_rng(1)
    low = butter(1, 800.0, fs=RATE, output="sos")
    waves = [(0.1 * rng.normal(size=RATE)).astype(np.float32) for _ in range(20)]
    parts = [Part("audio", encode_wave(wave, RATE)) for wave in waves]
    real = [Sample(f"r{i}", {"audio": part}) for i, part in enumerate(parts)]
    dull = [Part("audio", encode_wave((0.5 * sosfilt(low, wave)).astype(np.float32), RATE)) for wave in waves]
    return [made_of(real[i], "audio", dull[i]) for i in range(10)], real[10:]


def test_the_spectrum_comes_to_that_of_the_real_recordings() -> None:
    made, real = recordings()
    pool = [*made, *real]
    found = corrected(SpectrumMatch(), made, pool)
    before, after, wanted = (
        np.mean([spectrum(*decode_wave(one.parts["audio"]))[1] for one in side], axis=0) for side in (made, found, real)
    )
    inside = slice(5, 500)
    assert np.abs(before - wanted)[inside].mean() > 10.0
    assert np.abs(after - wanted)[inside].mean() < 1.0
    one, other = decode_wave(made[0].parts["audio"])[0], decode_wave(found[0].parts["audio"])[0]
    assert one.size == other.size
    assert corrected(SpectrumMatch(strength=0.0), made, pool)[0].parts["audio"].data == made[0].parts["audio"].data


def test_smoothing_keeps_a_constant() -> None:
    hertz = np.linspace(0, 8000, 257)
    assert np.allclose(smoothed(hertz, np.full(257, 3.0), 1.0), 3.0)


def test_coral_gives_mean_and_covariance_of_the_target() -> None:
    rng = np.random.default_rng(2)
    mixing = rng.normal(size=(4, 4))
    source, target = rng.normal(size=(500, 4)) * 3 + 1, rng.normal(size=(400, 4)) @ mixing - 2
    found = coral(source, target, shrinkage=0.0).of(source)
    assert np.allclose(found.mean(axis=0), target.mean(axis=0))
    assert np.allclose(np.cov(found.T, ddof=0), np.cov(target.T, ddof=0))
    assert np.allclose(coral(source, target, strength=0.0).of(source), source)


def test_coral_agrees_with_the_formula_of_the_paper() -> None:
    from scipy.linalg import fractional_matrix_power, inv, sqrtm

    rng = np.random.default_rng(3)
    source, target = rng.normal(size=(60, 5)), rng.normal(size=(50, 5)) @ rng.normal(size=(5, 5))
    covariances = [np.cov(rows.T, ddof=0) for rows in (source, target)]
    wanted = inv(sqrtm(covariances[0])) @ fractional_matrix_power(covariances[1], 0.5)
    assert np.allclose(coral(source, target, shrinkage=0.0).matrix, wanted, atol=1e-6)


def test_coral_of_more_numbers_than_rows_and_of_constants_stays_finite() -> None:
    rng = np.random.default_rng(4)
    for source in (rng.normal(size=(6, 40)), np.zeros((6, 40))):
        assert np.isfinite(coral(source, rng.normal(size=(6, 40))).of(source)).all()
    with pytest.raises(ValueError, match="two rows"):
        coral(np.zeros((1, 3)), np.zeros((5, 3)))


def vectors() -> tuple[list[Sample], list[Sample]]:
    rng = np.random.default_rng(5)
    real = [Sample(f"r{i:03}", {"features": vector_part(rng.normal(1.0, 0.2, 6))}) for i in range(60)]
    # Half of the made ones lie where the real ones do, half lie far off.
    places = [rng.normal(1.0, 0.2, 6) if i % 2 else rng.normal([3, 0, 0, 0, 0, 0], 0.2, 6) for i in range(80)]
    made = [Sample(f"m{i:03}", {"features": vector_part(row)}) for i, row in enumerate(places)]
    return made, real


def test_coral_moves_vectors_onto_the_real_ones() -> None:
    made, real = vectors()
    made = [one.child("toy", parts=one.parts) for one in made]
    found = np.array([decode_vector(one.parts["features"]) for one in corrected(Coral(), made, [*made, *real])])
    wanted = np.array([decode_vector(one.parts["features"]) for one in real])
    assert np.allclose(found.mean(axis=0), wanted.mean(axis=0), atol=0.01)


def named(found: list[Finding]) -> dict[str, Finding]:
    return {one.name: one for one in found}


def test_importance_weighs_down_what_lies_off() -> None:
    made, real = vectors()
    op = Importance(transform="none")
    state = op.measure(made, real)
    weights = {one.sample: one.raw for one in op.scores(state)}
    off, near = ([weights[one.id] for one in made[start::2]] for start in (0, 1))
    assert max(off) < min(near)
    found = named(op.findings(state))
    gap = found["weighted_gap"]
    assert (gap.high or 0.0) < 0
    effective = found["effective_size"].value
    assert 0.4 < (effective or 0.0) < 0.6


def test_importance_of_too_few_is_one() -> None:
    made, real = vectors()
    op = Importance()
    state = op.measure(made[:5], real)
    assert {one.raw for one in op.scores(state)} == {1.0}
    assert op.findings(state)[0].name == "no_weights"


def test_the_choice_leaves_out_what_lies_off_and_its_gap_is_smaller() -> None:
    made, real = vectors()
    op = SubsetChoice(transform="none")
    state = op.measure(made, real)
    kept = [one.sample for one in op.scores(state) if one.value > 0.5]
    assert len(kept) == 40
    assert sum(int(one[1:]) % 2 for one in kept) >= 38
    (found,) = op.findings(state)
    assert (found.high or 0.0) < 0
    (row,) = found.table
    assert row["after"] < row["random_low"]


def test_the_choice_of_few_begins_that_of_many() -> None:
    rng = np.random.default_rng(6)
    made, real = rng.normal(size=(50, 3)), rng.normal(size=(40, 3))
    kernel = Kernel.of(real, rng)
    assert list(herded(made, real, 10, kernel)) == list(herded(made, real, 30, kernel))[:10]
    assert len(set(herded(made, real, 99, kernel))) == 50


def test_every_step_of_the_choice_is_the_best_one() -> None:
    rng = np.random.default_rng(7)
    made, real = rng.normal(size=(12, 2)), rng.normal(size=(15, 2))
    kernel = Kernel.of(real, rng)
    cross, own = kernel.between(made, real).mean(axis=1), kernel.between(made, made)

    def biased(chosen: list[int]) -> float:
        return float(own[np.ix_(chosen, chosen)].mean() - 2 * cross[chosen].mean())

    chosen: list[int] = []
    for place in herded(made, real, 6, kernel):
        best = min((k for k in range(12) if k not in chosen), key=lambda k: biased([*chosen, k]))
        assert place == best
        chosen.append(best)


def test_the_discrepancy_of_one_distribution_is_nothing_on_average() -> None:
    rng, found = np.random.default_rng(8), []
    for _ in range(60):
        one, other = rng.normal(size=(40, 3)), rng.normal(size=(40, 3))
        found.append(Grams.of(Kernel(0.2), one, other).mmd2(np.ones(40), np.ones(40)))
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(60)


def test_effective_size() -> None:
    assert effective_size(np.ones(7)) == pytest.approx(7.0)
    assert effective_size(np.array([1.0, 0.0, 0.0])) == pytest.approx(1.0)
