"""The stamps whose name a person has said: an English recording lies beside their description."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shisaku.ops.text.bare import bare
from shisaku_stamps import licences
from shisaku_stamps.fetch import RECORDED, STAMPS, TUXPAINT
from shisaku_stamps.lists import class_map
from shisaku_stamps.stamps import captions

GROUPS = ("bird", "ungulate")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One stamp with a recording of its name: path without suffix, the files, captions, word, group and licence."""

    name: str
    recording: Path
    picture: Path | None
    english: str
    japanese: str
    word: str
    group: str
    licence: str


def spoken(root: Path) -> list[Spoken]:
    """Return the stamps below `root` with an English description and a recording of it, sorted by name.

    The `word` is the description without article, stop and capitals, as `text.bare` writes it: stamps of
    one word are one thing to recognise. The `group` follows ``data/classes.yaml``: bird, ungulate, or other.
    """
    folder, classes = root / STAMPS, class_map()
    stated = (root / TUXPAINT.copyright).read_text(encoding="utf-8", errors="replace")
    found = []
    for recording in sorted(folder.rglob(f"*{RECORDED}")):
        stem = recording.with_name(recording.name.removesuffix(RECORDED))
        english, japanese = captions(stem.with_name(f"{stem.name}.txt"))
        word = bare(english)
        if not word:
            continue
        name = stem.relative_to(folder).as_posix()
        label = classes.label(name)
        picture = stem.with_name(f"{stem.name}.png")
        found.append(
            Spoken(
                name,
                recording,
                picture if picture.is_file() else None,
                english,
                japanese,
                word,
                label if label in GROUPS else OTHER,
                licences.debian(stated, recording.relative_to(folder).as_posix(), catch_all=True),
            )
        )
    return found
