"""Do the models that look for faces and text do what they did when they were pinned: a known input, a known answer."""

from __future__ import annotations

import numpy as np

from shisaku.message import Message, say
from shisaku.models.loading import load
from shisaku.models.roles import Pixels

WRITTEN = "Synthetic data 2026"
READABLE = 0.95
FACE = (22.0, 20.0, 22.0, 27.0)  # left, top, width, height of what is found in `drawn_face`
FACE_TOLERANCE = 4.0


def finder_check() -> tuple[bool, Message]:
    """Check CenterFace: it finds a drawn face where it is, and none in photographs of a temple and a flower."""
    from sklearn.datasets import load_sample_images

    finder = load("face_finder")
    found = finder.faces(drawn_face())
    box = (found[0].left, found[0].top, found[0].width, found[0].height) if found else (0.0,) * 4
    off = float(np.abs(np.array(box) - FACE).max())
    false = sum(face.sure >= 0.5 for image in load_sample_images().images for face in finder.faces(image))
    ok = len(found) == 1 and off < FACE_TOLERANCE and false == 0
    return ok, say(
        "{n} faces in a drawing of one, {off:.1f} pixels off, {false} in photographs without one",
        n=len(found),
        off=off,
        false=false,
    )


def reader_check() -> tuple[bool, Message]:
    """Check PP-OCR: it reads a written line, and nothing in an empty picture."""
    reader = load("text_reader")
    lines = reader.lines(written(WRITTEN))
    empty = len(reader.lines(np.full((120, 480, 3), 255, np.uint8)))
    text, sure = (lines[0].text, lines[0].sure) if len(lines) == 1 else ("", 0.0)
    ok = text == WRITTEN and sure >= READABLE and empty == 0
    return ok, say("read '{text}' ({sure:.3f}), {empty} lines in an empty picture", text=text, sure=sure, empty=empty)


def written(text: str) -> Pixels:
    """Return a line of text, black on white, the same on every machine."""
    import cv2

    image = np.full((120, 480, 3), 255, np.uint8)
    cv2.putText(image, text, (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 2, cv2.LINE_AA)
    return image


def drawn_face() -> Pixels:
    """Return a drawing of a face, 64 pixels a side: hair, skin, eyes, nose and mouth, lit from the left."""
    import cv2

    image = np.full((160, 160, 3), 120, np.uint8)
    cv2.ellipse(image, (80, 76), (36, 44), 0, 0, 360, (60, 42, 32), -1)
    cv2.ellipse(image, (80, 84), (28, 38), 0, 0, 360, (216, 172, 146), -1)
    for x in (69, 91):
        cv2.ellipse(image, (x, 76), (6, 3), 0, 0, 360, (240, 240, 240), -1)
        cv2.circle(image, (x, 76), 3, (40, 30, 24), -1)
        cv2.line(image, (x - 7, 69), (x + 7, 68), (70, 48, 36), 2)
    cv2.line(image, (80, 80), (77, 93), (176, 128, 104), 2)
    cv2.ellipse(image, (80, 94), (6, 2), 0, 0, 180, (160, 112, 92), 2)
    cv2.ellipse(image, (80, 104), (11, 4), 0, 0, 360, (168, 84, 84), -1)
    light = np.linspace(1.1, 0.8, 160)[None, :, None]
    lit = np.asarray(np.clip(cv2.GaussianBlur(image, (0, 0), 1.2) * light, 0, 255), np.uint8)
    return np.asarray(cv2.resize(lit, (64, 64), interpolation=cv2.INTER_AREA), np.uint8)
