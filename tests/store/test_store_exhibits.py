from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image
from store_material import pixels, sample

from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import encode_image, encode_wave
from shisaku.store.datasets import write_dataset
from shisaku.store.exhibits import data_uri, exhibits
from shisaku.store.run import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = Run.create(tmp_path / "run", recipe_text="", recipe_fingerprint="f")
    parents = [sample(i) for i in range(20)]
    children = [p.child("composite", r, parts={"image": p.parts["image"]}) for p in parents for r in range(3)]
    texts = [Sample(f"t{i}", {"text": Part.from_text(f"文 {i}" * 300, "ja")}, {"class": "a"}) for i in range(9)]
    for name, held in {"data": parents, "composite": children, "texts": texts, "study.data.features": parents}.items():
        dataset = write_dataset(made.path / "data" / name, held)
        made.link_stream(name, dataset.path, len(dataset), dataset.fingerprint)
    return made


def raw(uri: str) -> bytes:
    return base64.b64decode(uri.partition(",")[2])


def test_exhibits_show_every_stream(run: Run) -> None:
    rows = exhibits(run, per_stream=4)
    assert {row["stream"] for row in rows} == {"data", "composite", "texts"}
    composite = [row for row in rows if row["stream"] == "composite"]
    assert len({row["parent"] for row in composite}) == 4
    assert all(row["id"].startswith(row["parent"]) and row["label"] in "ab" for row in composite)
    assert [row["kind"] for row in rows if row["stream"] == "data"] == ["audio", "image"] * 4
    text = next(row for row in rows if row["stream"] == "texts")
    assert (text["kind"], text["data_uri"], len(text["text"])) == ("text", "", 400)
    assert exhibits(run, per_stream=4) == rows
    assert exhibits(run, per_stream=4, label="nothing")[0]["label"] == ""


def test_the_budget_holds_and_cuts_streams_alike(run: Run) -> None:
    whole = sum(len(row["data_uri"]) for row in exhibits(run, per_stream=10))
    rows = exhibits(run, per_stream=10, budget=whole // 3)
    assert sum(len(row["data_uri"]) for row in rows) <= whole // 3
    assert {"data", "composite"} <= {row["stream"] for row in rows}
    assert all(not row["data_uri"] for row in exhibits(run, per_stream=10, budget=0))


def test_thumbnails_are_small_upright_and_on_white() -> None:
    array = pixels(1, 300, 600, channels=4)
    array[..., 3] = 0
    uri = data_uri(Part("image", encode_image(array)))
    picture = Image.open(io.BytesIO(raw(uri)))
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (128, 64), "RGB")
    assert np.asarray(picture).min() > 250
    assert len(uri) < 10_000


@pytest.mark.parametrize(("rate", "form"), [(16_000, "audio/mpeg"), (12_345, "audio/wav")])
def test_sounds_are_short(rate: int, form: str) -> None:
    wave = np.sin(np.arange(rate * 20) / 20).astype(np.float32) * 0.5
    uri = data_uri(Part("audio", encode_wave(wave, rate)))
    assert uri.startswith(f"data:{form};base64,")
    heard, found = soundfile.read(io.BytesIO(raw(uri)))
    assert found == rate
    assert 5.9 < len(heard) / rate < 6.2


def test_damaged_and_other_parts_show_nothing() -> None:
    assert data_uri(Part("image", b"torn")) == ""
    assert data_uri(Part("audio", encode_wave(np.zeros(0, np.float32), 16000))).startswith("data:audio/wav")
    assert data_uri(Part.from_text("x")) == ""
