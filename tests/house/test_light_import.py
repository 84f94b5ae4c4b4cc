"""The package is light until something heavy is asked for."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ["torch", "cv2", "sklearn", "scipy", "onnxruntime", "onnx", "lance", "pyarrow", "altair", "ctranslate2", "PIL"]


def _loaded_after(code: str) -> list[str]:
    probe = f"{code}\nimport sys, json; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_import_loads_nothing_heavy() -> None:
    assert _loaded_after("import shisaku") == []


def test_the_command_line_loads_nothing_heavy_to_show_its_help() -> None:
    assert _loaded_after("import shisaku.cli.app") == []


def test_every_public_name_is_there() -> None:
    import shisaku

    assert sorted(shisaku.__all__) == shisaku.__all__
    for name in shisaku.__all__:
        assert callable(getattr(shisaku, name)), name
        assert (getattr(shisaku, name).__doc__ or "").strip(), name
