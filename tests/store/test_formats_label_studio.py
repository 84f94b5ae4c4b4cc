from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from annotation_material import (
    PICTURE,
    by_id,
    came_back,
    digests,
    ingested,
    picture,
    save_images,
    save_json,
    texts,
    things,
)
from hypothesis import HealthCheck, given, settings
from store_material import save_sound, tone

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.store.codecs import encode_vector, encode_wave
from shisaku.store.readers.label_studio import LabelStudioReader
from shisaku.store.writers.label_studio import LabelStudioWriter


def chosen(by: Any, word: str, *more: Any, **about: Any) -> dict[str, Any]:
    choice = {"id": "c", "from_name": "kind", "to_name": "image", "type": "choices", "value": {"choices": [word]}}
    return {"id": 1, "completed_by": by, "was_cancelled": False, "result": [choice, *more], **about}


def region(id_: str, type_: str, **value: Any) -> dict[str, Any]:
    size = {"original_width": 32, "original_height": 24, "image_rotation": 0}
    return {"id": id_, "from_name": "what", "to_name": "image", "type": type_, "value": value, **size}


def task(number: int, annotations: list[Any] | None = None, **data: Any) -> dict[str, Any]:
    return {"id": number, "data": data, "annotations": annotations or [], "predictions": [], "meta": {}}


RECT = region("r1", "rectanglelabels", x=10, y=20.5, width=30, height=40, rotation=0, rectanglelabels=["scratch"])
POLY = region("r2", "polygonlabels", points=[[1, 2], [30, 4], [5, 60]], closed=True, polygonlabels=["傷"])
BRUSH = region("r3", "brushlabels", format="rle", rle=[1, 2, 3], brushlabels=["dust"])


def test_choices_regions_and_annotators_come_in(tmp_path: Path) -> None:
    save_images(tmp_path, "upload/7/1a2b3c4d-a.png", "b c.png")
    votes = [
        chosen(1, "bad", RECT),
        chosen({"id": 2, "email": "x@y.test"}, "good", POLY, BRUSH, ground_truth=True),
        chosen(3, "good"),
        chosen(4, "bad", was_cancelled=True),
    ]
    path = save_json(
        tmp_path / "export.json",
        [
            task(11, votes, image="/data/upload/7/1a2b3c4d-a.png", lot="L1", text="A plate."),
            task(12, [chosen(1, "good"), chosen(2, "bad")], image="/data/local-files/?d=srv/b%20c.png", n=3),
            task(13, image="b c.png"),
        ],
    )
    reader = LabelStudioReader(str(path), group="lot", lang="en")
    found = by_id(reader)
    first = found["11"]
    assert first.labels == {"choice": "good", "choice/1": "bad", "choice/2": "good", "choice/3": "good"}
    assert first.group == "L1"
    assert first.facts == {"annotators": "3"}
    assert first.parts["text"].lang == "en"
    assert [one["completed_by"] for one in json.loads(texts(first)["annotations"])] == [
        1,
        votes[1]["completed_by"],
        3,
        4,
    ]
    table = json.loads(texts(first)["objects"])
    assert table["frame"] == [100, 100]
    assert table["objects"] == [
        {"label": "傷", "id": "r2", "polygons": [[1, 2, 30, 4, 5, 60]], "original": [32, 24]},
        {"label": "dust", "id": "r3", "shape": "brushlabels", "value": BRUSH["value"], "original": [32, 24]},
    ]
    assert not {"choice"} & found["12"].labels.keys()
    assert sorted(found["12"].labels.values()) == ["bad", "good"]
    assert found["12"].facts == {"n": "3", "choice_tie": "bad 1, good 1", "annotators": "2"}
    assert list(found["13"].parts) == ["image"]
    said = [str(note) for note in reader.notes()]
    assert said == [
        "2 tasks have several annotators: the label is what most of them chose",
        "1 tasks have a tie between annotators, and no label",
    ]
    assert {s.id for s in ingested(reader, tmp_path / "cache").dataset} == {"11", "12", "13"}


