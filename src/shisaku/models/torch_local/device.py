"""Where a model computes, in which numbers, and how it is read from its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from shisaku.errors import MachineError
from shisaku.message import say
from shisaku.models.torch_local.libraries import torch_library
from shisaku.models.torch_local.settings import Settings


def device_of(settings: Settings) -> str:
    """Return the device by its name in torch. Raises MachineError where it is not there."""
    torch = torch_library()
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if settings.device == "auto":
        return next((name for name, here in there.items() if here), "cpu")
    kind = settings.device.partition(":")[0]
    if not there.get(kind, True):
        raise MachineError(
            say("There is no device {device} here", device=settings.device), next=say("Say `device: auto`, or cpu")
        )
    return settings.device


def finisher(device: str) -> Callable[[], object] | None:
    """Return what waits until a device has done what it was given; None for the processor, which is done at once."""
    kind = device.partition(":")[0]
    if kind == "cpu":
        return None
    torch = torch_library()
    return torch.mps.synchronize if kind == "mps" else partial(torch.cuda.synchronize, device)


def dtype_of(settings: Settings, device: str) -> Any:
    """Return the kind of numbers: half precision is slow and coarse on a processor, so not there unless asked for."""
    torch = torch_library()
    if settings.dtype != "auto":
        return getattr(torch, settings.dtype)
    return torch.float32 if device == "cpu" else "auto"


def read(cls: Any, path: Path, settings: Settings) -> Any:
    """Return the model of a folder by a class of transformers, ready to answer."""
    device = device_of(settings)
    model = cls.from_pretrained(
        path, dtype=dtype_of(settings, device), use_safetensors=True, local_files_only=True, trust_remote_code=False
    )
    return model.to(device).eval()


def side(cls: Any, path: Path) -> Any:
    """Return what stands beside a model in its folder (tokenizer, processor, configuration), with no code run."""
    return cls.from_pretrained(path, local_files_only=True, trust_remote_code=False)


def joined(rows: Sequence[Mapping[str, Any]], model: Any) -> dict[str, Any]:
    """Return the tensors of several rows as one batch, where the model computes and in its kind of numbers."""
    torch = torch_library()
    whole = {name: torch.cat([row[name] for row in rows]).to(model.device) for name in rows[0]}
    return {name: one.to(model.dtype) if one.is_floating_point() else one for name, one in whole.items()}
