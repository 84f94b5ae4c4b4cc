"""Parts that shisaku wrote, decoded and written again. Runs inside a sandbox worker: who sent them is not known.

Unlike a source file nothing is made smaller, resampled or described: what comes out has the bytes that went in.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from shisaku.core.sample import Part
from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.clouds import read_points
from shisaku.store.codecs import FrameWriter, decode_frames, frame_files
from shisaku.store.decoded import AGAIN, Decoded
from shisaku.store.images import read_image
from shisaku.store.limits import Limits
from shisaku.store.matroska import from_matroska, is_matroska
from shisaku.store.media import all_bytes, as_file
from shisaku.store.sounds import look_at_sound, read_sound
from shisaku.store.vectors import read_vector


def again_image(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode and write a canonical image at its own size. Raises MediaError."""
    return read_image(media, replace(limits, max_side=limits.pixels))


def again_sound(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode and write a canonical recording at its own rate. Raises MediaError."""
    return read_sound(media, replace(limits, rate=int(look_at_sound(media, limits).facts["rate"])))


def again_video(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode every frame of a canonical video to be sure of it, and pack the same frames again. Raises MediaError.

    JPEG cannot be written twice without loss, so the frames' own bytes are kept.
    """
    if is_matroska(media):
        media = _packed(from_matroska(media))
    _check_members(media, limits)
    part = Part("video", all_bytes(media))
    for seconds, frame in decode_frames(part):
        if frame.shape[0] * frame.shape[1] > limits.pixels or seconds > limits.video_seconds:
            raise MediaError(say("The video is larger or longer than the limits allow"))
    return Decoded(_packed(frame_files(part)))


def _packed(files: Iterable[tuple[float, bytes]]) -> bytes:
    frames = FrameWriter()
    for seconds, data in files:
        frames.add_jpeg(seconds, data)
    return frames.to_bytes()


def _check_members(media: Path | bytes, limits: Limits) -> None:
    """Refuse compressed members: a small file could then hold a large one."""
    try:
        with zipfile.ZipFile(as_file(media)) as file:
            if any(one.compress_type != zipfile.ZIP_STORED for one in file.infolist()):
                raise MediaError(say("This is not a video that shisaku wrote"))
    except zipfile.BadZipFile:
        raise MediaError(say("This is not a video that shisaku wrote")) from None


TASKS: Mapping[str, Callable[[Path | bytes, Limits], Decoded]] = {
    f"{AGAIN}image": again_image,
    f"{AGAIN}audio": again_sound,
    f"{AGAIN}video": again_video,
    f"{AGAIN}points": read_points,
    f"{AGAIN}embedding": read_vector,
}
