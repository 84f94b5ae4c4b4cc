"""The scripts that make example folders: the shapes they promise, the same files for the same seed."""

from __future__ import annotations

import csv
import hashlib
import runpy
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(script: str) -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / script))


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    whole = b"".join(str(path.relative_to(folder)).encode() + path.read_bytes() for path in files)
    return hashlib.sha256(whole).hexdigest()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    load("own_data/make_folders.py")["make"](folder)
    return folder


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "metadata.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_class_folders_and_single_class(own: Path) -> None:
    assert sorted(p.name for p in (own / "classes").iterdir()) == ["digit-0", "digit-1", "digit-2"]
    assert [p.name for p in (own / "one_class").iterdir()] == ["digit-7"]
    assert all(len(list(p.iterdir())) == 24 for p in (own / "classes").iterdir())


def test_unlabelled_folder_is_images_and_nothing_else(own: Path) -> None:
    assert {p.suffix for p in (own / "unlabelled").iterdir()} == {".png"}
    assert len(list((own / "unlabelled").iterdir())) == 30


@pytest.mark.parametrize(("folder", "group"), [("grouped", "site"), ("audio", "take")])
def test_groups_hold_several_items_of_one_class(own: Path, folder: str, group: str) -> None:
    table = rows(own / folder)
    assert all((own / folder / row["file_name"]).is_file() for row in table)
    labels = {row[group]: {r["label"] for r in table if r[group] == row[group]} for row in table}
    assert all(len(found) == 1 for found in labels.values())
    assert len(table) > len(labels) > 2 * len({row["label"] for row in table})


def test_recordings_are_wave_files(own: Path) -> None:
    with wave.open(str(own / "audio" / rows(own / "audio")[0]["file_name"])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (16_000, 1, 8_000)


def test_japanese_captions_and_class_names(own: Path) -> None:
    table = rows(own / "japanese")
    assert {row["ラベル"] for row in table} == {"建物", "花", "数字三", "数字五"}
    assert all(row["キャプション"] for row in table)


def test_same_seed_same_files(own: Path, tmp_path: Path) -> None:
    load("own_data/make_folders.py")["make"](tmp_path)
    assert digest(tmp_path) == digest(own)


def test_digits_are_split_into_real_and_made_without_a_common_source(tmp_path: Path) -> None:
    module = load("digits/make_data.py")
    module["make"](tmp_path / "a", real_per_class=3, made_per_class=10)
    module["make"](tmp_path / "b", real_per_class=3, made_per_class=10)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    count = {kind: len(list((tmp_path / "a" / kind).rglob("*.png"))) for kind in ("real", "synthetic", "mislabelled")}
    assert count == {"real": 30, "synthetic": 100, "mislabelled": 100}
    wrong = [p for p in (tmp_path / "a" / "mislabelled").rglob("*.png") if p.name.split("-")[1] != p.parent.name]
    assert 20 <= len(wrong) <= 60
    assert all(p.name.split("-")[1] == p.parent.name for p in (tmp_path / "a" / "synthetic").rglob("*.png"))


def test_distortion_changes_a_digit_and_stays_in_range() -> None:
    picture = np.zeros((64, 64))
    picture[20:44, 28:36] = 1
    made = load("digits/make_data.py")["distort"](picture, np.random.default_rng(1))
    assert made.shape == (64, 64)
    assert 0 <= made.min() <= made.max() <= 1
    assert np.abs(made - picture).mean() > 0.02


def test_real_digits_are_dark_on_white(tmp_path: Path) -> None:
    load("digits/make_data.py")["make"](tmp_path, real_per_class=1, made_per_class=1)
    with Image.open(next((tmp_path / "real" / "0").iterdir())) as image:
        assert image.mode == "RGB"
        assert image.getpixel((0, 0)) == (255, 255, 255)
