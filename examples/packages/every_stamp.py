"""Every stamp of Tux Paint: picture and description, whatever it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.message import say
from shisaku.store.readers.reader import RawPart, Record
from shisaku_stamps.stamps import captions


@dataclass(frozen=True)
class EveryStamp:
    """One record per picture with a description below `path`; the label is the outermost folder.

    A stamp that is there as an SVG drawing only has a problem: drawings are not decoded.
    """

    path: str

    def records(self) -> Iterator[Record]:
        """Give the stamps by name; mirrored copies have no description and are passed over."""
        root = Path(self.path)
        for about in sorted(root.rglob("*.txt")):
            name = about.relative_to(root).with_suffix("").as_posix()
            picture, drawing = about.with_suffix(".png"), about.with_suffix(".svg")
            english, japanese = captions(about)
            if picture.is_file():
                texts = {"caption": RawPart("text", english, "en"), "caption_ja": RawPart("text", japanese, "ja")}
                yield Record(name, {"image": RawPart("image", picture), **texts}, {"class": name.split("/")[0]})
            elif drawing.is_file():
                yield Record(name, problem=say("The stamp is there as an SVG drawing only"))

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("every stamp", self.path)
