"""The canonical bytes of a part and back.

PNG for images, 16-bit PCM WAV for audio, float32 for vectors and points, JSON for tables, and for a video a
plain zip of JPEG frames (quality 95) with their times: frames can be read one by one, by trusted bytes only.
"""

from __future__ import annotations

import io
import json
import threading
import wave as wavefile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Part
from shisaku.errors import MediaError
from shisaku.message import say

FULL_SCALE = 32768.0
BYTES_PER_FRAME = 2
VECTOR = np.dtype("<f4")
PAM, PAM_END = b"P7\n", b"ENDHDR\n"
FRAMES, JPEG_QUALITY = "frames.json", 95


def encode_image(array: npt.NDArray[np.uint8]) -> bytes:
    """Return `array` (uint8 [height, width, 3 or 4], RGB or RGBA) as a PNG that keeps every pixel and alpha.

    Light compression (run-length strategy, level 1, one filter): images are written far more often than they are sent.
    Raises MediaError for any other shape or type.
    """
    import cv2

    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] not in (3, 4) or 0 in array.shape:
        raise MediaError(
            say(
                "An image must be uint8 with 3 or 4 channels, not {type} of shape {shape}",
                type=str(array.dtype),
                shape=str(array.shape),
            )
        )
    order = cv2.COLOR_RGB2BGR if array.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    pixels = cv2.cvtColor(np.ascontiguousarray(array), order)
    options = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]
    # One filter for all rows: choosing the best for each takes half of the time and saves a few per cent.
    options += [cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP]
    done, data = cv2.imencode(".png", pixels, options)
    if not done:
        raise MediaError(say("The image could not be written as PNG"))
    return data.tobytes()


def encode_pixels(array: npt.NDArray[np.uint8]) -> bytes:
    """Return uint8 [height, width, 3 or 4] as a PAM, nothing packed: for samples that are measured and thrown away."""
    height, width, depth = array.shape
    kind = "RGB" if depth == 3 else "RGB_ALPHA"
    head = f"WIDTH {width}\nHEIGHT {height}\nDEPTH {depth}\nMAXVAL 255\nTUPLTYPE {kind}\n"
    data = PAM + head.encode() + PAM_END + array.tobytes()
    _remember(data, array)
    return data


def decode_image(part: Part) -> npt.NDArray[np.uint8]:
    """Return a canonical image part as uint8 [height, width, 3 or 4] (RGB or RGBA), read-only. Raises MediaError.

    The last one is remembered, because several metrics look at a sample one after the other.
    """
    import cv2

    _expect(part, "image")
    if getattr(_LAST, "data", None) is part.data:
        last: npt.NDArray[np.uint8] = _LAST.pixels
        return last
    if part.data.startswith(PAM):
        return _remember(part.data, _from_pam(part.data))
    raw = np.frombuffer(part.data, np.uint8)
    pixels = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED) if raw.size else None
    if pixels is None or pixels.ndim != 3 or pixels.dtype != np.uint8:
        raise MediaError(say("The image is not an 8-bit RGB or RGBA PNG"), where=part.uri)
    order = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return _remember(part.data, np.asarray(cv2.cvtColor(pixels, order), dtype=np.uint8))


def _from_pam(data: bytes) -> npt.NDArray[np.uint8]:
    """Read what `encode_pixels` wrote; OpenCV takes the channels of a PAM for BGR."""
    head, _, _ = data[:256].partition(PAM_END)
    about = dict(line.split(" ") for line in head[len(PAM) :].decode("ascii", "replace").splitlines())
    shape = (int(about["HEIGHT"]), int(about["WIDTH"]), int(about["DEPTH"]))
    return np.frombuffer(data, np.uint8, offset=len(head) + len(PAM_END)).reshape(shape)


_LAST = threading.local()


