"""One change of place for all frames of a video."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import text_of
from shisaku.ops.video.clip import files_of, frames_changed

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

CAPTIONS = ("refuse", "keep")
SIDES = re.compile(r"(?<![a-z])(left|right)|clockwise|[左右]|時計[回ま]わ?り", re.IGNORECASE)
STILL = (False, 0.0, 1.0)


@dataclass(frozen=True)
class Geometry(Transform):
    """Mirror, turn and crop a video, all frames by the same draw.

    One draw per child: mirrored with probability `flip`, turned by up to `rotation` degrees either way, and a window
    whose sides are the share `crop` to 1 of the frame's is drawn to full size; sampled once, linearly, and where the
    turn brings something into view the edge is repeated. Times and sound stay. Flip and rotation 0 with crop 1 change
    nothing.

    A flip makes "left" and "right" false: where the part `caption` or a label of the sample has such a word (English,
    Japanese; ``captions`` refuse) a sample that the draw mirrors is refused; with ``keep`` nobody looks. A sample whose
    part `objects` says what is where, and that has no image it could be of, is refused: boxes do not follow yet.

    When it hurts: writing, clock faces, handedness and traffic are mirrored too, and nothing here notices. What
    happens at the edge may be cut away. Sound in stereo would have to change sides; it is mono here.

    Example::

        - {name: moved, op: video.geometry, from: task, rounds: 2, with: {flip: 0.5, rotation: 5, crop: 0.8}}
    """

    name: ClassVar[str] = "video.geometry"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    writes: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "image": "image", "caption": "text"}
    makes: ClassVar[str] = "children"

    video: str = "video"
    image: str = "image"
    objects: str = "objects"
    caption: str = "caption"
    flip: float = 0.5
    rotation: float = 5.0
    crop: float = 0.8
    captions: str = "refuse"

    def __post_init__(self) -> None:
        part_names(video=self.video, image=self.image, objects=self.objects, caption=self.caption)
        within("flip", self.flip, 0.0, 1.0)
        within("rotation", self.rotation, 0.0, 45.0)
        within("crop", self.crop, 0.1, 1.0)
        one_of("captions", self.captions, CAPTIONS)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one moved child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        files_of(sample, self.video)
        flipped = bool(rng.random() < self.flip)
        angle, side = float(rng.uniform(-self.rotation, self.rotation)), float(rng.uniform(self.crop, 1.0))
        across, down = rng.random(2).tolist()
        if flipped and self.captions == "refuse":
            self._check_told(sample)
        facts = {
            "video_moved": f"{'mirrored, ' if flipped else ''}turned {angle:+.1f} degrees, {side:.2f} of each side"
        }
        if (flipped, angle, side) == STILL:
            return sample.child(self.name, parts=inherited(sample, {}), facts=facts)
        if self.objects in sample.parts and self.image not in sample.parts:
            raise DataError(
                say("Part {part} says where things are in the frames, and cannot follow", part=self.objects)
            )
        part = frames_changed(sample, self.video, lambda _, frame: moved(frame, flipped, angle, side, across, down))
        return sample.child(self.name, parts=inherited(sample, {self.video: part}), facts=facts)

    def _check_told(self, sample: Sample) -> None:
        for key, label in sample.labels.items():
            if SIDES.search(label):
                raise DataError(say("Turned or mirrored, label {key} would be false: {label}", key=key, label=label))
        if self.caption in sample.parts and SIDES.search(text_of(sample, self.caption, may_be_empty=True)):
            raise DataError(say("Turned or mirrored, caption {part} would be false", part=self.caption))


def moved(frame: Pixels, flipped: bool, angle: float, side: float, across: float, down: float) -> Pixels:
    """Return a frame mirrored, turned, and its window (`side` of each side, at that share of the room) at full size."""
    import cv2

    height, width = frame.shape[:2]
    turn = np.vstack([cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0), [0.0, 0.0, 1.0]])
    mirror = np.array([[-1.0, 0.0, width - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]) if flipped else np.eye(3)
    left, top = across * (1.0 - side) * width, down * (1.0 - side) * height
    # Middles of pixels lie at whole numbers: the window's edge is half a pixel before its first one.
    window = np.array(
        [[1 / side, 0.0, (0.5 - left) / side - 0.5], [0.0, 1 / side, (0.5 - top) / side - 0.5], [0, 0, 1]]
    )
    matrix = (window @ turn @ mirror)[:2]
    made = cv2.warpAffine(frame, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, dtype=np.uint8)
