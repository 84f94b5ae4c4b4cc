"""A DICOM file to the canonical PNG, or its header to facts. Runs inside a sandbox worker: the file may be hostile.

Sources: DICOM PS3.3 C.11.1 (modality LUT), C.11.2 (VOI windows), C.7.6.3.1.2 (photometric interpretation).
"""

from __future__ import annotations

import io
import mmap
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.codecs import encode_image
from shisaku.store.decoded import Decoded
from shisaku.store.dicom_reports import report_text
from shisaku.store.limits import Limits
from shisaku.store.media import first_bytes

MAGIC, PREAMBLE = b"DICM", 128
WORD = 64  # a value of VR UI or LO has at most so many characters
# What is told of a header. Names, birth dates, addresses, institutions and free comments are not among it.
TOLD = {
    "patient": "PatientID",
    "study": "StudyInstanceUID",
    "series": "SeriesInstanceUID",
    "modality": "Modality",
    "study_date": "StudyDate",
    "laterality": "ImageLaterality",
    "view": "ViewPosition",
    "body_part": "BodyPartExamined",
    "manufacturer": "Manufacturer",
    "sex": "PatientSex",
    "age": "PatientAge",
}


def is_dicom(media: Path | bytes) -> bool:
    """Tell whether a file has the DICOM preamble."""
    return first_bytes(media, PREAMBLE + len(MAGIC))[PREAMBLE:] == MAGIC


def look_at_dicom(media: Path | bytes, limits: Limits) -> Decoded:
    """Return `TOLD` of the header as facts and, of a structured report, its text as data. Raises MediaError."""
    header = _read(media, pixels=False)
    facts = {name: word for name, tag in TOLD.items() if (word := _word(header.get(tag)))}
    if "laterality" not in facts and (word := _word(header.get("Laterality"))):
        facts["laterality"] = word
    if header.get("Rows") and header.get("Columns"):
        facts["size"] = f"{int(header.Columns)}x{int(header.Rows)}"
    text = report_text(header) if facts.get("modality") == "SR" else ""
    return Decoded(text.encode("utf-8", "replace"), facts)


