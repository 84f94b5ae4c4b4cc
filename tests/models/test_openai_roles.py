"""Every role against a server on loopback: what is sent, what is told of it, what comes back."""

from __future__ import annotations

import base64
import io
import json
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import cv2
import numpy as np
import pytest
from openai_server import Answering, Asked, Double, Given, PlainDoor, chat_answer, given, serving

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.models.ask import Ask, Role
from shisaku.models.openai import generator
from shisaku.models.openai.exchange import Exchange
from shisaku.store.codecs import decode_image, decode_vector, decode_wave, encode_image, encode_wave

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
PIXELS = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
WAVE = np.sin(np.arange(8000) / 20).astype(np.float32) * 0.5
SAMPLE = Sample(
    "s1",
    {
        "image": Part("image", encode_image(PIXELS)),
        "caption": Part.from_text("A red frog.", "en"),
        "speech": Part("audio", encode_wave(WAVE, 16_000)),
        "mask": Part(
            "image",
            encode_image(
                np.where(np.arange(60)[None, :, None] < 30, 255, 0).astype(np.uint8) * np.ones((40, 1, 3), np.uint8)
            ),
        ),
    },
    licence="CC-BY-4.0",
    consent="yes",
)
Start = Callable[..., tuple[Exchange, Double, PlainDoor]]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def begin(role: Role, answering: Answering, **params: Any) -> tuple[Exchange, Double, PlainDoor]:
            double = stack.enter_context(serving(answering))
            door = PlainDoor(double.url)
            back_end = BackEnd("m", "openai", model="tiny", url=double.url, params=params)
            return generator(role, back_end, door), double, door

        yield begin


def text(answer: Part | Failure) -> str:
    assert isinstance(answer, Part), answer
    return answer.text


def why(answer: Part | Failure) -> str:
    assert isinstance(answer, Failure), answer
    return str(answer.reason)


def wav(rate: int = 22_050, frames: int = 2205) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\x10\x20" * 2 * frames)
    return target.getvalue()


def test_a_captioner_sends_the_picture_as_it_is_and_tells_of_every_byte(start: Start) -> None:
    model, double, door = start(
        "captioner", lambda _: chat_answer(" A frog.\u0000 "), temperature=0.2, extra_body={"top_k": 3}
    )
    [answer] = model.answer([Ask(SAMPLE, ("image",), "What is it?", seed=2**40 + 5, purpose="caption", op="op1")])
    assert text(answer) == "A frog."
    body = double.asked[0].body
    assert double.asked[0].path == "/v1/chat/completions"
    assert (body["model"], body["seed"], body["temperature"], body["top_k"], body["max_tokens"]) == (
        "tiny",
        5,
        0.2,
        3,
        1024,
    )
    assert "extra_body" not in body
    prompt, picture = body["messages"][0]["content"]
    assert prompt == {"type": "text", "text": "What is it?"}
    data = base64.b64decode(picture["image_url"]["url"].removeprefix("data:image/png;base64,"))
    assert data == SAMPLE.parts["image"].data
    told = [(one.field, one.kind, one.data, one.licence, one.consent) for one in door.calls[0].sent]
    assert told == [
        ("prompt", "text", b"What is it?", "CC-BY-4.0", "yes"),
        ("image", "image", data, "CC-BY-4.0", "yes"),
    ]
    assert (door.calls[0].model, door.calls[0].purpose) == ("m", "caption")
    assert door.calls[0].units.tokens_in > 15
    assert door.calls[0].units.tokens_out == 1024


def test_a_large_picture_is_made_smaller_and_transparency_hides(start: Start) -> None:
    clear = np.zeros((300, 600, 4), np.uint8)
    sample = SAMPLE.with_part("image", Part("image", encode_image(clear)))
    model, double, door = start("captioner", lambda _: chat_answer("x"), image_side=128, image_format="jpeg")
    model.answer([Ask(sample, ("image",), "?")])
    url = double.asked[0].body["messages"][0]["content"][1]["image_url"]["url"]
    data = base64.b64decode(url.removeprefix("data:image/jpeg;base64,"))
    seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    assert seen.shape == (64, 128, 3)
    assert seen.min() > 250
    assert door.calls[0].sent[1].data == data


