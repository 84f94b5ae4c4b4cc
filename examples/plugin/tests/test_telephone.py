"""The plugin as it is installed: found by its entry points, and true to the contract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

import shisaku
from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import decode_wave, encode_wave
from shisaku.store.run import Run
from shisaku.testing import check_op
from shisaku_telephone.line import Line
from shisaku_telephone.sound_list import SoundListReader

RATE = 16_000


def tone(hertz: float) -> np.ndarray:
    """Half a second of a sine."""
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(RATE // 2) / RATE)).astype(np.float32)


def calls() -> list[Sample]:
    """Three recordings: below, in and above the band."""
    return [Sample(f"{hertz}", {"audio": Part("audio", encode_wave(tone(hertz), RATE))}) for hertz in (60, 1000, 6000)]


@pytest.mark.parametrize("params", [{}, {"hum": 20.0}])
def test_the_op_keeps_the_contract(params: dict[str, float]) -> None:
    """One call checks what every op owes."""
    check_op(Line, calls(), params=params)


def test_the_line_carries_its_band_only() -> None:
    """What is outside the band is nearly gone."""
    rngs = [np.random.default_rng(0) for _ in calls()]
    left = []
    for (child,), call in zip(Line(hum=80.0).apply(calls(), rngs), calls(), strict=True):
        made, given = (np.std(decode_wave(one.parts["audio"])[0]) for one in (child, call))
        left.append(float(made / given))
    assert left[1] > 0.9
    assert max(left[0], left[2]) < 0.2


def test_both_are_found_and_work_in_a_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder to a finished run, through the entry points alone."""
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    assert "telephone.line" in {op["name"] for op in shisaku.list_ops()}
    folder = tmp_path / "calls"
    folder.mkdir()
    for name in ("a", "b"):
        soundfile.write(folder / f"{name}.wav", tone(440.0), RATE)
    (folder / "sounds.txt").write_text("a.wav\tyes\nb.wav\tno\n../c.wav\tno\n", encoding="utf-8")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "schema: 1\nname: calls\ndata: {reader: sound_list, with: {path: calls, licence: own}}\n"
        "steps:\n  - {name: called, op: telephone.line, from: data}\n"
    )
    result = shisaku.run(recipe, out=tmp_path / "run")
    run = Run.open(result.path)
    assert sorted(sample.id for sample in run.stream("called")) == ["a.wav/called.0", "b.wav/called.0"]
    assert "outside the folder" in run.read_rows("drops")[0]["text"]
    assert SoundListReader.recognise(folder) is not None
