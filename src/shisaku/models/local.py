"""Files of the user's own in place of pinned ones, told by an argument or an environment variable."""

from __future__ import annotations

import os
from pathlib import Path


def local_variable(name: str) -> str:
    """Return the environment variable that points a model at files of the user's own."""
    return "SHISAKU_MODEL_" + name.upper().replace("-", "_")


def local_path(name: str, chosen: Path | None = None) -> Path | None:
    """Return the user's own path for a model: `chosen`, else its environment variable, else None."""
    if chosen is not None:
        return chosen.expanduser().absolute()
    text = os.environ.get(local_variable(name), "").strip()
    return Path(text).expanduser().absolute() if text else None
