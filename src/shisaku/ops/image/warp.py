"""A change of place: one matrix for picture, mask and points, so that they cannot drift apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]

GROUNDS = ("white", "black", "edge", "mirror")
SOFTENED = 0.75  # below this scale linear sampling alone leaves jaggies and false detail
FLAT = 1e-9


@dataclass(frozen=True, eq=False)
class Warp:
    """A homography from the source picture to one of `size` (width, height).

    Coordinates are continuous: pixel i reaches from i to i + 1, as in boxes and polygons.
    """

    matrix: Matrix
    size: tuple[int, int]

    @property
    def axes_stay(self) -> bool:
        """Say whether boxes stay boxes: nothing is turned by other than quarters, sheared or foreshortened."""
        linear = np.abs(self.matrix[:2, :2]) > FLAT
        return self.affine and (not linear[[0, 1], [1, 0]].any() or not linear[[0, 1], [0, 1]].any())

    @property
    def affine(self) -> bool:
        """Say whether parallels stay parallel."""
        return float(abs(self.matrix[2, 0]) + abs(self.matrix[2, 1]) + abs(self.matrix[2, 2] - 1.0)) <= FLAT

    @property
    def still(self) -> bool:
        """Say whether every point stays where it is."""
        return float(np.abs(self.matrix - np.eye(3)).max()) <= FLAT

    def points(self, points: Points) -> Points:
        """Return where points [n, 2] go."""
        moved = np.column_stack([points, np.ones(len(points))]) @ self.matrix.T
        return np.asarray(moved[:, :2] / moved[:, 2:], dtype=np.float64)

    def picture(self, image: Pixels, ground: str) -> Pixels:
        """Return an RGB or RGBA picture, linearly sampled; what comes into view is as `ground` says.

        With alpha it is transparent where the ground is white or black, and hidden colours do not bleed in.
        """
        import cv2

        borders = {"edge": cv2.BORDER_REPLICATE, "mirror": cv2.BORDER_REFLECT_101}
        border = borders.get(ground, cv2.BORDER_CONSTANT)
        if image.shape[2] == 3:
            fill = (255.0, 255.0, 255.0) if ground == "white" else (0.0, 0.0, 0.0)
            return np.asarray(self._sampled(self._softened(image), cv2.INTER_LINEAR, border, fill), dtype=np.uint8)
        alpha = image[:, :, 3:].astype(np.float32) / np.float32(255.0)
        premultiplied = np.dstack([image[:, :, :3] * alpha, image[:, :, 3:]]).astype(np.float32)
        made = self._sampled(self._softened(premultiplied), cv2.INTER_LINEAR, border, (0.0, 0.0, 0.0, 0.0))
        colour = made[:, :, :3] * (255.0 / np.maximum(made[:, :, 3:], 1e-3))
        return np.asarray(np.clip(np.rint(np.dstack([colour, made[:, :, 3:]])), 0, 255), dtype=np.uint8)

    def mask(self, mask: Pixels) -> Pixels:
        """Return a mask [height, width] or [height, width, n]: no value that it had not, zero where nothing was."""
        import cv2

        made = self._sampled(mask, cv2.INTER_NEAREST, cv2.BORDER_CONSTANT, (0.0, 0.0, 0.0, 0.0))
        return np.asarray(made, dtype=np.uint8)

    def _softened(self, image: Any) -> Any:
        import cv2

        (a, b), (c, d) = self.matrix[:2, :2].tolist()
        scale = float(np.sqrt(abs(a * d - b * c)))
        return cv2.GaussianBlur(image, (0, 0), 0.4 / max(scale, 0.05)) if scale < SOFTENED else image

    def _sampled(self, image: Any, how: int, border: int, fill: tuple[float, ...]) -> Any:
        import cv2

        # OpenCV puts a pixel's middle at its index, half a pixel from where boxes have it.
        centred = moved(-0.5, -0.5) @ self.matrix @ moved(0.5, 0.5)
        if self.affine:
            return cv2.warpAffine(image, centred[:2], self.size, flags=how, borderMode=border, borderValue=fill)
        return cv2.warpPerspective(image, centred, self.size, flags=how, borderMode=border, borderValue=fill)


def moved(across: float, down: float) -> Matrix:
    """Return the matrix of a shift."""
    return np.array([[1.0, 0.0, across], [0.0, 1.0, down], [0.0, 0.0, 1.0]])


def stretched(across: float, down: float) -> Matrix:
    """Return the matrix of a change of size about the origin."""
    return np.diag([across, down, 1.0])


def about(middle: tuple[float, float], linear: Matrix) -> Matrix:
    """Return `linear`, a matrix about the origin, about another point."""
    return np.asarray(moved(*middle) @ linear @ moved(-middle[0], -middle[1]), dtype=np.float64)


def rotated(degrees: float) -> Matrix:
    """Return the matrix of an anticlockwise turn as it is seen (rows grow downwards)."""
    cosine, sine = float(np.cos(np.deg2rad(degrees))), float(np.sin(np.deg2rad(degrees)))
    return np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
