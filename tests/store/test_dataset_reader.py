from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from store_material import pixels, samples, tone

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.store.codecs import (
    FrameWriter,
    decode_image,
    encode_image,
    encode_points,
    encode_table,
    encode_vector,
    encode_wave,
)
from shisaku.store.dataset_reader import DatasetReader
from shisaku.store.datasets import LanceDataset, SampleList, write_dataset
from shisaku.store.home import commit, writing
from shisaku.store.ingest import ingest
from shisaku.store.layout import layout_of

FIXTURE = Path(__file__).parent / "fixtures" / "dataset-schema-1"


def video() -> bytes:
    frames = FrameWriter()
    for n in range(3):
        frames.add(n / 10, pixels(n, 40, 60))
    return frames.to_bytes()


def every_kind() -> list[Sample]:
    parts = {
        "image": Part("image", encode_image(pixels(1, 700, 900)), uri="/somewhere/a.jpg"),
        "cut_out": Part("image", encode_image(pixels(2, channels=4))),
        "text": Part.from_text(" two\r\nlines ", "ja"),
        "audio": Part("audio", encode_wave(tone(rate=24_000), 24_000), span=(1.0, 1.25), clock="car"),
        "clip": Part("video", video()),
        "row": Part("table", encode_table([{"a": 1.5, "名": None}])),
        "lidar": Part("points", encode_points(np.random.default_rng(0).random((50, 4)).astype(np.float32))),
        "vector": Part("embedding", encode_vector(np.arange(7, dtype=np.float32))),
    }
    real = Sample("a", parts, {"class": "x", "b": "y"}, "g", "CC0-1.0", "given", {"image_sha256": "0", "who": "me"})
    made = Sample("a/vary.0", {"image": parts["image"]}, {"class": "x"}, parents=("a", "pool"), depth=1)
    return [real, made]


def home(root: Path, held: list[Sample]) -> Path:
    with writing(root) as opened:
        commit(opened, SampleList(held), inline_mb=0.01)
    return root


def test_reading_a_dataset_again_keeps_every_digest(tmp_path: Path) -> None:
    place = home(tmp_path / "h", every_kind())
    found = ingest(DatasetReader(str(place)), tmp_path / "cache")
    assert not found.drops
    assert {s.id: s.digest for s in found.dataset} == {s.id: s.digest for s in every_kind()}
    assert list(found.dataset) == every_kind()
    assert [note.values["n"] for note in found.notes] == [1]


def test_an_older_version_can_be_read(tmp_path: Path) -> None:
    held = every_kind()
    home(tmp_path / "h", held)
    home(tmp_path / "h", held[:1])
    one, two = (DatasetReader(str(tmp_path / "h"), version=n) for n in (1, 2))
    assert [len(list(reader.records())) for reader in (one, two)] == [2, 1]
    assert one.fingerprint() != two.fingerprint()
    with pytest.raises(DataError, match="no version 3"):
        list(DatasetReader(str(tmp_path / "h"), version=3).records())


def test_a_home_and_a_bare_dataset_are_recognised(tmp_path: Path) -> None:
    for place in (home(tmp_path / "h", every_kind()), write_dataset(tmp_path / "d", every_kind()).path):
        layout = layout_of(place)
        assert (layout.name, layout.door) == ("dataset", "dataset")
        assert (layout.reader.label, layout.reader.group) == ("class", "group")


def test_schema_1_is_read_by_the_reader(tmp_path: Path) -> None:
    found = list(ingest(layout_of(FIXTURE).reader, tmp_path / "cache").dataset)
    old = list(LanceDataset(FIXTURE))
    assert [bare(sample) for sample in found] == [bare(sample) for sample in old]
    # The PNG was written by an older encoder: other bytes, the same pixels.
    pixels = [decode_image(samples[0].parts["image"]) for samples in (found, old)]
    assert np.array_equal(*pixels)
    assert found[1].digest == old[1].digest


def bare(sample: Sample) -> Sample:
    return replace(sample, parts={n: replace(p, data=b"") if p.kind == "image" else p for n, p in sample.parts.items()})


@pytest.mark.parametrize("harm", ["truncated", "huge", "compressed", "text"])
def test_a_dataset_that_lies_about_its_media_loses_those_rows_only(tmp_path: Path, harm: str) -> None:
    import io
    import zipfile

    data = video()
    if harm == "truncated":
        bad = Part("video", data[:200])
    elif harm == "huge":
        bad = Part("image", encode_image(pixels(0))[:30])
    elif harm == "compressed":
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("frames.json", json.dumps({"times": [0.0]}) + " " * 10_000)
        bad = Part("video", target.getvalue())
    else:
        bad = Part("audio", b"not a wave")
    held = [*samples(5), Sample("bad", {"x": bad})]
    found = ingest(DatasetReader(str(home(tmp_path / "h", held))), tmp_path / "cache")
    assert [drop.sample for drop in found.drops] == ["bad"]
    assert len(found.dataset) == 5
