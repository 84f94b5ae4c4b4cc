"""Copies of test items among brought rows: planted at six strengths, and false alarms on honest rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from lab_material import external, planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.lab.bench import Bench
from shisaku.lab.contamination import near_test, nearest
from shisaku.lab.items import Items, StudyData

SPEC = study(arms=(Arm("real"), Arm("rows", rows="rows")), contrasts=("rows",))


def wide(seed: int) -> tuple[StudyData, Items]:
    """Real items with many dimensions of their own, as frozen networks see them, and honest rows beside them."""
    rng = np.random.default_rng(seed)
    data, rows = planted(seed, groups=30), external(seed + 50, groups=100)
    own = [
        np.hstack([items.features, rng.normal(0, 1, (len(items), 56))]).astype(np.float32)
        for items in (data.real, rows)
    ]
    # Two items of a group are not each other's copies here: they share a centre in 8 of 64 dimensions.
    return StudyData(data.real.with_features(own[0])), rows.with_features(own[1])


def hits(data: StudyData, rows: Items) -> tuple[frozenset[str], list[int]]:
    bench = Bench.lay(SPEC, replace(data, streams={"rows": rows}))
    split = bench.split(0)
    return near_test(bench, "rows", split.train(0), split.test, 0).hits, [int(i) for i in split.test]


def test_recall_falls_with_the_strength_of_the_change_and_honest_rows_pass() -> None:
    recall = dict.fromkeys((0.0, 0.1, 0.2, 0.4, 0.8, 3.0), 0.0)
    false = []
    for seed in range(3):
        data, honest = wide(seed)
        found, test = hits(data, honest)
        false.append(len(found) / len(honest))
        rng = np.random.default_rng(100 + seed)
        names = tuple(f"copy{i}" for i in test)
        for noise in recall:
            x = data.real.features[test] + rng.normal(0, noise, (len(test), 64))
            copies = Items(names, tuple(data.real.labels[i] for i in test), names, x.astype(np.float32))
            recall[noise] += len(hits(data, copies)[0]) / len(test) / 3
    assert np.mean(false) <= 0.05, false
    found_at = [noise for noise, share in recall.items() if share >= 0.8]
    assert max(found_at) >= 0.2, recall  # the detection limit on such features
    assert recall[0.0] == 1.0
    assert recall[3.0] < 0.2
    assert all(a >= b - 0.02 for a, b in zip(recall.values(), list(recall.values())[1:], strict=False)), recall


def test_nearest_in_blocks_is_nearest() -> None:
    rng = np.random.default_rng(0)
    rows, among = rng.normal(size=(2500, 5)), rng.normal(size=(30, 5))
    np.testing.assert_allclose(nearest(rows, among), (rows @ among.T).max(axis=1))
    assert nearest(rows[:0], among).shape == (0,)


def test_rows_of_the_source_of_a_fixed_test_are_no_copies_but_its_items_are() -> None:
    """Planted: items of one source lie nearer to each other than the real items do; some rows are its test items."""
    data, _ = wide(0)
    rng = np.random.default_rng(7)
    centre = rng.normal(0, 1, 64)
    label = np.arange(200) % 3

    def elsewhere(name: str) -> Items:
        x = (centre + 0.35 * np.eye(3, 64)[label] * 2.5 + rng.normal(0, 0.2, (200, 64))).astype(np.float32)
        names = tuple(f"{name}{i:03d}" for i in range(200))
        return Items(names, tuple(f"class{c}" for c in label), names, x)

    tested, rows = elsewhere("tested"), elsewhere("row")
    stolen = np.arange(0, 200, 10)
    x = rows.features.copy()
    x[stolen] = tested.features[stolen] + rng.normal(0, 0.01, (len(stolen), 64)).astype(np.float32)
    spec = replace(SPEC, domains=(Domain("there", "external", stream="tested"),), primary="there")
    bench = Bench.lay(spec, replace(data, streams={"rows": rows.with_features(x), "tested": tested}))
    split = bench.split(0)
    found = near_test(bench, "rows", split.train(4), split.test, 0).hits
    copies = {rows.ids[i] for i in stolen}
    assert copies <= found
    assert len(found - copies) <= 0.05 * (len(rows) - len(copies))
