"""Ops that make images beside the same work in raw OpenCV and NumPy: ``python benchmarks/image_ops.py [--rounds 400]``.

First the kernels alone, on an array, with what they draw: each round draws once and does the same work by hand, one
right after the other, in CPU time of the one thread; medians over rounds, and their ratio. Then whole ops, from PNG to
PNG, with the share of the time that decoding and coding PNG takes. Pictures are photographs of scikit-learn, 256 x 256.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import cv2
import numpy as np
from sklearn.datasets import load_sample_images

from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.ops.image.background import Background
from shisaku.ops.image.classical import Classical
from shisaku.ops.image.colour import Colour
from shisaku.ops.image.composite import Composite
from shisaku.ops.image.cutmix import Cutmix
from shisaku.ops.image.defect import Defect
from shisaku.ops.image.deform import Deform
from shisaku.ops.image.degrade import Degrade
from shisaku.ops.image.erase import Erase
from shisaku.ops.image.fourier import Fourier
from shisaku.ops.image.geometry import Geometry
from shisaku.ops.image.histogram import Histogram
from shisaku.ops.image.low_light import LowLight
from shisaku.ops.image.mixup import Mixup
from shisaku.ops.image.paste import Paste
from shisaku.ops.image.weather import KINDS, Weather
from shisaku.store.codecs import decode_image, encode_image

SIDE = 256
Work = Callable[[np.ndarray, np.random.Generator], Any]
STILL = {"flip": 0.0, "rotation": 0.0, "scale_min": 1.0, "scale_max": 1.0, "crop": 1.0}
CLEAN = {"motion": 0.0, "blur": 0.0, "downscale": 1.0, "noise": 0.0, "jpeg": 100}


def main() -> None:
    """Print one line per kernel and one per op."""
    parser = argparse.ArgumentParser(description="Image ops beside raw OpenCV and NumPy.")
    parser.add_argument("--rounds", type=int, default=400)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    print(f"kernels at {SIDE} x {SIDE}: ours / by hand, ms (ratio)")
    for name, ours, by_hand in kernels():
        _print_beside(name, ours, by_hand, asked.rounds)
    print("whole ops, PNG to PNG: ms, of which PNG")
    for op in whole_ops():
        _print_whole(op, max(20, asked.rounds // 8))


def kernels() -> list[tuple[str, Work, Work]]:
    """Name, ours, and the same work by hand, with draws of its own."""
    return [
        ("flip", _placed(flip=1.0), lambda image, rng: cv2.flip(image, 1) if rng.random() < 1 else image),
        ("rotate", _placed(rotation=30.0), _rotate),
        ("resized crop", _placed(crop=0.5), _resized_crop),
        ("blur", _worse(blur=2.0), lambda image, rng: cv2.GaussianBlur(image, (0, 0), rng.uniform(0.2, 2.0))),
        ("noise", _worse(noise=10.0), _noise),
        ("JPEG", _worse(jpeg=40), _jpeg),
    ]


def whole_ops() -> list[Transform]:
    """Every op that makes images without a model."""
    cut = [Composite(), Paste(), Paste(blend="poisson"), Background(), Defect()]
    plain: list[Transform] = [Geometry(), Classical(), Colour(), Degrade(), LowLight(), Erase(), Deform()]
    mixed: list[Transform] = [Mixup(), Cutmix(), Fourier(), Histogram()]
    return [*plain, *(Weather(kind=kind) for kind in KINDS), *mixed, *cut]


def photographs() -> list[np.ndarray]:
    """Two photographs, square."""
    return [cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for image in load_sample_images().images]


def _placed(**change: float) -> Work:
    op = Geometry(**{**STILL, **change})  # type: ignore[arg-type]
    return lambda image, rng: op.drawn(rng, (SIDE, SIDE)).picture(image, op.ground)


def _worse(**change: float) -> Work:
    op = Degrade(**{**CLEAN, **change})  # type: ignore[arg-type]
    return lambda image, rng: op.changed(image, rng)


def _rotate(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    matrix = cv2.getRotationMatrix2D((SIDE / 2 - 0.5, SIDE / 2 - 0.5), rng.uniform(-30, 30), 1.0)
    return cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _resized_crop(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    side = round(SIDE * rng.uniform(0.5, 1.0))
    top, left = rng.integers(SIDE - side + 1, size=2)
    return cv2.resize(image[top : top + side, left : left + side], (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def _noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    # The same noise by NumPy: half of the variance grows with the light.
    gain = (rng.uniform(0.0, 10.0) * np.sqrt(0.5 + 0.5 * np.arange(256) / 127.5)).astype(np.float32)
    noisy = image + gain[image] * rng.standard_normal(image.shape, dtype=np.float32)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def _jpeg(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    quality = int(rng.integers(40, 100))
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def _print_beside(name: str, ours: Work, by_hand: Work, rounds: int) -> None:
    image = photographs()[0]
    pairs = []
    for k in range(rounds):
        # By turns first, because whoever comes second finds the picture in the cache.
        works = [(ours, 0), (by_hand, 1)][:: 1 if k % 2 else -1]
        took = [0.0, 0.0]
        for work, place in works:
            took[place] = _seconds(work, image, np.random.default_rng(k))
        pairs.append((took[0], took[1]))
    ratio = median(a for a, _ in pairs) / median(b for _, b in pairs)
    print(
        f"  {name:14s} {1e3 * median(a for a, _ in pairs):6.3f} / {1e3 * median(b for _, b in pairs):6.3f}  "
        f"({ratio:.2f} x)"
    )


def _print_whole(op: Transform, rounds: int) -> None:
    samples = [Sample(f"p{k}", {"image": Part("image", encode_image(one))}) for k, one in enumerate(_material(op))]
    pool = [Sample(f"q{k}", {"image": Part("image", encode_image(one))}) for k, one in enumerate(_cut_outs())]
    whole, coding = [], []
    for k in range(rounds):
        sample = samples[k % len(samples)]
        rng = rng_for(k, "bench", sample.id)
        began = time.thread_time()
        outcome = op.apply([sample], [rng], pool if op.pools else None)[0]
        whole.append(time.thread_time() - began)
        if not isinstance(outcome, tuple) or not isinstance(outcome[0], Sample):
            raise SystemExit(f"{op.name} made nothing of {sample.id}")
        read = [sample.parts["image"], *(one.parts["image"] for one in pool[:1] if op.pools)]
        written = [part for part in outcome[0].parts.values() if part.kind == "image"]
        coding.append(sum(_coding(part, decode=True) for part in read) + sum(map(_coding, written)))
    share = median(coding) / median(whole)
    label = " ".join(str(getattr(op, field)) for field in ("kind", "blend") if hasattr(op, field))
    print(f"  {op.name:18s} {label:9s} {1e3 * median(whole):7.2f} ms, PNG about {min(1.0, share):.0%}")


def _coding(part: Part, decode: bool = False) -> float:
    pixels = decode_image(part)
    fresh = Part("image", bytes(bytearray(part.data)))  # the last one decoded is remembered by its bytes
    began = time.thread_time()
    decode_image(fresh) if decode else encode_image(pixels)
    return time.thread_time() - began


def _material(op: Transform) -> list[np.ndarray]:
    return _cut_outs() if isinstance(op, Composite | Background) else photographs()


def _cut_outs() -> list[np.ndarray]:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    disc = ((rows - SIDE / 2) ** 2 + (columns - SIDE / 2) ** 2 < (SIDE * 0.35) ** 2).astype(np.uint8) * 255
    return [np.dstack([image, disc]) for image in photographs()]


def _seconds(work: Work, image: np.ndarray, rng: np.random.Generator) -> float:
    began = time.thread_time()
    work(image, rng)
    return time.thread_time() - began


if __name__ == "__main__":
    main()
