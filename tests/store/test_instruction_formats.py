from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_material import pixels, save_image

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, RecipeError
from shisaku.store.codecs import decode_table, encode_image, encode_table
from shisaku.store.conversation import CONVERSATION, answer_mask, problem_of
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.layout import layout_of
from shisaku.store.readers.json_stream import BLOCK, json_items
from shisaku.store.readers.llava import LlavaReader
from shisaku.store.readers.mm_pt import MmPtReader
from shisaku.store.readers.reader import Reader
from shisaku.store.readers.sharegpt import ShareGptReader
from shisaku.store.writers.mm_it import STYLES, MmItWriter
from shisaku.store.writers.mm_pt import MmPtWriter
from shisaku.store.writers.writer import Writer, Written

HUMAN, GPT = {"from": "human", "value": "What is it?"}, {"from": "gpt", "value": "A cat."}
TURNS = [{"role": "user", "content": "What is it?"}, {"role": "assistant", "content": "A cat."}]


def dump(path: Path, rows: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rows, indent=1) if path.suffix == ".json" else "".join(json.dumps(row) + "\n" for row in rows)
    path.write_text(text, "utf-8")
    return path


def read(reader: Reader, tmp_path: Path) -> Ingested:
    return ingest(reader, tmp_path / "cache", workers=1)


def reasons(path: Path) -> list[str]:
    return [str(record.problem or "") for record in ShareGptReader(str(path)).records()]


@pytest.mark.parametrize("name", ["llava.json", "llava.jsonl"])
def test_llava(name: str, tmp_path: Path) -> None:
    for n in range(2):
        save_image(tmp_path / f"d/pics/{n}.png", seed=n)
    asked = {"from": "human", "value": "<image>\nWhat is it?"}
    rows = [
        {"id": "000", "image": "pics/0.png", "conversations": [asked, GPT], "source": {"set": "coco"}},
        {"id": 1, "image": ["pics/0.png", "pics/1.png"], "conversations": [{**asked, "value": "<image><image>"}, GPT]},
        {"conversations": [HUMAN, GPT]},
        {"id": "bad", "image": "../secret.png", "conversations": [asked, GPT]},
    ]
    layout = layout_of(dump(tmp_path / "d" / name, rows))
    assert (layout.door, layout_of(tmp_path / "d").door) == ("llava", "llava")
    got = read(layout.reader, tmp_path)
    held = {s.id: s for s in got.dataset}
    assert {id_: list(s.parts) for id_, s in held.items()} == {
        "000": [CONVERSATION, "image"],
        "1": [CONVERSATION, "image", "image_1"],
        "row-000003": [CONVERSATION],
    }
    assert decode_table(held["000"].parts[CONVERSATION]) == [
        {"role": "user", "content": "<image>\nWhat is it?"},
        {"role": "assistant", "content": "A cat."},
    ]
    assert (held["000"].group, held["1"].group, held["000"].facts["source"]) == (
        "pics/0.png",
        "pics/0.png",
        '{"set": "coco"}',
    )
    assert "outside" in str(got.drops[0].reason)


def test_images_below_another_folder(tmp_path: Path) -> None:
    save_image(tmp_path / "coco/0.png")
    row = {"id": "0", "image": "0.png", "conversations": [{"from": "human", "value": "<image>"}, GPT]}
    path = dump(tmp_path / "d/llava.json", [row])
    assert len(read(LlavaReader(str(path), images=str(tmp_path / "coco")), tmp_path).dataset) == 1


