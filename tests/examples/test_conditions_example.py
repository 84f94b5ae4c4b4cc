"""The driver of examples/conditions: every dataset has a sound recipe, and what needs no download is written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shisaku.lab.conditions.finder import LEAST_DATASETS
from shisaku.lab.resolve import resolve
from shisaku.registry.check import check_recipe

sys.path.append(str(Path(__file__).parents[2] / "examples/conditions"))

from make_cells import recipe_of
from material import MATERIAL


@pytest.mark.parametrize("name", MATERIAL)
def test_the_recipe_of_every_dataset_holds(name: str, tmp_path: Path) -> None:
    recipe = recipe_of(name, MATERIAL[name], tmp_path)
    check_recipe(resolve(recipe), None)
    arms = {arm.name: arm for arm in recipe.studies[0].arms}
    assert any(arm.plant for arm in arms.values()), "harm is a cell like any other"
    assert all(arms[name].ratio for name in recipe.studies[0].contrasts)


def test_there_are_datasets_enough_to_claim_anything() -> None:
    assert len(MATERIAL) >= LEAST_DATASETS


@pytest.mark.parametrize(("name", "rows"), [("iris", 90), ("wine", 90), ("cancer", 60)])
def test_tables_are_written_with_an_even_number_of_each_class(name: str, rows: int, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    MATERIAL[name].write(tmp_path)
    table = pq.read_table(tmp_path / "rows.parquet").to_pylist()
    assert len(table) == rows
    assert len({row["class"] for row in table}) == (2 if name == "cancer" else 3)


def test_digits_are_written_as_pictures_by_class(tmp_path: Path) -> None:
    MATERIAL["digits"].write(tmp_path)
    assert len(list(tmp_path.glob("*/*.png"))) == 180
