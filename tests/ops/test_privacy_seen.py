"""Personal data in pictures: headers, faces, text."""

from __future__ import annotations

import io

import numpy as np
import pytest
from ops_material import image_part, one
from PIL import Image

from shisaku.core.sample import Part, Sample
from shisaku.models.check_eyes import drawn_face, written
from shisaku.ops.privacy.faces import Faces
from shisaku.ops.privacy.header import Header
from shisaku.ops.privacy.image_text import ImageText
from shisaku.ops.privacy.read_text import ReadText
from shisaku.ops.privacy.text import Text
from shisaku.store.images import read_image, read_pixels
from shisaku.store.limits import Limits

SERIAL, OWNER, ARTIST = 0xA431, 0xA430, 0x013B
PLACE = {1: "N", 2: (35.0, 39.0, 31.0), 3: "E", 4: (139.0, 44.0, 44.0)}


def taken(form: str = "JPEG", *, place: bool = False, serial: bool = False, owner: bool = False) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 1
    if place:
        exif.get_ifd(0x8825).update(PLACE)
    if serial:
        exif.get_ifd(0x8769)[SERIAL] = "0012345678"
    if owner:
        exif[ARTIST] = "Linda Patterson"
    out = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(out, form, exif=exif.tobytes())
    return out.getvalue()


def sample(name: str, data: bytes) -> Sample:
    decoded = read_image(data, Limits())
    facts = {f"image_{key}": value for key, value in decoded.facts.items()}
    return Sample(name, {"image": Part("image", decoded.data)}, facts=facts)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_header_is_told_of_and_not_told(form: str) -> None:
    samples = [
        sample("all", taken(form, place=True, serial=True, owner=True)),
        sample("camera", taken(form, serial=True)),
        sample("none", taken(form)),
    ]
    op = Header()
    state = op.measure(samples)
    assert state == {"all": ["gps", "camera_serial", "owner"], "camera": ["camera_serial"], "none": []}
    assert [score.issue for score in op.scores(state)] == [True, True, False]
    assert [score.issue for score in Header(most=1).scores(state)] == [True, False, False]
    told = str([finding.to_json() for finding in op.findings(state)]) + str(samples[0].facts)
    assert "Patterson" not in told
    assert "12345678" not in told
    assert [finding.weight for finding in op.findings(state)] == ["bad", "warn", "warn"]


def test_an_owner_in_the_details_counts_and_an_empty_one_does_not() -> None:
    for value, found in (("Linda Patterson", ["owner"]), ("", [])):
        exif = Image.Exif()
        exif.get_ifd(0x8769)[OWNER] = value
        out = io.BytesIO()
        Image.new("RGB", (16, 16), "red").save(out, "JPEG", exif=exif)
        assert Header().measure([sample("s", out.getvalue())]) == {"s": found}


def test_headers_are_read_from_pixels_that_are_not_packed() -> None:
    decoded = read_pixels(taken(place=True), Limits())
    facts = {f"image_{key}": value for key, value in decoded.facts.items()}
    state = Header().measure([Sample("s", {"image": Part("image", decoded.data)}, facts=facts)])
    assert state == {"s": ["gps"]}


def test_faces_by_threshold() -> None:
    state = {"a": [[1.0, 2.0, 30.0, 40.0, 0.9], [5.0, 5.0, 9.0, 9.0, 0.4]], "b": [[0.0, 0.0, 9.0, 9.0, 0.4]], "c": []}
    scores = Faces().scores(state)
    assert [score.raw for score in scores] == [1, 0, 0]
    assert [score.issue for score in scores] == [True, False, False]
    assert [round(score.value, 2) for score in scores] == [0.1, 0.6, 1.0]
    assert str(scores[0].reason) == "faces: 1, the surest 0.90; left, top, width, height: 1 2 30 40"
    assert [score.raw for score in Faces(sure=0.3).scores(state)] == [2, 1, 0]
    (finding,) = Faces().findings(state)
    assert (finding.weight, finding.n, finding.samples) == ("warn", 3, ("a",))
    (nothing,) = Faces().findings({"c": []})
    assert nothing.weight == "note"
    assert Faces().findings({}) == []


@pytest.mark.weights
def test_a_face_is_found_where_it_is() -> None:
    scene = np.full((160, 200, 3), 230, np.uint8)
    scene[60:124, 100:164] = drawn_face()
    samples = [
        Sample("face", {"image": image_part(scene)}),
        Sample("grey", {"image": image_part(np.full((160, 200, 3), 120, np.uint8))}),
    ]
    state = Faces().measure(samples)
    assert state["grey"] == []
    left, top, width, height, sure = state["face"][0]
    assert sure > 0.4
    assert 110 < left + width / 2 < 154
    assert 70 < top + height / 2 < 114


@pytest.mark.weights
def test_what_is_written_in_a_picture_is_read_and_looked_at() -> None:
    card = Sample("card", {"image": image_part(written("Call 415-555-2671"))})
    blank = Sample("blank", {"image": image_part(np.full((64, 64, 3), 255, np.uint8))})
    seen = [one(ReadText(), sample) for sample in (card, blank)]
    assert [sample.parts["read"].text for sample in seen] == ["Call 415-555-2671", ""]
    assert seen[0].depth == 0
    op = Text(text="read")
    assert op.measure(seen) == {"card": [("phone", "415-***-**71")], "blank": []}
    text = ImageText()
    assert [score.issue for score in text.scores(text.measure(seen))] == [False, True]
    (finding,) = text.findings(text.measure(seen))
    assert finding.samples == ("card",)
