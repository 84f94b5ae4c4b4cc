"""How fast the embedded models are here: seconds to open each, answers per second, and real-time factors of sound."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.progress import Progress, silent
from shisaku.core.sample import Part, Sample
from shisaku.errors import ShisakuError
from shisaku.message import Message
from shisaku.models.ask import Ask, Role
from shisaku.models.desk import Desk
from shisaku.models.embedded.catalogue import CATALOGUE, Embedded
from shisaku.store.codecs import decode_wave, encode_image, encode_wave

ASKS = 4
SENTENCES = ("The pump was replaced on Monday.", "A red valve leaks at the joint.",
             "Please check the belt before you start.", "The left bearing is louder than the right one.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timed:
    """One model in one role: seconds for the first answer (it is opened then), answers per second after that.

    `real_time` is the seconds of sound made or heard in a second of work, None where there is no sound; `problem` says
    why there are no figures.
    """

    role: Role
    name: str
    opening: float = 0.0
    per_second: float = 0.0
    real_time: float | None = None
    problem: Message | None = None


def bench_all(progress: Progress = silent) -> list[Timed]:
    """Time every embedded model in every role that it plays; one without weights has a problem and no figures."""
    wanted = [(role, one) for role, some in CATALOGUE.items() for one in some]
    results = []
    for done, (role, one) in enumerate(wanted):
        progress(one.name, done, len(wanted))
        try:
            results.append(_timed(role, one))
        except ShisakuError as error:
            results.append(Timed(role, one.name, problem=error.what))
    progress("models", len(wanted), len(wanted))
    return results


def _timed(role: Role, one: Embedded) -> Timed:
    desk = Desk([BackEnd(one.name, "embedded", one.name)])
    asks = [_ask(role, one, place) for place in range(ASKS + 1)]
    began = time.perf_counter()
    model = desk.take(role, one.name)
    first = model.answer(asks[:1])
    opened = time.perf_counter()
    rest = model.answer(asks[1:])
    taken = time.perf_counter() - opened
    failed = next((answer for answer in [*first, *rest] if isinstance(answer, Failure)), None)
    if failed is not None:
        return Timed(role, one.name, problem=failed.reason)
    sounds = rest if role == "speaker" else [ask.sample.parts["speech"] for ask in asks[1:]]
    sound = sum(map(_seconds, sounds))
    heard = role in ("speaker", "listener")
    return Timed(role, one.name, opened - began, ASKS / taken, sound / taken if heard else None)


def _ask(role: Role, one: Embedded, place: int) -> Ask:
    rng = np.random.default_rng([place, time.time_ns() % 2**32])  # kept speech would be read and not made
    number = int(rng.integers(100, 999))
    text = f"Number {number}. {SENTENCES[place % len(SENTENCES)]}"
    parts: dict[str, Any] = {
        "image": Part("image", encode_image(rng.integers(0, 256, (256, 256, 3), dtype=np.uint8))),
        "caption": Part.from_text(text, "en"),
        "other": Part.from_text(SENTENCES[place % len(SENTENCES)], "en"),
        "speech": _spoken(text) if role == "listener" else Part("audio", encode_wave(np.zeros(16, np.float32), 16_000)),
    }
    sees = "image" if one.name.startswith("efficientnet") or role in ("captioner", "painter") else "caption"
    shown = {"listener": ("speech",), "judge": ("caption", "other")}.get(role, (sees,))
    return Ask(Sample(f"bench-{place}", parts), shown, text, place)


def _spoken(text: str) -> Part:
    from shisaku.models.loading import load

    wave, rate = load("flite").speak(text, "slt")
    return Part("audio", encode_wave(wave, rate))


def _seconds(answer: Part | Failure) -> float:
    if isinstance(answer, Failure) or answer.kind != "audio":
        return 0.0
    wave, rate = decode_wave(answer)
    return float(wave.size / rate)
