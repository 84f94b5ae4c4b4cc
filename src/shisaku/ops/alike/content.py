"""When two parts are the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.identity import fingerprint, fingerprint_bytes
from shisaku.core.sample import KINDS, Kind, Part, Sample
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.ops.alike.likeness import Likeness, Near
from shisaku.ops.limits import one_of, part_names
from shisaku.ops.reading import image_of, part_of, text_of

STARTS: dict[Kind, tuple[bytes, ...]] = {
    "audio": (b"RIFF",),
    "video": (b"PK",),
    "table": (b"{", b"["),
    "points": (b"\x93NUMPY",),
}
FLOAT, RGBA, OPAQUE = 4, 4, 255


@dataclass(frozen=True)
class Content(Likeness):
    """Two parts are the same if their decoded content is: pixels, samples, characters, never the file's header."""

    reads: ClassVar[Mapping[str, Kind]] = {"part": "image"}

    part: str = "image"
    kind: Kind = "image"

    def __post_init__(self) -> None:
        super().__post_init__()
        part_names(part=self.part)
        one_of("kind", self.kind, KINDS)
        # What it reads is said by a parameter, because bytes are compared alike whatever they mean.
        object.__setattr__(self, "reads", {"part": self.kind})

    @property
    def limit(self) -> float:
        """Nothing may differ."""
        return 0.0

    def read(self, sample: Sample) -> Any:
        """Return the digest of the content. Raises DataError for bytes that are not in the canonical form."""
        return content_of(sample, self.part, self.kind)

    def extent(self, sample: Sample) -> float:
        """Return 0: of copies to the byte none is more extensive."""
        return 0.0

    def index(self, prints: Sequence[Any]) -> Any:
        """Return digest -> place, the first of each."""
        places: dict[Any, int] = {}
        for place, one in enumerate(prints):
            places.setdefault(one, place)
        return places

    def near(self, prints: Sequence[Any], index: Any) -> Near:
        """Return the pairs of equal digests."""
        found = [(k, index[one]) for k, one in enumerate(prints) if one in index]
        i, j = np.array(found, np.int64).reshape(-1, 2).T
        return i, j, np.zeros(len(i))

    def told(self, distance: float) -> Message:
        """Say that nothing differs."""
        return say("the content is the same")


def content_of(sample: Sample, name: str, kind: Kind) -> str:
    """Return the digest of a part's content. Raises DataError for bytes that are not in the canonical form."""
    if kind == "image":
        return _pixels(image_of(sample, name))
    if kind == "text":
        return fingerprint(text_of(sample, name))
    part = part_of(sample, name, kind)
    if not _canonical(part):
        raise DataError(say("Part {part} is damaged", part=name), where=sample.id)
    return part.digest


def _pixels(image: npt.NDArray[np.uint8]) -> str:
    """Return the digest of the pixels themselves: how a PNG packs them may differ from version to version."""
    if image.shape[2] == RGBA and (image[:, :, 3] == OPAQUE).all():
        image = image[:, :, :3]
    return fingerprint(list(image.shape), fingerprint_bytes(image.tobytes()))


def _canonical(part: Part) -> bool:
    if part.kind == "embedding":
        return len(part.data) > 0 and len(part.data) % FLOAT == 0
    return part.data.startswith(STARTS[part.kind])
