"""What a number was measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("numpy", "scipy", "scikit-learn", "onnxruntime", "ctranslate2", "opencv-python-headless", "pylance")


def environment(weights: Sequence[str]) -> dict[str, Any]:
    """Return versions, cores and the models used with their back ends' licences: no host name, no user, no path."""
    from shisaku.models.pull import status

    return {
        "shisaku": _version("shisaku"),
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "packages": {name: _version(name) for name in PACKAGES},
        "models": [dict(row) for row in status() if row["name"] in weights],
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
