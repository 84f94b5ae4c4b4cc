"""Containers that other libraries wrote, whole and damaged."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from store_material import RATE, pixels, tone

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.store.codecs import decode_image, decode_table, decode_vector, encode_wave
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.layout import layout_of
from shisaku.store.readers.arrow_shards import Lost
from shisaku.store.readers.lance import LanceReader
from shisaku.store.readers.lance_table import LanceTable
from shisaku.store.readers.parquet import ParquetReader
from shisaku.store.readers.tar_members import tar_members
from shisaku.store.readers.webdataset import WebDatasetReader


def png(seed: int) -> bytes:
    held = io.BytesIO()
    Image.fromarray(pixels(seed)).save(held, "png")
    return held.getvalue()


def wave(n: int) -> bytes:
    return encode_wave(tone(200 + n), RATE)


def samples_of(found: Ingested) -> list[Sample]:
    return list(found.dataset)


def a_dataset(n: int = 6) -> datasets.Dataset:
    boxes = {"category": datasets.ClassLabel(names=["nose", "ear"]), "bbox": datasets.Sequence(datasets.Value("float"))}
    features = datasets.Features(
        {
            "img": datasets.Image(),
            "sound": datasets.Audio(),
            "label": datasets.ClassLabel(names=["猫", "dog"]),
            "caption": datasets.Value("string"),
            "speaker_id": datasets.Value("int64"),
            "weight": datasets.Value("float32"),
            "embedding": datasets.Sequence(datasets.Value("float32")),
            "objects": [boxes],
        }
    )
    rows = [
        {
            "img": {"bytes": png(i), "path": None},
            "sound": {"bytes": wave(i), "path": "x.wav"},
            "label": -1 if i == 5 else i % 2,
            "caption": f"絵 {i}",
            "speaker_id": i // 2,
            "weight": 0.5,
            "embedding": [float(i), 1.0],
            "objects": [{"category": 1, "bbox": [1.0, 2.0, 3.0, 4.0]}],
        }
        for i in range(n)
    ]
    return datasets.Dataset(pa.Table.from_pylist(rows, schema=features.arrow_schema))


def assert_read(found: Ingested, n: int) -> None:
    read = samples_of(found)
    assert (len(read), found.drops) == (n, ())
    assert sorted(read[0].parts) == ["audio", "embedding", "image", "objects", "text"]
    assert [one.labels.get("label") for one in read][:6] == ["猫", "dog", "猫", "dog", "猫", None]
    assert (read[2].group, read[2].facts["weight"], read[2].parts["text"].text) == ("1", "0.5", "絵 2")
    assert np.array_equal(decode_image(read[3].parts["image"]), pixels(3))
    assert decode_vector(read[3].parts["embedding"]).tolist() == [3.0, 1.0]
    assert decode_table(read[0].parts["objects"]) == [{"category": "ear", "bbox": [1.0, 2.0, 3.0, 4.0]}]


def test_a_folder_that_datasets_saved(tmp_path: Path) -> None:
    a_dataset().save_to_disk(str(tmp_path / "hf"), num_shards=2)
    layout = layout_of(tmp_path / "hf")
    assert (layout.door, layout.reader.label, layout.reader.group) == ("hf", "label", "speaker_id")
    assert_read(ingest(layout.reader, tmp_path / "cache"), 6)


def test_the_splits_of_a_dataset_dict(tmp_path: Path) -> None:
    both = datasets.DatasetDict({"train": a_dataset(4), "test": a_dataset(2)})
    both.save_to_disk(str(tmp_path / "hf"))
    read = samples_of(ingest(layout_of(tmp_path / "hf").reader, tmp_path / "cache"))
    assert sorted(one.facts["split"] for one in read) == ["test"] * 2 + ["train"] * 4
    assert read[0].id == "test/row-000001"


def test_a_file_outside_and_a_cut_one_cost_only_themselves(tmp_path: Path) -> None:
    a_dataset(4).save_to_disk(str(tmp_path / "hf"), num_shards=2)
    cut = tmp_path / "hf/data-00001-of-00002.arrow"
    cut.write_bytes(cut.read_bytes()[: -cut.stat().st_size // 3])
    state = json.loads((tmp_path / "hf/state.json").read_text())
    state["_data_files"].append({"filename": "../../etc/passwd"})
    (tmp_path / "hf/state.json").write_text(json.dumps(state))
    found = ingest(layout_of(tmp_path / "hf").reader, tmp_path / "cache")
    assert len(found.dataset) == 2
    assert [drop.sample for drop in found.drops] == ["data-00001-of-00002.arrow/row-000001", "../../etc/passwd"]
    assert "outside" in str(found.drops[1].reason)


def test_parquet_of_datasets_and_of_a_hub_folder(tmp_path: Path) -> None:
    place = tmp_path / "hub/data"
    place.mkdir(parents=True)
    a_dataset().to_parquet(str(place / "train-00000-of-00001.parquet"))
    one = layout_of(place / "train-00000-of-00001.parquet")
    assert (one.door, one.reader.label) == ("parquet", "label")
    assert_read(ingest(one.reader, tmp_path / "cache"), 6)
    folder = layout_of(tmp_path / "hub")
    read = samples_of(ingest(folder.reader, tmp_path / "cache"))
    assert (read[0].id, read[0].facts["split"]) == ("data/train-00000-of-00001/row-000001", "train")


def test_plain_columns_of_bytes_are_known_by_how_they_begin(tmp_path: Path) -> None:
    rows = {"left": [png(1), None], "right": [png(2), png(3)], "raw": [wave(1), wave(2)], "hash": [b"\1" * 9, b"\2"]}
    pq.write_table(pa.table(rows), tmp_path / "x.parquet")
    found = ingest(layout_of(tmp_path / "x.parquet").reader, tmp_path / "cache")
    assert [sorted(one.parts) for one in found.dataset] == [["audio", "left", "right"], ["audio", "right"]]
    assert "hash" in str(found.notes[0])


def test_a_parquet_file_without_media_stays_a_table(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a long text", "another one"], "label": ["a", "a"]}), tmp_path / "x.parquet")
    assert layout_of(tmp_path / "x.parquet").door == "table"


def test_half_a_parquet_file_and_a_damaged_group(tmp_path: Path) -> None:
    place = tmp_path / "p"
    place.mkdir()
    table = pa.table({"image": [png(n) for n in range(40)], "text": [f"t{n}" for n in range(40)]})
    for name in ("a", "b", "c"):
        pq.write_table(table, place / f"{name}.parquet", row_group_size=10, compression="zstd", use_dictionary=False)
    half = (place / "b.parquet").read_bytes()
    (place / "b.parquet").write_bytes(half[: len(half) // 2])
    at = pq.ParquetFile(place / "c.parquet").metadata.row_group(1).column(0).data_page_offset
    broken = bytearray((place / "c.parquet").read_bytes())
    broken[at : at + 16] = b"\xff" * 16
    (place / "c.parquet").write_bytes(broken)
    found = ingest(ParquetReader(str(place)), tmp_path / "cache")
    assert len(found.dataset) == 40 + 30
    reasons = {drop.sample: str(drop.reason) for drop in found.drops}
    assert reasons["b"].startswith("This is not a Parquet file")
    assert reasons["c/row-000011"].startswith("10 rows from row 11 on cannot be read")
    with pytest.raises(DataError, match="no Parquet file"):
        list(ParquetReader(str(tmp_path / "nothing")).records())


def test_a_lance_dataset_of_somebody_else(tmp_path: Path) -> None:
    import lance

    vectors = pa.FixedSizeListArray.from_arrays(pa.array(np.arange(80, dtype=np.float32)), 8)
    rows = {
        "id": [f"n{n}" for n in range(10)],
        "image": pa.array([png(n) for n in range(10)], pa.large_binary()),
        "v": vectors,
        "category": ["a", "b"] * 5,
    }
    lance.write_dataset(pa.table(rows), str(tmp_path / "some.lance"), max_rows_per_file=4)
    layout = layout_of(tmp_path / "some.lance")
    assert (layout.door, layout.reader.label) == ("lance", "category")
    read = samples_of(ingest(layout.reader, tmp_path / "cache"))
    assert [one.id for one in read] == [f"n{n}" for n in range(10)]
    assert decode_vector(read[1].parts["v"]).tolist() == list(range(8, 16))
    with pytest.raises(DataError):
        list(LanceReader(str(tmp_path)).records())


def test_damage_in_a_lance_dataset_ends_the_process_that_reads_it_only(tmp_path: Path) -> None:
    import lance

    lance.write_dataset(pa.table({"text": ["a text that is long"] * 9}), str(tmp_path / "some.lance"))
    table = LanceTable(tmp_path / "some.lance")
    assert table.schema().names == ["text"]
    assert sum(batch.num_rows for batch in table.batches(4)) == 9
    assert table._process
    table._process.kill()
    (lost,) = table.batches(4)
    assert isinstance(lost, Lost)
    assert sum(batch.num_rows for batch in table.batches(4)) == 9  # by a new process
    (manifest,) = (tmp_path / "some.lance/_versions").glob("*.manifest")
    manifest.write_bytes(manifest.read_bytes()[:-40] + b"\xff" * 40)
    assert LanceReader.recognise(tmp_path / "some.lance") is None
    with pytest.raises(DataError, match="cannot be read"):
        list(LanceReader(str(tmp_path / "some.lance")).records())


def test_tars_that_webdataset_wrote(tmp_path: Path) -> None:
    import webdataset

    place = tmp_path / "tars"
    place.mkdir()
    with webdataset.ShardWriter(str(place / "s-%03d.tar"), maxcount=3, verbose=0) as sink:
        for n in range(5):
            about = {"caption": f"text {n}", "speaker_id": f"p{n // 2}", "fps": 3, "boxes": [{"box": [1, 2, 3, 4]}]}
            made = {"__key__": f"dir/{n:04d}", "left.png": pixels(n), "right.jpg": pixels(9), "cls": n % 2}
            sink.write({**made, "json": about, "v.npy": np.arange(3.0), "net.pyd": {"a": 1}})
    layout = layout_of(place)
    assert (layout.door, layout.reader.label, layout.reader.group) == ("webdataset", "cls", "speaker_id")
    found = ingest(layout.reader, tmp_path / "cache")
    read = samples_of(found)
    assert (len(read), found.drops, read[4].id) == (5, (), "s-001/dir/0004")
    assert sorted(read[1].parts) == ["boxes", "left", "right", "text", "v"]
    assert (read[1].labels, read[1].group, read[1].facts["fps"]) == ({"cls": "1"}, "p0", "3")
    assert read[1].facts["members_not_read"] == "net.pyd"  # a pickle: never opened, never silent
    assert np.array_equal(decode_image(read[2].parts["left"]), pixels(2))


def a_tar(path: Path, *members: tuple[str, bytes] | tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w") as tar:
        for one in members:
            info = one if isinstance(one, tarfile.TarInfo) else tarfile.TarInfo(one[0])
            data = b"" if isinstance(one, tarfile.TarInfo) else one[1]
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info


def test_names_that_lead_outside_links_and_devices_are_drops(tmp_path: Path) -> None:
    path = a_tar(
        tmp_path / "x.tar",
        ("a.txt", b"good"),
        ("../up.txt", b"bad"),
        ("/etc/abs.txt", b"bad"),
        ("C:\\win.txt", b"bad"),
        link("b.txt", "/etc/passwd"),
        link("c.txt", "a.txt", tarfile.LNKTYPE),
        link("d.txt", "", tarfile.CHRTYPE),
        link("e.txt", "", tarfile.FIFOTYPE),
        ("README", b"no suffix"),
        ("f.txt", b"good too"),
        ("g.txt", b"one"),
        ("g.TXT", b"two"),
    )
    found = ingest(WebDatasetReader(str(path)), tmp_path / "cache")
    assert found.dataset.ids() == ["a", "f"]
    reasons = [str(drop.reason) for drop in found.drops]
    assert len(reasons) == 9
    assert sum("outside" in one for one in reasons) == 3
    assert sum("link" in one for one in reasons) == 2
    assert sum("plain file" in one for one in reasons) == 2


@pytest.mark.parametrize("end", [512 * 9, 512 * 9 + 100, 512 * 10, 512 * 10 + 7, 512 * 2 * 8])
def test_of_a_torn_tar_what_came_before_comes_in(tmp_path: Path, end: int) -> None:
    path = a_tar(tmp_path / "x.tar", *((f"{n}.txt", b"text %d" % n) for n in range(8)))
    path.write_bytes(path.read_bytes()[:end])
    found = ingest(WebDatasetReader(str(path)), tmp_path / "cache")
    whole = 4 if end < 512 * 16 else 7  # member 4 begins at 8 * 512
    assert found.dataset.ids() == [str(n) for n in range(whole)]
    (drop,) = found.drops
    assert "from byte" in str(drop.reason)


def test_a_second_archive_behind_the_first_is_not_passed_over(tmp_path: Path) -> None:
    one, other = a_tar(tmp_path / "1.tar", ("a.txt", b"a")), a_tar(tmp_path / "2.tar", ("b.txt", b"b"))
    one.write_bytes(one.read_bytes() + other.read_bytes())
    *_, last = tar_members(one)
    assert last.end
    assert "behind the end" in str(last.problem)
