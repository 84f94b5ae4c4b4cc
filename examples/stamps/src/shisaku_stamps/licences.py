"""What the packages themselves say about the licence of each picture; what they do not say stays unknown.

Two kinds of statement are read. Debian's machine-readable copyright file (DEP-5: stanzas of ``Files:``
patterns, the last that fits wins), and the READMEs that GCompris ships beside its pictures, which name
them one by one and are newer than Debian's list. A picture that only the catch-all ``Files: *`` of
GCompris covers is unknown: that line speaks of the program, and its pictures are by many other people.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from shisaku.core.sample import UNKNOWN

# The same licence written in other ways, to the short names of Debian's copyright format.
SPELLINGS = {
    "public domain": "public-domain",
    "cc-by-sa 4.0": "CC-BY-SA-4.0",
    "gplv2+": "GPL-2+",
    "gplv3": "GPL-3",
}


def beside(readme: str) -> dict[str, str]:
    """Return file name -> licence as a README beside the pictures states it."""
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", readme):
        licence = _field(block, "License")
        for name in _field(block, "Files").split():
            found[name] = _short(licence)
    return found


def debian(copyright_file: str, path: str, catch_all: bool = False) -> str:
    """Return the licence that a DEP-5 file states for `path`; ``Files: *`` counts only with `catch_all`."""
    licence = UNKNOWN
    for stanza in re.split(r"\n\s*\n", copyright_file):
        patterns = _field(stanza, "Files").split()
        if any(fnmatchcase(path, pattern) and (catch_all or pattern != "*") for pattern in patterns):
            licence = _short(_field(stanza, "License"))
    return licence


def _field(block: str, name: str) -> str:
    found = re.search(rf"^{name}:(.*(?:\n(?!\S+:).*)*)", block, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _short(licence: str) -> str:
    first = licence.splitlines()[0].strip() if licence else ""
    return SPELLINGS.get(first.lower(), first) or UNKNOWN
