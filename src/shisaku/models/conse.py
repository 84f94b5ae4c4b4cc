"""ConSE: images in a text embedder's space, from an ImageNet classifier and nothing learned (Norouzi et al. 2013).

It is not CLIP and must not be called that: an image is where its ten likeliest class names lie.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.models.derived import derived
from shisaku.models.roles import ImageClassifier, Pixels, TextEmbedder, Vectors
from shisaku.store.places import weights_dir

TOP = 10


def conse(logits: Vectors, names: Vectors, top: int = TOP) -> Vectors:
    """Return [n, d] unit vectors: the softmax-weighted mean of the vectors of each row's `top` likeliest classes.

    `logits` is [n, classes], `names` is [classes, d]. Norouzi et al. 2013, eq. 4: probabilities of the top
    classes, divided by their sum.
    """
    best = np.argpartition(-logits, top - 1, axis=1)[:, :top] if top < logits.shape[1] else np.argsort(-logits, axis=1)
    chosen = np.take_along_axis(logits, best, axis=1).astype(np.float64)
    weights = np.exp(chosen - chosen.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    mixed = np.einsum("nk,nkd->nd", weights, names[best].astype(np.float64))
    unit: Vectors = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
    return unit


class Conse:
    """ImageEmbedder into a text space: compare its rows with the text embedder's by a dot product."""

    def __init__(self, classifier: ImageClassifier, text: TextEmbedder, top: int = TOP) -> None:
        self.backend = f"conse({classifier.backend} + {text.backend})"
        self.text = text
        self._classifier = classifier
        self._top = top
        self._names = _class_vectors(classifier, text)

    def embed(self, images: Sequence[Pixels]) -> Vectors:
        """Return one unit row in the text space per image."""
        if not images:
            return np.empty((0, self._names.shape[1]), np.float32)
        return self.place(self._classifier.logits(images))

    def place(self, logits: Vectors) -> Vectors:
        """Return one unit row in the text space per row of logits, for images that were classified already."""
        return conse(logits, self._names, self._top)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text, in the same space."""
        return self.text.embed(texts)


def _class_vectors(classifier: ImageClassifier, text: TextEmbedder) -> Vectors:
    key = fingerprint(classifier.classes, text.backend)
    path = weights_dir() / "derived" / f"class-names-{key[:8]}.f32"

    def build() -> bytes:
        return np.ascontiguousarray(text.embed(classifier.classes), dtype="<f4").tobytes()

    flat = np.frombuffer(derived(path, key, build), dtype="<f4")
    return flat.reshape(len(classifier.classes), -1).astype(np.float32)
