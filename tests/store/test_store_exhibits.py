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
from shisaku.store.exhibits import exhibits
from shisaku.store.miniature import data_uri, sound_picture
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


def test_sounds_are_shown_with_their_picture_or_not_at_all(run: Run) -> None:
    rows = exhibits(run, per_stream=4)
    sounds = [row for row in rows if row["kind"] == "audio"]
    assert sounds
    assert all(row["spectrogram"].startswith("data:image/png;base64,") and row["seconds"] > 0 for row in sounds)
    assert all(row["spectrogram"] == "" and row["seconds"] == 0 for row in rows if row["kind"] != "audio")
    whole = sum(len(row["data_uri"]) + len(row["spectrogram"]) for row in rows)
    tight = exhibits(run, per_stream=4, budget=whole - 1)
    assert len(tight) < len(rows)
    assert all(row["spectrogram"] for row in tight if row["kind"] == "audio")


def test_a_recording_without_samples_or_in_pieces_has_no_picture() -> None:
    assert sound_picture(Part("audio", encode_wave(np.zeros(0, np.float32), 16000))) == ("", 0.0)
    assert sound_picture(Part("audio", b"torn")) == ("", 0.0)
    assert sound_picture(Part.from_text("x")) == ("", 0.0)


def speaking(parent: Sample, place: int, voice: str) -> Sample:
    wave = np.sin(np.arange(4000) / 9).astype(np.float32) * 0.5
    parts = {"caption": parent.parts["caption"], "speech": Part("audio", encode_wave(wave, 16000))}
    return parent.child("spoken", place, parts=parts, facts={"voice": voice, "person": "p" * 200, "lot": "7"})


@pytest.mark.parametrize("n", [20, 21, 24, 25])
def test_made_speech_is_shown_in_many_voices_and_says_whose(tmp_path: Path, n: int) -> None:
    made = Run.create(tmp_path / "run", recipe_text="", recipe_fingerprint="f")
    texts = [Sample(f"t{i:02d}", {"caption": Part.from_text(f"text {i}", "en")}) for i in range(n)]
    spoken = [speaking(t, v, f"voice{v}") for t in texts for v in range(5)]
    for name, held in {"data": texts, "spoken": spoken}.items():
        dataset = write_dataset(made.path / "data" / name, held)
        made.link_stream(name, dataset.path, len(dataset), dataset.fingerprint)
    rows = [row for row in exhibits(made, per_stream=5) if row["stream"] == "spoken"]
    assert {row["facts"]["voice"] for row in rows} == {f"voice{v}" for v in range(5)}
    assert len({row["parent"] for row in rows}) == 5
    assert all(set(row["facts"]) == {"voice", "person"} and len(row["facts"]["person"]) <= 80 for row in rows)


def test_the_text_of_a_child_is_the_one_that_is_new_in_it(tmp_path: Path) -> None:
    made = Run.create(tmp_path / "run", recipe_text="", recipe_fingerprint="f")
    texts = [Sample(f"t{i}", {"caption": Part.from_text(f"a bird {i}", "en")}) for i in range(3)]
    said = [t.child("said", parts={**t.parts, "other": Part.from_text(f"Here is bird {t.id}.")}) for t in texts]
    same = [s.child("same", parts=s.parts) for s in said]
    for name, held in {"data": texts, "said": said, "same": same}.items():
        dataset = write_dataset(made.path / "data" / name, held)
        made.link_stream(name, dataset.path, len(dataset), dataset.fingerprint)
    shown = {row["id"]: row["text"] for row in exhibits(made, per_stream=3)}
    assert shown["t1"] == "a bird 1"
    assert shown["t1/said.0"] == "Here is bird t1."
    assert shown["t1/said.0/same.0"] == "a bird 1"
