"""Another picture out of the pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from shisaku.core.sample import Sample
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.ops.image.annotated import Annotated
from shisaku.ops.image.warp import Warp, moved, stretched
from shisaku.ops.reading import part_of
from shisaku.store.objects import picture_size

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

Read = TypeVar("Read")


def sorted_pool(op: str, pool: Sequence[Sample] | None) -> list[Sample]:
    """Return the pool by id, because the order in which it arrives must not matter. Raises RecipeError without one."""
    if not pool:
        raise RecipeError(
            say("{op} needs a pool of images and got none", op=op),
            next=say("Give the step `pool:` with a stream of images that holds only training material"),
        )
    return sorted(pool, key=lambda sample: sample.id)


def partner_of(sample: Sample, pool: Sequence[Sample], rng: np.random.Generator) -> Sample:
    """Return a random sample of the pool other than `sample` itself. Raises DataError where there is none."""
    others = [other for other in pool if other.id != sample.id]
    if not others:
        raise DataError(say("The pool holds no other sample"))
    return others[int(rng.integers(len(others)))]


def read_partner(partner: Sample, read: Callable[[Sample], Read]) -> Read:
    """Return what `read` makes of a sample of the pool; its DataError says which sample it was."""
    try:
        return read(partner)
    except DataError as error:
        raise DataError(
            say("Sample {sample} of the pool cannot be used: {why}", sample=partner.id, why=error.what)
        ) from error


def label_facts(partner: Sample) -> dict[str, str]:
    """Return the labels of a partner as facts of the child."""
    return {f"mixed_{key}": value for key, value in sorted(partner.labels.items())}


def window_of(size: tuple[int, int], wanted: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the middle window (left, top, width, height) of a picture of `size` that has the shape of `wanted`."""
    factor = min(size[0] / wanted[0], size[1] / wanted[1])
    width, height = (max(1, min(side, round(other * factor))) for side, other in zip(size, wanted, strict=True))
    return (size[0] - width) // 2, (size[1] - height) // 2, width, height


def filling(image: Pixels, size: tuple[int, int], *, nearest: bool = False) -> Pixels:
    """Return the middle of a picture, as much of it as has the shape of `size` (width, height), at that size.

    With `nearest` no value comes up that was not there, as a mask wants it.
    """
    import cv2

    left, top, width, height = window_of((image.shape[1], image.shape[0]), size)
    how = cv2.INTER_NEAREST if nearest else cv2.INTER_AREA if width > size[0] else cv2.INTER_LINEAR
    made = cv2.resize(image[top : top + height, left : left + width], size, interpolation=how)
    return np.asarray(made, dtype=np.uint8)


def filled_objects(partner: Sample, image: str, objects: str, size: tuple[int, int], least: float) -> Annotated:
    """Return the objects of a picture that `filling` brought to `size`. Raises DataError."""
    own = picture_size(part_of(partner, image, "image"))
    left, top, width, height = window_of(own, size)
    matrix = stretched(size[0] / width, size[1] / height) @ moved(-left, -top)
    return Annotated.of(partner, objects, own).moved(Warp(matrix, size), least)