def test_a_prompt_is_as_real_as_the_text_that_it_quotes(start: Start) -> None:
    model, _, door = start("rewriter", lambda _: chat_answer("x"))
    model.answer([Ask(SAMPLE, (), "Reword: a  RED frog."), Ask(SAMPLE, (), "Say something")])
    assert [one.depth for call in door.calls for one in call.sent if one.field == "prompt"] == [0, 1]


@pytest.mark.parametrize(
    ("role", "options", "said", "lang"),
    [
        ("rewriter", {}, "Reword the text below.", "en"),
        ("translator", {"source": "en", "target": "ja"}, "from en to ja", "ja"),
        ("judge", {}, "Judge", "en"),
    ],
)
def test_text_roles_send_one_string_with_the_roles_sentence(
    start: Start, role: Role, options: Mapping[str, str], said: str, lang: str
) -> None:
    model, double, _ = start(role, lambda _: chat_answer([{"type": "text", "text": "yes"}]))
    [answer] = model.answer([Ask(SAMPLE, ("caption",), options=options)])
    assert isinstance(answer, Part)
    assert (answer.text, answer.lang) == ("yes", lang)
    content = double.asked[0].body["messages"][0]["content"]
    assert said in content
    assert content.endswith("A red frog.")


def test_a_schema_is_asked_for_and_kept(start: Start) -> None:
    model, double, _ = start("judge", lambda _: chat_answer("```json\n{'n': 3,}\n```"))
    [answer] = model.answer([Ask(SAMPLE, ("caption",), "How many?", schema=SCHEMA)])
    assert text(answer) == '{"n": 3}'
    form = double.asked[0].body["response_format"]
    assert form["json_schema"]["schema"] == SCHEMA
    assert form["json_schema"]["strict"] is True
    assert json.dumps(SCHEMA, sort_keys=True) in double.asked[0].body["messages"][0]["content"]
    assert model.told == {"answered": 1, "rung: repaired": 1}


def test_a_broken_answer_is_asked_for_once_more_with_its_error(start: Start) -> None:
    def answering(asked: Asked) -> Given:
        return chat_answer('{"n": 4}' if len(asked.body["messages"]) > 1 else '{"n": "four"}')

    model, double, door = start("judge", answering)
    asks = [Ask(SAMPLE, ("caption",), f"How many? {n}", schema=SCHEMA) for n in range(2)]
    assert [text(answer) for answer in model.answer(asks)] == ['{"n": 4}'] * 2
    assert model.told == {"answered": 2, "rung: asked again": 2}
    assert len(double.asked) == 4
    _, said, again = double.asked[-1].body["messages"]
    assert said == {"role": "assistant", "content": '{"n": "four"}'}
    assert "$.n" in again["content"]
    assert len({call.key for call in door.calls}) == 4
    leaves = "".join(one.data.decode() for one in door.calls[-1].sent)
    assert all(message["content"] in leaves for message in (said, again))


@pytest.mark.parametrize(("words", "fault"), [("no idea", "unparseable"), ('{"n": []}', "wrong schema")])
def test_what_stays_broken_is_a_failure_of_a_class(start: Start, words: str, fault: str) -> None:
    model, double, _ = start("judge", lambda _: chat_answer(words))
    [answer] = model.answer([Ask(SAMPLE, ("caption",), "How many?", schema=SCHEMA)])
    assert why(answer).startswith(fault)
    assert why(answer).endswith(words)
    assert model.told == {"failed": 1, fault: 1}
    assert len(double.asked) == 2


def refusing(*names: str) -> Answering:
    """Refuse one parameter after the other, as OpenAI does: the first that it dislikes."""

    def answering(asked: Asked) -> Given:
        for name in names:
            if name in asked.body:
                return given({"error": {"message": f"Unsupported parameter: '{name}'"}}, 400)
        return chat_answer('{"n": 1}')

    return answering


