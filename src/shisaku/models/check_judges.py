"""Do the models that judge do what they did when they were pinned: a known input, a known answer.

DNSMOS's reference numbers come from the published script (speechmos 0.0.1.1 with librosa 0.11) on the same wave.
"""

from __future__ import annotations

import numpy as np

from shisaku.message import Message, say
from shisaku.models.check_ears import tones
from shisaku.models.loading import load
from shisaku.models.mel import RATE
from shisaku.models.roles import TextEmbedder

# signal, background, overall, P.808 of `tones`
MOS = (2.38254, 3.24994, 1.84495, 2.19257)
MOS_TOLERANCE = 0.02
DOG = (-0.01018, -0.06334, 0.01048, 0.04072, -0.02296, 0.01120, 0.05931, 0.03879)  # "a dog", first of 384
# processors differ in how they round the int8 sums
DOG_TOLERANCE = 0.02
QUESTION = "how many people live in berlin?"
ANSWERS = ("Berlin has a population of 3.5 million people.", "Bread is baked in an oven.")
LOGITS = (9.415, -11.234)
LOGIT_TOLERANCE = 0.5
# the package brisque 0.2.0 itself (numpy 1.26, scipy 1.11, libsvm 3.3) on flower.jpg of scikit-learn
FLOWER_BRISQUE = 15.794024958
BRISQUE_TOLERANCE = 1e-3


def speech_judge_check() -> tuple[bool, Message]:
    """Check DNSMOS: reference scores of a made sound, and a noisy voice below the clean one."""
    judge = load("speech_judge")
    judged = judge.judge(tones(), RATE)
    scores = (judged.signal, judged.background, judged.overall, judged.p808)
    off = float(np.abs(np.array(scores) - np.array(MOS)).max())
    wave, rate = load("speaker").say("This is a picture of a penguin.", "rms")
    noise = np.random.default_rng(0).normal(0, 0.05, len(wave)).astype(np.float32)
    clean, noisy = judge.judge(wave, rate).overall, judge.judge(wave + noise, rate).overall
    ok = off < MOS_TOLERANCE and clean > noisy + 0.5
    return ok, say(
        "scores within {off:.1e} of the reference, a clean voice {clean:.2f}, a noisy one {noisy:.2f}",
        off=off,
        clean=clean,
        noisy=noisy,
    )


def text_judge_check() -> tuple[bool, Message]:
    """Check bge: a dog is nearer to a puppy than to stocks, and the vector starts as recorded."""
    return meaning_check(load("text_judge"), DOG, DOG_TOLERANCE)


def meaning_check(embedder: TextEmbedder, start: tuple[float, ...], tolerance: float) -> tuple[bool, Message]:
    """Check any embedder of texts: a dog is nearer to a puppy than to stocks, "a dog" starts as recorded."""
    dog, puppy, stocks = embedder.embed(["a dog", "a puppy", "stocks"])
    near, far = float(dog @ puppy), float(dog @ stocks)
    off = float(np.abs(dog[: len(start)] - np.array(start)).max())
    return off < tolerance and near > far + 0.3, say(
        "dog to puppy {near:.2f}, dog to stocks {far:.2f}, vector within {off:.1e} of the reference",
        near=near,
        far=far,
        off=off,
    )


def pair_judge_check() -> tuple[bool, Message]:
    """Check the reranker: the logits of a right and a wrong answer to a question."""
    right, wrong = load("pair_judge").judge_pairs([(QUESTION, answer) for answer in ANSWERS])
    off = float(np.abs(np.array([right, wrong]) - np.array(LOGITS)).max())
    return off < LOGIT_TOLERANCE, say(
        "right answer {right:.1f}, wrong answer {wrong:.1f}, within {off:.1e} of the reference",
        right=float(right),
        wrong=float(wrong),
        off=off,
    )


def image_judge_check() -> tuple[bool, Message]:
    """Check BRISQUE: the value of the package that its support vectors come from, and a blurred picture above it."""
    import cv2
    from sklearn.datasets import load_sample_image

    flower = np.asarray(load_sample_image("flower.jpg"), dtype=np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(flower, (0, 0), 2.0), dtype=np.uint8)
    judge = load("image_judge")
    clean, soft = judge.judge_image(flower), judge.judge_image(blurred)
    off = abs(clean - FLOWER_BRISQUE)
    return off < BRISQUE_TOLERANCE and soft > clean + 20.0, say(
        "a photograph {clean:.1f}, within {off:.1e} of the reference, blurred {soft:.1f}",
        clean=clean,
        off=off,
        soft=soft,
    )
