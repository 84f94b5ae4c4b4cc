"""Folders that may not be opened, and what tells one from another: needs no torch."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from shisaku.core.back_end import BackEnd
from shisaku.core.identity import fingerprint
from shisaku.errors import MachineError, RecipeError, WeightsError
from shisaku.models.desk import Desk
from shisaku.models.torch_local.folder import folder_at
from shisaku.models.torch_local.settings import settings_of


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))


def _folder(place: Path, *weights: str, about: dict[str, Any] | None = None) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    (place / "config.json").write_text(json.dumps(about or {"architectures": ["LlamaForCausalLM"]}))
    for name in weights:
        (place / name).write_bytes(b"weights")
    return place


def _pipeline(place: Path, index: dict[str, Any], **components: str) -> Path:
    for name, weights in components.items():
        _folder(place / name, weights)
    (place / "model_index.json").write_text(json.dumps(index))
    return place


def _identity(model: Path, **params: Any) -> str:
    [mark] = Desk([BackEnd("it", "torch", str(model), params)]).identity("rewriter", "it").values()
    return mark


@pytest.mark.parametrize("weights", ["pytorch_model.bin", "model.pt", "model.ckpt"])
def test_pickled_weights_are_refused_with_the_way_to_convert_them(tmp_path: Path, weights: str) -> None:
    with pytest.raises(WeightsError, match="pickled") as caught:
        folder_at(str(_folder(tmp_path / "m", weights)))
    assert "safe_serialization=True" in str(caught.value)


def test_safe_weights_beside_pickled_ones_are_enough(tmp_path: Path) -> None:
    assert folder_at(str(_folder(tmp_path / "m", "pytorch_model.bin", "model.safetensors"))).architecture == (
        "LlamaForCausalLM"
    )


@pytest.mark.parametrize("weights", [(), ("model.h5",), ("model.gguf",)])
def test_a_folder_without_weights_is_refused(tmp_path: Path, weights: tuple[str, ...]) -> None:
    with pytest.raises(WeightsError, match="safetensors"):
        folder_at(str(_folder(tmp_path / "m", *weights)))


def test_what_is_no_folder_of_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no folder here"):
        folder_at(str(tmp_path / "none"))
    with pytest.raises(WeightsError, match="neither"):
        folder_at(str(tmp_path))
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(WeightsError, match="not JSON"):
        folder_at(str(tmp_path))


def test_one_pickled_component_refuses_a_pipeline(tmp_path: Path) -> None:
    index = {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
    good = _pipeline(tmp_path / "good", index, unet="a.safetensors", vae="b.safetensors")
    assert folder_at(str(good)).is_pipeline
    with pytest.raises(WeightsError, match="pickled"):
        folder_at(str(_pipeline(tmp_path / "bad", index, unet="a.safetensors", vae="b.bin")))


def test_a_pipeline_that_brings_code_is_refused(tmp_path: Path) -> None:
    index: dict[str, Any] = {"_class_name": ["pipeline", "Mine"]}
    with pytest.raises(WeightsError, match="code of its own"):
        folder_at(str(_pipeline(tmp_path / "one", index, unet="a.safetensors")))
    index = {"_class_name": "StableDiffusionPipeline", "unet": ["my_unet", "Mine"]}
    place = _pipeline(tmp_path / "two", index, unet="a.safetensors")
    (place / "unet" / "my_unet.py").write_text("raise SystemExit")
    with pytest.raises(WeightsError, match="my_unet"):
        folder_at(str(place))


def test_the_identity_is_that_of_the_files_and_not_of_the_place(tmp_path: Path) -> None:
    one = _folder(tmp_path / "one", "model.safetensors")
    (tmp_path / "other").mkdir()
    other = _folder(tmp_path / "other" / "two", "model.safetensors")
    assert _identity(one) == _identity(other)
    assert _identity(one) != _identity(one, temperature=0.5)
    before = _identity(one)
    (one / "model.safetensors").write_bytes(b"WEIGHTS")
    os.utime(one / "model.safetensors", ns=(1, 1))
    assert _identity(one) != before
    (one / ".cache").mkdir()
    (one / ".cache" / "note").write_text("x")
    assert _identity(one) == _identity(one)


def test_the_place_of_a_folder_is_not_written_down(tmp_path: Path) -> None:
    desk = Desk([BackEnd("it", "torch", str(_folder(tmp_path / "one", "model.safetensors")))])
    assert list(desk.identity("rewriter", "it")) == ["rewriter: torch one"]


def test_files_that_did_not_change_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.models import folder_mark

    one = _folder(tmp_path / "one", "model.safetensors")
    before = _identity(one)
    monkeypatch.setattr(folder_mark, "_hash", lambda file: pytest.fail(f"{file} was read"))
    assert _identity(one) == before


def test_a_folder_that_is_not_there_is_told_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(WeightsError):
        _identity(tmp_path / "none")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"temprature": 1}, "no parameter temprature"), ({"batch": 0}, "batch"), ({"batch": True}, "batch"),
        ({"dtype": "int8"}, "dtype"), ({"device": "tpu"}, "device"), ({"top_p": 0}, "top_p"), ({"steps": -1}, "steps"),
        ({"temperature": -2}, "temperature"), ({"voices": ["a"]}, "voices"), ({"task": "paint"}, "task"),
        ({"max_new_tokens": 1.5}, "max_new_tokens"), ({"device": "cuda:x"}, "device"),
    ],
)  # fmt: skip
def test_params_that_make_no_sense_are_named(params: dict[str, Any], said: str) -> None:
    with pytest.raises(RecipeError, match=said) as caught:
        settings_of(BackEnd("it", "torch", "m", params))
    assert caught.value.where == "models.it"


def test_params_are_read(tmp_path: Path) -> None:
    settings = settings_of(BackEnd("it", "torch", "m", {"temperature": 1, "languages": {"ja": "jpn_Jpan"}}))
    assert settings.warmth("judge") == 1.0
    assert settings_of(BackEnd("it", "torch", "m")).warmth("judge") == 0.0
    assert settings_of(BackEnd("it", "torch", "m")).warmth("rewriter") > 0.0


def test_without_the_extra_the_way_to_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    desk = Desk([BackEnd("it", "torch", str(_folder(tmp_path / "m", "model.safetensors")))])
    with pytest.raises(MachineError, match="torch") as caught:
        desk.take("rewriter", "it")
    assert "pip install 'shisaku[torch]'" in str(caught.value)


def test_an_identity_of_another_way_is_as_before() -> None:
    back_end = BackEnd("it", "openai", "m", url="http://127.0.0.1:1/v1")
    [mark] = Desk([back_end]).identity("rewriter", "it").values()
    assert mark == fingerprint(back_end.identity)


def test_paths_of_a_recipe_start_at_its_folder(tmp_path: Path) -> None:
    from shisaku.models.located import located

    told = {"vocoder": "second", "voices": {"anna": "a.npy"}, "batch": 2}
    one = located(BackEnd("it", "torch", "models/seer", told), tmp_path)
    assert one.model == str(tmp_path / "models/seer")
    assert one.params["vocoder"] == str(tmp_path / "second")
    assert one.params["voices"] == {"anna": str(tmp_path / "a.npy")}
    (tmp_path / "voice.onnx").touch()
    piper = located(BackEnd("it", "native", "piper", {"voice": "voice.onnx", "program": "piper"}), tmp_path)
    assert piper.params == {"voice": str(tmp_path / "voice.onnx"), "program": "piper"}
    server = BackEnd("it", "openai", "m", url="http://127.0.0.1:1/v1")
    assert located(server, tmp_path) is server
