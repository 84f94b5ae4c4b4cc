"""What ops that make a defect share: where it may be, and how it is written down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from shisaku.core.sample import Part, Sample
from shisaku.ops.image.annotated import Annotated, Mask, mask_of
from shisaku.ops.image.cutout import true_alpha
from shisaku.ops.image.outline import box_of_mask
from shisaku.ops.reading import image_of
from shisaku.store.codecs import encode_image
from shisaku.store.rle import encode_mask

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels


def ground_for_flaws(sample: Sample, image: str, mask: str) -> Mask | None:
    """Return where a defect may be: on what is not transparent, else where the mask is not black, else anywhere."""
    pixels = image_of(sample, image)
    alpha = true_alpha(pixels)
    if alpha is not None:
        return np.asarray(alpha > 0.5, dtype=np.bool_)
    drawn = mask_of(sample, mask, (pixels.shape[1], pixels.shape[0]))
    return None if drawn is None else np.asarray(drawn[:, :, :3].any(axis=2), dtype=np.bool_)


def flaw_parts(made: Pixels, flaw: Mask, image: str, flaw_mask: str) -> dict[str, Part]:
    """Return the picture and the mask of its defect (white where it is)."""
    drawn = np.repeat(flaw.astype(np.uint8)[..., None] * 255, 3, axis=2)
    return {image: Part("image", encode_image(made)), flaw_mask: Part("image", encode_image(drawn))}


def with_flaw(objects: Annotated, flaw: Mask, label: str) -> Annotated:
    """Return the objects with the defect among them, where there is one."""
    if not flaw.any():
        return objects
    return objects.beside([{"label": label, "box": box_of_mask(flaw), "rle": encode_mask(flaw)}])


def flaw_facts(flaw: Mask, label: str) -> dict[str, str]:
    """Return what was done: the defect and its box (x y width height in pixels)."""
    if not flaw.any():
        return {}
    return {"defect": label, "defect_box": " ".join(f"{number:g}" for number in box_of_mask(flaw))}


def relabelled(child: Sample, key: str, label: str) -> Sample:
    """Return the child under the label that a defect makes true; as it is where none is given."""
    return replace(child, labels={**child.labels, key: label}) if label else child
