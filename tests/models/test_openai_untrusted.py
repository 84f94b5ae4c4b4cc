"""Whatever a server answers, an ask ends in a part or a reason."""

from __future__ import annotations

import base64
import json
import random
import struct
import threading
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.guard.call import Attachment, Call, Units
from shisaku.guard.reply import REFUSED, Refusal, Reply
from shisaku.message import say
from shisaku.models.ask import ROLES, Ask, Role
from shisaku.models.openai import generator
from shisaku.models.openai.dialect import Dialect
from shisaku.models.openai.untrusted import LONGEST
from shisaku.store.codecs import encode_image, encode_wave

SAMPLE = Sample(
    "s",
    {"text": Part.from_text("a frog"), "speech": Part("audio", encode_wave(np.zeros(800, np.float32), 8000))},
)
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}}


class Saying:
    """A door behind which everything is answered with the same."""

    def __init__(self, body: bytes | Refusal, content_type: str = "application/json") -> None:
        self.body, self.content_type = body, content_type

    def send(self, calls: Sequence[Call]) -> list[Reply | Refusal]:
        if isinstance(self.body, Refusal):
            return [self.body for _ in calls]
        return [Reply(200, self.content_type, self.body, Units(), 0.0, 0.0, 1) for _ in calls]


def ask(role: Role, body: bytes | Refusal, content_type: str = "application/json", **more: Any) -> Part | Failure:
    model = generator(role, BackEnd("m", "openai", model="tiny"), Saying(body, content_type))
    parts = ("speech",) if role == "listener" else ("text",)
    [answer] = model.answer([Ask(SAMPLE, parts, "say" if role == "painter" else "", **more)])
    return answer


def why(answer: Part | Failure) -> str:
    assert isinstance(answer, Failure), answer
    return str(answer.reason)


def chat(text: Any) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_of_the_door_keeps_its_reason(kind: Any) -> None:
    answer = ask("captioner", Refusal(kind, say("because")))
    assert why(answer) == "because"
    assert isinstance(answer, Failure)
    assert answer.passing == (kind not in ("policy", "rejected", "too_large"))


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "not JSON"),
        (b"<html>502 Bad Gateway</html>", "<html>502"),
        (b'{"choices": [{"mess', "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"{}", "choices[0].message"),
        (b'{"choices": [{"message": {"content": null}}]}', "content"),
        (b'{"choices": [{"message": {"content": "", "refusal": "I will not"}}]}', "I will not"),
        (b'{"choices": [{"message": {"content": "x"}, "finish_reason": "content_filter"}]}', "filter"),
        (b'{"choices": [{"message": {"content": "\xff"}}]}', "not JSON"),
        (chat("  \x00\x1b "), "empty"),
        (chat("a" * (LONGEST + 1)), str(LONGEST)),
    ],
)
def test_an_answer_that_is_none_says_why(body: bytes, part: str) -> None:
    assert part in why(ask("captioner", body))


def test_text_is_rid_of_control_characters_and_of_thoughts() -> None:
    answer = ask("captioner", chat("<think>hmm\n</think>\r\na\x1b[31m \u202efrog\u0085\tsits\n"))
    assert isinstance(answer, Part)
    assert answer.text == "a[31m frog\tsits"


def bomb() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "found",
    [
        {"b64_json": base64.b64encode(bomb()).decode()},
        {"b64_json": base64.b64encode(b"GIF89a, they say").decode()},
        {"b64_json": base64.b64encode(encode_image(np.zeros((9, 9, 3), np.uint8))[:60]).decode()},
        {"b64_json": "!!!"},
        {"b64_json": ""},
        {"b64_json": 7},
        {"url": "http://127.0.0.1:9/picture.png"},
        {},
    ],
)
def test_a_picture_that_is_none_says_why(found: dict[str, Any]) -> None:
    assert why(ask("painter", json.dumps({"data": [found]}).encode()))


@pytest.mark.parametrize("content_type", ["audio/wav", "audio/mpeg", "application/json", ""])
@pytest.mark.parametrize("body", [b"", b"RIFF", b"RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xff", b'{"error": "no"}'])
def test_a_recording_that_is_none_says_why(body: bytes, content_type: str) -> None:
    assert why(ask("speaker", body, content_type))


@pytest.mark.parametrize(
    "found", ["[]", '["a"]', "[NaN]", "[1e999]", "[1e300]", '"AAA="', '"###"', "null", "[" + "9" * 500 + "]"]
)
def test_an_embedding_that_is_none_says_why(found: str) -> None:
    assert why(ask("embedder", f'{{"data": [{{"embedding": {found}}}]}}'.encode()))


def test_no_answer_ends_in_a_traceback() -> None:
    draw = random.Random(3)
    wholes = [
        json.dumps(
            {
                "choices": [{"message": {"content": '{"n": 1}', "refusal": None}, "finish_reason": "stop"}],
                "data": [{"embedding": [0.1, 2], "b64_json": "aGk=", "url": "x"}],
                "text": "a frog",
                "language": "en",
            }
        )
    ]
    odd = ["null", "3", '"x"', "[]", "{}", "true", "-1e9", '"\\ud800"', "[[[["]
    for turn in range(300):
        text = draw.choice(wholes)
        for _ in range(draw.randint(1, 3)):
            start = draw.randrange(len(text))
            text = text[:start] + draw.choice([*odd, "", '"', ",", ":"]) + text[start + draw.randint(0, 12) :]
        role = ROLES[turn % len(ROLES)]
        if role == "speaker":
            continue
        answer = ask(role, text.encode(), schema=SCHEMA if turn % 3 else None)
        assert isinstance(answer, Part | Failure)
        if isinstance(answer, Part) and answer.kind == "text":
            assert answer.text


def call(**fields: str) -> Call:
    form = tuple(Attachment(name, value.encode()) for name, value in fields.items())
    return Call("m", "p", "", "", "k", (), form=form)


def test_a_form_is_spoken_like_a_body() -> None:
    dialect = Dialect()
    whole = call(seed="1", response_format="b64_json", prompt="seed")
    assert dialect.spoken(whole) == whole
    assert dialect.learn(whole, dialect.state, "Unknown parameter: 'response_format'")
    assert [one.name for one in dialect.spoken(whole).form] == ["seed", "prompt"]
    assert not dialect.learn(whole, dialect.state, "the random_seed is bad")
    assert not dialect.learn(whole, dialect.state, "the prompt is refused")
    assert dialect.learn(whole, {}, "anything")  # it was sent before the first was learnt


def test_threads_that_learn_at_once_learn_one_rung() -> None:
    dialect = Dialect()
    body = Call("m", "p", "", "", "k", (), body={"response_format": {"type": "json_schema"}})
    state = dialect.state
    threads = [threading.Thread(target=dialect.learn, args=(body, state, "response_format")) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dialect.spoken(body).body == {"response_format": {"type": "json_object"}}
