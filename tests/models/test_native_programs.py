"""Programs as speakers: a program of the tests stands for them."""

from __future__ import annotations

import ast
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import MachineError, RecipeError
from shisaku.models.ask import Answer, Ask
from shisaku.models.desk import Desk
from shisaku.models.native.template import KNOWN, template_of
from shisaku.store.codecs import decode_wave

SCRIPT = Path(__file__).with_name("native_program.py")
COMMAND = ("-f", "{file}", "-o", "{out}", "--voice", "{voice}", "--speed", "{speed}")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("A_SECRET", "hush")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    place = tmp_path / "reader"
    place.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{SCRIPT}" "$@"\n')
    place.chmod(0o755)
    return place


def _desk(program: Path, *added: str, timeout: float = 30.0, **params: Any) -> Desk:
    params = {"command": [str(program), *COMMAND, *added], "voice": "anna", **params}
    return Desk([BackEnd("it", "native", program.name, params, timeout=timeout)])


def _ask(text: str = "a red frog", **options: Any) -> Ask:
    return Ask(Sample("s", {"text": Part.from_text(text, "en")}), ("text",), seed=1, options=options)


def _sound(answer: Answer) -> Part:
    assert isinstance(answer, Part), answer
    return answer


def test_a_text_becomes_a_recording(program: Path) -> None:
    speaker = _desk(program).take("speaker", "it")
    one, same, other, fast = speaker.answer([_ask(), _ask(), _ask(voice="bo"), _ask(speed=2.0)])
    assert one == same
    assert _sound(one).uri == "voice:anna"
    assert _sound(other).uri == "voice:bo"
    assert _sound(other).data != _sound(one).data
    wave, rate = decode_wave(_sound(one))
    assert rate == 8000
    assert abs(decode_wave(_sound(fast))[0].size * 2 - wave.size) <= 2
    assert "program of this machine" in speaker.backend


def test_the_text_can_go_in_through_the_standard_input(program: Path) -> None:
    command = [str(program), "-o", "{out}"]
    desk = Desk([BackEnd("it", "native", program.name, {"command": command, "stdin": "text"})])
    [answer] = desk.take("speaker", "it").answer([_ask("two\nlines")])
    assert decode_wave(_sound(answer))[0].size == 400 * len("two lines\n")


def test_what_goes_wrong_costs_its_text_and_no_other(program: Path) -> None:
    speaker = _desk(program).take("speaker", "it")
    texts = ("fail", "silent", "rubbish", "   ", "x" * 6000, "fine")
    *bad, fine = speaker.answer([_ask(text) for text in texts])
    reasons = [str(one.reason) for one in bad if isinstance(one, Failure)]
    assert len(reasons) == len(texts) - 1
    assert "I cannot say that" in reasons[0]
    assert "wrote no recording" in reasons[1]
    assert isinstance(fine, Part)


def test_a_program_that_hangs_ends_with_what_it_started(program: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    speaker = _desk(program, "--mark", str(mark), timeout=3.0).take("speaker", "it")
    began = time.monotonic()
    [answer] = speaker.answer([_ask("hang")])
    assert time.monotonic() - began < 20
    assert isinstance(answer, Failure)
    assert answer.passing
    assert "3 s" in str(answer.reason)
    for _ in range(100):
        if not _runs(int(mark.read_text())):
            return
        time.sleep(0.05)
    pytest.fail("its child lives on")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


def test_it_sees_little_of_the_environment_and_leaves_nothing(program: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    _desk(program, "--mark", str(mark)).take("speaker", "it").answer([_ask()])
    names, leads, folder = ast.literal_eval(mark.read_text())
    assert "A_SECRET" not in names
    assert leads
    assert folder != os.getcwd()
    assert not Path(folder).exists()


@pytest.mark.parametrize("voice", ["-o", "--mood", "/etc/passwd", "a b", "http://x", "../x"])
def test_a_voice_that_could_be_an_option_or_a_file_is_refused(program: Path, voice: str) -> None:
    [answer] = _desk(program).take("speaker", "it").answer([_ask(voice=voice)])
    assert isinstance(answer, Failure)


def test_a_program_that_is_not_there_is_told() -> None:
    back_end = BackEnd("it", "native", "espeak-ng", {"program": "/nowhere/espeak-ng"})
    for use in (lambda desk: desk.take("speaker", "it"), lambda desk: desk.identity("speaker", "it")):
        with pytest.raises(MachineError, match="not on this machine") as caught:
            use(Desk([back_end]))
        assert "program" in str(caught.value)


def test_a_program_is_a_speaker_only(program: Path) -> None:
    with pytest.raises(RecipeError, match="no painter"):
        _desk(program).take("painter", "it")


@pytest.mark.parametrize(
    ("model", "params", "said"),
    [
        ("mimic", {}, "not known"),
        ("flite", {"voise": "slt"}, "voise"),
        ("piper", {}, "file of a voice"),
        ("mimic", {"command": "mimic {file}"}, "list of words"),
        ("mimic", {"command": ["sh", "-c", "{file} {out}"]}, "calls sh"),
        ("mimic", {"command": ["mimic", "{text}", "{out}"]}, "no place text"),
        ("mimic", {"command": ["mimic", "{file}"]}, "must write"),
        ("mimic", {"command": ["mimic", "{out}"]}, "must write"),
        ("mimic", {"command": ["mimic", "{out}"], "stdin": "wav"}, "stdin"),
    ],
)
def test_params_that_make_no_sense_are_named(model: str, params: dict[str, Any], said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        template_of(BackEnd("it", "native", model, params))


def test_the_identity_follows_the_program_and_its_voice(program: Path, tmp_path: Path) -> None:
    voice = tmp_path / "voice.onnx"
    voice.write_bytes(b"one")

    def mark() -> str:
        [made] = _desk(program, voice=str(voice)).identity("speaker", "it").values()
        return made

    first = mark()
    assert mark() == first
    voice.write_bytes(b"other")
    second = mark()
    program.write_text(program.read_text() + "# a later version\n")
    assert len({first, second, mark()}) == 3


def test_the_known_programs_fill_every_place() -> None:
    values = dict.fromkeys(("file", "out", "voice", "speaker", "stretch", "pace"), "x")
    for name, template in KNOWN.items():
        assert "{" not in "".join(template.filled(values)), name


@pytest.mark.weights
def test_flite_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHISAKU_CACHE")
    from shisaku.store.places import weights_dir

    monkeypatch.setenv("LD_LIBRARY_PATH", str(weights_dir() / "flite/lib"))
    _speaks("flite", str(weights_dir() / "flite/bin/flite"))


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="eSpeak NG is not installed")
def test_espeak_speaks() -> None:
    _speaks("espeak-ng", "espeak-ng")


def _speaks(name: str, program: str) -> None:
    desk = Desk([BackEnd("it", "native", name, {"program": program})])
    slow, again, fast = desk.take("speaker", "it").answer([_ask(), _ask(), _ask(speed=2.0)])
    assert slow == again
    assert decode_wave(_sound(fast))[0].size < decode_wave(_sound(slow))[0].size
