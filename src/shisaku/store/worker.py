"""A process that decodes one untrusted file at a time, under limits, and may be killed at any moment.

Speaks frames over two pipes: 4 bytes length of a JSON header, 4 bytes length of a payload (both big-endian), header,
payload. A payload that fits lies in shared memory instead, in the slot that the request names. Forked by
`shisaku.store.fork_server`, asked by `shisaku.store.decoding_process`.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import resource
import signal
import stat
import struct
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from shisaku.core.drop import Failure
from shisaku.errors import MediaError
from shisaku.message import Message, say
from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits

HEAD = struct.Struct(">II")
MEGABYTE = 1 << 20
SLOT, SLOTS = 2 * MEGABYTE, 8  # shared memory: pages that nobody writes to take no room
Span = tuple[float, float]
Decoder = Callable[[str, "Path | bytes", Limits, "Span | None"], Decoded]


def decode(task: str, media: Path | bytes, limits: Limits, span: Span | None = None) -> Decoded:
    """Decode one file (`task` is its kind) or, of a recording, a `span`; or look at its header (``look`` and the kind).

    Raises MediaError, and whatever a media library raises.
    """
    from shisaku.store.again import TASKS
    from shisaku.store.clouds import read_points
    from shisaku.store.dicoms import is_dicom, look_at_dicom, read_dicom
    from shisaku.store.images import look_at_image, read_image, read_pixels
    from shisaku.store.sounds import look_at_sound, read_sound
    from shisaku.store.vectors import read_vector
    from shisaku.store.videos import look_at_video, read_track, read_video

    tasks: dict[str, Callable[[Path | bytes, Limits], Decoded]] = {
        **TASKS,
        "image": read_image,
        "pixels": read_pixels,
        "audio": read_sound,
        "video": read_video,
        "track": read_track,
        "points": read_points,
        "embedding": read_vector,
        "look image": look_at_image,
        "look audio": look_at_sound,
        "look video": look_at_video,
        "dicom": read_dicom,
        "look dicom": look_at_dicom,
    }
    if task.endswith(("image", "pixels")) and is_dicom(media):
        task = task.replace("image", "dicom").replace("pixels", "dicom")
    return read_sound(media, limits, span) if span else tasks[task](media, limits)


def serve(decoder: Decoder, limits: Limits, requests_from: int, answers_to: int, shared_as: int | None = None) -> None:
    """Serve requests until the input ends. Answers that fit lie in the shared memory, all others in the pipe."""
    requests, answers = os.fdopen(requests_from, "rb"), os.fdopen(answers_to, "wb")
    slots = mmap.mmap(shared_as, SLOT * SLOTS) if shared_as is not None else None
    _lower(limits)
    _send(answers, {"ready": True}, b"")
    while head := requests.read(HEAD.size):
        size, held = HEAD.unpack(head)
        request = json.loads(requests.read(size))
        media = Path(request["path"]) if "path" in request else requests.read(held)
        _start_clock(limits)
        header, data = _answer(decoder, request, media, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if slots is not None and 0 < len(data) <= SLOT:
            start = request["slot"] * SLOT
            slots[start : start + len(data)] = data
            header["shared"], data = len(data), b""
        _send(answers, header, data)
        if header.get("spent"):
            return


def load_libraries() -> None:
    """Import before the limits are set, so that the first file pays for its own needs only."""
    import av
    import cv2
    import soundfile  # noqa: F401
    import soxr  # noqa: F401
    from PIL import Image

    av.logging.set_level(None)
    cv2.setNumThreads(0)
    Image.MAX_IMAGE_PIXELS = None  # `Limits.pixels` decides
    Image.init()
    warnings.simplefilter("ignore")


def _lower(limits: Limits) -> None:
    memory = limits.memory_mb * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _start_clock(limits: Limits) -> None:
    """Arm CPU and wall limits for one file; both end the process even inside native code."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime + limits.seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, resource.RLIM_INFINITY))
    # The parent kills at `seconds`; this one counts only when the parent is gone.
    signal.setitimer(signal.ITIMER_REAL, limits.seconds + 5.0)


def _answer(
    decoder: Decoder, request: dict[str, Any], media: Path | bytes, limits: Limits
) -> tuple[dict[str, Any], bytes]:
    try:
        made = decoded_or_why(decoder, request["task"], media, limits, request["span"])
    except MemoryError:
        return {"refused": _too_much(limits).to_json(), "spent": True}, b""
    if isinstance(made, Failure):
        return {"refused": made.reason.to_json()}, b""
    return {"facts": dict(made.facts)}, made.data


def decoded_or_why(
    decoder: Decoder, task: str, media: Path | bytes, limits: Limits, span: Sequence[float] | None
) -> Decoded | Failure:
    """Decode one file, or say why it cannot be; with the hash of its bytes. Raises MemoryError alone."""
    try:
        digest = _checked_sha256(media, limits, whole=not task.startswith("look"))
        made = decoder(task, media, limits, (span[0], span[1]) if span else None)
        return Decoded(made.data, {**made.facts, **digest})
    except MemoryError:
        raise
    except MediaError as error:
        return Failure(error.what)
    except FileNotFoundError:
        return Failure(say("The file is not there"))
    except Exception as error:  # noqa: BLE001  a decoder may raise anything on a damaged file, and all of it is its reason
        return Failure(say("The file is damaged or cut off: {cause}", cause=_first_line(error)))


def _too_much(limits: Limits) -> Message:
    return say("Decoding needs more than {limit} MB of memory", limit=limits.memory_mb)


def _checked_sha256(media: Path | bytes, limits: Limits, whole: bool) -> dict[str, str]:
    """Refuse what is no plain file or too big before it is opened by anything that might wait or allocate."""
    size = len(media) if isinstance(media, bytes) else _file_size(media)
    if size == 0:
        raise MediaError(say("The file is empty"))
    if size > limits.file_mb * MEGABYTE:
        raise MediaError(
            say("The file has {size} MB; the limit is {limit} MB", size=size // MEGABYTE, limit=limits.file_mb)
        )
    if not whole:
        return {}
    if isinstance(media, bytes):
        return {"sha256": hashlib.sha256(media).hexdigest()}
    return {"sha256": _file_sha256(media, size, os.stat(media).st_mtime_ns)}


@lru_cache(maxsize=4)
def _file_sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    """Hash a file once, though a long recording comes by with every piece that is cut from it."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file_size(path: Path) -> int:
    about = os.stat(path)
    if not stat.S_ISREG(about.st_mode):
        raise MediaError(say("This is not a plain file"))
    return about.st_size


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _send(answers: BinaryIO, header: dict[str, Any], data: bytes) -> None:
    text = json.dumps(header).encode()
    answers.write(HEAD.pack(len(text), len(data)) + text)
    answers.write(data)
    answers.flush()
