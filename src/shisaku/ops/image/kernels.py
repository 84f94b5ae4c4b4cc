"""The one door to albumentations, whose import asks a package index for news unless it is told not to."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

QUIET = "NO_ALBUMENTATIONS_UPDATE"


def library() -> Any:
    """Return the module albumentations, imported without its check for updates."""
    os.environ[QUIET] = "1"
    import albumentations

    return albumentations


def blur_kernels() -> Any:
    """Return the module with the functions that its blurring transforms call."""
    library()
    from albumentations.augmentations.blur import functional

    return functional


def pixel_kernels() -> Any:
    """Return the module with the functions that its colour and weather transforms call."""
    library()
    from albumentations.augmentations.pixel import functional

    return functional


def matching_kernels() -> Any:
    """Return the module with the functions that adapt one picture to another."""
    library()
    from albumentations.augmentations.mixing import domain_adaptation_functional

    return domain_adaptation_functional


def seed_from(rng: np.random.Generator) -> int:
    """Draw a seed for a kernel that brings a generator of its own (31 bits, which all of them take)."""
    return int(rng.integers(2**31 - 1))


def run(transform: Any, image: Any, rng: np.random.Generator) -> Any:
    """Return `image` changed by a transform that was built for this call alone, seeded from `rng`."""
    transform.set_random_seed(seed_from(rng))
    return np.asarray(transform(image=np.ascontiguousarray(image))["image"], dtype=np.uint8)