def test_a_refused_parameter_is_left_out_from_then_on(start: Start) -> None:
    model, double, door = start("judge", refusing("seed", "max_tokens", "response_format"))
    asks = [Ask(SAMPLE, ("caption",), f"{n}?", schema=SCHEMA) for n in range(5)]
    assert [text(answer) for answer in model.answer(asks)] == ['{"n": 1}'] * 5
    # One call finds out: seed, the name of the limit, the schema, any format at all.
    assert len(double.asked) == 5 + 4
    last = double.asked[-1].body
    assert "seed" not in last
    assert "response_format" not in last
    assert last["max_completion_tokens"] == 1024
    assert model.told["left out of chat/completions: seed"] == 1
    assert model.told["asked again: parameter refused"] == 4
    again = generator("judge", BackEnd("other", "openai", model="tiny", url=double.url), door)
    again.answer(asks[:1])
    assert len(double.asked) == 10


def test_json_of_any_shape_is_asked_for_before_none(start: Start) -> None:
    def answering(asked: Asked) -> Given:
        if asked.body["response_format"]["type"] == "json_schema":
            return given({"error": "response_format json_schema is not supported"}, 400)
        return chat_answer('{"n": 1}')

    model, double, _ = start("judge", answering)
    model.answer([Ask(SAMPLE, ("caption",), "?", schema=SCHEMA)])
    assert double.asked[-1].body["response_format"] == {"type": "json_object"}


def test_a_parameter_that_means_something_is_not_left_out(start: Start) -> None:
    model, double, _ = start("captioner", refusing("temperature"), temperature=0.1)
    assert "temperature" in why(model.answer([Ask(SAMPLE, ("image",), "?")])[0])
    assert len(double.asked) == 1
    assert model.told == {"failed": 1, "refused: rejected": 1}


def test_a_limit_refused_under_both_names_turns_in_no_circle(start: Start) -> None:
    model, double, _ = start("captioner", refusing("max_tokens", "max_completion_tokens"))
    why(model.answer([Ask(SAMPLE, ("image",), "?")])[0])
    assert len(double.asked) == 2


def test_one_refused_ask_leaves_the_others_alone_and_order_does_not_matter(start: Start) -> None:
    def answering(asked: Asked) -> Given:
        words = asked.body["messages"][0]["content"]
        return given({"error": "no"}, 500) if "2?" in words else chat_answer(words[:2])

    model, _, door = start("rewriter", answering)
    asks = [Ask(SAMPLE, ("caption",), f"{n}?") for n in range(4)]
    asks.append(Ask(SAMPLE, ("nothing",), "5?"))
    first = model.answer(asks)
    assert [text(first[n]) for n in (0, 1, 3)] == ["0?", "1?", "3?"]
    assert "status 500" in why(first[2])
    assert isinstance(first[2], Failure)
    assert first[2].passing
    assert "nothing" in why(first[4])
    keys = {call.sent[0].data: call.key for call in door.calls}
    assert model.answer(asks[::-1])[::-1] == first
    assert all(keys[call.sent[0].data] == call.key for call in door.calls)
    assert len(set(keys.values())) == 4


def test_the_key_hangs_on_what_the_answer_hangs_on_and_on_nothing_else(start: Start) -> None:
    _, double, door = start("rewriter", lambda _: chat_answer("x"))

    def key(ask: Ask, **more: Any) -> str:
        url, params = more.get("url", double.url), more.get("params", {})
        backend = BackEnd(more.get("name", "m"), "openai", model=more.get("model", "tiny"), url=url, params=params)
        generator(more.get("role", "rewriter"), backend, door).answer([ask])
        return door.calls[-1].key

    ask = Ask(SAMPLE, ("caption",), "Say it", seed=1)
    base = key(ask)
    other = Sample("s2", dict(SAMPLE.parts), licence="MIT")
    assert base == key(Ask(other, ("caption",), "Say it", seed=1)) == key(ask, name="n")
    changed = [
        key(Ask(SAMPLE, ("caption",), "Say it", seed=2)),
        key(Ask(SAMPLE, ("caption",), "Say it!", seed=1)),
        key(Ask(SAMPLE, (), "Say it", seed=1)),
        key(ask, model="other"),
        key(ask, params={"temperature": 1}),
        key(ask, role="judge"),
    ]
    assert len({base, *changed}) == 7


