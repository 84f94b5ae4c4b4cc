"""The drift meter: what a hop costs, paired over first ancestors, and an injected error found where it was injected."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.judging.drift import Loss, Stage, first_to_mend, losses, weakest
from shisaku.stats.proportions import clopper_pearson

HOPS = ("caption", "words", "speech", "heard")


def chain(rng: np.random.Generator, n: int, hurt: str = "", strength: float = 0.0) -> list[Stage]:
    """A chain whose hops lose 0.05 each by nature; `hurt` loses `strength` more, each with luck of its own."""
    left = np.ones(n)
    stages = [Stage("data", {f"a{i}": 1.0 for i in range(n)})]
    for hop in HOPS:
        left = left - rng.normal(0.05, 0.05, n) - (rng.normal(strength, 0.05, n) if hop == hurt else 0.0)
        stages.append(Stage(hop, {f"a{i}": float(value) for i, value in enumerate(left)}))
    return stages


def test_a_loss_is_the_mean_paired_difference() -> None:
    before = Stage("data", {"a": 1.0, "b": 0.8, "c": 0.6, "gone": 0.1})
    after = Stage("caption", {"a": 0.9, "b": 0.5, "c": 0.4})
    (loss,) = losses("meaning", [before, after])
    assert (loss.hop, loss.n) == ("caption", 3)
    assert loss.loss == pytest.approx(0.2)
    assert (loss.before, loss.after) == (pytest.approx(0.8), pytest.approx(0.6))
    # Differences 0.1, 0.3, 0.2: se 0.1 / sqrt 3, t(2, 0.975) 4.303
    assert loss.low == pytest.approx(0.2 - 4.302653 * 0.1 / 3**0.5)
    assert not loss.shown


def test_few_ancestors_give_no_interval_and_no_blame() -> None:
    stages = [Stage("data", {"a": 1.0, "b": 1.0}), Stage("caption", {"a": 0.1, "b": 0.1})]
    assert losses("meaning", stages)[0].low is None
    assert weakest("meaning", stages) is None


@pytest.mark.parametrize("hurt", HOPS)
def test_an_injected_error_is_found_at_its_hop(hurt: str) -> None:
    found = [weakest("meaning", chain(np.random.default_rng(seed), 20, hurt, 0.1)) for seed in range(40)]
    assert sum(one is not None and one.hop == hurt for one in found) >= 38


@pytest.mark.parametrize("hurt", HOPS)
def test_a_smaller_one_beside_an_earlier_run(hurt: str) -> None:
    def pair(seed: int) -> str:
        rng = np.random.default_rng(seed)
        earlier = chain(rng, 40)
        hit = weakest("meaning", chain(rng, 40, hurt, 0.06), earlier)
        return hit.hop if hit else ""

    assert clopper_pearson(sum(pair(seed) == hurt for seed in range(100)), 100)[1] > 0.9


def test_nothing_injected_is_seldom_blamed_for_sure() -> None:
    rng = np.random.default_rng(0)
    sure = [found.sure for _ in range(200) if (found := weakest("meaning", chain(rng, 20), chain(rng, 20)))]
    assert sum(sure) <= 10


def test_the_first_to_mend_loses_the_largest_part_of_what_was_there() -> None:
    def loss(meter: str, before: float, lost: float, low: float) -> Loss:
        return Loss(meter, "x", before, before - lost, lost, low, lost, 9)

    told = [loss("meaning", 1.0, 0.2, 0.1), loss("label", 0.4, 0.15, 0.05), loss("quality", 1.0, 0.9, -0.1)]
    assert first_to_mend(told) is told[1]
    assert first_to_mend([]) is None
