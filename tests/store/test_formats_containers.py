"""Parquet, WebDataset, `datasets` folders and JSON lines: out and in again without loss, opened by their libraries."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from store_material import RATE, pixels, sample, tone

from shisaku.core.sample import Part, Sample
from shisaku.registry.doors import WRITERS, load
from shisaku.store.again import again_video
from shisaku.store.codecs import FrameWriter, encode_image, encode_points, encode_table, encode_vector, encode_wave
from shisaku.store.ingest import ingest
from shisaku.store.layout import layout_of
from shisaku.store.limits import Limits
from shisaku.store.marks import read_mark
from shisaku.store.matroska import from_matroska, to_matroska
from shisaku.store.writers.files import file_bytes, file_name
from shisaku.store.writers.writer import Written

WHOLE = ("parquet", "webdataset", "hf", "jsonl")


def video(n: int = 5) -> Part:
    frames = FrameWriter()
    for i in range(n):
        frames.add(0.5 + i / 7, pixels(i, 32, 48))
    return Part("video", frames.to_bytes(), clock="camera", span=(0.5, 1.2))


def every_kind() -> list[Sample]:
    parts = {
        "image": Part("image", encode_image(pixels(1))),
        "alpha": Part("image", encode_image(pixels(2, channels=4))),
        "audio": Part("audio", encode_wave(tone(), RATE), span=(1.5, 1.75), clock="tape"),
        "loud/8k": Part("audio", encode_wave(tone(rate=8000), 8000)),
        "clip": video(),
        "text": Part.from_text("二行\nの文 ", "ja"),
        "objects": Part("table", encode_table({"frame": [3, 4], "objects": [{"label": "猫", "box": [0.1, 2, 3, 4]}]})),
        "cloud": Part("points", encode_points(np.arange(12, dtype=np.float32).reshape(3, 4))),
        "vector": Part("embedding", encode_vector(np.linspace(-1, 1, 7))),
    }
    real = Sample(
        "dir/写真 1.png", parts, {"class": "猫", "text": "long"}, "patient-1", "CC0-1.0", "given", {"split": "train"}
    )
    made = real.child("restyle", parts={"image": Part("image", encode_image(pixels(3)))}, facts={"op": "restyle"})
    spoken = made.child("speak", parts={"text": Part("audio", encode_wave(tone(300), RATE)), "id": Part.from_text("x")})
    return [real, made, spoken, Sample("A"), Sample("a", {"text": Part.from_text("a")}), sample(3)]


def exported(samples: list[Sample], name: str, out: Path) -> Written:
    out.mkdir(parents=True)
    return load(WRITERS, name)().write(iter(samples), out)


@pytest.mark.parametrize("name", WHOLE)
def test_what_goes_out_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    samples = [one for one in every_kind() if one.parts]
    written = exported(samples, name, tmp_path / "out")
    assert (written.n, written.left_out, written.losses) == (len(samples), 0, ())
    layout = layout_of(tmp_path / "out")
    assert (layout.name, layout.door) == (name, name)
    found = ingest(layout.reader, tmp_path / "cache")
    assert not found.drops
    assert {one.id: one.digest for one in found.dataset} == {one.id: one.digest for one in samples}


def test_a_video_is_matroska_whose_frames_are_never_encoded_anew(tmp_path: Path) -> None:
    import av

    part = video()
    data = to_matroska(part)
    with av.open(io.BytesIO(data)) as file:
        shown = [(frame.width, frame.height) for frame in file.decode(video=0)]
    assert shown == [(48, 32)] * 5
    assert again_video(data, Limits()).data == part.data
    assert [seconds for seconds, _ in from_matroska(data)] == pytest.approx([0.5 + i / 7 for i in range(5)], abs=1e-6)


def test_files_have_safe_names_of_their_own_and_made_ones_a_mark() -> None:
    ids = ["a", "A", "a/b", "a_b", "../a", "/a", "", "。", "日本語", "x" * 300, "x" * 301, "a.b", "a-1234abcd", "con"]
    names = {file_name(id_, part, "image") for id_ in ids for part in ("image", "a.b", "")}
    assert len({name.lower() for name in names}) == len(ids) * 3
    assert all("/" not in name and name.count(".") == 2 and len(name.encode()) < 255 for name in names)
    real, made, *_ = every_kind()
    assert read_mark(file_bytes(real, "image")) is None
    assert read_mark(file_bytes(made, "image"))


def test_datasets_opens_the_folder_with_its_features(tmp_path: Path) -> None:
    import datasets

    exported([sample(n) for n in range(5)], "hf", tmp_path / "out")
    folder = datasets.load_from_disk(str(tmp_path / "out"))
    assert isinstance(folder, datasets.Dataset)
    assert (folder.num_rows, folder.features["image"]) == (5, datasets.Image())
    assert isinstance(folder.features["audio"], datasets.Audio)
    opened = folder.cast_column("audio", datasets.Audio(decode=False))
    assert (opened[1]["class"], opened[2]["image"].size, opened[0]["audio"]["bytes"][:4]) == ("b", (32, 24), b"RIFF")
    assert opened[2]["features"] == pytest.approx([2, 3, 4, 5])


def test_datasets_and_pyarrow_open_the_parquet_files(tmp_path: Path) -> None:
    import datasets
    import pyarrow.parquet as pq

    exported([sample(n) for n in range(5)], "parquet", tmp_path / "out")
    (path,) = (tmp_path / "out").iterdir()
    table = pq.read_table(path, columns=["id", "class", "caption"])
    assert table.column("caption").to_pylist()[4] == "絵 4"
    opened = datasets.Dataset.from_parquet(str(path), cache_dir=str(tmp_path / "cache")).remove_columns("audio")
    assert opened[3]["image"].size == (32, 24)


def test_columns_that_come_late_are_in_every_file(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    writer = load(WRITERS, "parquet")(shard_mb=0)
    (tmp_path / "out").mkdir()
    texts = [Sample(f"t{n:04d}", {"text": Part.from_text(f"text {n}")}) for n in range(2500)]
    writer.write([*texts, sample(1)], tmp_path / "out")
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == [f"data-{n:05d}-of-00003.parquet" for n in range(3)] or len(files) >= 3
    assert len({tuple(pq.read_schema(file).names) for file in files}) == 1
    found = ingest(layout_of(tmp_path / "out").reader, tmp_path / "cache")
    assert len(found.dataset) == 2501


def test_webdataset_opens_the_tars(tmp_path: Path) -> None:
    import webdataset

    exported([sample(n) for n in range(5)], "webdataset", tmp_path / "out")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = list(webdataset.WebDataset(str(tmp_path / "out/shard-000000.tar"), shardshuffle=False).decode("rgb8"))
    assert [one["__key__"] for one in opened] == [f"s{n:04d}" for n in range(5)]
    assert opened[2]["image.png"].shape == (24, 32, 3)
    assert (opened[2]["caption.txt"], opened[3]["json"]["class"]) == ("絵 2", "b")


def test_datasets_reads_the_folder_of_json_lines(tmp_path: Path) -> None:
    import datasets

    exported([sample(n) for n in range(3)], "jsonl", tmp_path / "out")
    lines = [json.loads(line) for line in (tmp_path / "out/metadata.jsonl").read_text("utf-8").splitlines()]
    assert all((tmp_path / "out" / line["file_name"]).is_file() for line in lines)
    built = datasets.load_dataset("imagefolder", data_dir=str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert (built["train"].num_rows, built["train"][0]["caption"]) == (3, "絵 0")
