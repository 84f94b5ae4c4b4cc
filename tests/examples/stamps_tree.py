"""A small tree in the shape of the two Debian packages, for tests without the data."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from rcc_writer import write_rcc

BASE = "gcompris/src/activities/"
STAMPS = (
    "animals/birds/owl", "animals/birds/hen", "animals/fish/clownfish", "animals/mammals/equines/horse",
    "food/fruit/kiwi", "vehicles/auto/sedan",
)  # fmt: skip
SPOKEN = ("animals/amphibians/frog", "animals/birds/owl", "animals/birds/drawn", "animals/mammals/equines/horse")
UNTOLD = ("animals/marsupials/wallaby", "animals/birds/hen")  # recordings without a description
PASSED_OVER = ("animals/insects/bee", "vehicles/cartoon/van", "vehicles/construction/dumper_mirror")

TUXPAINT_COPYRIGHT = "Format: x\n\nFiles: *\nLicense: GPL-2\n text\n"
GCOMPRIS_COPYRIGHT = """Format: x

Files: *
License: GPL-3+

Files: src/activities/lang/resource/words_sample/*
License: CC-BY-SA-3.0
"""
README = """License: Public Domain
Files:
dog.webp

License: CC-BY-SA 4.0
Files:
cow.webp
"""


def write_tree(root: Path) -> Path:
    """Write both packages' files: 6 stamps, 3 photos (one without a licence), 2 cartoons, 2 scenes; return `root`.

    Four stamps have a recorded name: one of the task, one of no class, one only as a drawing, one without Japanese.
    """
    stamps = root / "usr/share/tuxpaint/stamps"
    for number, name in enumerate((*STAMPS, *PASSED_OVER, "animals/birds/drawn")):
        _png(stamps / f"{name}.png", number)
        text = f"A {name.rpartition('/')[2]}.\nfr.utf8=Oui\nja.utf8=フクロウ{number}\n"
        (stamps / f"{name}.txt").write_text(text, encoding="utf-8")
    (stamps / "animals/birds/drawn.svg").write_text("<svg/>")
    (stamps / "animals/birds/hen.txt").unlink()
    _speech(stamps)
    farm, words, places = "explore_farm_animals/resource/animals/", "lang/resource/words_sample/", "categorization/"
    _container(
        root, "explore_farm_animals", {farm + n: _webp(i) for i, n in enumerate(("dog.webp", "cow.webp", "cat.webp"))}
    )
    _container(root, "lang", {words + n: _webp(i) for i, n in enumerate(("apple.webp", "whale.webp", "unlisted.webp"))})
    scenes = {f"{places}resource/images/monuments/{n}": _webp(i) for i, n in enumerate(("burj.webp", "colosseum.webp"))}
    _container(root, "categorization", scenes, "License: CC0-1.0\nFiles:\nburj.webp\ncolosseum.webp\n")
    for package, text in (("tuxpaint-stamps-default", TUXPAINT_COPYRIGHT), ("gcompris-qt-data", GCOMPRIS_COPYRIGHT)):
        path = root / "usr/share/doc" / package / "copyright"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def _speech(stamps: Path) -> None:
    (stamps / "animals/birds/drawn.png").unlink()
    horse = stamps / "animals/mammals/equines/horse"
    _png(horse.with_suffix(".png"), 3)
    horse.with_suffix(".txt").write_text("A horse.\n", encoding="utf-8")
    frog = stamps / "animals/amphibians/frog"
    _png(frog.with_suffix(".png"), 4)
    frog.with_suffix(".txt").write_text("A green frog.\nja.utf8=カエル\n", encoding="utf-8")
    for name in (*SPOKEN, *UNTOLD):
        for language in ("", "_fr"):
            (stamps / f"{name}_desc{language}.ogg").parent.mkdir(parents=True, exist_ok=True)
            (stamps / f"{name}_desc{language}.ogg").write_bytes(b"OggS" + name.encode())


def _container(root: Path, name: str, pictures: dict[str, bytes], readme: str = README) -> None:
    folder = next(iter(pictures)).rpartition("/")[0]
    files = {BASE + path: data for path, data in pictures.items()}
    if name != "lang":
        files |= {f"{BASE}{folder}/README": ("zlib", readme.encode())}  # type: ignore[dict-item]
    path = root / "usr/share/gcompris-qt/rcc" / f"{name}.rcc"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_rcc(files))


def _png(path: Path, shade: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGBA", (40, 30), (20 * shade, 90, 200, 255 if shade % 2 else 120)).save(path)


def _webp(shade: int) -> bytes:
    from io import BytesIO

    out = BytesIO()
    Image.new("RGB", (50, 40), (60, 40 * shade, 90)).save(out, "WEBP")
    return out.getvalue()
