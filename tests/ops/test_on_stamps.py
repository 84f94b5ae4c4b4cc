"""The figures on the doc pages of the metrics, on the 235 stamps: what is planted, how much of it is found."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from ops_material import apply, auc, image_part

from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.core.score import Score
from shisaku.ops.dataset.label_agreement import LabelAgreement
from shisaku.ops.dataset.near_copy import NearCopy
from shisaku.ops.image.composite import Composite
from shisaku.ops.image.embed import Embed
from shisaku.ops.image.subject import LONG_SIDE
from shisaku.ops.image.visual_quality import VisualQuality
from shisaku.ops.pairs.alignment import Alignment
from shisaku.ops.reading import rgb_of

pytestmark = [pytest.mark.weights, pytest.mark.stamps, pytest.mark.slow]

Change = Callable[[np.ndarray], np.ndarray]


@functools.cache
def pictures() -> dict[str, tuple[Sample, ...]]:
    """Samples by role: task, photo, cartoon, background; at most 512 pixels a side, as ingested."""
    from PIL import Image

    from shisaku_stamps.reader import StampsReader

    found: dict[str, list[Sample]] = {}
    for record in StampsReader().records():
        if record.problem is not None or "image" not in record.parts:
            continue
        picture = Image.open(record.parts["image"].source).convert("RGBA")
        picture.thumbnail((512, 512), Image.Resampling.LANCZOS)
        parts = {"image": image_part(np.asarray(picture))}
        if "caption" in record.parts:
            parts["caption"] = Part.from_text(str(record.parts["caption"].source), "en")
        sample = Sample(record.id, parts, dict(record.labels), group=record.group)
        role = record.facts.get("half", record.facts["role"])
        found.setdefault(role, []).append(sample)
    return {role: tuple(samples) for role, samples in found.items()}


def embedded(batch: Sequence[Sample]) -> list[Sample]:
    return [outcome[0] for outcome in apply(Embed(), batch) if isinstance(outcome, tuple)]


@functools.cache
def stamps_seen() -> tuple[Sample, ...]:
    return tuple(embedded(pictures()["task"]))


def changed(batch: Sequence[Sample], change: Change) -> list[Sample]:
    made = []
    for sample in batch:
        pixels = np.ascontiguousarray(change(rgb_of(sample, "image")))
        made.append(replace(sample, id=f"{sample.id}~", parts={"image": image_part(pixels)}))
    return made


def scores(op: Metric, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> list[Score]:
    return op.scores(op.measure(batch, reference))


def issues(op: Metric, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> float:
    return float(np.mean([score.issue for score in scores(op, batch, reference)]))


def at_256(image: np.ndarray) -> np.ndarray:
    factor = min(1.0, LONG_SIDE / max(image.shape[:2]))
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def blur(sigma: float) -> Change:
    return lambda image: cv2.GaussianBlur(at_256(image), (0, 0), sigma)


def noise(sigma: float) -> Change:
    def change(image: np.ndarray) -> np.ndarray:
        small = at_256(image)
        return np.clip(small + np.random.default_rng(1).normal(0, sigma, small.shape), 0, 255).astype(np.uint8)

    return change


def jpeg(image: np.ndarray) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 75])[1], cv2.IMREAD_COLOR)


def crop(image: np.ndarray) -> np.ndarray:
    down, right = int(image.shape[0] * 0.025), int(image.shape[1] * 0.025)
    return image[down : image.shape[0] - down, right : image.shape[1] - right]


def test_visual_quality_calls_no_clean_picture_an_issue() -> None:
    roles = ("task", "photo", "cartoon", "train")
    assert sum(len(pictures()[role]) for role in roles) > 400
    assert all(issues(VisualQuality(), pictures()[role]) == 0.0 for role in roles)


@pytest.mark.parametrize(
    ("role", "change", "low", "high"),
    [
        ("train", blur(2), 0.9, 1.0),
        ("train", noise(50), 0.9, 1.0),
        ("task", blur(3), 0.95, 1.0),
        ("task", noise(70), 0.99, 1.0),
        ("train", blur(1), 0.0, 0.15),
        ("task", noise(40), 0.0, 0.05),
    ],
    ids=["photo-blur2", "photo-noise50", "stamp-blur3", "stamp-noise70", "photo-blur1", "stamp-noise40"],
)
def test_visual_quality_finds_damage_down_to_its_limit(role: str, change: Change, low: float, high: float) -> None:
    assert low <= issues(VisualQuality(), changed(pictures()[role], change)) <= high


def test_near_copy_takes_no_two_stamps_for_copies() -> None:
    found = scores(NearCopy(), stamps_seen(), stamps_seen())
    assert not any(score.issue for score in found)
    assert max(score.raw for score in found) == pytest.approx(0.86, abs=0.02)


@pytest.mark.parametrize(
    ("change", "low"),
    [(lambda image: image, 1.0), (lambda image: image[:, ::-1], 0.99), (crop, 0.99), (jpeg, 0.9)],
    ids=["same", "mirrored", "cropped by 5 %", "JPEG 75"],
)
def test_near_copy_finds_planted_copies(change: Change, low: float) -> None:
    copies = embedded(changed(pictures()["task"][::4], change))
    assert issues(NearCopy(), copies, stamps_seen()) >= low


@pytest.mark.parametrize(("shots", "low"), [(5, 0.78), (10, 0.82)])
def test_label_agreement_finds_40_percent_permuted_labels(shots: int, low: float) -> None:
    by_label: dict[str, list[int]] = {}
    for i, sample in enumerate(stamps_seen()):
        by_label.setdefault(sample.labels["class"], []).append(i)
    found = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        picked = [int(i) for members in by_label.values() for i in rng.permutation(members)[:shots]]
        made = composites([pictures()["task"][i] for i in picked])
        wrong = rng.random(len(made)) < 0.4
        labels = np.array([child.labels["class"] for child in made])
        planted = labels.copy()
        planted[wrong] = rng.permutation(labels[wrong])
        batch = [replace(child, labels={"class": str(label)}) for child, label in zip(made, planted, strict=True)]
        value = {s.sample: s.value for s in scores(LabelAgreement(), batch, [stamps_seen()[i] for i in picked])}
        bad = [value[child.id] for child, one, other in zip(made, labels, planted, strict=True) if one != other]
        good = [value[child.id] for child, one, other in zip(made, labels, planted, strict=True) if one == other]
        found.append(auc(bad, good))
    assert np.mean(found) > low


def composites(batch: Sequence[Sample]) -> list[Sample]:
    made = apply(Composite(), batch, pool=pictures()["train"])
    return embedded([outcome[0] for outcome in made if isinstance(outcome, tuple)])


def test_alignment_finds_shuffled_captions() -> None:
    right = pictures()["task"]
    order = np.random.default_rng(0).permutation(len(right))
    shuffled = [s.with_part("caption", right[i].parts["caption"]) for s, i in zip(right, order, strict=True)]
    good, bad = ([score.value for score in scores(Alignment(), batch)] for batch in (right, shuffled))
    assert auc(bad, good) == pytest.approx(0.81, abs=0.03)
