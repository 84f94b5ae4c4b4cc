"""Data inside packages: the plugin reader on a container made here, and the packages where they can be had."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from rcc_writer import write_rcc

from shisaku.errors import DataError
from shisaku.store.ingest import ingest

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path += [str(EXAMPLES / "packages"), str(EXAMPLES / "gcompris/src")]

from fetch import _take  # noqa: E402
from ingest_packages import SOURCES  # noqa: E402

from shisaku_gcompris.reader import GComprisReader  # noqa: E402

HOME = "gcompris/src/activities/explore_farm_animals/resource"
ITEM = """{
    "title": qsTr("%s"), "text": qsTr("Goes 'moo', \\"loud\\"."), "text2": qsTr("Who?"),
    "audio": GCompris.ApplicationInfo.getAudioFilePath("qrc:/%s/cow.$CA"),
    "image2": "qrc:/%s/%s.webp", "x": 0.1 }"""


def container(tmp_path: Path) -> Path:
    items = ",\n".join(ITEM % (title, HOME, HOME, title.lower()) for title in ("Cow", "Unicorn"))
    files = {
        f"{HOME}/board/board1.qml": f"QtObject {{ property var tab: [ {items} ] }}".encode(),
        f"{HOME}/cow.webp": b"picture",
        f"{HOME}/cow.ogg": b"sound",
    }
    path = tmp_path / "explore_farm_animals.rcc"
    path.write_bytes(write_rcc(files))
    return path


def test_items_of_a_board(tmp_path: Path) -> None:
    layout = GComprisReader.recognise(container(tmp_path))
    assert layout is not None
    cow, unicorn = layout.reader.records()
    assert {name: part.source for name, part in cow.parts.items()} == {
        "image": b"picture",
        "audio": b"sound",
        "title": "Cow",
        "text": "Goes 'moo', \"loud\".",
        "question": "Who?",
    }
    assert cow.labels == {"class": "Cow"}
    assert "unicorn.webp" in str(unicorn.problem)


def test_no_container_is_not_recognised(tmp_path: Path) -> None:
    path = tmp_path / "x.rcc"
    path.write_bytes(b"qres" + b"\xff" * 40)
    assert GComprisReader.recognise(path) is None
    with pytest.raises(DataError):
        list(GComprisReader(str(path)).records())


def test_members_of_a_wheel_are_taken_by_their_bare_names(tmp_path: Path) -> None:
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        for name in ("data/a.png", "../data/b.png", "data/../../c.png", "data/d.py"):
            file.writestr(name, b"x")
    (tmp_path / "out").mkdir()
    _take(wheel, r"data/\w+\.(?!py)\w+", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]


@pytest.mark.slow
@pytest.mark.packages
@pytest.mark.stamps
@pytest.mark.parametrize("name", SOURCES)
def test_every_package_gives_its_counts(name: str, tmp_path: Path) -> None:
    found = ingest(SOURCES[name].layout().reader, tmp_path)
    assert (len(found.dataset), len(found.drops)) == (SOURCES[name].samples, SOURCES[name].dropped)
