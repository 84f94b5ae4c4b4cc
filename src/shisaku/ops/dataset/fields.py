"""What is known of a sample before its content is looked at, as fields of plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from shisaku.core.sample import UNKNOWN, Sample
from shisaku.store.beside import ROLE

DIGITS = re.compile(r"\d+")
PAIR = re.compile(r"(\d+)x(\d+)")
# Names of single samples, and what reading did to them: no fields that samples share.
NAMES = ("_sha256", "_shrunk")


def fields_of(sample: Sample) -> Mapping[str, str]:
    """Return facts, licence, consent, the shape of the group's name, and what the file name says.

    A fact like 4000x3000 becomes width, height, pixels and aspect. Of names the letters (digits as #), the last
    number and the length are taken, of a file its ending and its folder too.
    """
    found: dict[str, str] = {}
    for name, value in sample.facts.items():
        if name == ROLE or name.endswith(NAMES):
            continue
        size = PAIR.fullmatch(value)
        if size is None:
            found[name] = value
        else:
            width, height = int(size[1]), int(size[2])
            found |= {f"{name}_width": size[1], f"{name}_height": size[2], f"{name}_pixels": str(width * height)}
            found[f"{name}_aspect"] = f"{width / max(1, height):.4g}"
    for name, known in (("licence", sample.licence), ("consent", sample.consent)):
        if known != UNKNOWN:
            found[name] = known
    if sample.group:
        found["group_letters"] = DIGITS.sub("#", sample.group)
    return {**found, **_file_fields(sample)}


def _file_fields(sample: Sample) -> dict[str, str]:
    uri = next((part.uri for part in sample.parts.values() if part.uri), "")
    path = PurePosixPath(uri or sample.id)
    numbers = DIGITS.findall(path.stem)
    return {
        "file_ending": path.suffix.lower(),
        "file_folder": str(PurePosixPath(sample.id).parent) if "/" in sample.id else path.parent.name,
        "file_letters": DIGITS.sub("#", path.stem),
        "file_number": str(int(numbers[-1])) if numbers else "",
        "file_name_length": str(len(path.stem)),
    }
