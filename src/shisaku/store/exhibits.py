"""A few samples of every stream in a form that a report can show: thumbnails and short sounds as data URIs."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from shisaku.core.dataset import Dataset
from shisaku.core.sample import Part, Sample
from shisaku.errors import MediaError
from shisaku.store.codecs import decode_image, decode_wave, encode_wave

if TYPE_CHECKING:
    from shisaku.store.run import Run

SIDE = 128
QUALITY = 80
SOUND_SECONDS = 6.0
TEXT_CHARS = 400
BUDGET = 1_500_000


def exhibits(run: Run, per_stream: int, label: str = "", budget: int = BUDGET) -> list[dict[str, Any]]:
    """Return up to `per_stream` samples of each stream as plain dicts, sorted by stream and id.

    Keys: stream, id, parent, label, kind, text, data_uri: one dict per image or sound of a sample, or one
    for its text. Images are JPEG of at most 128 pixels a side, over white; sounds are the first 6 seconds.
    Samples are spread evenly over ids, and streams take turns, so that `budget` (characters of all data
    URIs) cuts every stream alike. Which samples are shown depends on nothing but the data. Streams with a
    dot in their name (features, random controls) show nothing that the others do not.
    """
    names = sorted(name for name in run.streams() if "." not in name)
    turns = [_shown(name, run.stream(name), per_stream, label) for name in names]
    rows: list[dict[str, Any]] = []
    left = budget
    while turns:
        for turn in list(turns):
            row = next(turn, None)
            if row is None:
                turns.remove(turn)
            elif len(row["data_uri"]) > left:
                turns.clear()
                break
            else:
                left -= len(row["data_uri"])
                rows.append(row)
    return sorted(rows, key=lambda row: (row["stream"], row["id"], row["kind"]))


def data_uri(part: Part) -> str:
    """Return an image or sound as a small data URI, or an empty string for other kinds and damaged parts."""
    try:
        if part.kind == "image":
            return _uri("image/jpeg", _thumbnail(part))
        if part.kind == "audio":
            return _uri(*_sound(part))
    except MediaError:
        return ""
    return ""


def _shown(stream: str, dataset: Dataset, how_many: int, label: str) -> Iterator[dict[str, Any]]:
    for sample in dataset.take(_spread(dataset.ids(), how_many)):
        yield from _rows(stream, sample, label)


def _spread(ids: list[str], how_many: int) -> list[str]:
    """Return ids at even distances; siblings made from one parent lie side by side, so they seldom meet."""
    n = min(how_many, len(ids))
    return [ids[i * len(ids) // n] for i in range(n)]


def _rows(stream: str, sample: Sample, label: str) -> list[dict[str, Any]]:
    texts = [part.text for part in sample.parts.values() if part.kind == "text"]
    row = {
        "stream": stream,
        "id": sample.id,
        "parent": sample.parents[0] if sample.parents else "",
        "label": sample.labels.get(label, "") if label else ", ".join(sample.labels.values()),
        "kind": "text",
        "text": texts[0][:TEXT_CHARS] if texts else "",
        "data_uri": "",
    }
    media = [part for part in sample.parts.values() if part.kind in ("image", "audio")]
    if not media:
        return [row] if texts else []
    return [{**row, "kind": part.kind, "data_uri": data_uri(part)} for part in media]


def _thumbnail(part: Part) -> bytes:
    from PIL import Image

    picture = Image.fromarray(decode_image(part))
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture)
        picture = white.convert("RGB")
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _sound(part: Part) -> tuple[str, bytes]:
    """MP3 is a tenth of the size and plays everywhere; builds of libsndfile without it write WAV."""
    import soundfile

    wave, rate = decode_wave(part)
    wave = wave[: int(SOUND_SECONDS * rate)]
    if "MP3" not in soundfile.available_formats() or not wave.size:
        return "audio/wav", encode_wave(wave, rate)
    target = io.BytesIO()
    try:
        soundfile.write(target, np.asarray(wave), rate, format="MP3")
    except soundfile.LibsndfileError:  # MP3 has only some sample rates
        return "audio/wav", encode_wave(wave, rate)
    return "audio/mpeg", target.getvalue()


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
