"""Where the files of a back end are: a recipe may say it from its own folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from shisaku.core.back_end import BackEnd


def located(back_end: BackEnd, base: Path) -> BackEnd:
    """Return a back end of this machine with the paths in it absolute; those of the recipe start at `base`."""
    params: dict[str, Any] = dict(back_end.params)
    if back_end.way == "torch":
        params |= {name: _at(base, params[name]) for name in ("vocoder",) if isinstance(params.get(name), str)}
        if isinstance(params.get("voices"), dict):
            params["voices"] = {name: _at(base, file) for name, file in params["voices"].items()}
        return replace(back_end, model=_at(base, back_end.model), params=params)
    if back_end.way == "native":
        # What is no file there is a name: of a program on the PATH, of a voice that the program knows.
        there = {name: _at(base, params[name]) for name in ("program", "voice") if isinstance(params.get(name), str)}
        params |= {name: path for name, path in there.items() if Path(path).is_file()}
        return replace(back_end, params=params)
    return back_end


def _at(base: Path, path: object) -> str:
    return str((base / Path(str(path)).expanduser()).resolve()) if path else ""