def test_sharegpt_and_chatml(tmp_path: Path) -> None:
    raw = encode_image(pixels(5))
    parts = [
        {"type": "text", "text": "Look: "},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + base64.b64encode(raw).decode()}},
        {"type": "image", "image": "1.png"},
    ]
    save_image(tmp_path / "d/1.png", seed=1)
    rows = [
        {"conversations": [{"from": "system", "value": "Be kind."}, HUMAN, {**GPT, "weight": 0}], "lang": "en"},
        {"system": "Be brief.", "messages": TURNS},
        {"messages": [{"role": "user", "content": parts}, TURNS[1]]},
        {"messages": [{"role": "user", "content": [{"type": "image"}]}, TURNS[1]], "images": ["1.png"]},
        {"messages": [{"role": "user", "content": [{"type": "video"}]}, TURNS[1]]},
        {"messages": [{"role": "user", "content": "<image>"}, TURNS[1]], "images": ["https://a.example/x.png"]},
    ]
    layout = layout_of(dump(tmp_path / "d/chats.jsonl", rows))
    assert (layout.door, layout.name) == ("sharegpt", "ShareGPT")
    got = read(layout.reader, tmp_path)
    one, two, three, four = got.dataset
    assert decode_table(one.parts[CONVERSATION]) == [
        {"role": "system", "content": "Be kind."},
        TURNS[0],
        {**TURNS[1], "weight": 0},
    ]
    assert decode_table(two.parts[CONVERSATION])[0] == {"role": "system", "content": "Be brief."}
    assert decode_table(three.parts[CONVERSATION])[0]["content"] == "Look: <image><image>"
    assert three.parts["image"].data == raw
    assert list(four.parts) == [CONVERSATION, "image"]
    assert [str(drop.reason) for drop in got.drops] == [
        "There is no list of turns with a role and a text",
        "The image lies on the network, and nothing is fetched from there: https://a.example/x.png",
    ]
    assert layout_of(dump(tmp_path / "e/chats.json", [{"messages": TURNS}])).name == "ChatML"


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ([GPT, HUMAN], "out of order at turn 1"),
        ([HUMAN, HUMAN, GPT], "out of order at turn 2"),
        ([{"from": "system", "value": "s"}, HUMAN, GPT, GPT], "out of order at turn 4"),
        ([HUMAN, {"from": "system", "value": "s"}, GPT], "out of order at turn 2"),
        ([HUMAN, GPT, HUMAN], "ends without an answer"),
        ([{"from": "system", "value": "s"}], "ends without an answer"),
        ([HUMAN, {"from": "gpt", "value": " \n"}], "An answer is empty"),
        ([{"from": "tool", "value": "s"}, GPT], "The role tool is not known"),
        ([{"from": "human", "value": "<image> <image>"}, GPT], "2 placeholders for 0 images"),
        ([HUMAN, {"from": "gpt", "value": None}], "no list of turns"),
        ([HUMAN, "A cat."], "no list of turns"),
        ([], "no list of turns"),
        ("hello", "no list of turns"),
    ],
)
def test_what_cannot_be_trained_on_is_a_drop(turns: Any, reason: str, tmp_path: Path) -> None:
    good = {"conversations": [HUMAN, GPT]}
    first, second = reasons(dump(tmp_path / "c.jsonl", [good, {"conversations": turns}]))
    assert first == ""
    assert reason in second


def test_fewer_placeholders_than_images(tmp_path: Path) -> None:
    save_image(tmp_path / "0.png")
    rows = [{"conversations": [HUMAN, GPT]}, {"image": "0.png", "conversations": [HUMAN, GPT]}]
    assert reasons(dump(tmp_path / "c.json", rows))[1] == "There are 0 placeholders for 1 images"


