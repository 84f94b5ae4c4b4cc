"""Boxes and polygons drawn into a picture, so that a person sees whether they follow it."""

from __future__ import annotations

import numpy as np

from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import decode_image, encode_image
from shisaku.store.objects import OBJECTS, Objects

COLOUR = (213, 94, 0, 255)  # vermilion, which all kinds of eyes tell from green and grey


def outlined(image: Part, objects: Part | None) -> Part:
    """Return the picture with its objects drawn in; as it is where there are none that can be understood."""
    sample = Sample("shown", {"image": image, **({OBJECTS: objects} if objects else {})})
    found = Objects.of(sample)
    if found is None or not found.items:
        return image
    import cv2

    drawn = np.array(decode_image(image))
    height, width = drawn.shape[:2]
    across, down = found.scale_to(width, height, sample)
    colour, thick = COLOUR[: drawn.shape[2]], max(1, max(width, height) // 150)
    for item in found.items:
        outlines = [np.reshape(polygon, (-1, 2)) for polygon in item.get("polygons", [])]
        if "box" in item and not outlines:
            x, y, w, h = item["box"]
            outlines = [np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])]
        scaled = [np.clip(np.rint(one * (across, down)), -1e6, 1e6).astype(np.int32) for one in outlines]
        cv2.polylines(drawn, scaled, True, colour, thick, cv2.LINE_AA)
    return Part("image", encode_image(drawn))
