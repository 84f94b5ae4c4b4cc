"""Laying a cut-out on a picture, by its alpha or by Poisson blending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.warp import Warp, moved, stretched

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels
    from shisaku.ops.image.foreground import Foreground

BLENDS = ("alpha", "poisson")
VISIBLE = 0.05
ERODED = 3  # pixels that OpenCV takes off a mask all round before it blends by gradients
RIM = ERODED + 2  # pixels of ground that it wants around the mask


@dataclass(frozen=True, eq=False)
class Laid:
    """A cut-out at the size of the picture it goes into: premultiplied colours, alpha, and how it came there."""

    painted: npt.NDArray[np.float32]
    alpha: npt.NDArray[np.float32]
    warp: Warp

    @property
    def cover(self) -> npt.NDArray[np.bool_]:
        """Which pixels it takes."""
        return np.asarray(self.alpha > 0.5, dtype=np.bool_)

    def on(self, image: Pixels, blend: str) -> Pixels:
        """Return the RGB picture with the cut-out on it."""
        if blend == "alpha":
            made = image * (1.0 - self.alpha[..., None]) + self.painted
            return np.asarray(np.clip(np.rint(made), 0, 255), dtype=np.uint8)
        return self._poisson(image)

    def _poisson(self, image: Pixels) -> Pixels:
        """Return the picture with the gradients of the cut-out in it (Pérez et al. 2003)."""
        import cv2

        # Around the cut-out its own colours go on, so that its outline is no gradient of its own.
        spread, weight = (cv2.GaussianBlur(plane, (0, 0), ERODED) for plane in (self.painted, self.alpha))
        source = np.asarray(spread / np.maximum(weight, 1e-3)[..., None])
        source[self.cover] = self.painted[self.cover] / self.alpha[self.cover][:, None]
        rim = (RIM,) * 4
        mask = cv2.copyMakeBorder(self.cover.astype(np.uint8) * 255, *rim, cv2.BORDER_CONSTANT, value=0)
        mask = cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=ERODED)
        left, top, width, height = cv2.boundingRect(mask)
        middle = (left + width // 2, top + height // 2)
        levels = np.clip(np.rint(source), 0, 255).astype(np.uint8)
        laid, ground = (cv2.copyMakeBorder(held, *rim, cv2.BORDER_REPLICATE) for held in (levels, image))
        made = np.asarray(cv2.seamlessClone(laid, ground, mask, middle, cv2.NORMAL_CLONE), dtype=np.uint8)
        return np.ascontiguousarray(made[RIM:-RIM, RIM:-RIM])


def lay(
    cut: Foreground,
    size: tuple[int, int],
    longer: float,
    rng: np.random.Generator,
    ground: npt.NDArray[np.bool_] | None = None,
) -> Laid:
    """Scale a cut-out so that its longer side has `longer` pixels, at a random place in a picture of `size`.

    It lies wholly inside; where `ground` is given, its middle is on it, and what is not on it is cut off. Raises
    DataError where it would be less than a pixel.
    """
    import cv2

    rows = np.flatnonzero((cut.alpha > VISIBLE).any(axis=1))
    columns = np.flatnonzero((cut.alpha > VISIBLE).any(axis=0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    alpha = cut.alpha[box]
    factor = min(longer / max(alpha.shape), size[0] / alpha.shape[1], size[1] / alpha.shape[0])
    new = (max(1, min(size[0], round(alpha.shape[1] * factor))), max(1, min(size[1], round(alpha.shape[0] * factor))))
    how = cv2.INTER_AREA if factor < 1.0 else cv2.INTER_LINEAR
    # Colours are scaled together with their alpha, so that hidden pixels do not bleed in at the edge.
    painted = cv2.resize(cut.pixels[box].astype(np.float32) * alpha[..., None], new, interpolation=how)
    left, top = _place(size, new, rng, ground)
    place = np.s_[top : top + new[1], left : left + new[0]]
    colours, cover = np.zeros((size[1], size[0], 3), np.float32), np.zeros((size[1], size[0]), np.float32)
    colours[place], cover[place] = painted, cv2.resize(alpha, new, interpolation=how)
    if ground is not None:
        colours[~ground], cover[~ground] = 0.0, 0.0
    if not (cover > 0.5).any():
        raise DataError(say("The cut-out would be less than a pixel"))
    shift = moved(left, top) @ stretched(new[0] / alpha.shape[1], new[1] / alpha.shape[0])
    return Laid(colours, cover, Warp(shift @ moved(-columns[0], -rows[0]), size))


def _place(
    size: tuple[int, int], new: tuple[int, int], rng: np.random.Generator, ground: npt.NDArray[np.bool_] | None
) -> tuple[int, int]:
    if ground is None or not ground.any():
        return int(rng.integers(size[0] - new[0] + 1)), int(rng.integers(size[1] - new[1] + 1))
    spots = np.flatnonzero(ground)
    row, column = divmod(int(spots[int(rng.integers(len(spots)))]), size[0])
    return min(max(0, column - new[0] // 2), size[0] - new[0]), min(max(0, row - new[1] // 2), size[1] - new[1])
