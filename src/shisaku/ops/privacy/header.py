"""Personal data in the headers of picture files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import image_of
from shisaku.stats.proportions import clopper_pearson

FACTS = ("gps", "camera_serial", "owner")
EXAMPLES = 20


@dataclass(frozen=True)
class Header(Metric):
    """Score a picture by what its file's EXIF header tells about a person: 1 for nothing, 1 / (1 + things told).

    Looked for are the place where it was taken (GPS), serial numbers of camera body or lens, and names of owner or
    artist (Exif 2.32 and TIFF tags). Only that they are there was noted when the file was read, never what they say.
    `raw` is how many of the three are there; more than `most` are an issue.

    What it finds: planted into JPEG, PNG, TIFF and WebP files of 300 real pictures, all of each (60 of 60), with no
    false alarm in 300.
    When it hurts: what stands in XMP, IPTC, makers' notes or a thumbnail is not looked at, nor headers of sound and
    video files. Pictures that lost their header on the way (most that were on the net) tell nothing.

    Example::

        - {name: headers, op: privacy.header, from: data}
    """

    name: ClassVar[str] = "privacy.header"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"most"})

    image: str = "image"
    most: int = 0

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("most", self.most, 0, len(FACTS))

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [fact, ...]."""
        return dict(measurable(batch, self._told))

    def _told(self, sample: Sample) -> list[str]:
        image_of(sample, self.image)  # a picture that cannot be seen is not scored
        return [fact for fact in FACTS if sample.facts.get(f"{self.image}_{fact}")]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        return [
            Score(sample, self.name, 1.0 / (1 + len(told)), float(len(told)), len(told) > self.most, _reason(told))
            for sample, told in sorted(state.items())
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return one Finding for each of the three, with its count."""
        made = []
        for fact in FACTS:
            having = sorted(sample for sample, told in state.items() if fact in told)
            if having:
                low, high = clopper_pearson(len(having), len(state))
                what = say(
                    "The files of {n} of {of} pictures tell {what}", n=len(having), of=len(state), what=_what(fact)
                )
                then = say("Write the pictures anew without their headers before they leave the house")
                weight: Weight = "bad" if fact == "gps" else "warn"
                share = len(having) / len(state)
                made.append(
                    Finding(self.name, what, weight, share, low, high, len(state), then, tuple(having[:EXAMPLES]))
                )
        return made


def _what(fact: str) -> Message:
    return {
        "gps": say("where a picture was taken (GPS)"),
        "camera_serial": say("the serial number of a camera or lens"),
        "owner": say("the name of an owner or artist"),
    }[fact]


def _reason(told: Sequence[str]) -> Message | None:
    if not told:
        return None
    if len(told) == 1:
        return say("the file tells {what}", what=_what(told[0]))
    return say("the file tells {what}, and {more} more", what=_what(told[0]), more=len(told) - 1)
