"""Judges of single made items: marks of generators, odd speech, lost voices, round trips over hops."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from ops_material import image_part, scene, vector_part

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, RecipeError
from shisaku.models.family import families_of, shared_families
from shisaku.ops.ancestors import ancestor_of, makers_of
from shisaku.ops.audio.round_trip import RoundTrip as SpokenTrip
from shisaku.ops.audio.speech_plausible import SpeechPlausible
from shisaku.ops.audio.voice_kept import VoiceKept
from shisaku.ops.image.artefacts import Artefacts
from shisaku.ops.image.repeated_texture import RepeatedTexture
from shisaku.ops.image.unwanted_text import UnwantedText
from shisaku.ops.pairs.round_trip import RoundTrip


def picture(pixels: np.ndarray, name: str = "a") -> Sample:
    return Sample(name, {"image": image_part(np.clip(pixels, 0, 255).astype(np.uint8))})


def grain(seed: int = 0, side: int = 192) -> np.ndarray:
    import cv2

    rng = np.random.default_rng(seed)
    return np.asarray(cv2.GaussianBlur(rng.uniform(0, 255, (side, side, 3)), (0, 0), 1.5)) * 2.0 - 128.0


def test_a_checkerboard_is_a_grid() -> None:
    clean = grain()
    board = (np.indices(clean.shape[:2]).sum(axis=0) % 2)[..., None] * 6.0
    op = Artefacts()
    for pixels, issue in ((clean, False), (clean + board, True)):
        (score,) = op.scores(op.measure([picture(pixels)]))
        assert score.issue is issue
        assert (score.reason is not None) is issue


def test_a_slope_of_few_levels_is_banded() -> None:
    slope = np.tile(np.linspace(0, 255, 192)[None, :, None], (192, 1, 3))
    op = Artefacts()
    noise = np.random.default_rng(0).normal(0.0, 2.0, slope.shape)
    for pixels, issue in ((slope + noise, False), (np.round(slope / 8) * 8, True)):
        (score,) = op.scores(op.measure([picture(pixels)]))
        assert score.issue is issue


def test_a_copied_square_is_found_and_grain_is_not() -> None:
    pixels = grain(1)
    copied = pixels.copy()
    copied[100:160, 100:160] = pixels[10:70, 20:80]
    op = RepeatedTexture()
    counts = [op.scores(op.measure([picture(one)]))[0] for one in (pixels, copied)]
    assert [one.issue for one in counts] == [False, True]


@pytest.mark.parametrize("op", [Artefacts(), RepeatedTexture()])
@pytest.mark.parametrize("side", [1, 8, 24])
def test_tiny_and_flat_pictures_are_no_issue(op: Artefacts | RepeatedTexture, side: int) -> None:
    flat = picture(np.full((side, side, 3), 90.0))
    assert [score.issue for score in op.scores(op.measure([flat]))] == [False]


def shown(name: str, text: str, label: str = "frog") -> Sample:
    return Sample(name, {"read": Part.from_text(text)}, {"class": label})


def test_lettering_of_the_class_is_wanted_and_other_is_not() -> None:
    real = [shown(f"r{i}", "STOP" if i % 2 else "", "sign") for i in range(30)]
    real += [shown(f"f{i}", "") for i in range(30)]
    made = [shown("a", "stop", "sign"), shown("b", "stop"), shown("c", "watermark", "sign"), shown("d", "")]
    op = UnwantedText()
    state = op.measure(made, real)
    found = {score.sample: score for score in op.scores(state)}
    assert [found[name].issue for name in "abcd"] == [False, False, True, False]
    assert found["b"].raw == 4.0  # no sign stands in pictures of frogs, but four letters are under the limit
    assert found["c"].raw == 9.0
    (finding,) = op.findings(state)
    assert (finding.value, finding.n) == (0.25, 4)
    with pytest.raises(RecipeError):
        op.measure(made, [Sample("x")])


def spoken(name: str, pitch: float, rate: float = 4.0) -> Sample:
    return Sample(name, {"prosody": vector_part([pitch, 8.0, rate])})


def test_speech_out_of_the_range_of_real_speech_is_called() -> None:
    rng = np.random.default_rng(0)
    real = [spoken(f"r{i}", rng.normal(20, 1.5), rng.normal(4, 0.5)) for i in range(200)]
    real += [spoken(f"broken{i}", 45.0) for i in range(6)]  # some broken ones widen nothing
    op = SpeechPlausible()
    state = op.measure([spoken("ok", 21.0), spoken("high", 34.0), spoken("fast", 20.0, 9.0)], real)
    found = {score.sample: score for score in op.scores(state)}
    assert {name: one.issue for name, one in found.items()} == {"ok": False, "high": True, "fast": True}
    assert "pitch" in str(found["high"].reason)
    assert "rate" in str(found["fast"].reason)
    (finding,) = op.findings(state)
    assert len(finding.table) == 3
    with pytest.raises(DataError, match="20"):
        op.measure([], real[:10])


def voices(n: int) -> list[Sample]:
    """Two recordings each of n speakers, alike within and not between."""
    rng = np.random.default_rng(0)
    made = []
    for who in range(n):
        own = rng.normal(size=32)
        made += [Sample(f"v{who}-{k}", {"voice": vector_part(own + 0.3 * rng.normal(size=32))}, group=f"p{who}")
                 for k in range(3)]  # fmt: skip
    return made


@pytest.mark.parametrize(("expect", "issues"), [("kept", [False, True]), ("different", [True, False])])
def test_the_threshold_of_a_voice_is_learnt_from_speakers(expect: str, issues: list[bool]) -> None:
    real = voices(12)
    own, other = real[1].parts["voice"], real[6].parts["voice"]
    made = [real[0].child("say", 0, parts={"voice": own}), real[0].child("say", 1, parts={"voice": other})]
    op = VoiceKept(expect=expect)
    state = op.measure(made, real)
    assert [score.issue for score in op.scores(state)] == issues
    assert "learnt from 12 speakers" in str(op.findings(state)[0].what)
    few = op.measure(made, real[:6])
    assert "stated, not learnt" in str(op.findings(few)[0].what)
    assert op.findings(few)[0].value == op.threshold


def test_an_ancestor_is_found_over_hops() -> None:
    root = Sample("folder/a", {"features": vector_part([1.0, 0.0])})
    grand = root.child("one", parts={}).child("two", parts={}, also_from=("pool",))
    assert ancestor_of(grand, {"folder/a": root, "pool": Sample("pool")}) is root
    with pytest.raises(DataError):
        ancestor_of(grand, {"pool": Sample("pool")})


def chain(hops: int, drift: float) -> tuple[list[Sample], list[Sample]]:
    rng = np.random.default_rng(0)
    real = [Sample(f"r{i}", {"features": vector_part(rng.normal(size=16))}) for i in range(30)]
    made = []
    for one in real:
        child, row = one, np.frombuffer(one.parts["features"].data, "<f4")
        for _ in range(hops):
            child = child.child("hop", parts={})
        row = row + drift * rng.normal(size=16)
        told = json.dumps({"models": {"captioner: openai Qwen2.5-VL": "1"}})
        made.append(replace(child, parts={"features": vector_part(row)}, facts={"made_by": told}))
    return real, made


def test_a_round_trip_is_judged_by_its_own_ancestor() -> None:
    for hops, drift, most in ((2, 0.2, 0.0), (3, 20.0, 1.0)):
        real, made = chain(hops, drift)
        op = RoundTrip(extractor="clip-vit")
        state = op.measure(made, real)
        share = np.mean([bool(score.issue) for score in op.scores(state)])
        assert share == 0.0 if most == 0.0 else share > 0.6
        trip, kin = op.findings(state)
        assert trip.n == 30
        assert trip.table[0]["hops"] == hops
        assert kin.weight == "note"
        assert "another family" in str(kin.what)


def test_a_judge_of_the_makers_family_is_named() -> None:
    real, made = chain(1, 0.1)
    op = RoundTrip(extractor="qwen3-embedding")
    *_, kin = op.findings(op.measure(made, real))
    assert kin.weight == "warn"
    assert "qwen" in str(kin.what)


def test_what_was_heard_is_compared_with_what_was_said_hops_ago() -> None:
    real = [Sample("r", {"caption": Part.from_text("a red apple", "en")})]
    said = real[0].child("reword", parts={}).child("say", parts={})
    heard = replace(said, parts={"heard": Part.from_text("A red apple.")}, facts={"made_by:heard": "{}"})
    lost = replace(heard, id=f"{said.id}x", parts={"heard": Part.from_text("")})
    lost = replace(lost, parents=("r",))
    op = SpokenTrip()
    scores = op.scores(op.measure([heard, lost], real))
    assert [(score.raw, score.issue) for score in scores] == [(0.0, False), (1.0, True)]


def test_what_a_judge_wrote_itself_makes_it_no_maker() -> None:
    trace = json.dumps({"models": {"listener: embedded whisper-base": "1"}})
    one = Sample("a", facts={"made_by:heard": trace, "synthesiser": "kokoro", "made_by": "no json"})
    assert makers_of(one, but=("heard",)) == ("kokoro",)
    assert len(makers_of(one)) == 2


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("Qwen/Qwen2.5-VL-7B-Instruct", {"qwen"}),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", {"deepseek", "qwen"}),
        ("gpt-4o-mini (OpenAI-compatible server)", {"gpt"}),
        ("o3", {"gpt"}),
        ("mixtral-8x7b", {"mistral"}),
        ("template captioner over ImageNet-1k labels (EfficientNet-Lite0)", {"efficientnet"}),
        ("referee", {"referee"}),
        ("", set()),
    ],
)
def test_families(name: str, families: set[str]) -> None:
    assert families_of(name) == families


def test_nobody_is_kin_to_strangers() -> None:
    assert shared_families("llama-3", ["gpt-4o", "whisper"]) == ()
    assert shared_families("codestral", ["Mistral-7B"]) == ("mistral",)


def test_a_scene_passes() -> None:
    op = RepeatedTexture()
    assert op.scores(op.measure([picture(scene(3))]))[0].issue is False
