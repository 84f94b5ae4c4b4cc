"""One drawn change of place: a window, mirrored, turned, scaled, sheared and tilted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from shisaku.ops.image.directions import Change, change_of
from shisaku.ops.image.warp import Matrix, Warp, about, moved, rotated, stretched

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels


@dataclass(eq=False)  # a frozen one takes longer to make than a flip takes
class Placement:
    """What was drawn for a picture of `size` (width, height).

    `window` is (left, top, width, height) in pixels; `quarters` and `angle`, in degrees, are anticlockwise; `corners`
    are the shares of width and height by which top left, top right, bottom right and bottom left move (none: not at
    all).
    """

    size: tuple[int, int]
    window: tuple[int, int, int, int]
    flipped: bool
    upended: bool
    quarters: int
    angle: float
    scale: float
    shear: float
    corners: tuple[float, ...]

    @property
    def degrees(self) -> float:
        """The whole turn, between -180 and 180."""
        return (self.quarters * 90.0 + self.angle + 180.0) % 360.0 - 180.0

    @property
    def change(self) -> Change:
        """What it does to words for directions."""
        return change_of(self.flipped, self.upended, self.degrees)

    @property
    def facts(self) -> dict[str, str]:
        """What was done, for the record of the child."""
        said = {
            "flipped": "yes" if self.flipped else "",
            "upended": "yes" if self.upended else "",
            "turned": f"{self.degrees:.1f}" if self.degrees else "",
        }
        return {key: value for key, value in said.items() if value}

    @property
    def bent(self) -> bool:
        """Say whether pixels must be sampled between pixels by more than a change of size."""
        return self.angle != 0.0 or self.scale != 1.0 or self.shear != 0.0 or any(self.corners)

    @cached_property
    def warp(self) -> Warp:
        """The whole change as one matrix."""
        matrix = self._squared() @ self._windowed()
        if not self.bent:
            return Warp(matrix, self._turned_size)
        width, height = self._turned_size
        middle = (width / 2.0, height / 2.0)
        slope = np.array([[1.0, np.tan(np.deg2rad(self.shear)), 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
        linear = rotated(self.angle) @ slope @ stretched(self.scale, self.scale)
        return Warp(self._tilted() @ about(middle, linear) @ matrix, self._turned_size)

    def picture(self, image: Pixels, ground: str) -> Pixels:
        """Return the picture; without a bend its pixels are moved as they are, or resized from the window."""
        import cv2

        left, top, width, height = self.window
        if self.bent or (image.shape[2] == 4 and (width, height) != self.size):
            return self.warp.picture(image, ground)
        if (width, height) != self.size:
            cut = image[top : top + height, left : left + width]
            image = np.asarray(cv2.resize(cut, self.size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
        if self.flipped or self.upended:
            both = -1 if self.flipped and self.upended else int(self.flipped)
            image = np.asarray(cv2.flip(image, both), dtype=np.uint8)
        return np.ascontiguousarray(np.rot90(image, self.quarters)) if self.quarters else image

    @property
    def _turned_size(self) -> tuple[int, int]:
        return (self.size[1], self.size[0]) if self.quarters % 2 else self.size

    def _windowed(self) -> Matrix:
        left, top, width, height = self.window
        return stretched(self.size[0] / width, self.size[1] / height) @ moved(-left, -top)

    def _squared(self) -> Matrix:
        width, height = self.size
        mirror = stretched(-1.0 if self.flipped else 1.0, -1.0 if self.upended else 1.0)
        matrix = about((width / 2.0, height / 2.0), mirror)
        across, down = self._turned_size
        turn = np.rint(rotated(90.0 * self.quarters))
        return moved(across / 2.0, down / 2.0) @ turn @ moved(-width / 2.0, -height / 2.0) @ matrix

    def _tilted(self) -> Matrix:
        import cv2

        if not any(self.corners):
            return np.eye(3)
        width, height = self._turned_size
        before = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
        after = before + (np.reshape(self.corners, (4, 2)) * (width, height)).astype(np.float32)
        return np.asarray(cv2.getPerspectiveTransform(before, after), dtype=np.float64)
