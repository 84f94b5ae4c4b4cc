"""What came from a server, made harmless: text cleaned, pictures and recordings decoded in the sandbox only."""

from __future__ import annotations

import atexit
import io
import re
import unicodedata
import wave
from functools import cache
from typing import Final

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.message import say
from shisaku.store.decoded import AGAIN
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.sandbox import Sandbox

LONGEST: Final = 32_768  # characters
LIMITS: Final = Limits(pixels=20_000_000, file_mb=64)
SHOWN: Final = 80
BARE: Final = ("audio/pcm", "audio/l16", "audio/x-pcm", "application/octet-stream")
STREAMED: Final = (b"\xff\xff\xff\xff", b"\0\0\0\0")  # length of a WAV whose writer did not know it yet
# Line ends and tabs are text; other control characters, marks that turn the writing round, and half pairs are not.
_KEPT = "\n\t"
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


def without_thought(text: str) -> str:
    """Return `text` without what a reasoning model thought aloud before it."""
    return _THOUGHT.sub("", text, count=1)


def cleaned(text: str) -> str:
    """Return `text` without control characters, with line ends of one kind."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if _is_text(letter)).strip()


def excerpt(text: str) -> str:
    """Return the first characters, on one line, for a reason."""
    flat = " ".join(cleaned(text[: 4 * SHOWN]).split())
    return flat if len(flat) <= SHOWN else f"{flat[:SHOWN]}..."


def as_text(text: str, lang: str) -> Part | Failure:
    """Return a text part, or why there is none."""
    text = without_thought(text)
    if len(text) > LONGEST:
        return Failure(say("The answer has {n} characters; the limit is {limit}", n=len(text), limit=LONGEST))
    clean = cleaned(text)
    return Part.from_text(clean, lang) if clean else Failure(say("The model answered with an empty text"))


def as_image(data: bytes) -> Part | Failure:
    """Return the picture as a canonical part of its own size, or why there is none."""
    return _decoded("image", data)


def as_sound(data: bytes, content_type: str, pcm_rate: int) -> Part | Failure:
    """Return the recording as a canonical part at its own rate (bare PCM at `pcm_rate` Hz), or why there is none."""
    if content_type.lower().startswith(BARE) and not data.startswith(b"RIFF"):
        data = _wave(data, pcm_rate)
    return _decoded("audio", _measured(data))


def _is_text(letter: str) -> bool:
    return letter in _KEPT or (unicodedata.category(letter) not in ("Cc", "Cs") and letter not in _TURNING)


def _decoded(kind: str, data: bytes) -> Part | Failure:
    if not data:
        return Failure(say("The answer is empty"))
    made = _sandbox().decode(Job(f"{AGAIN}{kind}", data))
    if isinstance(made, Failure):
        return made
    return Part("image" if kind == "image" else "audio", made.data)


def _wave(frames: bytes, rate: int) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames[: len(frames) - len(frames) % 2])
    return target.getvalue()


def _measured(data: bytes) -> bytes:
    """Write its length into a WAV that was sent while it was made: without it the file looks cut off."""
    place = data.find(b"data", 12, 4096)
    if not data.startswith(b"RIFF") or place < 0 or data[place + 4 : place + 8] not in STREAMED:
        return data
    size = len(data) - place - 8
    whole, inner = (len(data) - 8).to_bytes(4, "little"), size.to_bytes(4, "little")
    return b"".join((data[:4], whole, data[8 : place + 4], inner, data[place + 8 :]))


@cache
def _sandbox() -> Sandbox:
    box = Sandbox(LIMITS, workers=2)
    atexit.register(box.__exit__, None, None, None)
    return box
