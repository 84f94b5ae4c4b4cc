"""Splits as data: kept beside the versions, refused where impossible, read back as a fact."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shisaku.api import data_split
from shisaku.cli.app import app
from shisaku.core.identity import fingerprint
from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.store.dataset_reader import DatasetReader
from shisaku.store.datasets import SampleList
from shisaku.store.home import commit, writing
from shisaku.store.ingest import ingest
from shisaku.store.splits import forget_in_splits, read_split


def people(n: int = 30, each: int = 4) -> list[Sample]:
    return [
        Sample(
            f"p{person:02}/{shot}",
            {"note": Part.from_text(f"note {person} {shot}")},
            labels={"finding": "yes" if person % 3 == 0 else "no"},
            group=f"p{person:02}",
            facts={"site": f"site{person % 5}"},
        )
        for person in range(n)
        for shot in range(each)
    ]


def home_of(path: Path, samples: list[Sample]) -> Path:
    with writing(path) as home:
        commit(home, SampleList(samples))
    return path


def test_a_split_is_balanced_by_class_and_whole_by_group(tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", people())
    found = data_split(home, by="finding", seed=1)
    assert found["counts"]["train"] == {"no": 48, "yes": 24}
    assert found["counts"]["test"] == {"no": 16, "yes": 8}
    assert found["groups"] == {"train": 18, "validation": 6, "test": 6}
    split = read_split(home, found["hash"][:8])
    assert {one.partition("/")[0] for one, name in split.of.items() if name == "test"}.isdisjoint(
        one.partition("/")[0] for one, name in split.of.items() if name != "test"
    )
    assert found["hash"] == fingerprint(sorted(split.of.items()))
    assert data_split(home, by="finding", seed=1)["hash"] == found["hash"]
    assert data_split(home, by="finding", seed=2)["hash"] != found["hash"]
    assert found["leaks"] == []


def test_a_group_may_be_a_fact(tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", people())
    found = data_split(home, fractions=(60, 40), by="finding", group="site")
    assert found["groups"] == {"train": 3, "test": 2}


def test_the_reader_gives_the_split_as_a_fact(tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", people(9, 1))
    found = data_split(home)
    reader = DatasetReader(str(home), split=found["hash"][:10])
    held = ingest(reader, tmp_path / "cache").dataset
    split = read_split(home, found["hash"]).of
    assert {sample.id: sample.facts["split"] for sample in held} == dict(split)
    assert reader.fingerprint() != DatasetReader(str(home)).fingerprint()
    with pytest.raises(DataError, match="0 splits whose hash starts with"):
        list(DatasetReader(str(home), split="ffff0000").records())


def test_equal_contents_in_two_splits_and_torn_children_are_told(tmp_path: Path) -> None:
    samples = [Sample(f"s{n}", {"note": Part.from_text("the same")}, group=f"g{n}") for n in range(6)]
    child = samples[0].child("step", parts={"note": Part.from_text("made")}, also_from=("s1", "s2", "s3", "s4", "s5"))
    found = data_split(home_of(tmp_path / "home", [*samples, child]))
    (leak,) = found["leaks"]
    assert (leak["part"], leak["contents"], leak["samples"]) == ("note", 1, 6)
    assert found["torn_from_parents"] == 1


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"group": "nowhere"}, "120 of 120 samples have no label or fact nowhere"),
        ({"by": "nothing"}, "have no label or fact nothing"),
        ({"group": "licence_of_all"}, "1 groups cannot be divided into 3 splits"),
        ({"by": "only"}, "is in 1 groups only"),
        ({"fractions": (60, 60)}, "no fractions"),
        ({"fractions": (100,)}, "no fractions"),
    ],
)
def test_the_impossible_is_refused(asked: dict[str, object], what: str, tmp_path: Path) -> None:
    samples = [
        Sample(s.id, s.parts, {**s.labels, "only": s.group if s.group == "p00" else "x"}, s.group,
               facts={**s.facts, "licence_of_all": "one"})
        for s in people()
    ]  # fmt: skip
    home = home_of(tmp_path / "home", samples)
    with pytest.raises(DataError, match=what):
        data_split(home, **asked)  # type: ignore[arg-type]
    assert not (home / "splits").exists()


def test_a_changed_split_is_noticed(tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", people(9, 1))
    found = data_split(home)
    place = Path(found["file"])
    held = json.loads(place.read_text())
    held["splits"]["test"].append("new")
    place.write_text(json.dumps(held))
    with pytest.raises(DataError, match="damaged"):
        read_split(home, found["hash"])


def test_what_is_forgotten_leaves_every_split(tmp_path: Path) -> None:
    samples = [*people(9, 1), *(Sample(f"twin{n}", {"note": Part.from_text("same")}) for n in range(3))]
    home = home_of(tmp_path / "home", samples)
    first, second = data_split(home)["hash"], data_split(home, fractions=(50, 50))["hash"]
    before = read_split(home, first).of
    assert forget_in_splits(home, lambda id_: id_ == "nobody") == 0
    assert forget_in_splits(home, lambda id_: id_.startswith("twin1")) == 2
    held = [path.read_text() for path in (home / "splits").iterdir()]
    assert len(held) == 2
    assert not any("twin1" in text or first in text or second in text for text in held)
    left = [read_split(home, path.stem) for path in (home / "splits").iterdir()]
    assert {id_: name for id_, name in before.items() if id_ != "twin1"} in [dict(split.of) for split in left]
    assert {split.about["forgotten"] for split in left} == {1}


def test_the_command_prints_a_table_or_json(tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", people())
    words = ["data", "split", str(home), "--by", "finding", "--fractions", "80,20", "--seed", "3"]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0
    assert "train" in shown.stdout
    assert "yes" in shown.stdout
    found = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert sum(sum(held.values()) for held in found["counts"].values()) == 120
