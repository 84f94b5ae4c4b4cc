"""The small JSON file that says what a stored dataset is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError, MachineError
from shisaku.message import say

SCHEMA = 2
SEAL = "seal"


def manifest_bytes(about: Mapping[str, Any]) -> bytes:
    """Return the manifest file of `about`, sealed with its own fingerprint."""
    held = {"schema": SCHEMA, **about}
    return json.dumps({**held, SEAL: fingerprint(held)}, ensure_ascii=False, indent=2).encode()


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest. Raises DataError if there is none, MachineError if a newer shisaku wrote it."""
    try:
        about = json.loads(path.read_text("utf-8"))
        schema, seal = int(about["schema"]), about.pop(SEAL, "")
    except FileNotFoundError:
        raise DataError(
            say("There is no dataset here"), str(path), next=say("Give a folder that shisaku wrote")
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, str(error)) from error
    if schema > SCHEMA:
        raise MachineError(
            say("The dataset has schema {found}, this shisaku reads up to {known}", found=schema, known=SCHEMA),
            str(path),
            next=say("Install a newer shisaku"),
        )
    if seal != fingerprint(about):
        raise damaged(path, "its manifest is not the one that was written")
    return dict(about)


def damaged(path: Path, cause: str) -> DataError:
    """Return the error for a stored dataset that is not what was written."""
    return DataError(
        say("The stored dataset is damaged: {cause}", cause=cause),
        str(path),
        next=say("Remove it and run again: it will be made anew"),
    )
