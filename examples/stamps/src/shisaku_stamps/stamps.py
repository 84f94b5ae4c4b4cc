"""The stamps of Tux Paint that take part in the picture task, and what they show in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shisaku_stamps import licences
from shisaku_stamps.fetch import STAMPS, TUXPAINT
from shisaku_stamps.lists import class_map


@dataclass(frozen=True, slots=True)
class Stamp:
    """One stamp: its path without suffix below the stamps folder, its PNG, class, licence and captions."""

    name: str
    path: Path
    label: str
    licence: str
    english: str
    japanese: str


def stamps(root: Path) -> list[Stamp]:
    """Return the stamps of the task below `root`, sorted by name: those with a PNG, no SVG and a class."""
    folder, classes = root / STAMPS, class_map()
    stated = (root / TUXPAINT.copyright).read_text(encoding="utf-8", errors="replace")
    found = []
    for path in sorted(folder.rglob("*.png")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        label = classes.label(name)
        if label is None or path.with_suffix(".svg").exists():
            continue
        # The catch-all counts here: this package is pictures and sounds, and that line speaks of all of them.
        licence = licences.debian(stated, path.relative_to(folder).as_posix(), catch_all=True)
        english, japanese = captions(path.with_suffix(".txt"))
        found.append(Stamp(name, path, label, licence, english, japanese))
    return found


def captions(path: Path) -> tuple[str, str]:
    """Return the English and the Japanese description (empty where there is none).

    The first line is English; the others are ``language.utf8=text``.
    """
    if not path.is_file():
        return "", ""
    first, *others = path.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
    japanese = next((line.partition("=")[2] for line in others if line.startswith("ja.utf8=")), "")
    return first.strip(), japanese.strip()
