"""Every role behind a folder, with tiny models made here from configurations: answers, seeds, order, refusals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch_here import need_torch

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError, WeightsError
from shisaku.models.ask import Answer, Ask, Generator, Role
from shisaku.models.desk import Desk
from shisaku.store.codecs import decode_image, decode_vector, decode_wave, encode_image, encode_wave

need_torch()
# The libraries warn about themselves and each other; that is not ours to mend.
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 255, (40, 60, 3), dtype=np.uint8)
MASK = np.zeros((40, 60, 3), np.uint8)
MASK[10:30, 20:40] = 255
TONE = np.sin(np.arange(16_000) / 20).astype(np.float32) * 0.4


def _sample(name: str = "s", words: str = "a red frog sits", shift: int = 0) -> Sample:
    parts = {
        "image": Part("image", encode_image(np.roll(PIXELS, shift, axis=1))),
        "mask": Part("image", encode_image(MASK)),
        "caption": Part.from_text(words, "en"),
        "speech": Part("audio", encode_wave(np.roll(TONE, 37 * shift) * (1 - shift / 20), 16_000)),
    }
    return Sample(name, parts)


SAMPLE = _sample()
SAMPLES = [_sample(f"s{i}", words, i) for i, words in enumerate((
    "a red frog sits", "the blue bird flies slowly", "two green houses", "a dog sleeps on the boat",
))]  # fmt: skip


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    script = f"import torch_tiny, pathlib; torch_tiny.make(pathlib.Path({str(folder)!r}))"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))


def _model(role: Role, folder: Path, **params: Any) -> Generator:
    return Desk([BackEnd("it", "torch", str(folder), params)]).take(role, "it")


def _part(answer: Answer) -> Part:
    assert isinstance(answer, Part), answer
    return answer


def _words(answer: Answer) -> list[str]:
    return _part(answer).text.split()


def _seen(sample: Sample, seed: int, *parts: str, prompt: str = "", **options: Any) -> Ask:
    return Ask(sample, parts, prompt, seed, options=options)


WARM = {"max_new_tokens": 6, "temperature": 1.0}
MORE = {"max_new_tokens": 6}
SMALL = {"width": 32, "height": 32}
# What is asked: role, folder, params, and how an ask is made of a sample and a seed.
ROLES: dict[str, tuple[Role, str, dict[str, Any], Callable[[Sample, int], Ask]]] = {
    "captioner": ("captioner", "seer", WARM, lambda s, n: _seen(s, n, "image")),
    "no chat": ("captioner", "describer", WARM, lambda s, n: _seen(s, n, "image")),
    "rewriter": ("rewriter", "writer", MORE, lambda s, n: _seen(s, n, "caption", prompt="Say it anew")),
    "no template": ("rewriter", "plain", WARM, lambda s, n: _seen(s, n, "caption", prompt="Say it anew")),
    "seq2seq": ("rewriter", "rewriter", {**WARM, "prefix": "then "}, lambda s, n: _seen(s, n, "caption")),
    "translator": ("translator", "rewriter", {**WARM, "top_p": 0.9, "top_k": 20},
                   lambda s, n: _seen(s, n, "caption", source="en", target="ja")),
    "painter": ("painter", "painter", {"steps": 2}, lambda s, n: _seen(s, n, prompt=s.parts["caption"].text, **SMALL)),
    "repainter": ("painter", "painter", {"steps": 3, "guidance": 4.0, "negative": "dark"},
                  lambda s, n: _seen(s, n, "image", prompt=s.parts["caption"].text, strength=0.7)),
    "inpainter": ("painter", "painter", {"steps": 2},
                  lambda s, n: _seen(s, n, "image", "mask", prompt=s.parts["caption"].text, mask="mask")),
    "vits": ("speaker", "vits", {}, lambda s, n: _seen(s, n, "caption", voice="1")),
    "listener": ("listener", "hearer", {}, lambda s, n: _seen(s, n, "speech")),
    "speller": ("listener", "speller", {}, lambda s, n: _seen(s, n, "speech")),
    "encoder": ("embedder", "encoder", {}, lambda s, n: _seen(s, n, "caption")),
    "towers": ("embedder", "towers", {}, lambda s, n: _seen(s, n, "image")),
    "looker": ("embedder", "looker", {}, lambda s, n: _seen(s, n, "image")),
    "alignment": ("judge", "towers", {}, lambda s, n: _seen(s, n, "image", "caption")),
}  # fmt: skip
KINDS = {"painter": "image", "speaker": "audio", "embedder": "embedding"}


def _asks(name: str) -> list[Ask]:
    return [ROLES[name][3](one, place) for place, one in enumerate(SAMPLES)]


@pytest.mark.parametrize("name", ROLES)
def test_an_answer_hangs_on_its_ask_alone(tiny: Path, name: str) -> None:
    role, folder, params, _ = ROLES[name]
    asks = _asks(name)
    model = _model(role, tiny / folder, **params)
    together = model.answer(asks)
    assert {_part(one).kind for one in together} == {KINDS.get(role, "text")}
    assert model.answer(asks[::-1]) == together[::-1]
    anew = _model(role, tiny / folder, **params)
    assert [anew.answer([ask])[0] for ask in asks] == together


def _close(one: Part, other: Part) -> bool:
    if one.kind == "image":
        return bool((np.abs(decode_image(one).astype(int) - decode_image(other).astype(int)) <= 1).all())
    if one.kind == "embedding":
        return bool(np.allclose(decode_vector(one), decode_vector(other), atol=1e-5))
    return one == other


@pytest.mark.parametrize("name", ROLES)
def test_a_batch_gives_what_one_by_one_gives(tiny: Path, name: str) -> None:
    role, folder, params, _ = ROLES[name]
    asks = _asks(name)
    alone = _model(role, tiny / folder, **params).answer(asks)
    batched = _model(role, tiny / folder, **params, batch=3).answer(asks)
    assert all(_close(_part(one), _part(other)) for one, other in zip(alone, batched, strict=True))


@pytest.mark.parametrize("name", ["captioner", "rewriter", "painter", "repainter", "inpainter", "vits", "no template"])
def test_another_seed_is_another_answer(tiny: Path, name: str) -> None:
    role, folder, params, make = ROLES[name]
    one, same, other = _model(role, tiny / folder, **params).answer([make(SAMPLE, seed) for seed in (1, 1, 2)])
    assert one == same != other


def test_no_global_random_state_is_touched(tiny: Path) -> None:
    import random

    import torch

    for role, folder, params, make in ROLES.values():
        before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
        _model(role, tiny / folder, **params).answer([make(SAMPLE, 1)])
        after = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
        assert torch.equal(before[0], after[0]), folder
        assert before[1:] == after[1:], folder


def test_the_draw_follows_the_softmax() -> None:
    import torch

    from shisaku.models.torch_local.sampling import RowSampling

    scores = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]])).repeat(4000, 1)
    drawn = RowSampling(torch, range(4000), 1.0, 1.0, 0)(None, scores).argmax(dim=-1)
    shares = torch.bincount(drawn, minlength=4) / 4000
    assert torch.allclose(shares, torch.tensor([0.5, 0.3, 0.15, 0.05]), atol=0.03)
    nucleus = RowSampling(torch, range(4000), 1.0, 0.75, 0)(None, scores).argmax(dim=-1)
    assert set(nucleus.tolist()) == {0, 1}
    assert set(RowSampling(torch, range(9), 1.0, 1.0, 1)(None, scores[:9]).argmax(dim=-1).tolist()) == {0}


def test_without_temperature_the_seed_says_nothing(tiny: Path) -> None:
    model = _model("rewriter", tiny / "writer", max_new_tokens=6, temperature=0)
    one, other = model.answer([Ask(SAMPLE, ("caption",), "Say it anew", seed) for seed in (1, 2)])
    assert one == other
    assert len(_words(one)) <= 6


def test_a_judge_that_knows_no_json_fails_after_it_was_asked_twice(tiny: Path) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    good, bad = (
        Ask(SAMPLE, ("caption",), "How many", schema={}),
        Ask(SAMPLE, ("caption",), "How many", schema=schema),
    )
    _, answer = _model("judge", tiny / "writer", max_new_tokens=6).answer([good, bad])
    assert isinstance(answer, Failure)
    assert str(answer.reason).startswith("unparseable: no JSON in the answer, asked twice")


def test_json_is_taken_where_it_is_written(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.models.torch_local.text_model import TextModel

    said = iter([["not yet"], ["```json\n{'n': 2,}\n```"]])
    monkeypatch.setattr(TextModel, "texts", lambda *_: next(said))
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    [answer] = _model("judge", tiny / "writer").answer([Ask(SAMPLE, ("caption",), "How many", schema=schema)])
    assert _part(answer).text == '{"n": 2}'


def test_words_that_were_given_are_not_given_back(tiny: Path) -> None:
    asks = [Ask(SAMPLE, ("image",), prompt) for prompt in ("", "a red frog sits")]
    for bare, given in (_model("captioner", tiny / "describer", max_new_tokens=4).answer(asks),):
        assert 0 < len(_words(bare)) <= 4
        assert 0 < len(_words(given)) <= 4


def test_a_judge_can_be_shown_a_picture(tiny: Path) -> None:
    [answer] = _model("judge", tiny / "seer", max_new_tokens=4).answer([Ask(SAMPLE, ("image",), "Is it a frog")])
    assert 0 < len(_words(answer)) <= 4


def test_a_translator_is_told_languages_by_its_own_codes(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.models.torch_local import text_model

    read = text_model.side

    def many_languages(cls: Any, path: Path) -> Any:
        made = read(cls, path)
        if cls.__name__ == "AutoTokenizer":
            made.src_lang = ""
        return made

    monkeypatch.setattr(text_model, "side", many_languages)
    # The codes are words that the tiny model knows.
    model = _model("translator", tiny / "rewriter", max_new_tokens=4, languages={"en": "the", "ja": "frog"})
    ask, unknown = (Ask(SAMPLE, ("caption",), options={"source": "en", "target": target}) for target in ("ja", "de"))
    good, bad = model.answer([ask, unknown])
    assert _words(good)[0] == "frog"
    assert _part(good).lang == "ja"
    assert isinstance(bad, Failure)
    assert "languages" in str(bad.reason)


def test_a_painted_picture_has_the_size_that_was_asked_for(tiny: Path) -> None:
    model = _model("painter", tiny / "painter", steps=2)
    asks = [
        Ask(SAMPLE, (), "a frog", options={"width": 50, "height": 36}),
        Ask(SAMPLE, ("image",), "a frog", options={"width": 30, "height": 30, "strength": 0.5}),
        Ask(SAMPLE, ("image",), "a frog", options={"strength": 0.0}),
        Ask(SAMPLE, ("image",), "a frog", options={"strength": 0.01}),
    ]
    made = [decode_image(_part(one)) for one in model.answer(asks)]
    assert [one.shape for one in made] == [(36, 50, 3), (20, 30, 3), (40, 60, 3), (40, 60, 3)]
    assert np.array_equal(made[2], PIXELS)
    assert not np.array_equal(made[3], PIXELS)


def test_around_a_mask_every_pixel_stays(tiny: Path) -> None:
    ask = Ask(SAMPLE, ("image", "mask"), "a frog", options={"mask": "mask", "strength": 0.9})
    pixels = decode_image(_part(_model("painter", tiny / "painter", steps=2).answer([ask])[0]))
    assert np.array_equal(pixels[MASK == 0], PIXELS[MASK == 0])
    assert not np.array_equal(pixels[MASK > 0], PIXELS[MASK > 0])


def test_a_voice_is_its_speaker_and_speed(tiny: Path) -> None:
    model = _model("speaker", tiny / "vits")
    options: Sequence[dict[str, Any]] = ({"voice": "0"}, {"voice": "1"}, {"voice": "0", "speed": 2.0}, {"voice": "9"})
    slow, other, fast, unknown = model.answer([Ask(SAMPLE, ("caption",), seed=3, options=one) for one in options])
    assert _part(slow).data != _part(other).data
    assert decode_wave(_part(fast))[0].size < decode_wave(_part(slow))[0].size
    assert decode_wave(_part(slow))[1] == 16_000
    assert isinstance(unknown, Failure)


def test_a_speaker_in_two_halves(tiny: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "anna.npy", np.linspace(-1, 1, 16, dtype=np.float32))
    params = {"vocoder": str(tiny / "vocoder"), "voices": {"anna": str(tmp_path / "anna.npy")}}
    model = _model("speaker", tiny / "speecht5", **params)
    one, same, unknown = model.answer(
        [Ask(SAMPLE, ("caption",), seed=1, options={"voice": name}) for name in ("anna", "anna", "otto")]
    )
    assert one == same
    assert decode_wave(_part(one))[0].size > 0
    assert isinstance(unknown, Failure)
    with pytest.raises(WeightsError, match="vocoder"):
        _model("speaker", tiny / "speecht5").answer([Ask(SAMPLE, ("caption",))])


def test_a_recording_longer_than_the_window_is_heard_whole(tiny: Path) -> None:
    long = SAMPLE.with_part("speech", Part("audio", encode_wave(np.tile(TONE, 35), 16_000)))
    [answer] = _model("listener", tiny / "hearer").answer([Ask(long, ("speech",))])
    assert isinstance(answer, Part), answer


def test_two_towers_share_a_space(tiny: Path) -> None:
    image, text = _model("embedder", tiny / "towers").answer([Ask(SAMPLE, ("image",)), Ask(SAMPLE, ("caption",))])
    one, other = decode_vector(_part(image)), decode_vector(_part(text))
    assert one.shape == other.shape
    assert np.isclose(np.linalg.norm(one), 1, atol=1e-5)
    [score] = _model("judge", tiny / "towers").answer([Ask(SAMPLE, ("caption", "image"))])
    assert _part(score).text == f'{{"score": {round(float(one @ other), 6)}}}'


def test_what_cannot_be_asked_is_a_failure_of_its_own(tiny: Path) -> None:
    good = Ask(SAMPLE, ("caption",), "Say it anew")
    long = Ask(_sample(words="frog " * 200), ("caption",), "Say it anew")
    sound, lost = Ask(SAMPLE, ("speech",)), Ask(SAMPLE, ("nothing",))
    seen, empty = Ask(SAMPLE, ("image",)), Ask(SAMPLE, ())
    fine, *rest = _model("rewriter", tiny / "plain", max_new_tokens=4).answer([good, long, sound, lost, seen, empty])
    assert isinstance(fine, Part)
    assert all(isinstance(one, Failure) for one in rest)
    assert "tokens; the model takes 64" in str(rest[0].reason)


@pytest.mark.parametrize(
    ("role", "folder"), [("painter", "writer"), ("rewriter", "painter"), ("speaker", "writer"), ("listener", "writer")]
)
def test_a_folder_of_another_kind_is_refused(tiny: Path, role: Role, folder: str) -> None:
    with pytest.raises((RecipeError, WeightsError), match=r"cannot be (a|opened)"):
        _model(role, tiny / folder).answer([Ask(SAMPLE, ("caption", "speech"), "a")])


def test_code_in_a_folder_is_not_run(tmp_path: Path) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    (place / "model.safetensors").write_bytes(b"")
    about = {"architectures": ["Mine"], "model_type": "mine", "auto_map": {"AutoConfig": "mine.Mine"}}
    (place / "config.json").write_text(json.dumps(about))
    (place / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(WeightsError, match="cannot be opened"):
        _model("rewriter", place).answer([Ask(SAMPLE, ("caption",))])
    assert not (tmp_path / "ran").exists()


def test_a_parameter_of_another_role_is_named(tiny: Path) -> None:
    with pytest.raises(RecipeError, match="no parameter steps"):
        _model("rewriter", tiny / "writer", steps=4)


def test_a_model_with_few_positions_stops_at_the_last(tiny: Path) -> None:
    ask = Ask(_sample(words="frog " * 45), ("caption",), "Say it anew")
    [answer] = _model("rewriter", tiny / "plain").answer([ask])
    assert 0 < len(_words(answer)) < 64 - 45


def test_nothing_looks_outside(tiny: Path) -> None:
    from shisaku.guard.hook import watched

    with watched(loopback=False) as watch:
        for name in ROLES:
            role, folder, params, _ = ROLES[name]
            _model(role, tiny / folder, **params).answer(_asks(name)[:1])
    assert watch.refused == []
    assert watch.children == {}
