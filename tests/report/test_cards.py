"""A dataset's card: true to the data, with its holes named, and read by the programs it is written for."""

from __future__ import annotations

import csv
import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shisaku.api import data_card, ingest
from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.report.card.card import Card
from shisaku.report.card.croissant import RAI
from shisaku.report.card.fields import KEYS, SECTIONS
from shisaku.report.card.markdown import data_card as as_data_card
from shisaku.report.card.tally import Tally
from shisaku.report.translate import translate
from shisaku.store.datasets import SampleList, write_dataset

FILES = {"card.json", "croissant.json", "records.parquet", "datasheet.en.md", "datasheet.ja.md", "data-card.en.md",
         "data-card.ja.md"}  # fmt: skip


def photos(folder: Path) -> Path:
    """Six pictures in two classes of three sites, one of them in both splits, and one broken file."""
    folder.mkdir()
    rows = []
    for i in range(6):
        name = f"p{i}.png"
        Image.new("RGB", (8 + i, 8), (40 * i, 0, 0)).save(folder / name)
        rows.append([name, "ab"[i % 2], f"site{i // 2}", f"a <b>bold</b> caption {i}", ["train", "test"][i > 2]])
    (folder / "broken.png").write_bytes(b"no picture")
    rows.append(["broken.png", "a", "site9", "lost", "train"])
    with (folder / "metadata.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file_name", "label", "group", "caption", "split"])
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHISAKU_CACHE", str(root / "cache"))
        done = ingest(
            photos(root / "weld photos"), root / "photos.dataset", settings={"text": "caption"}, licence="CC-BY-4.0"
        )
    assert (done["samples"], done["dropped"]) == (6, 1)
    return root / "photos.dataset"


