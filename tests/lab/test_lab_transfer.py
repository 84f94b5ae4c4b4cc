"""What carries over between modalities and places is said from three datasets on, and no dataset is on both sides."""

from __future__ import annotations

import numpy as np
import pytest
from conditions_material import cell

from shisaku.lab.conditions import transfer
from shisaku.lab.conditions.cells import Cell
from shisaku.lab.conditions.transfer import transfer_matrix, transfers


def _world(sign: float, datasets: int = 6) -> list[Cell]:
    """Images: helps under ten per class, hurts above. Sound: the same times `sign`."""
    rng = np.random.default_rng(0)
    found = []
    for modality, factor in (("image", 1.0), ("audio", sign)):
        for i in range(datasets):
            for shots, effect in ((5, 0.1), (20, -0.1)):
                about = {"modality": modality, "per_class": float(shots), "shots": shots}
                found.append(cell(f"{modality}{i}", 0.02 + factor * effect + rng.normal(0, 0.01), **about))
    return found


def test_a_rule_carries_over_where_the_same_holds_and_fails_where_the_opposite_does() -> None:
    same = {(one.source, one.target): one for one in transfers(_world(1.0)) if one.axis == "modality"}
    assert same["image", "audio"].says == "carries over"
    assert same["image", "audio"].adopted == 6
    assert same["image", "audio"].net == pytest.approx(0.05, abs=0.01)
    opposite = {(one.source, one.target): one for one in transfers(_world(-1.0)) if one.axis == "modality"}
    assert opposite["image", "audio"].says == "fails"


def test_under_three_datasets_on_either_side_it_abstains() -> None:
    for one in transfers(_world(1.0, datasets=2)):
        assert (one.says, one.net, one.low) == ("ABSTAIN", None, None)


def test_the_target_dataset_is_never_learnt_from(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [
        cell(f"d{i}", 0.1, place=place, per_class=float(s)) for i in range(4) for place in ("same", "external")
        for s in (5, 20)
    ]  # fmt: skip
    real, seen = transfer.applied, []

    def spy(train: list[Cell], test: list[Cell]) -> object:
        seen.append(({one.dataset for one in train}, {one.dataset for one in test}))
        assert {one.place for one in train} != {one.place for one in test}
        return real(train, test)

    monkeypatch.setattr(transfer, "applied", spy)
    transfers(places)
    assert len(seen) == 8
    assert all(not train & test for train, test in seen)


def test_the_matrix_counts_datasets_and_abstains_under_three() -> None:
    cells = [cell(f"d{i}", 0.1 + 0.01 * i) for i in range(5)] + [cell(f"d{i}", -0.2, technique="b") for i in range(2)]
    rows = {one.technique: one for one in transfer_matrix(cells)}
    helped, few = rows["image.mixup"], rows["b"]
    assert (helped.says, helped.datasets) == ("helps", 5)
    assert helped.effect == pytest.approx(0.12)
    assert (few.says, few.low, few.high, few.datasets) == ("ABSTAIN", None, None, 2)
    assert few.effect == pytest.approx(-0.2)


def test_planted_faults_are_not_the_technique() -> None:
    cells = [cell(f"d{i}", 0.1 + 0.01 * i) for i in range(4)]
    faults = [cell(f"d{i}", -0.3, noise_made=0.3) for i in range(4)]
    assert transfer_matrix([*cells, *faults]) == transfer_matrix(cells)


def test_the_interval_is_students_t_over_the_means_of_datasets() -> None:
    from scipy.stats import ttest_1samp

    effects = np.array([0.01, 0.05, 0.02, 0.08])
    cells = [cell(f"d{i}", e + d) for i, e in enumerate(effects) for d in (-0.03, 0.03)]
    (row,) = transfer_matrix(cells)
    low, high = ttest_1samp(effects, 0.0).confidence_interval(0.95)
    assert (row.low, row.high) == (pytest.approx(low), pytest.approx(high))


def test_more_techniques_widen_every_interval() -> None:
    rng = np.random.default_rng(3)
    cells = [cell(f"d{i}", rng.normal(0, 0.05), technique=f"t{t}") for t in range(8) for i in range(5)]
    alone = transfer_matrix([one for one in cells if one.technique == "t0"])[0]
    among = transfer_matrix(cells)[0]
    assert among.high - among.low > alone.high - alone.low


def test_techniques_without_effect_are_rarely_said_to_help() -> None:
    rng = np.random.default_rng(9)
    false = 0
    for _ in range(1000):
        cells = [cell(f"d{i}", rng.normal(0, 0.05), technique=f"t{t}") for t in range(4) for i in range(4)]
        false += any(one.says == "helps" for one in transfer_matrix(cells))
    from shisaku.stats.proportions import upper_bound

    assert upper_bound(false, 1000) <= 0.05