def _remember(data: bytes, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    pixels = pixels.view()
    pixels.flags.writeable = False
    _LAST.data, _LAST.pixels = data, pixels
    return pixels


def encode_wave(wave: npt.NDArray[np.floating], rate: int) -> bytes:
    """Return a mono `wave` ([samples] in [-1, 1], `rate` in Hz) as 16-bit PCM WAV; what is louder is clipped.

    A wave that came from 16-bit PCM comes back the same. Raises MediaError for NaN, infinity or more channels.
    """
    if wave.ndim != 1 or rate < 1:
        raise MediaError(
            say("A wave must be mono with a rate, not {shape} at {rate} Hz", shape=str(wave.shape), rate=rate)
        )
    if not np.isfinite(wave).all():
        raise MediaError(say("The recording holds values that are not numbers"))
    scaled = np.rint(wave.astype(np.float64) * FULL_SCALE)
    frames = np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype("<i2")
    target = io.BytesIO()
    with wavefile.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(BYTES_PER_FRAME)
        file.setframerate(rate)
        file.writeframes(frames.tobytes())
    return target.getvalue()


def decode_wave(part: Part) -> tuple[npt.NDArray[np.float32], int]:
    """Return a canonical audio part as (float32 [samples] in [-1, 1), rate in Hz). Raises MediaError."""
    _expect(part, "audio")
    try:
        with wavefile.open(io.BytesIO(part.data)) as file:
            form = file.getnchannels(), file.getsampwidth()
            rate, frames = file.getframerate(), file.readframes(file.getnframes())
    except (wavefile.Error, EOFError) as error:
        raise MediaError(say("The recording is not a WAV: {cause}", cause=str(error)), where=part.uri) from error
    if form != (1, BYTES_PER_FRAME):
        raise MediaError(say("The recording is not mono 16-bit PCM"), where=part.uri)
    whole = len(frames) - len(frames) % BYTES_PER_FRAME
    wave = np.frombuffer(frames[:whole], "<i2").astype(np.float32) / np.float32(FULL_SCALE)
    return wave, rate


def encode_vector(vector: npt.NDArray[np.floating]) -> bytes:
    """Return a vector [d] as float32 little-endian bytes. Raises MediaError if it is not flat."""
    if vector.ndim != 1:
        raise MediaError(say("A vector must have one dimension, not {n}", n=vector.ndim))
    return vector.astype(VECTOR).tobytes()


def decode_vector(part: Part) -> npt.NDArray[np.float32]:
    """Return an embedding part as float32 [d]. Raises MediaError if the bytes are not whole numbers of float32."""
    _expect(part, "embedding")
    if len(part.data) % VECTOR.itemsize:
        raise MediaError(say("The vector is cut off"), where=part.uri)
    return np.frombuffer(part.data, VECTOR).astype(np.float32)


def encode_points(points: npt.NDArray[np.floating]) -> bytes:
    """Return a point cloud [n, d] (d >= 3: x, y, z, ...) as float32 NPY. Raises MediaError for another shape."""
    if points.ndim != 2 or points.shape[1] < 3:
        raise MediaError(
            say("A point cloud must be numbers of shape [n, 3 or more], not {shape}", shape=str(points.shape))
        )
    target = io.BytesIO()
    np.save(target, points.astype(VECTOR), allow_pickle=False)
    return target.getvalue()


def decode_points(part: Part) -> npt.NDArray[np.float32]:
    """Return a points part as float32 [n, d]. Raises MediaError."""
    _expect(part, "points")
    try:
        return np.asarray(np.load(io.BytesIO(part.data), allow_pickle=False), dtype=np.float32)
    except (ValueError, EOFError) as error:
        raise MediaError(say("The point cloud is cut off"), where=part.uri) from error


def encode_table(rows: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Return an object, or a list of objects, as UTF-8 JSON. Raises MediaError for what JSON cannot say (NaN)."""
    try:
        return json.dumps(rows, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise MediaError(say("The table cannot be written as JSON: {cause}", cause=str(error))) from error


def decode_table(part: Part) -> Any:
    """Return what a table part holds: a dict, or a list of them. Raises MediaError."""
    _expect(part, "table")
    try:
        return json.loads(part.data)
    except ValueError as error:
        raise MediaError(say("The table is not JSON: {cause}", cause=str(error)), where=part.uri) from error


class FrameWriter:
    """Collects the frames of a video, each as JPEG as soon as it is known."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._target = io.BytesIO()
        self._zip = zipfile.ZipFile(self._target, "w", zipfile.ZIP_STORED)

    def add(self, seconds: float, frame: npt.NDArray[np.uint8]) -> None:
        """Add a frame (uint8 [height, width, 3], RGB) shown at `seconds`. Raises MediaError."""
        import cv2

        options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
        done, data = cv2.imencode(".jpg", cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2BGR), options)
        if not done:
            raise MediaError(say("A frame could not be written as JPEG"))
        self.add_jpeg(seconds, data.tobytes())

    def add_jpeg(self, seconds: float, data: bytes) -> None:
        """Add a frame that is a JPEG already."""
        # ZipInfo's own date (1980) keeps the clock out of the bytes.
        self._zip.writestr(zipfile.ZipInfo(f"{len(self.times):06d}.jpg"), data)
        self.times.append(round(seconds, 6))

    def to_bytes(self) -> bytes:
        """Return the canonical bytes; nothing can be added after."""
        self._zip.writestr(zipfile.ZipInfo(FRAMES), json.dumps({"times": self.times}))
        self._zip.close()
        return self._target.getvalue()


def decode_frames(part: Part) -> Iterator[tuple[float, npt.NDArray[np.uint8]]]:
    """Give (seconds, uint8 [height, width, 3] RGB) of every frame of a video part. Raises MediaError."""
    import cv2

    for seconds, data in frame_files(part):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if pixels is None:
            raise MediaError(say("A frame of the video is damaged"), where=part.uri)
        yield seconds, np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def frame_files(part: Part) -> Iterator[tuple[float, bytes]]:
    """Give (seconds, JPEG bytes) of every frame of a video part. Raises MediaError."""
    _expect(part, "video")
    try:
        with zipfile.ZipFile(io.BytesIO(part.data)) as file:
            for number, seconds in enumerate(json.loads(file.read(FRAMES))["times"]):
                yield float(seconds), file.read(f"{number:06d}.jpg")
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise MediaError(say("The video is cut off"), where=part.uri) from error


def frame_times(part: Part) -> list[float]:
    """Return the seconds of every frame of a video part, no frame decoded. Raises MediaError."""
    _expect(part, "video")
    try:
        with zipfile.ZipFile(io.BytesIO(part.data)) as file:
            return [float(seconds) for seconds in json.loads(file.read(FRAMES))["times"]]
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise MediaError(say("The video is cut off"), where=part.uri) from error


def _expect(part: Part, kind: str) -> None:
    if part.kind != kind:
        raise MediaError(say("The part is {found}, where {wanted} is needed", found=part.kind, wanted=kind), part.uri)