def test_spans_of_recordings_and_texts(tmp_path: Path) -> None:
    save_sound(tmp_path / "a.wav")
    words = {"from_name": "words", "to_name": "audio", "original_length": 0.25}
    results = [
        {"id": "s", "type": "labels", **words, "value": {"start": 0.05, "end": 0.1, "labels": ["alice"], "channel": 0}},
        {"id": "s", "type": "textarea", **words, "value": {"start": 0.05, "end": 0.1, "text": ["hello"]}},
        {"id": "s", "type": "choices", **words, "value": {"choices": ["noisy"]}},
        {"id": "t", "type": "textarea", **words, "value": {"text": ["whole"]}},
        {"id": "u", "type": "labels", **words, "value": {"start": 3, "end": 1, "labels": ["x"]}},
    ]
    named = {"id": "n", "from_name": "ner", "to_name": "text", "type": "labels"}
    entity = {**named, "value": {"start": 0, "end": 5, "text": "Tokyo", "labels": ["LOC"]}}
    held = [
        task(1, [{"completed_by": 1, "result": results}], audio="a.wav"),
        task(2, [{"completed_by": 1, "result": [entity]}], text="Tokyo is big"),
    ]
    found = by_id(LabelStudioReader(str(save_json(tmp_path / "x.json", held))))
    first = found["1"]
    assert first.labels == {}
    assert first.parts["audio"].clock == "audio"
    assert (first.parts["words"].source, first.parts["words"].span, first.parts["words"].clock) == (
        "hello",
        (0.05, 0.1),
        "audio",
    )
    assert (first.parts["words_1"].source, first.parts["words_1"].span) == ("whole", None)
    spans = json.loads(texts(first)["spans"])
    assert spans["spans"] == [{"label": "alice", "id": "s", "text": "hello", "from_name": "words", "span": [0.05, 0.1]}]
    assert first.facts["objects_set_aside"] == "1"
    assert json.loads(texts(found["2"])["spans"])["spans"] == [
        {"label": "LOC", "id": "n", "from_name": "ner", "characters": [0, 5], "text": "Tokyo"}
    ]


def test_several_controls_are_several_labels(tmp_path: Path) -> None:
    two = chosen(1, "good", {"from_name": "light", "type": "choices", "value": {"choices": ["dim", "warm"]}})
    (record,) = LabelStudioReader(str(save_json(tmp_path / "x.json", [task(1, [two], text="t")]))).records()
    assert record.labels == {"kind": "good", "light": "dim|warm"}


def test_bad_tasks_cost_themselves(tmp_path: Path) -> None:
    save_images(tmp_path / "in", "a.png")
    save_images(tmp_path, "secret.png")
    inner = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
    nonsense = [{"result": 5}, "x", {"result": [{"type": "choices", "value": 3}, {"value": {}}, None]}]
    nonsense.append({"result": [region("q", "rectanglelabels", x="1", y=None), region("p", "polygonlabels", points=3)]})
    values = {
        "net": "https://host.test/x/a.png",
        "cloud": "s3://bucket/a.png",
        "up": "../secret.png",
        "served": "/data/local-files/?d=../secret.png",
        "root": str(tmp_path / "secret.png"),
        "gone": "gone.png",
        "broken": "data:image/png;base64,@@@",
        "good": "a.png",
        "inside": inner,
    }
    held: list[Any] = [{**task(1, nonsense, image=value), "id": name} for name, value in values.items()]
    held += [{"id": "empty", "data": {"n": 1}}, {"id": "none"}, {"id": "bad", "data": {}, "meta": {"shisaku": 1}}, 7]
    found = by_id(LabelStudioReader(str(save_json(tmp_path / "in" / "x.json", held))))
    why = {id_: str(record.problem) for id_, record in found.items() if record.problem}
    assert why == {
        "net": "https://host.test/x/a.png is an address, and nothing is fetched: put the file beside the export",
        "cloud": "s3://bucket/a.png is an address, and nothing is fetched: put the file beside the export",
        "up": "../secret.png lies outside the folder",
        "served": "../secret.png lies outside the folder",
        "root": f"{tmp_path / 'secret.png'} lies outside the folder",
        "gone": "There is no file gone.png",
        "broken": "The file inside the task is damaged",
        "empty": "The task has no image, recording, video or text",
        "none": "The task has no data",
        "bad": "The record that describes a sample is damaged: no record",
        "task-000013": "Line 13 is not a JSON object",
    }
    assert found["inside"].parts["image"].source == PICTURE
    table = json.loads(texts(found["good"])["annotations"])
    assert len(table) == 3


