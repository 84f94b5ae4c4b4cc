"""The small JSON file that says what a stored dataset is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shisaku.errors import DataError, MachineError
from shisaku.message import say

SCHEMA = 1


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest. Raises DataError if there is none, MachineError if a newer shisaku wrote it."""
    try:
        about = json.loads(path.read_text("utf-8"))
        schema, fingerprint = int(about["schema"]), about["fingerprint"]
    except FileNotFoundError:
        raise DataError(
            say("There is no dataset here"), str(path), next=say("Give a folder that shisaku wrote")
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, str(error)) from error
    if schema > SCHEMA:
        raise MachineError(
            say("The dataset has schema {found}, this shisaku reads up to {known}", found=schema, known=SCHEMA),
            str(path),
            next=say("Install a newer shisaku"),
        )
    return {**about, "fingerprint": str(fingerprint)}


def damaged(path: Path, cause: str) -> DataError:
    """Return the error for a stored dataset that is not what was written."""
    return DataError(
        say("The stored dataset is damaged: {cause}", cause=cause),
        str(path),
        next=say("Remove it and run again: it will be made anew"),
    )
