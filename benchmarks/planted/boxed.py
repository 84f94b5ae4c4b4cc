"""Sources with boxes around things, made from real pictures: nobody drew these boxes, and no package ships any.

"boxed scenes" are photographs with real cut-outs laid on them (a simulated layout); a box is drawn around what can be
seen of each. "boxed edges" are photographs alone, with a box around every connected piece of edge: nothing is placed,
but a piece of edge is no object. "annotated scenes" are the former as two annotators would give them back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from PIL import Image

from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.store.codecs import decode_image, encode_image

Find = Callable[[str, int], list[Sample]]
SCENES = "boxed scenes"
N, FEWEST, MOST = 200, 3, 12  # scenes, and cut-outs in one
USUAL, SPREAD = 0.18, 0.5  # the longer side of a cut-out, in shares of the photograph's: median and sd of its logarithm
SEEN = 0.3  # share of a cut-out that must be in view for it to be boxed
UPON = 0.2  # share of the cut-outs that are laid upon an earlier one
PIECES, SMALLEST = 40, 8  # boxes of edges in a photograph, and pixels of their sides
HAND = 0.03  # standard deviation of an edge that is drawn by hand, in sides of the box
OVERLOOKED = 0.05  # share of the things that an annotator does not box


def boxed(find: Find) -> dict[str, Callable[[], list[Sample]]]:
    """Return name -> samples; `find` gives the real pictures that they are made of."""
    return {
        SCENES: lambda: _scenes(find),
        "boxed edges": lambda: [_edges(one) for one in find("photos", 0)],
        "annotated scenes": lambda: [_annotated(one) for one in find(SCENES, 0)],
    }


def objects_part(items: Sequence[dict[str, Any]], size: tuple[int, int]) -> Part:
    """Return the part `objects` of a picture of this size."""
    return Part("table", json.dumps({"frame": list(size), "objects": list(items)}).encode())


def _scenes(find: Find) -> list[Sample]:
    cut_outs = [one for one in find("stamps", 0) if decode_image(one.parts["image"]).shape[2] == 4]
    return [_scene(f"scene-{k:03d}", photo, cut_outs) for k, photo in enumerate(_grounds(find))]


def _grounds(find: Find) -> list[Sample]:
    photos = find("photos", 0)
    return [photos[k % len(photos)] for k in range(N)]


def _scene(name: str, photo: Sample, cut_outs: Sequence[Sample]) -> Sample:
    rng = rng_for(9, "boxed scene", name)
    ground = Image.open(BytesIO(photo.parts["image"].data)).convert("RGB")
    owner = np.zeros((ground.height, ground.width), np.int64)  # which cut-out a pixel shows, from 1 on
    middles: list[tuple[float, float]] = []
    whole: list[int] = []
    chosen = [cut_outs[int(k)] for k in rng.integers(len(cut_outs), size=rng.integers(FEWEST, MOST + 1))]
    for number, one in enumerate(chosen, 1):
        stamp = _trimmed(Image.open(BytesIO(one.parts["image"].data)).convert("RGBA"))
        longer = max(ground.size) * min(0.7, max(0.04, float(np.exp(rng.normal(np.log(USUAL), SPREAD)))))
        times = longer / max(stamp.size)
        stamp = stamp.resize((max(4, round(stamp.width * times)), max(4, round(stamp.height * times))))
        middle = (float(rng.uniform(0, ground.width)), float(rng.uniform(0, ground.height)))
        if middles and rng.random() < UPON:
            upon = middles[int(rng.integers(len(middles)))]
            middle = (upon[0] + rng.normal(0, 0.15) * stamp.width, upon[1] + rng.normal(0, 0.15) * stamp.height)
        corner = (round(middle[0] - stamp.width / 2), round(middle[1] - stamp.height / 2))
        ground.paste(stamp, corner, stamp)
        alpha = Image.new("L", ground.size)
        alpha.paste(stamp.getchannel("A"), corner)
        owner[np.asarray(alpha) > 127] = number
        middles.append(middle)
        whole.append(int((np.asarray(stamp.getchannel("A")) > 127).sum()))
    items = []
    for number, one in enumerate(chosen, 1):
        rows, columns = np.nonzero(owner == number)
        if len(rows) >= max(1.0, SEEN * whole[number - 1]):
            low, high = (int(columns.min()), int(rows.min())), (int(columns.max()) + 1, int(rows.max()) + 1)
            items.append({"label": one.labels["class"], "box": [*low, high[0] - low[0], high[1] - low[1]]})
    parts = {"image": Part("image", encode_image(np.asarray(ground))), "objects": objects_part(items, ground.size)}
    return Sample(name, parts)


def _trimmed(stamp: Image.Image) -> Image.Image:
    return stamp.crop(stamp.getchannel("A").point(lambda level: 255 * (level > 127)).getbbox())


def _edges(photo: Sample) -> Sample:
    pixels = decode_image(photo.parts["image"])[:, :, :3]
    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    edges = cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 2), 40, 80)
    _, _, pieces, _ = cv2.connectedComponentsWithStats(cv2.dilate(edges, np.ones((3, 3), np.uint8)))
    # Left, top, width, height, pixels; the first is the ground.
    large = sorted((row for row in pieces[1:].tolist() if min(row[2:4]) >= SMALLEST), key=lambda row: -row[2] * row[3])
    items = [{"label": "piece", "box": row[:4]} for row in large[:PIECES]]
    parts = {"image": photo.parts["image"], "objects": objects_part(items, (pixels.shape[1], pixels.shape[0]))}
    return Sample(photo.id, parts)


def _annotated(scene: Sample) -> Sample:
    """Give the scene to two annotators, who draw boxes by hand and overlook some things."""
    table = json.loads(scene.parts["objects"].data)
    told = []
    for who in (1, 2):
        rng = rng_for(9, who, scene.id)
        seen = [item for item in table["objects"] if rng.random() >= OVERLOOKED]
        told.append(annotation(who, by_hand(seen, rng), table["frame"]))
    return scene.with_part("annotations", Part("table", json.dumps(told).encode()))


def by_hand(items: Sequence[dict[str, Any]], rng: np.random.Generator, sd: float = HAND) -> list[dict[str, Any]]:
    """Return the objects with each edge of their boxes moved by a standard deviation of `sd` sides."""
    made = []
    for item in items:
        x, y, wide, high = item["box"]
        left, right = rng.normal(0, sd, 2) * wide
        top, bottom = rng.normal(0, sd, 2) * high
        made.append({**item, "box": [x + left, y + top, max(0.1, wide + right - left), max(0.1, high + bottom - top)]})
    return made


def annotation(who: int, items: Sequence[dict[str, Any]], size: Sequence[float]) -> dict[str, Any]:
    """Return what an annotator drew as Label Studio exports it: per cent of the picture."""
    per_cent = (100 / size[0], 100 / size[1])
    results = []
    for item in items:
        x, y, wide, high = (number * per_cent[k % 2] for k, number in enumerate(item["box"]))
        value = {"x": x, "y": y, "width": wide, "height": high, "rectanglelabels": [item["label"]]}
        results.append({"type": "rectanglelabels", "from_name": "box", "value": value})
    return {"completed_by": who, "result": results}
