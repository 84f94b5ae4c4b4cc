"""A place of an image bent out of shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.annotated import Annotated, mask_of, mask_parts
from shisaku.ops.image.flaw import flaw_facts, flaw_parts, ground_for_flaws, relabelled, with_flaw
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from shisaku.models.roles import Pixels

SEEN = 0.5  # pixels of displacement from which on a place counts as bent
SMOOTH = 0.25  # standard deviation of the smoothing, as a share of the radius


@dataclass(frozen=True)
class Deform(Transform):
    """Bend one place of an image: a dent, a kink, a missing edge (elastic distortion, Simard et al. 2003, in a window).

    Within a round window of radius `radius_min` to `radius_max` of the image's shorter side pixels are displaced by a
    smooth random field of at most `strength` times the radius, which fades towards the rim. The middle of the window
    lies on the subject where the image tells one by transparency or by a part `mask`. Transparency is laid on white;
    `mask` is bent along. With `strength` 0 nothing changes.

    What moved by half a pixel or more is written to the part `defect_mask` (white), its box and mask are added to
    `objects` where the sample has them, under the label `kind`; name and box are facts too (`defect`, `defect_box`).
    Where `becomes` is given, the child's label `label` is that; otherwise its labels are its parent's.

    When it hurts: without `becomes`, a part labelled as good is still labelled as good, with a defect. On a surface
    without texture nothing can be seen of it. Boxes and outlines of other objects stay where they were, and may be off
    by the displacement. Real dents reflect light, these do not.

    Example::

        - {name: dented, op: image.deform, from: good, with: {strength: 0.3, becomes: dent}}
    """

    name: ClassVar[str] = "image.deform"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image", "defect_mask": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image"}
    makes: ClassVar[str] = "children"

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    defect_mask: str = "defect_mask"
    kind: str = "deformed"
    label: str = "class"
    becomes: str = ""
    radius_min: float = 0.1
    radius_max: float = 0.3
    strength: float = 0.4

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask, defect_mask=self.defect_mask)
        within("radius_min", self.radius_min, 0.01, 1.0)
        within("radius_max", self.radius_max, 0.01, 1.0)
        ordered("radius_min", self.radius_min, "radius_max", self.radius_max)
        within("strength", self.strength, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one bent child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        import cv2

        image = rgb_of(sample, self.image)
        size = (image.shape[1], image.shape[0])
        ground = ground_for_flaws(sample, self.image, self.mask)
        across, down = self._field(size, ground, rng)
        flaw = np.hypot(across, down) >= SEEN
        columns, rows = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))

        def bent(pixels: Pixels, how: int) -> Pixels:
            made = cv2.remap(pixels, columns + across, rows + down, how, borderMode=cv2.BORDER_REPLICATE)
            return np.asarray(made, dtype=np.uint8)

        parts = flaw_parts(bent(image, cv2.INTER_LINEAR), flaw, self.image, self.defect_mask)
        mask = mask_of(sample, self.mask, size)
        parts |= mask_parts(self.mask, None if mask is None else bent(mask, cv2.INTER_NEAREST))
        objects = with_flaw(Annotated.of(sample, self.objects, size), flaw, self.kind)
        parts = inherited(sample, parts | objects.parts(self.objects))
        child = sample.child(self.name, parts=parts, facts=flaw_facts(flaw, self.kind))
        return relabelled(child, self.label, self.becomes if flaw.any() else "")

    def _field(
        self, size: tuple[int, int], ground: npt.NDArray[np.bool_] | None, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return by how many pixels across and down each pixel is fetched from elsewhere: float32 [h, w] each."""
        import cv2

        radius = max(1.0, float(rng.uniform(self.radius_min, self.radius_max)) * min(size))
        spots = np.arange(size[0] * size[1]) if ground is None or not ground.any() else np.flatnonzero(ground)
        row, column = divmod(int(spots[int(rng.integers(len(spots)))]), size[0])
        rows, columns = np.ogrid[: size[1], : size[0]]
        distance = ((rows - row) ** 2 + (columns - column) ** 2) / radius**2
        window = np.clip(1.0 - distance, 0.0, 1.0).astype(np.float32) ** 2
        noise = rng.standard_normal((2, size[1], size[0]), dtype=np.float32)
        fields = [window * cv2.GaussianBlur(plane, (0, 0), max(0.5, SMOOTH * radius)) for plane in noise]
        longest = float(np.hypot(*fields).max())
        factor = np.float32(self.strength * radius / longest) if longest else np.float32(0.0)
        return np.asarray(fields[0] * factor, dtype=np.float32), np.asarray(fields[1] * factor, dtype=np.float32)
