"""Balance by quota and by weight: counts, reasons, and what is there stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_material import class_folder

from shisaku.api import data_balance, ingest
from shisaku.errors import DataError
from shisaku.store.home import open_home, read_scores


def home(tmp_path: Path) -> Path:
    folder = class_folder(tmp_path / "in", each=10)
    for i in range(6):
        (folder / "blots" / f"{i}.png").unlink()
    ingest(folder, tmp_path / "ds")
    return tmp_path / "ds"


def test_a_quota_drops_with_a_reason_in_a_new_version(tmp_path: Path) -> None:
    place = home(tmp_path)
    found = data_balance(place, by="class", quota=4)
    assert (found["before"], found["after"]) == ({"blots": 4, "stripes": 10}, {"blots": 4, "stripes": 4})
    assert (found["version"], found["dropped"], len(open_home(place))) == (2, 6, 8)
    assert len(open_home(place, 1)) == 14
    assert data_balance(place, by="class", quota=4)["dropped"] == 0


def test_the_seed_decides_who_stays(tmp_path: Path) -> None:
    one, other = home(tmp_path / "a"), home(tmp_path / "b")
    data_balance(one, by="class", quota=3, seed=1)
    data_balance(other, by="class", quota=3, seed=1)
    assert open_home(one).ids() == open_home(other).ids()


def test_weights_sum_to_n_and_make_classes_alike(tmp_path: Path) -> None:
    place = home(tmp_path)
    assert data_balance(place, by="class")["version"] == 2
    weights = read_scores(place, "balance_weight")
    assert sum(map(float, weights.values())) == pytest.approx(14)
    of = {name: sum(float(w) for id_, w in weights.items() if id_.startswith(name)) for name in ("stripes", "blots")}
    assert of["stripes"] == pytest.approx(of["blots"])


def test_nothing_to_balance_by(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No sample has"):
        data_balance(home(tmp_path), by="colour")
