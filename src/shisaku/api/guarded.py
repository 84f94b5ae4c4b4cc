"""What stands between the models of a run and the outside: the gate, the watch, and who looks for what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from shisaku.core.policy import ANONYMISED
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.core.recipe import Recipe
    from shisaku.guard.ruling import Finders
    from shisaku.models.desk import Desk
    from shisaku.store.run import Run


@contextmanager
def guarded(run: Run, recipe: Recipe) -> Iterator[Desk]:
    """Give the desk of a run, whose models reach the outside through the gate alone, and watch over everything else.

    Any other connection of this process's Python code is refused and noted. When the block ends, the run says how many
    records its ledger has and the hash of the last, what was refused, which programs were started, and how many hours
    of a GPU the models in local folders took.
    """
    from shisaku.guard.device_time import DeviceTime, account_of
    from shisaku.guard.gate import gate_of
    from shisaku.guard.head import about_run
    from shisaku.guard.hook import watched
    from shisaku.guard.ledger import ledger_of
    from shisaku.models.desk import Desk

    served = {one.name: one for one in recipe.models if one.way == "openai"}
    meter = None
    if any(one.way == "torch" for one in recipe.models):
        meter = DeviceTime(recipe.budget, account_of(run.path))
    with ExitStack() as stack:
        watch = stack.enter_context(watched())
        try:
            if meter is not None:
                stack.callback(meter.close)
            if not served:
                yield Desk(recipe.models, None, meter)
                return
            gate = stack.enter_context(gate_of(run.path, recipe.policy, served, recipe.budget, finders_of(recipe)))
            yield Desk(recipe.models, gate, meter)
        finally:
            stack.close()
            told: dict[str, Any] = {"policy": recipe.policy.name, "programs": dict(watch.children)}
            if meter is not None:
                told["gpu_hours"] = meter.hours
            told["refused"] = [{"event": event, "host": host} for event, host in watch.refused]
            held = about_run(ledger_of(run.path))["guard"] if served else {}
            run.write_json("run", {"guard": {**held, **told}})


def finders_of(recipe: Recipe) -> Finders:
    """Return who looks for personal data in what is about to leave; nobody need where nothing real may."""
    if recipe.policy.level != ANONYMISED:
        return {}
    return {"text": _in_text, "table": _in_text, "image": _in_image, "audio": _in_sound}


def _in_text(data: bytes) -> Sequence[Message | str]:
    from shisaku.ops.privacy.rules import pieces

    return [say("{kind} {piece}", kind=kind, piece=piece) for kind, piece in pieces(data.decode())]


def _in_image(data: bytes) -> Sequence[Message | str]:
    import cv2
    import numpy as np

    from shisaku.models.loading import load

    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("no picture")
    image = np.ascontiguousarray(pixels[:, :, ::-1], dtype=np.uint8)
    faces = [say("a face") for _ in load("face_finder").faces(image)]
    read = "\n".join(line.text for line in load("text_reader").lines(image))
    return [*faces, *_in_text(read.encode())]


def _in_sound(data: bytes) -> Sequence[Message | str]:
    from shisaku.core.sample import Part
    from shisaku.models.loading import load
    from shisaku.store.codecs import decode_wave

    wave, rate = decode_wave(Part("audio", data))
    return [say("a voice") for _ in load("voice_detector").speech(wave, rate)[:1]]
