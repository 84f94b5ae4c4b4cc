"""Whether the extra ``torch`` is installed; where SHISAKU_STRICT_TORCH is set, it must be."""

from __future__ import annotations

import importlib.util
import os

import pytest

NEEDED = ("torch", "transformers", "diffusers", "accelerate", "safetensors")


def need_torch() -> None:
    """Skip the module that calls, or fail it, without the extra."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing and os.environ.get("SHISAKU_STRICT_TORCH"):
        raise ModuleNotFoundError(f"not installed: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}", allow_module_level=True)
