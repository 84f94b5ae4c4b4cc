"""The look of another domain, by the low frequencies of its images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.partner import filling, partner_of, read_partner, sorted_pool
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_image

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels


@dataclass(frozen=True)
class Fourier(Transform):
    """Give an image the amplitudes of an image of the pool at low frequencies (FDA, Yang and Soatto 2020).

    The band reaches up to `band` times the shorter side in cycles per image on both axes (the authors use 0.01, 0.05
    and 0.09); in it a share of the amplitude is the other's, drawn from half of `strength` to `strength`. Phases stay,
    and with them shapes. With `strength` 0 nothing changes. The middle of the other image is scaled to the image's
    size; transparency is laid on white first. The other image is a fact (`mixed_with`).

    When it hurts: wide bands bring in ringing and ghosts of the other image. What is carried over is light, colour and
    haze, not texture. The pool may come from the target domain, never from test items.

    Example::

        - {name: adapted, op: image.fourier, from: task, pool: target_unlabelled, with: {band: 0.01}}
    """

    name: ClassVar[str] = "image.fourier"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    image: str = "image"
    band: float = 0.01
    strength: float = 1.0

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("band", self.band, 0.0, 0.5)
        within("strength", self.strength, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one adapted child per sample. Raises RecipeError without a pool."""
        others = sorted_pool(self.name, pool)
        return one_by_one(batch, rngs, lambda sample, rng: self._child(sample, rng, others))

    def _child(self, sample: Sample, rng: np.random.Generator, pool: Sequence[Sample]) -> Sample:
        image = rgb_of(sample, self.image)
        partner = partner_of(sample, pool, rng)
        other = filling(read_partner(partner, lambda one: rgb_of(one, self.image)), (image.shape[1], image.shape[0]))
        made = with_amplitude(image, other, self.band, float(rng.uniform(0.5, 1.0)) * self.strength)
        parts = inherited(sample, {self.image: Part("image", encode_image(made))})
        return sample.child(self.name, parts=parts, facts={"mixed_with": partner.id}, also_from=(partner.id,))


def with_amplitude(image: Pixels, other: Pixels, band: float, share: float) -> Pixels:
    """Return an RGB picture whose low frequencies have a share of the amplitude of another of the same size."""
    from scipy import fft

    if share <= 0.0:
        return image
    height, width = image.shape[:2]
    # Not by albumentations: its band (2.0.8) does not lie evenly about frequency zero where a side is even.
    reach = int(band * min(height, width))
    rows = np.r_[0 : min(reach, height // 2) + 1, height - min(reach, (height - 1) // 2) : height]
    low = np.ix_(rows, np.arange(min(reach, width // 2) + 1))
    whole = fft.rfft2(image.astype(np.float32), axes=(0, 1))
    theirs = fft.rfft2(other.astype(np.float32), axes=(0, 1))[low]
    own = whole[low]
    size = np.abs(own)
    phase = np.divide(own, size, out=np.ones_like(own), where=size > 0)
    whole[low] = phase * ((1.0 - share) * size + share * np.abs(theirs))
    made = fft.irfft2(whole, s=(height, width), axes=(0, 1))
    return np.asarray(np.clip(np.rint(made), 0, 255), dtype=np.uint8)
