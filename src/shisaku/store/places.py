"""Where shisaku keeps things that can be made again: one cache folder, which the environment can move."""

from __future__ import annotations

import os
from pathlib import Path

CACHE_VARIABLE = "SHISAKU_CACHE"


def cache_dir() -> Path:
    """Return the cache folder: ``SHISAKU_CACHE``, or the user's cache folder of this system; it may not exist yet."""
    chosen = os.environ.get(CACHE_VARIABLE, "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("shisaku", appauthor=False))


def weights_dir(cache: Path | None = None) -> Path:
    """Return the folder that holds one folder per pulled model, in `cache` or the default cache."""
    return (cache if cache is not None else cache_dir()) / "weights"


def state_dir() -> Path:
    """Return the folder of what must outlive the cache (the looks ledger): ``SHISAKU_STATE`` or the system's."""
    chosen = os.environ.get("SHISAKU_STATE", "").strip()
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_state_dir

    return Path(user_state_dir("shisaku", appauthor=False))
