"""A folder with a model in it, looked at before anything in it is run: what it is, and whether it may be opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shisaku.errors import RecipeError, WeightsError
from shisaku.message import say

MODEL: Final = "config.json"
PIPELINE: Final = "model_index.json"
SAFE: Final = ".safetensors"
# Forms that run what is written in them when they are read, and forms of other frameworks.
PICKLED: Final = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
FOREIGN: Final = frozenset({".h5", ".msgpack", ".onnx", ".gguf"})


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that may be opened: `about` is what its config.json says, or its model_index.json if a pipeline."""

    path: Path
    about: Mapping[str, Any]

    @property
    def is_pipeline(self) -> bool:
        """Whether it is a pipeline of diffusers; else it is a model of transformers."""
        return "_class_name" in self.about and "architectures" not in self.about

    @property
    def architecture(self) -> str:
        """The name of the class that wrote the folder, as far as it is told."""
        named = self.about.get("_class_name") or next(iter(self.about.get("architectures") or ()), "")
        return str(named or self.about.get("model_type") or "model")


def place_of(model: str) -> Path:
    """Return the folder that a recipe names."""
    return Path(model).expanduser().absolute()


def folder_at(model: str) -> Folder:
    """Return the folder of a model. Raises WeightsError where it is none, or has weights that may not be opened."""
    path = place_of(model)
    if not path.is_dir():
        raise WeightsError(
            say("There is no folder here"), where=str(path), next=say("Copy the model there; nothing is downloaded")
        )
    folder = Folder(path, _about(path))
    if folder.is_pipeline:
        _check_code(folder)
    for place in _holders(folder):
        _check_weights(place)
    return folder


def wants(folder: Folder, pipeline: bool, role: str) -> None:
    """Raise RecipeError where a role needs the other kind of folder."""
    if folder.is_pipeline != pipeline:
        raise RecipeError(
            say("{architecture} cannot be a {role}", architecture=folder.architecture, role=role),
            where=str(folder.path),
            next=say("A painter is a folder of diffusers (model_index.json), all others one of transformers"),
        )


def _about(path: Path) -> Mapping[str, Any]:
    for name in (PIPELINE, MODEL):
        if (path / name).is_file():
            try:
                read = json.loads((path / name).read_bytes())
            except ValueError as error:
                raise WeightsError(
                    say("{file} is not JSON: {cause}", file=name, cause=str(error)), where=str(path)
                ) from None
            if isinstance(read, Mapping):
                return read
    raise WeightsError(
        say("The folder has neither {model} nor {pipeline}", model=MODEL, pipeline=PIPELINE),
        where=str(path),
        next=say("Name the folder itself that save_pretrained wrote"),
    )


def _check_code(folder: Folder) -> None:
    """Refuse a pipeline that brings code: its own, or that of a component."""
    named = [folder.about["_class_name"], *(value for key, value in folder.about.items() if not key.startswith("_"))]
    modules = [one[0] for one in named if isinstance(one, list) and one and isinstance(one[0], str)]
    code = [name for name in modules if list(folder.path.glob(f"{name}.py")) or list(folder.path.glob(f"*/{name}.py"))]
    if code or isinstance(folder.about["_class_name"], list):
        raise WeightsError(
            say("The folder brings code of its own, which is not run: {names}", names=", ".join(code) or "pipeline"),
            where=str(folder.path),
            next=say("Use a model whose classes come with transformers and diffusers"),
        )


def _holders(folder: Folder) -> list[Path]:
    """Return the folders in which weights must lie: that of the model, or those of a pipeline's components."""
    if not folder.is_pipeline:
        return [folder.path]
    inner = sorted(place for place in folder.path.iterdir() if place.is_dir() and not place.name.startswith("."))
    return [place for place in inner if any(_weighs(file) for file in place.iterdir())]


def _weighs(file: Path) -> bool:
    return file.suffix in PICKLED | FOREIGN or file.suffix == SAFE


def _check_weights(place: Path) -> None:
    files = [file for file in place.iterdir() if file.is_file()]
    if any(file.suffix == SAFE for file in files):
        return
    pickled = sorted(file.name for file in files if file.suffix in PICKLED)
    if pickled:
        raise WeightsError(
            say("The weights are pickled, and reading them could run anything: {files}", files=", ".join(pickled[:3])),
            where=str(place),
            next=say(
                "If you trust their source, open them once elsewhere, on a machine without your data, and write the "
                "folder anew with save_pretrained(folder, safe_serialization=True)"
            ),
        )
    raise WeightsError(
        say("The folder has no weights in the form of safetensors"),
        where=str(place),
        next=say("Copy the model there; nothing is downloaded"),
    )