def test_a_painter_paints_from_words(start: Start) -> None:
    coded = base64.b64encode(encode_image(PIXELS)).decode()
    model, double, door = start("painter", lambda _: given({"data": [{"b64_json": coded}]}), quality="low")
    [answer] = model.answer([Ask(SAMPLE, (), "a frog", seed=3, options={"width": 64, "height": 48})])
    assert isinstance(answer, Part)
    assert np.array_equal(decode_image(answer), PIXELS)
    assert double.asked[0].path == "/v1/images/generations"
    assert double.asked[0].body == {
        "model": "tiny", "prompt": "a frog", "response_format": "b64_json", "size": "64x48", "seed": 3,
        "quality": "low",
    }  # fmt: skip
    assert door.calls[0].units.images == 1


def test_a_painter_changes_a_picture_where_a_mask_says(start: Start) -> None:
    coded = "data:image/png;base64," + base64.b64encode(encode_image(PIXELS)).decode()

    def answering(asked: Asked) -> Given:
        if "response_format" in asked.body:
            return given({"error": {"message": "Unknown parameter: 'response_format'."}}, 400)
        return given({"data": [{"b64_json": coded}]})

    model, double, door = start("painter", answering)
    ask = Ask(SAMPLE, ("image", "mask"), "a lake", options={"mask": "mask", "strength": 0.4})
    assert isinstance(model.answer([ask])[0], Part)
    body = double.asked[-1].body
    assert double.asked[-1].path == "/v1/images/edits"
    assert (body["prompt"], body["strength"], body["size"]) == ("a lake", "0.4", "60x40")
    assert body["image"] == SAMPLE.parts["image"].data
    mask = decode_image(Part("image", body["mask"]))
    assert mask.shape == (40, 60, 4)
    assert (mask[:, :30, 3] == 0).all()
    assert (mask[:, 30:, 3] == 255).all()
    assert not mask[:, :, :3].any()
    assert [(one.field, one.data) for one in door.calls[0].sent[1:]] == [
        ("image", body["image"]),
        ("mask", body["mask"]),
    ]
    assert "not among the parts" in why(model.answer([Ask(SAMPLE, ("image",), "x", options={"mask": "mask"})])[0])


def painted(start: Start, size: tuple[int, int], parts: tuple[str, ...], **options: Any) -> Part | Failure:
    coded = base64.b64encode(encode_image(np.full((size[1], size[0], 3), 9, np.uint8))).decode()
    model, _, _ = start("painter", lambda _: given({"data": [{"b64_json": coded}]}))
    return model.answer([Ask(SAMPLE, parts, "x", options=options)])[0]


def test_a_picture_has_the_size_that_was_asked_for_whatever_the_server_paints(start: Start) -> None:
    def size(answer: Part | Failure) -> tuple[int, ...]:
        assert isinstance(answer, Part), answer
        return decode_image(answer).shape[:2]

    assert size(painted(start, (100, 100), (), width=50, height=40)) == (40, 40)
    assert size(painted(start, (20, 20), (), width=50, height=40)) == (20, 20)
    assert size(painted(start, (600, 400), ("image", "mask"), mask="mask", width=10, height=10)) == (40, 60)
    assert "another shape" in why(painted(start, (60, 60), ("image", "mask"), mask="mask"))


def test_examples_of_other_samples_make_a_prompt_real(start: Start) -> None:
    model, _, door = start("rewriter", lambda _: chat_answer("x"))
    model.answer([Ask(SAMPLE, (), "Like: a blue bird", options={"examples": ["A blue bird"], "shown": ["s9"]})])
    assert door.calls[0].sent[0].depth == 0


