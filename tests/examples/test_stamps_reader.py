"""The stamps reader on a small tree of its shape: who takes part, with which facts, licence and words."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from stamps_tree import SPOKEN, STAMPS, write_tree

from shisaku.errors import DataError, MachineError, WeightsError
from shisaku.message import say
from shisaku.registry.doors import READERS, load
from shisaku.store.readers.reader import Record
from shisaku_stamps import fetch
from shisaku_stamps.reader import StampsReader


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cache = tmp_path / "cache"
    monkeypatch.setenv("SHISAKU_CACHE", str(cache))
    return cache


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "tree")


def read(tree: Path, **params: object) -> dict[str, Record]:
    return {record.id: record for record in StampsReader(data_dir=str(tree), **params).records()}  # type: ignore[arg-type]


def test_is_behind_the_readers_door() -> None:
    assert load(READERS, "stamps") is StampsReader


def test_stamps_with_a_class_take_part_and_bear_their_captions(tree: Path) -> None:
    task = {key: r for key, r in read(tree).items() if r.facts["role"] == "task"}
    assert sorted(task) == sorted(f"stamps/{name}" for name in STAMPS)
    owl = task["stamps/animals/birds/owl"]
    assert owl.labels == {"class": "bird"}
    assert owl.licence == "GPL-2"
    assert owl.problem is None
    assert tuple(owl.parts["caption"])[:3] == ("text", "A owl.", "en")
    assert tuple(owl.parts["caption_ja"])[:3] == ("text", "フクロウ0", "ja")
    assert set(task["stamps/animals/birds/hen"].parts) == {"image"}
    assert Path(owl.parts["image"][1]).read_bytes()[1:4] == b"PNG"


def test_pictures_come_out_of_the_containers_with_role_label_and_licence(tree: Path) -> None:
    pictures = {key: r for key, r in read(tree).items() if key.startswith("gcompris/")}
    found = {key.rpartition("/")[2]: (r.facts["role"], r.labels.get("class"), r.licence) for key, r in pictures.items()}
    assert found == {
        "dog": ("photo", "othermammal", "public-domain"),
        "cow": ("photo", "ungulate", "CC-BY-SA-4.0"),
        "cat": ("photo", "othermammal", "unknown"),
        "apple": ("cartoon", "fruit", "CC-BY-SA-3.0"),
        "whale": ("cartoon", "sea", "CC-BY-SA-3.0"),
        "burj": ("background", None, "CC0-1.0"),
        "colosseum": ("background", None, "CC0-1.0"),
    }
    assert all(Path(r.parts["image"][1]).read_bytes()[8:12] == b"WEBP" for r in pictures.values())
    assert {r.facts["half"] for r in pictures.values() if r.facts["role"] == "background"} <= {
        "train",
        "validation",
        "test",
    }


def test_a_picture_without_a_stated_licence_leaves_with_that_reason(tree: Path) -> None:
    problems = {key for key, record in read(tree).items() if record.problem}
    assert problems == {"gcompris/explore_farm_animals/animals/cat"}


def test_only_listed_pictures_reach_the_disk(tree: Path, own_cache: Path) -> None:
    read(tree)
    written = {path.name for path in own_cache.rglob("*") if path.is_file()}
    assert written == {"dog.webp", "cow.webp", "cat.webp", "apple.webp", "whale.webp", "burj.webp", "colosseum.webp"}


def test_reading_again_unpacks_nothing_and_gives_the_same(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read(tree)
    monkeypatch.setattr("shisaku_stamps.pictures.new_folder", None)
    assert read(tree) == first


def test_notes_count_what_is_there_and_what_is_missing(tree: Path) -> None:
    notes = [str(note) for note in StampsReader(data_dir=str(tree)).notes()]
    assert notes[0] == "Stamps per class: bird 2, fruit 1, sea 1, ungulate 1, vehicle 1 (all: 6)"
    assert notes[1] == "Photos per class: othermammal 2, ungulate 1 (all: 3)"
    assert notes[-1] == "226 of 233 listed pictures are not in this version of gcompris-qt-data"


def test_a_missing_container_is_noted_and_the_rest_is_read(tree: Path) -> None:
    (tree / "usr/share/gcompris-qt/rcc/lang.rcc").unlink()
    assert len(read(tree)) == len(STAMPS) + 5 + 2 * len(SPOKEN)


def test_a_broken_container_is_a_clear_error(tree: Path) -> None:
    path = tree / "usr/share/gcompris-qt/rcc/lang.rcc"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match=r"lang\.rcc: The container is cut short"):
        read(tree)


def test_folders_without_the_packages_say_what_is_missing(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no usr/share/tuxpaint/stamps"):
        read(tmp_path / "nowhere")
    shutil.rmtree(tree / "usr/share/tuxpaint/stamps")
    (tree / "usr/share/tuxpaint/stamps").mkdir()
    with pytest.raises(DataError, match="no stamp of any class"):
        read(tree)


def test_parameters_change_the_fingerprint() -> None:
    one = StampsReader()
    assert one.fingerprint() == StampsReader().fingerprint()
    others = (replace(one, seed=2), replace(one, chain_items=3), replace(one, data_dir="/x"), replace(one, dev_clips=3))
    assert len({one.fingerprint(), *(other.fingerprint() for other in others)}) == 5


def test_chain_marks_so_many_stamps(tree: Path) -> None:
    marked = [r for r in read(tree, chain_items=3).values() if r.facts.get("chain") == "yes"]
    assert len(marked) == 3


@pytest.mark.parametrize("failing", ["tuxpaint-stamps-default", "gcompris-qt-data"])
def test_an_interrupted_fetch_leaves_nothing_half(
    failing: str, own_cache: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(package: str, version: str, dest: Path, sha256: str) -> Path:
        if package == failing:
            raise WeightsError(say("no network"))
        dest.mkdir(parents=True)
        return dest / "package.deb"

    monkeypatch.setattr(fetch, "download_deb", download)
    monkeypatch.setattr(fetch, "unpack_deb", lambda deb, folder: shutil.copytree(tree, folder))
    with pytest.raises(MachineError, match=r"could not be fetched: no network(?s:.)*data_dir"):
        fetch.fetch()
    assert not fetch.is_here()
    assert [path for path in own_cache.rglob("*") if path.is_file()] == []


def test_fetch_keeps_what_is_needed_and_asks_once(
    own_cache: Path, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    (tree / "usr/share/gcompris-qt/rcc/chess.rcc").write_bytes(b"another game")

    def download(package: str, version: str, dest: Path, sha256: str) -> Path:
        asked.append(f"{package}={version}")
        dest.mkdir(parents=True)
        (dest / "package.deb").write_bytes(b"deb")
        return dest / "package.deb"

    monkeypatch.setattr(fetch, "download_deb", download)
    monkeypatch.setattr(fetch, "unpack_deb", lambda deb, folder: shutil.copytree(tree, folder))
    records = list(StampsReader().records())
    assert asked == ["tuxpaint-stamps-default=2022.06.04-1", "gcompris-qt-data=3.1-2"]
    assert {record.id for record in records} == set(read(tree))
    list(StampsReader().records())
    assert len(asked) == 2
    kept = {path.suffix for path in fetch.fetch().rglob("*") if path.is_file()}
    assert kept == {".png", ".svg", ".txt", ".ogg", ".rcc", ""}
    assert not list(fetch.fetch().rglob("*_fr.ogg"))
    assert not list(fetch.fetch().rglob("chess.rcc"))