def read_dicom(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode the first frame to an 8-bit PNG, as a viewer shows it first.

    Grey values go through the modality LUT (rescale slope and intercept), then the first VOI window, or, without a
    usable one, from the least to the greatest value; MONOCHROME1 is inverted. The fact `window` says which. Raises
    MediaError, and whatever pydicom raises on damaged files.
    """
    from pydicom.pixels.utils import pixel_array

    from shisaku.store.images import shrunk

    header = _read(media, pixels=True)
    width, height = int(header.get("Columns") or 0), int(header.get("Rows") or 0)
    _check(width, height, int(header.get("SamplesPerPixel") or 1), limits)
    facts = {"size": f"{width}x{height}"}
    frames = int(header.get("NumberOfFrames") or 1)
    if frames > 1:
        facts["frame"] = f"first of {frames}"
    try:
        pixels = pixel_array(header, index=0)
    except RuntimeError as error:
        raise MediaError(
            say("The pixels cannot be decoded: {cause}", cause=" ".join(str(error).split())[:300])
        ) from None
    if pixels.ndim == 2 and header.get("PhotometricInterpretation") != "PALETTE COLOR":
        shown = np.repeat(_grey(pixels, header, facts)[..., None], 3, axis=2)
    else:
        shown = _colour(pixels, header, facts)
    from PIL import Image

    small = shrunk(Image.fromarray(shown), limits.max_side, facts)
    return Decoded(encode_image(np.asarray(small)), facts)


def _read(media: Path | bytes, pixels: bool) -> Any:
    if not is_dicom(media):
        raise MediaError(say("This is not a DICOM file: DICM does not stand at byte 128"))
    try:
        from pydicom import dcmread
        from pydicom.errors import InvalidDicomError
    except ImportError:
        raise MediaError(say("DICOM files need the extra shisaku[dicom]")) from None
    try:
        return dcmread(_clipped(media), stop_before_pixels=not pixels)
    except InvalidDicomError as error:
        raise MediaError(say("This is not a DICOM file that can be read: {cause}", cause=str(error)[:120])) from None


def _clipped(media: Path | bytes) -> BinaryIO:
    """Return a file that gives what it has when asked for more: a plain one would make room for all of it first."""
    if isinstance(media, bytes):
        return io.BytesIO(media)
    with open(media, "rb") as file:
        return cast("BinaryIO", mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _check(width: int, height: int, samples: int, limits: Limits) -> None:
    if not width or not height:
        raise MediaError(say("The DICOM object holds no image"))
    if width * height * samples > 3 * limits.pixels or width * height > limits.pixels:
        raise MediaError(
            say(
                "The image says it has {width} x {height} pixels; the limit is {limit} million",
                width=width,
                height=height,
                limit=round(limits.pixels / 1e6),
            )
        )


def _grey(stored: npt.NDArray[Any], header: Any, facts: dict[str, str]) -> npt.NDArray[np.uint8]:
    from pydicom.pixels.processing import apply_modality_lut

    values = np.asarray(apply_modality_lut(stored, header), np.float32)
    window = _window(header)
    if window:
        centre, width = window
        facts["window"] = f"{centre:g}/{width:g}"
        share = _share(values, centre, width, str(header.get("VOILUTFunction") or "LINEAR").upper())
    else:
        facts["window"] = "least to greatest"
        padding = header.get("PixelPaddingValue")
        real = values[stored != padding] if padding is not None else values
        real = real[np.isfinite(real)]
        least, most = (float(real.min()), float(real.max())) if real.size else (0.0, 0.0)
        share = np.clip((values - least) / max(most - least, 1e-9), 0, 1)
    if header.get("PhotometricInterpretation") == "MONOCHROME1":
        share = 1 - share
        facts["inverted"] = "yes"
    return np.rint(np.nan_to_num(share) * 255).astype(np.uint8)


def _window(header: Any) -> tuple[float, float] | None:
    """Return (centre, width) of the first window, or None where there is none that means something."""
    try:
        centre, width = (float(np.atleast_1d(header.get(tag))[0]) for tag in ("WindowCenter", "WindowWidth"))
    except (TypeError, ValueError, IndexError):
        return None
    least = 1.0 if (header.get("VOILUTFunction") or "LINEAR") == "LINEAR" else 0.0
    return (centre, width) if np.isfinite((centre, width)).all() and width > least else None


def _share(values: npt.NDArray[np.float32], centre: float, width: float, function: str) -> npt.NDArray[np.float32]:
    """Return where values lie in the window, 0 to 1 (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""
    if function == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(np.clip(-4 * (values - centre) / width, -80, 80))), np.float32)
    if function == "LINEAR":
        centre, width = centre - 0.5, width - 1
    return np.asarray(np.clip((values - centre) / width + 0.5, 0, 1), np.float32)


def _colour(pixels: npt.NDArray[Any], header: Any, facts: dict[str, str]) -> npt.NDArray[np.uint8]:
    from pydicom.pixels.processing import apply_color_lut

    if pixels.ndim == 2:
        pixels = apply_color_lut(pixels, header)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise MediaError(say("Pixels of the shape {shape} are not an image", shape=str(pixels.shape)))
    bits = min(int(header.get("BitsStored") or 8), pixels.dtype.itemsize * 8)
    if header.get("PhotometricInterpretation") == "PALETTE COLOR":
        bits = pixels.dtype.itemsize * 8  # the palette's own depth counts, not that of the numbers that choose from it
    if bits > 8:
        facts["bits"] = f"{bits} to 8"
        pixels = pixels >> (bits - 8)
    return np.ascontiguousarray(pixels[..., :3]).astype(np.uint8)


def _word(value: Any) -> str:
    """Return a header value as one short line."""
    if value is None:
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(value)).split())[:WORD]
