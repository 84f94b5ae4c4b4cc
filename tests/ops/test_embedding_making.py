"""Made points in feature space: where they lie, and whose they are."""

from __future__ import annotations

import numpy as np
import pytest
from ops_material import apply, clustered, one, reason, vector_part

from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.errors import RecipeError
from shisaku.ops.embedding.calibrate import Calibrate
from shisaku.ops.embedding.mixup import Mixup
from shisaku.ops.embedding.noise import Noise
from shisaku.ops.embedding.tukey import Tukey
from shisaku.store.codecs import decode_vector


def point(name: str, values: np.ndarray, label: str) -> Sample:
    parts = {"features": vector_part(values), "caption": Part.from_text("seen")}
    return Sample(name, parts, {"class": label}, group=name)


def vector(sample: Sample) -> np.ndarray:
    return decode_vector(sample.parts["features"]).astype(np.float64)


POOL = [point(f"p{i:02d}", clustered(i % 4, i), f"c{i % 4}") for i in range(32)]


@pytest.mark.parametrize("op", [Mixup(alpha=0.0), Noise(strength=0.0), Tukey(power=1.0)])
def test_the_neutral_element(op: Mixup | Noise | Tukey) -> None:
    made = one(op, POOL[0], pool=POOL)
    assert made.parts["features"] == POOL[0].parts["features"]


def test_a_child_is_a_vector_alone() -> None:
    for op in (Mixup(), Noise(), Calibrate()):
        assert set(one(op, POOL[0], pool=POOL).parts) == {"features"}


def test_mixup_lies_on_the_line_and_nearer_to_its_own() -> None:
    known = {sample.id: sample for sample in POOL}
    for seed in range(20):
        child = one(Mixup(alpha=1.0), POOL[1], seed, POOL)
        other, share = known[child.facts["mixup_other"]], float(child.facts["mixup_share"])
        assert other.labels == POOL[1].labels
        assert child.parents == (POOL[1].id, other.id)
        assert 0.5 <= share <= 1.0
        assert np.allclose(vector(child), share * vector(POOL[1]) + (1 - share) * vector(other), atol=1e-3)


def test_mixup_of_any_label_says_which() -> None:
    known = {sample.id: sample for sample in POOL}
    children = [one(Mixup(same_label=False), POOL[0], seed, POOL) for seed in range(12)]
    assert len({child.facts["mixup_label"] for child in children}) > 1
    assert all(known[c.facts["mixup_other"]].labels["class"] == c.facts["mixup_label"] for c in children)
    assert all(child.labels == POOL[0].labels for child in children)


def test_noise_is_as_long_as_it_says() -> None:
    long = point("long", np.full(4000, 2.0), "a")
    free = vector(one(Noise(strength=0.3, keep_length=False), long)) - 2.0
    assert np.linalg.norm(free) / np.linalg.norm(np.full(4000, 2.0)) == pytest.approx(0.3, rel=0.05)
    kept = vector(one(Noise(strength=0.3), long))
    assert np.linalg.norm(kept) == pytest.approx(np.linalg.norm(np.full(4000, 2.0)), rel=1e-5)


def of_the_paper(
    x: np.ndarray, bases: dict[str, np.ndarray], k: int, power: float, alpha: float
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of Yang, Liu and Xu 2021, equations 3 to 6, written down directly."""
    x = x**power if power else np.log(x)
    means = {name: rows.mean(axis=0) for name, rows in bases.items()}
    near = sorted(means, key=lambda name: np.sum((means[name] - x) ** 2))[:k]
    mean = (sum(means[name] for name in near) + x) / (len(near) + 1)
    return mean, sum(np.cov(bases[name].T) for name in near) / len(near) + alpha


@pytest.mark.parametrize(("power", "alpha"), [(0.5, 0.21), (1.0, 0.0), (0.0, 0.1)])
def test_calibration_agrees_with_the_formula_of_the_paper(power: float, alpha: float) -> None:
    rng = np.random.default_rng(5)
    width, n = 4, 60
    bases = {f"base{c}": rng.gamma(2.0 + c, 0.5 + 0.2 * c, (n, width)) for c in range(5)}
    pool = [point(f"{name}-{i}", row, name) for name, rows in bases.items() for i, row in enumerate(rows)]
    novel = point("novel", rng.gamma(3.0, 0.6, width) + 0.1, "novel")
    mean, cov = of_the_paper(vector(novel), bases, 2, power, alpha)
    # Many steps, one draw each, as rounds make them.
    op = Calibrate(k=2, power=power, alpha=alpha)
    draws = 6000
    twins = [novel] * draws
    outcomes = op.apply(twins, [rng_for(i, "calibrated", "novel") for i in range(draws)], pool)
    made = np.array([vector(outcome[0]) for outcome in outcomes])  # type: ignore[index]
    error = np.sqrt(np.diag(cov) / draws)
    assert np.all(np.abs(made.mean(axis=0) - mean) < 4.5 * error)
    assert np.allclose(np.cov(made.T), cov, atol=0.08 * np.diag(cov).max())
    child = outcomes[0][0]  # type: ignore[index]
    lenders = child.facts["calibrated_with"].split(", ")
    assert set(child.parents[1:]) == {sample.id for sample in pool if sample.labels["class"] in lenders}


def test_calibration_never_asks_its_own_class() -> None:
    for sample in POOL[:8]:
        said = one(Calibrate(k=3), sample, pool=POOL).facts["calibrated_with"].split(", ")
        assert len(said) == 3
        assert sample.labels["class"] not in said


def test_what_cannot_be_done_says_why() -> None:
    lone = point("lone", np.ones(24), "alone")
    assert "no other sample of this label" in reason(Mixup(), lone, POOL)
    assert "numbers and those of the pool have" in reason(Mixup(), point("short", np.ones(3), "c0"), POOL)
    assert "no other class" in reason(Calibrate(), POOL[0], [one for one in POOL if one.labels["class"] == "c0"])
    assert "needs numbers above 0" in reason(Tukey(power=0.0), point("signed", np.array([1.0, -1.0]), "a"))
    assert "numbers and those of the pool have" in reason(Calibrate(), point("short", np.ones(3), "c0"), POOL)


def test_tukey_keeps_signs() -> None:
    made = vector(one(Tukey(power=0.5), point("signed", np.array([4.0, -9.0, 0.0]), "a")))
    assert made == pytest.approx([2.0, -3.0, 0.0])


def test_bad_parameters_are_named() -> None:
    for op, params in ((Mixup, {"alpha": -1.0}), (Noise, {"strength": -1.0}), (Calibrate, {"k": 0})):
        with pytest.raises(ValueError, match=next(iter(params))):
            op(**params)  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match="pool"):
        apply(Calibrate(), POOL[:1])