def test_broken_lines_cost_themselves_and_a_broken_list_its_end(tmp_path: Path) -> None:
    rows = [{"id": str(n), "conversations": [HUMAN, GPT]} for n in range(4)]
    path = dump(tmp_path / "c.jsonl", rows)
    raw = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([raw[0], b"{broken", b'{"id": NaN}', b"\xff\xfe", b"[1]", raw[1]]))
    assert [item.problem is None for item in json_items(path)] == [True, False, False, False, False, True]
    path = dump(tmp_path / "c.json", rows)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    found = list(json_items(path))
    assert [item.problem is None for item in found] == [True, True, False]
    assert str(found[-1].problem) == "The list is cut off or damaged behind its object 2"


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=30) | st.integers(), max_size=3), max_size=8))
def test_a_list_and_lines_hold_the_same(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    home = tmp_path_factory.mktemp("json")
    rows = [*rows, {"long": "ü" * 10}]
    for name in ("a.json", "a.jsonl"):
        assert [dict(item.held) for item in json_items(dump(home / name, rows))] == rows


def test_objects_longer_than_a_block_and_halves_of_characters(tmp_path: Path) -> None:
    rows = [{"n": n, "text": "ü" * (BLOCK // 2)} for n in range(7)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    assert [dict(item.held) for item in json_items(path)] == rows
    path.write_text('[{"a": "\\ud83d"}]', "utf-8")
    assert [dict(item.held) for item in json_items(path)] == [{"a": "?"}]


def chat(id_: str, turns: list[dict[str, Any]], images: int = 0, **changes: Any) -> Sample:
    parts = {CONVERSATION: Part("table", encode_table(turns))}
    parts |= {f"image_{n}" if n else "image": Part("image", encode_image(pixels(n))) for n in range(images)}
    return Sample(id_, parts, **changes)


CHATS = [
    chat("a/1", TURNS, labels={"topic": "cats"}, group="g", licence="CC0-1.0", facts={"x": "y"}),
    chat("b", [{"role": "system", "content": "Be kind."}, *TURNS, *TURNS], consent="given"),
    chat(
        "c", [{"role": "user", "content": "<image>a<image>"}, {**TURNS[1], "weight": 0.5}], 2, depth=1, parents=("b",)
    ),
]


def export(writer: Writer, samples: list[Sample], out: Path) -> Written:
    out.mkdir()
    return writer.write(samples, out)


def same(given: list[Sample], got: Ingested) -> None:
    found = {s.id: s for s in got.dataset}
    assert not got.drops
    assert found.keys() == {s.id for s in given}
    for one in given:
        for name in ("labels", "group", "licence", "consent", "parents", "depth"):
            assert getattr(found[one.id], name) == getattr(one, name)
        assert one.facts.items() <= found[one.id].facts.items()
        assert {n: p.identity for n, p in found[one.id].parts.items()} == {n: p.identity for n, p in one.parts.items()}


@pytest.mark.parametrize("style", STYLES)
def test_conversations_come_back_the_same(style: str, tmp_path: Path) -> None:
    assert export(MmItWriter(style), CHATS, tmp_path / "out") == Written(3, 0, ())
    layout = layout_of(tmp_path / "out")
    assert layout.door == ("llava" if style == "llava" else "sharegpt")
    same(CHATS, read(layout.reader, tmp_path))


@pytest.mark.parametrize("style", STYLES)
def test_masks_are_1_exactly_for_the_answers(style: str, tmp_path: Path) -> None:
    export(MmItWriter(style), CHATS, tmp_path / "out")
    name, key, role = (
        ("data.jsonl", "messages", "role") if style == "chatml" else ("data.json", "conversations", "from")
    )
    text = (tmp_path / "out" / name).read_text("utf-8")
    rows = json.loads(text) if name == "data.json" else [json.loads(line) for line in text.splitlines()]
    assert len(rows) == 3
    for row in rows:
        assert row["mask"] == [int(turn[role] in ("gpt", "assistant")) for turn in row[key]]
    assert rows[0]["mask"] == [0, 1]
    assert rows[1]["mask"] == ([0, 1, 0, 1] if style == "llava" else [0, 0, 1, 0, 1])


def test_chatml_images_are_parts_in_their_place(tmp_path: Path) -> None:
    export(MmItWriter("chatml"), CHATS[2:], tmp_path / "out")
    row = json.loads((tmp_path / "out/data.jsonl").read_text())
    content = row["messages"][0]["content"]
    assert [part["type"] for part in content] == ["image", "text", "image"]
    assert all((tmp_path / "out" / part["image"]).is_file() for part in content if part["type"] == "image")


def test_what_an_instruction_file_cannot_hold_is_said(tmp_path: Path) -> None:
    samples = [
        chat("ok", [{"role": "system", "content": "s", "name": "x"}, *TURNS]).with_part("text", Part.from_text("more")),
        chat("empty", [TURNS[0], {"role": "assistant", "content": ""}]),
        chat("marks", TURNS, images=1),
        Sample("none", {"text": Part.from_text("words")}),
    ]
    written = export(MmItWriter(), samples, tmp_path / "out")
    assert (written.n, written.left_out) == (1, 3)
    assert [str(loss) for loss in written.losses] == [
        "1 parts text (text) are not carried by this format",
        "what a system turn holds beside its content of 1 samples is not carried by this format",
        "1 samples were left out: An answer is empty",
        "1 samples were left out: There are 0 placeholders for 1 images",
        "1 samples were left out: There is no list of turns with a role and a text",
    ]
    with pytest.raises(RecipeError, match="no style"):
        export(MmItWriter("alpaca"), [], tmp_path / "other")


def test_an_empty_list_is_a_list(tmp_path: Path) -> None:
    export(MmItWriter(), [], tmp_path / "out")
    assert json.loads((tmp_path / "out/data.json").read_text()) == []


@given(st.lists(st.sampled_from(["system", "user", "assistant"]), max_size=7))
def test_only_whole_exchanges_are_conversations(roles: list[str]) -> None:
    turns = [{"role": role, "content": "x"} for role in roles]
    spoken = roles[1:] if roles[:1] == ["system"] else roles
    whole = bool(spoken) and spoken == ["user", "assistant"] * (len(spoken) // 2)
    assert (problem_of(turns, 0) is None) == whole
    assert answer_mask(turns) == [int(role == "assistant") for role in roles]


def pair(n: int, **changes: Any) -> Sample:
    parts = {"caption": Part.from_text(f"絵 {n}", "ja"), "photo": Part("image", encode_image(pixels(n)))}
    return Sample(f"p{n}", parts, **changes)


def document(id_: str, entries: list[dict[str, str]], images: int) -> Sample:
    parts = {"document": Part("table", encode_table(entries))}
    parts |= {f"image_{n}" if n else "image": Part("image", encode_image(pixels(n))) for n in range(images)}
    return Sample(id_, parts, facts={"url": "https://a.example"})


def test_pairs_come_back_the_same(tmp_path: Path) -> None:
    samples = [pair(1, labels={"class": "a"}), pair(2, depth=2, parents=("p1",))]
    written = export(MmPtWriter(), samples, tmp_path / "out")
    assert written == Written(2, 0, ())
    row = json.loads((tmp_path / "out/data.jsonl").read_text("utf-8").splitlines()[0])
    assert row["text"] == "絵 1"
    assert (tmp_path / "out" / row["image"]).is_file()
    layout = layout_of(tmp_path / "out")
    assert layout.door == "mm_pt"
    same(samples, read(layout.reader, tmp_path))


def test_documents_come_back_in_their_order(tmp_path: Path) -> None:
    samples = [
        document("d1", [{"image": "image_1"}, {"text": "between"}, {"image": "image"}, {"text": "after"}], 2),
        document("d2", [{"text": "only words"}], 0),
        pair(3),
        Sample("two", {"a": Part.from_text("one"), **pair(4).parts, "b": Part.from_text("last")}),
    ]
    written = export(MmPtWriter("interleaved"), samples, tmp_path / "out")
    assert (written.n, written.losses) == (4, ())
    rows = [json.loads(line) for line in (tmp_path / "out/data.jsonl").read_text("utf-8").splitlines()]
    assert rows[0]["texts"] == [None, "between", None, "after"]
    assert [path is None for path in rows[0]["images"]] == [False, True, False, True]
    assert all(len(row["texts"]) == len(row["images"]) for row in rows)
    got = read(layout_of(tmp_path / "out").reader, tmp_path)
    same(samples, got)


def test_what_pretraining_data_cannot_hold_is_said(tmp_path: Path) -> None:
    samples = [
        pair(1).with_part("text", Part.from_text("second caption")),
        Sample("t", {"text": Part.from_text("words")}),
    ]
    written = export(MmPtWriter(), samples, tmp_path / "pairs")
    assert (written.n, written.left_out) == (1, 1)
    assert [str(loss) for loss in written.losses] == [
        "1 parts text (text) are not carried by this format",
        "1 samples were left out: There is no pair of an image and a text",
    ]
    samples = [
        document("twice", [{"image": "image"}, {"image": "image"}], 1),
        document("gone", [{"image": "other"}], 1),
        document("odd", [{"video": "v"}], 0),
        Sample("none", {"table": Part("table", b"{}")}),
        document("ok", [{"text": "x"}], 1),
    ]
    written = export(MmPtWriter("interleaved"), samples, tmp_path / "documents")
    assert (written.n, written.left_out) == (1, 4)
    assert "1 parts image (image) are not carried by this format" in map(str, written.losses)
    with pytest.raises(RecipeError, match="no kind"):
        export(MmPtWriter("triples"), [], tmp_path / "other")


def test_obelics_and_mmc4(tmp_path: Path) -> None:
    for n in range(2):
        save_image(tmp_path / f"d/{n}.png", seed=n)
    rows = [
        {"texts": ["a", None, "b"], "images": [None, "0.png", None], "metadata": "[]"},
        {"texts": ["a", "x"], "images": [None, "0.png"]},
        {"texts": ["a"], "images": ["../x.png", None]},
        {
            "url": "https://a.example",
            "text_list": ["one", "two"],
            "image_info": [
                {"image_name": "1.png", "matched_text_index": 1},
                {"image_name": "0.png", "matched_text_index": 0},
            ],
        },
        {"text_list": ["one"], "image_info": [{"image_name": "1.png", "matched_text_index": 4}]},
    ]
    layout = layout_of(dump(tmp_path / "d/docs.jsonl", rows))
    assert layout.door == "mm_pt"
    got = read(layout.reader, tmp_path)
    first, second = got.dataset
    assert decode_table(first.parts["document"]) == [{"text": "a"}, {"image": "image"}, {"text": "b"}]
    assert decode_table(second.parts["document"]) == [
        {"image": "image"},
        {"text": "one"},
        {"image": "image_1"},
        {"text": "two"},
    ]
    assert first.facts["metadata"] == "[]"
    assert len(got.drops) == 3


@pytest.mark.parametrize("about", [7, {}, {"parts": 3}, {"parts": {"x": {}}}, {"id": "a", "parts": {}}])
def test_records_of_ours_that_were_tampered_with_are_drops(about: Any, tmp_path: Path) -> None:
    save_image(tmp_path / "d/0.png")
    dump(tmp_path / "d/data.jsonl", [{"id": "a", "image": "0.png", "text": "t", "shisaku": about}])
    assert [record.problem is not None for record in MmPtReader(str(tmp_path / "d")).records()] == [True]
    dump(tmp_path / "e/data.jsonl", [{"id": "a", "messages": TURNS, "shisaku": about}])
    found = list(ShareGptReader(str(tmp_path / "e")).records())
    assert len(found) == 1
    assert found[0].problem is not None or not found[0].parts


@pytest.mark.parametrize("reader", [LlavaReader, ShareGptReader, MmPtReader])
def test_other_json_is_not_recognised(reader: type, tmp_path: Path) -> None:
    dump(tmp_path / "a.jsonl", [{"text": "a", "image": "b.png"}])
    dump(tmp_path / "b.json", [{"conversations": "none"}])
    (tmp_path / "c.json").write_text("{")
    assert reader.recognise(tmp_path) is None
    with pytest.raises(DataError):
        list(reader(str(tmp_path)).records())
