"""The machine: programs, folders that can be written, cores and memory, and whether decoding is sealed off."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from shisaku.api.checkup.finding import Finding
from shisaku.errors import MachineError
from shisaku.message import say

GB = 1e9
LEAST_FREE_GB, LEAST_MEMORY_GB = 1.0, 2.0
PIXELS = 8


def programs() -> Iterator[Finding]:
    """Look for the programs that fetch weights; without them weights can only be put there by hand."""
    for name, command in (("apt-get", "export SHISAKU_MODEL_FLITE=/path/to/flite"), ("pip", "python -m ensurepip")):
        place = shutil.which(name)
        if place:
            yield Finding("programs", name, "ok", say("at {place}", place=place))
        else:
            yield Finding("programs", name, "optional", say("not here; only `shisaku models pull` uses it"), command)


def disks() -> Iterator[Finding]:
    """Look whether the cache and the state folder can be written, and how much room there is."""
    from shisaku.store.places import cache_dir, state_dir

    for name, place, variable in (("cache", cache_dir(), "SHISAKU_CACHE"), ("state", state_dir(), "SHISAKU_STATE")):
        command = f"export {variable}=/a/folder/of/yours"
        try:
            free = _free_gb(place)
        except OSError as error:
            cause = error.strerror or str(error)
            yield Finding(
                "disk",
                name,
                "missing",
                say("{place} cannot be written: {cause}", place=str(place), cause=cause),
                command,
            )
            continue
        fine = free >= LEAST_FREE_GB
        what = say("{place} can be written, {free:.1f} GB free", place=str(place), free=free)
        yield Finding("disk", name, "ok" if fine else "missing", what, "" if fine else command)


def power() -> Iterator[Finding]:
    """Tell cores and memory; few make it slow, not impossible."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("machine", "cores", "ok", say("{n} cores", n=cores))
    memory = _memory_gb()
    enough = memory == 0.0 or memory >= LEAST_MEMORY_GB
    what = say("{memory:.1f} GB of memory", memory=memory) if memory else say("not known")
    yield Finding(
        "machine", "memory", "ok" if enough else "optional", what, "" if enough else "shisaku run --preview 6"
    )


def sandbox() -> Iterator[Finding]:
    """Decode a small picture as untrusted ones are decoded."""
    import numpy as np

    from shisaku.core.drop import Failure
    from shisaku.store.codecs import encode_image
    from shisaku.store.job import Job
    from shisaku.store.sandbox import Sandbox

    began = time.monotonic()
    command = "pip install --force-reinstall shisaku"
    try:
        with Sandbox(workers=1) as box:
            made = box.decode(Job("image", encode_image(np.zeros((PIXELS, PIXELS, 3), np.uint8))))
    except MachineError as error:
        yield Finding("sandbox", "decoding", "missing", error.what, command)
        return
    if isinstance(made, Failure):
        yield Finding("sandbox", "decoding", "missing", made.reason, command)
    else:
        seconds = time.monotonic() - began
        yield Finding("sandbox", "decoding", "ok", say("starts and decodes within {seconds:.1f} s", seconds=seconds))


def _free_gb(place: Path) -> float:
    """Return the free space where `place` is, or will be. Raises OSError if it cannot be written."""
    there = next(folder for folder in (place, *place.parents) if folder.exists())
    with tempfile.TemporaryFile(dir=there):
        return shutil.disk_usage(there).free / GB


def _memory_gb() -> float:
    """Return the memory that this process may use, 0 where the system does not say."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB
    except (ValueError, OSError, AttributeError):
        return 0.0
    try:
        return min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()) / GB)
    except (OSError, ValueError):
        return total