@pytest.mark.parametrize(
    ("data", "content_type", "params", "rate", "frames"),
    [
        (wav(), "audio/wav", {}, 22_050, 2205),
        (wav().replace((4 * 2205).to_bytes(4, "little"), b"\xff" * 4), "audio/wav", {}, 22_050, 2205),
        (b"\x00\x10" * 2400 + b"\x01", "audio/pcm", {"response_format": "pcm"}, 24_000, 2400),
        (b"\x00\x10" * 2400, "audio/pcm", {"response_format": "pcm", "pcm_rate": 8000}, 8_000, 2400),
    ],
)
def test_a_speaker_gives_mono_at_the_recordings_own_rate(
    start: Start, data: bytes, content_type: str, params: dict[str, Any], rate: int, frames: int
) -> None:
    model, double, door = start("speaker", lambda _: Given(data, content_type=content_type), **params)
    options = {"voice": "nova", "speed": 1.25, "language": "en"}
    [answer] = model.answer([Ask(SAMPLE, ("caption",), options=options)])
    assert isinstance(answer, Part)
    heard, its_rate = decode_wave(answer)
    assert (heard.size, its_rate, answer.lang) == (frames, rate, "en")
    body = double.asked[0].body
    assert (body["input"], body["voice"], body["speed"]) == ("A red frog.", "nova", 1.25)
    assert body["response_format"] == params.get("response_format", "wav")
    assert [(one.field, one.data) for one in door.calls[0].sent] == [("caption", b"A red frog.")]
    assert answer.uri == "voice:nova"
    model.answer([Ask(SAMPLE, ("caption",), "A red frog."), Ask(SAMPLE, ("caption",), "A red frog, it says")])
    assert [call.sent[0].field for call in door.calls[1:]] == ["caption", "prompt"]
    assert door.calls[0].units.characters == len("A red frog.")


@pytest.mark.parametrize("form", ["json", "verbose_json", "text"])
def test_a_listener_sends_the_recording_in_a_form(start: Start, form: str) -> None:
    answer = {"text": "a frog", "language": "english", "segments": []}
    reply = Given(b"a frog\n", content_type="text/plain") if form == "text" else given(answer)
    model, double, door = start("listener", lambda _: reply, response_format=form)
    [heard] = model.answer([Ask(SAMPLE, ("speech",), "Frogs", options={"language": "en"})])
    assert isinstance(heard, Part)
    assert (heard.text, heard.lang) == ("a frog", "en")
    body = double.asked[0].body
    assert double.asked[0].path == "/v1/audio/transcriptions"
    assert (body["language"], body["prompt"], body["model"], body["response_format"]) == ("en", "Frogs", "tiny", form)
    assert body["file"] == SAMPLE.parts["speech"].data
    assert door.calls[0].units.audio_seconds == pytest.approx(0.5)
    assert [one.field for one in door.calls[0].sent] == ["speech", "prompt"]


def test_a_listener_may_hear_through_a_chat(start: Start) -> None:
    model, double, _ = start("listener", lambda _: chat_answer("a frog"), audio="chat")
    assert text(model.answer([Ask(SAMPLE, ("speech",))])[0]) == "a frog"
    sound = double.asked[0].body["messages"][0]["content"][1]
    assert sound["type"] == "input_audio"
    assert base64.b64decode(sound["input_audio"]["data"]) == SAMPLE.parts["speech"].data
    assert "audio" not in double.asked[0].body


@pytest.mark.parametrize("coded", [[0.5, -1.0, 2], base64.b64encode(np.array([0.5, -1, 2], "<f4").tobytes()).decode()])
def test_an_embedder_takes_numbers_or_base64(start: Start, coded: Any) -> None:
    model, double, _ = start("embedder", lambda _: given({"data": [{"embedding": coded}]}), dimensions=3)
    [answer] = model.answer([Ask(SAMPLE, ("caption",))])
    assert isinstance(answer, Part)
    assert decode_vector(answer).tolist() == [0.5, -1.0, 2.0]
    assert double.asked[0].body == {
        "model": "tiny",
        "input": "A red frog.",
        "encoding_format": "float",
        "dimensions": 3,
    }


@pytest.mark.parametrize("params", [{"image_format": "webp"}, {"audio": "loud"}, {"image_side": 0}, {"extra_body": 3}])
def test_a_bad_parameter_is_named(params: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match=next(iter(params))):
        generator("captioner", BackEnd("m", "openai", params=params), PlainDoor(""))