def test_a_list_that_is_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    path = save_json(tmp_path / "x.json", [task(n, [chosen(1, "a")], text="t") for n in range(3)])
    path.write_text(path.read_text()[:-40])
    records = list(LabelStudioReader(str(path)).records())
    assert [record.problem is None for record in records] == [True, True, False]
    with pytest.raises(DataError, match="There is no Label Studio export here"):
        list(LabelStudioReader(str(tmp_path / "nowhere")).records())


def test_it_is_recognised_by_its_form(tmp_path: Path) -> None:
    path = save_json(tmp_path / "a" / "x.json", [task(1, [chosen(1, "a")], text="t")])
    found = LabelStudioReader.recognise(path)
    assert found is not None
    assert found.reader == LabelStudioReader(str(path))
    assert LabelStudioReader.recognise(path.parent) is not None
    save_json(tmp_path / "a" / "y.json", [task(1, [chosen(1, "a")], text="t")])
    assert LabelStudioReader.recognise(path.parent) is None
    assert LabelStudioReader.recognise(save_json(tmp_path / "z.json", [{"text": "a", "data": 1}])) is None
    assert LabelStudioReader.recognise(tmp_path / "nothing") is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(things)
def test_any_objects_come_back_as_they_were(tmp_path: Path, items: list[Any]) -> None:
    samples = [picture("p/real", items, labels={"k": "v"}), picture("p/made", items, None, parents=("p",), depth=1)]
    LabelStudioWriter().write(samples, tmp_path)
    found = by_id(LabelStudioReader(str(tmp_path)))
    for sample in samples:
        came_back(found[sample.id], sample)


def test_everything_goes_out_and_comes_back(tmp_path: Path) -> None:
    parts = {
        "sound": Part("audio", encode_wave(tone(), 16_000), clock="c", span=(1.0, 1.25)),
        "text": Part("text", "さくら & <b>".encode(), lang="ja"),
        "annotations": Part(
            "table", json.dumps([chosen(1, "good", RECT)]).replace(", ", ",").replace(": ", ":").encode()
        ),
        "vector": Part("embedding", encode_vector(tone()[:4])),
    }
    real = picture("a/1", [{"label": "x", "box": [8, 6, 16, 12]}], parts=parts, labels={"class": "good"}, licence="MIT")
    words = Sample("b", {"text": Part("text", b"only text")}, {"class": "bad"}, parents=("a/1",), depth=2)
    bare = Sample("c", {"vector": parts["vector"]})
    written = LabelStudioWriter().write([real, words, bare], tmp_path)
    assert [str(loss) for loss in written.losses] == [
        "1 parts vector (embedding) are not carried by this format",
        "1 samples were left out: There is no image, recording, video or text",
    ]
    first, second = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    assert first["data"]["image"].startswith("/data/local-files/?d=media/")
    assert first["annotations"][0]["completed_by"] == 1
    assert (second["annotations"], len(second["predictions"])) == ([], 1)
    shown = fromstring((tmp_path / "config.xml").read_text("utf-8"))
    assert {node.get("value") for node in shown.iter("Choice")} == {"good", "bad"}
    found = by_id(LabelStudioReader(str(tmp_path)))
    came_back(found["a/1"], real, without=("vector",))
    came_back(found["b"], words)
    again = digests(ingested(LabelStudioReader(str(tmp_path)), tmp_path / "cache"))
    carried = {name: part for name, part in real.parts.items() if name != "vector"}
    assert again == {"a/1": replace(real, parts=carried).digest, "b": words.digest}


def test_what_an_annotator_says_since_then_wins(tmp_path: Path) -> None:
    made = picture("m", [{"label": "x", "box": [8, 6, 16, 12]}], labels={"kind": "bad"}, parents=("r",), depth=1)
    LabelStudioWriter().write([made], tmp_path)
    (held,) = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    (box, *_) = [one for one in held["predictions"][0]["result"] if one["type"] == "rectanglelabels"]
    assert box["value"] == {"x": 25, "y": 25, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["x"]}
    held["annotations"] = [chosen(5, "good", RECT)]
    save_json(tmp_path / "tasks.json", [held])
    (record,) = LabelStudioReader(str(tmp_path)).records()
    assert record.labels == {"kind": "good"}
    assert record.depth == 1
    assert record.facts == {"annotators": "1"}
    assert json.loads(texts(record)["objects"])["objects"][0]["label"] == "scratch"
    assert json.loads(texts(record)["annotations"])[0]["completed_by"] == 5