@pytest.fixture(scope="module")
def written(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("card") / "card"
    data_card(home, out)
    return out


def card_of(out: Path) -> dict[str, Any]:
    return json.loads((out / "card.json").read_text(encoding="utf-8"))


def test_all_forms_are_written(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == FILES


def test_the_record_says_what_the_data_is(written: Path) -> None:
    card = card_of(written)
    assert card["content"]["samples"] == 6
    assert card["content"]["modalities"] == {"image (image)": 6, "text (text)": 6}
    assert card["content"]["labels"]["label"] == {"a": 3, "b": 3}
    assert "8 x 8 to 13 x 8" in card["content"]["units"]["image"]["text"]
    (left_out,) = card["content"]["left_out"]
    assert left_out["text"].startswith("1 records, such as: This is not an image")
    assert card["sources"]["licences"] == {"CC-BY-4.0": 6}
    assert card["splits"]["splits"] == {"test": 3, "train": 3}
    assert card["splits"]["leakage"]["text"] == "1 entities are in more than one split"
    assert card["layer"]["layer"] == "domain"
    assert card["identity"]["version"] == 1
    assert len(card["identity"]["hash"]) == 32


def test_every_question_is_answered_or_a_named_hole(written: Path) -> None:
    card = card_of(written)
    answered = {f"{s.name}.{key}" for s in SECTIONS for key in s.fields if card[s.name][key] is not None}
    assert answered | set(card["holes"]) == set(KEYS)
    assert not answered & set(card["holes"])
    assert {"identity.owner", "annotation.agreement", "personal.types", "utility.decision"} <= set(card["holes"])


def test_mlcroissant_validates_the_card_and_reads_its_records(written: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant as mlc

        dataset = mlc.Dataset(jsonld=str(written / "croissant.json"))
        issues = dataset.metadata.ctx.issues
        assert not issues.errors, issues.errors
        records = list(dataset.records(record_set="records"))
    assert len(records) == 6
    assert {record["records/id"] for record in records} == {f"p{i}.png".encode() for i in range(6)}
    assert {record["records/label_label"] for record in records} == {b"a", b"b"}
    assert [record["records/entity"] for record in records] == [1, 1, 2, 2, 3, 3]
    assert dataset.metadata.data_limitations


def test_a_card_can_be_handed_on_where_the_data_cannot(written: Path) -> None:
    for path in written.iterdir():
        held = path.read_bytes()
        assert b"caption 3" not in held, path.name
        assert b"site" not in held, path.name
    import pyarrow.parquet as pq

    rows = str(pq.read_table(written / "records.parquet").to_pylist())
    assert "caption" not in rows
    assert "site" not in rows


def test_the_croissant_names_its_file_by_hash_and_every_rai_property(written: Path) -> None:
    held = json.loads((written / "croissant.json").read_text(encoding="utf-8"))
    assert "http://mlcommons.org/croissant/1.1" in held["conformsTo"]
    (file,) = held["distribution"]
    assert file["sha256"] == hashlib.sha256((written / "records.parquet").read_bytes()).hexdigest()
    assert {f"rai:{name}" for name in RAI} <= set(held)
    assert held["rai:dataAnnotationPlatform"] == "Not recorded"
    assert "identity.owner" in held["rai:dataLimitations"]


def test_sheets_are_in_both_languages_and_name_the_holes(written: Path) -> None:
    for lang in ("en", "ja"):
        sheet, card = ((written / f"{name}.{lang}.md").read_text("utf-8") for name in ("datasheet", "data-card"))
        for section in SECTIONS:
            assert translate(section.title, lang) in sheet
        for title in (say("Motivation"), say("Composition"), say("Maintenance")):
            assert translate(title, lang) in sheet
        assert translate(say("not known"), lang) in sheet
        assert translate(say("What nobody has said yet"), lang) in card


def test_people_fill_holes_and_are_named_as_the_source(home: Path, tmp_path: Path) -> None:
    about = tmp_path / "about.yaml"
    about.write_text("identity.owner: Line 3 team\nannotation.agreement: 0.83\n", encoding="utf-8")
    done = data_card(home, tmp_path / "out", about=about)
    assert done["card"]["identity"]["owner"] == "Line 3 team"
    assert done["card"]["stated_by_people"] == ["annotation.agreement", "identity.owner"]
    assert "identity.owner" not in done["holes"]
    assert "(stated by a person)" in (tmp_path / "out" / "data-card.en.md").read_text("utf-8")
    about.write_text("identity.ovner: x\n", encoding="utf-8")
    with pytest.raises(DataError, match="no field identity"):
        data_card(home, tmp_path / "other", about=about)


def test_what_is_made_is_told_apart(tmp_path: Path) -> None:
    trace = {"op": "text.reword", "version": "1", "params": {"write": "t"}, "models": {"m": "abc"}}
    real = Sample("r", {"t": Part.from_text("one", "en")}, licence="own")
    made = Sample("r/x.0", {"t": Part.from_text("two", "en")}, licence="own", parents=("r",), depth=1,
                  facts={"made_by": json.dumps(trace), "t_digital_source_type": "algorithmicMedia"})  # fmt: skip
    write_dataset(tmp_path / "stored", SampleList([real, made]))
    card = data_card(tmp_path / "stored", tmp_path / "out")["card"]
    assert card["synthetic"]["share"]["values"]["made"] == 1
    assert card["synthetic"]["depth"] == {"0": 1, "1": 1}
    assert list(card["synthetic"]["generators"]) == ["text.reword 1"]
    assert card["synthetic"]["source_type"] == {"algorithmicMedia": 1}
    assert [use["template"] for use in card["sources"]["uses"]] == ["commercial use", "research", "redistribution"]


def test_a_run_brings_its_verdicts(studied: Any, tmp_path: Path) -> None:
    card = data_card(studied.path, tmp_path / "out")["card"]
    assert card["utility"]["decision"]
    assert card["utility"]["effects"]
    assert card["quality"]["metrics"]


def test_names_from_the_data_are_no_markup() -> None:
    card = Card.of({"identity.name": "<script>x</script> **b** [a](b)", "synthetic.share": "0"}, {})
    text = as_data_card(card, "en")
    assert "<script" not in text
    assert "**b**" not in text.replace("\\*\\*b\\*\\*", "")


def test_counting_nothing_is_no_error() -> None:
    assert Tally.of([]).n == 0
    assert Tally.of([Sample("a")]).split_hash == ""


def test_a_folder_in_use_and_a_place_without_data_are_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "x").write_text("mine")
    with pytest.raises(MachineError, match="not empty"):
        data_card(home, tmp_path / "there")
    with pytest.raises(DataError, match="no dataset and no run"):
        data_card(tmp_path, tmp_path / "out")
