"""Python, the libraries that the default install stands on, and its extras."""

from __future__ import annotations

import importlib
import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version

from shisaku.api.checkup.finding import Finding
from shisaku.message import say

OLDEST = (3, 11)
NAME = re.compile(r"[A-Za-z0-9._-]+")
QUIET = "NO_ALBUMENTATIONS_UPDATE"  # one library asks for news when it is loaded, unless it is told not to
EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")


def python() -> Iterator[Finding]:
    """Look at the interpreter."""
    what = say("Python {version} on {system}", version=platform.python_version(), system=platform.machine())
    fine = sys.version_info[:2] >= OLDEST
    yield Finding("python", "python", "ok" if fine else "missing", what, "" if fine else "uv python install 3.11")


def libraries() -> Iterator[Finding]:
    """Look whether every library is installed and loads: one with a missing system library does not."""
    modules = _modules()
    for name in _wanted(""):
        yield _library(name, modules.get(_plain(name), ()))


def extras() -> Iterator[Finding]:
    """Look which extras are complete."""
    wanted = [one for one in requires("shisaku") or () if EXTRA.search(one)]
    for extra in sorted({found[1] for one in wanted if (found := EXTRA.search(one))}):
        lacking = [name for name in _wanted(extra) if not _version(name)]
        if lacking:
            what = say("not installed: {names}", names=", ".join(lacking))
            yield Finding("extras", extra, "optional", what, f"pip install 'shisaku[{extra}]'")
        else:
            yield Finding("extras", extra, "ok", say("installed"))


def _library(name: str, modules: tuple[str, ...]) -> Finding:
    command = f"pip install --force-reinstall {name}"
    installed = _version(name)
    if not installed:
        return Finding("libraries", name, "missing", say("not installed"), command)
    os.environ[QUIET] = "1"
    try:
        for module in modules:
            importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 a broken library may raise anything when it loads
        return Finding("libraries", name, "missing", say("does not load: {cause}", cause=str(error)[:200]), command)
    return Finding("libraries", name, "ok", say("version {version}", version=installed))


def _wanted(extra: str) -> list[str]:
    """Return the distributions that an extra, or the default install, requires."""
    names = []
    for one in requires("shisaku") or ():
        found = EXTRA.search(one)
        name = NAME.match(one)
        if name and (found[1] if found else "") == extra:
            names.append(name[0])
    return sorted(names)


def _modules() -> dict[str, tuple[str, ...]]:
    """Return the importable packages of each distribution, those that begin with ``_`` left out."""
    found: dict[str, list[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            if module.isidentifier() and not module.startswith("_"):
                found.setdefault(_plain(distribution), []).append(module)
    return {name: tuple(sorted(modules)) for name, modules in found.items()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
