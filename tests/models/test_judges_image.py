"""BRISQUE: a support vector machine and ranges read as data, and features that are what they say."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from shisaku.errors import DataError, WeightsError
from shisaku.models.brisque import FEATURES, read_libsvm, read_ranges
from shisaku.models.check_judges import image_judge_check
from shisaku.models.loading import load
from shisaku.models.natural_scene import fitted

MODEL = """svm_type epsilon_svr
kernel_type rbf
gamma 0.5
nr_class 2
total_sv 2
rho -3
SV
2 1:1 36:-1
-1 2:0.5
"""


def test_a_machine_is_its_formula() -> None:
    found = read_libsvm(MODEL).predict(np.zeros(FEATURES))
    assert found == pytest.approx(2 * np.exp(-0.5 * 2) - np.exp(-0.5 * 0.25) + 3)


@pytest.mark.parametrize(
    "text",
    ["", MODEL.replace("rbf", "linear"), MODEL.replace("total_sv 2", "total_sv 3"), MODEL.replace("36:", "x:"),
     MODEL.replace("36:", "37:"), MODEL.replace("rho", "rha")],
)  # fmt: skip
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(WeightsError):
        read_libsvm(text)


def test_ranges_are_read_from_a_pickle_that_is_not_run() -> None:
    least, most = read_ranges(pickle.dumps({"min_": [0.5] * FEATURES, "max_": [1.5] * FEATURES}, 4))
    assert set(least) == {0.5}
    assert set(most) == {1.5}


class Mischief:
    ran = False

    def __reduce__(self) -> tuple[object, ...]:
        return setattr, (Mischief, "ran", True)


@pytest.mark.parametrize("data", [b"", b"\x80\x04", pickle.dumps([0.5] * 71, 4), pickle.dumps(Mischief(), 4)])
def test_another_pickle_is_refused_and_not_run(data: bytes) -> None:
    with pytest.raises(WeightsError):
        read_ranges(data)
    assert not Mischief.ran


@pytest.mark.parametrize(("shape", "left", "right"), [(2.0, 1.0, 1.0), (1.0, 0.5, 2.0), (0.6, 1.5, 1.0)])
def test_a_fit_finds_the_distribution_it_was_drawn_from(shape: float, left: float, right: float) -> None:
    from scipy.special import gamma
    from scipy.stats import gengamma

    rng = np.random.default_rng(0)
    size = gengamma.rvs(1 / shape, shape, size=400_000, random_state=rng) * np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    side = rng.random(400_000) < left / (left + right)
    found, mean, one, other = fitted(np.where(side, -left * size, right * size))
    assert (found, one, other) == pytest.approx((shape, left, right), rel=0.03)
    spread = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    assert mean == pytest.approx((right - left) * spread * gamma(2 / shape) / gamma(1 / shape), abs=0.03)


@pytest.mark.weights
def test_it_says_what_the_package_says() -> None:
    ok, what = image_judge_check()
    assert ok, str(what)


@pytest.mark.weights
@pytest.mark.parametrize("pixels", [np.zeros((8, 90, 3), np.uint8), np.full((64, 64, 3), 200, np.uint8)])
def test_what_has_no_statistics_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(DataError):
        load("image_judge").judge_image(pixels)
