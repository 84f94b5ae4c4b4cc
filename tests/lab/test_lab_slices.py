"""A contrast on parts of the test items: what the whole hides is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from lab_material import external, planted, study

from shisaku.core.domain import Domain
from shisaku.lab.items import StudyData
from shisaku.lab.prove import prove


def sliced(data: StudyData, domain: Domain) -> list[dict[str, Any]]:
    spec = study(domains=(domain,), primary=domain.name, slices=("camera",), splits=8)
    rows: list[dict[str, Any]] = list(prove(spec, data).detail["slices"])
    return rows


def with_cameras(data: StudyData, values: list[str]) -> StudyData:
    return replace(data, real=replace(data.real, facts={"camera": tuple(values)}))


def test_a_gain_on_one_camera_that_the_whole_halves_is_told() -> None:
    """Planted: what comes from the dark camera is shifted as the made items are, and the real items are not."""
    base, photos = planted(), external()
    dark = np.arange(len(photos)) % 2 == 0
    means = np.eye(3, 8, dtype=np.float32) * 2.5
    away = (means[0] - means[1]) / 2.5 + 2.5 * np.eye(1, 8, 7, dtype=np.float32)[0]
    sizes = np.random.default_rng(5).normal(0, 3.0, len(photos)).astype(np.float32)
    moved = photos.features + (dark * sizes)[:, None] * away
    cameras = {"camera": tuple("dark" if one else "bright" for one in dark)}
    data = replace(
        base, streams={**base.streams, "photos": replace(photos, features=moved.astype(np.float32), facts=cameras)}
    )
    found = {row["value"]: row["gain"] for row in sliced(data, Domain("photo", "external", stream="photos"))}
    assert found["dark"]["low"] > 0.1
    assert found["dark"]["effect"] > found["bright"]["effect"] + 0.15


def test_slices_together_are_the_whole() -> None:
    data = with_cameras(planted(), ["one" if i % 2 else "two" for i in range(len(planted().real))])
    spec = study(domains=(Domain("clean", "resplit"),), primary="clean", slices=("camera",), metric="accuracy")
    result = prove(spec, data)
    rows = result.detail["slices"]
    whole = result.verdicts[0]
    assert sum(row["n_test"] for row in rows) == whole.n
    assert np.isclose(
        sum(row["n_test"] * row["gain"]["effect"] for row in rows) / whole.n, whole.effect, atol=0.02
    )  # fmt: skip


def test_a_slice_of_one_group_of_a_fixed_test_set_has_no_interval() -> None:
    base = planted()
    photos = external()
    facts = ("rare", *("usual",) * (len(photos) - 1))
    data = replace(base, streams={**base.streams, "photos": replace(photos, facts={"camera": facts})})
    rows = {row["value"]: row for row in sliced(data, Domain("photo", "external", stream="photos"))}
    assert rows["rare"]["gain"] is None
    assert rows["rare"]["n_test"] == 1
    assert rows["usual"]["gain"] is not None


def test_a_study_without_slices_has_none() -> None:
    assert "slices" not in prove(study(splits=6), planted()).detail
