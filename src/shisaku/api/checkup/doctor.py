"""All that shisaku stands on, looked at once: nothing is changed, nothing is asked of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from shisaku.api.checkup.finding import Finding
from shisaku.api.checkup.libraries import extras, libraries, python
from shisaku.api.checkup.machine import disks, power, programs, sandbox
from shisaku.api.checkup.plugins import plugins
from shisaku.errors import ShisakuError
from shisaku.message import say


def doctor() -> dict[str, Any]:
    """Return ``ok`` (the default install works) and ``findings``: area, name, state, what, and a command for each gap.

    States are ok, missing (this alone makes ``ok`` false) and optional. Takes some seconds: libraries are loaded and
    weights hashed.
    """
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        python, libraries, weights, extras, programs, disks, power, sandbox, plugins, network,
    )  # fmt: skip
    found = [finding for look in looks for finding in look()]
    return {
        "ok": all(finding.state != "missing" for finding in found),
        "findings": [finding.to_json() for finding in found],
    }


def weights() -> Iterator[Finding]:
    """Look whether every model's files are here with the pinned hashes."""
    from shisaku.models.pull import status

    try:
        rows = status()
    except ShisakuError as error:
        yield Finding("weights", "weights.lock", "missing", error.what, "pip install --force-reinstall shisaku")
        return
    for row in rows:
        size = round(row["megabytes"])
        if not row["present"]:
            what = say("not here or not the pinned files, {mb} MB", mb=size)
            yield Finding("weights", row["name"], "missing", what, f"shisaku models pull {row['name']}")
        elif row["local"]:
            yield Finding("weights", row["name"], "ok", say("files of your own at {where}", where=row["where"]))
        else:
            yield Finding("weights", row["name"], "ok", say("here and verified, {mb} MB", mb=size))


def network() -> Iterator[Finding]:
    """Say that none is needed."""
    yield Finding("network", "network", "ok", say("not needed once the weights are here, and not asked"))
