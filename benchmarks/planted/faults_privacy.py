"""Personal data where there were none: faces, text in pictures, headers, names and numbers in captions, voices."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from planted.fault import Fault, Samples, each
from planted.personal import ENGLISH, FORMS, JAPANESE, Forms, Rng, hard_english, hard_japanese
from planted.sources import source
from planted.whole import WholeFault
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.ops.privacy.read_text import ReadText
from shisaku.store.codecs import decode_table, decode_wave, encode_table, encode_wave
from shisaku.store.images import read_image
from shisaku.store.limits import Limits

PLAIN_SIDE, PLAIN_HEIGHT = 96, 28  # pixels: of the face that is blurred or turned, of the letters that fade
Picture = Callable[[Image.Image, float, Rng], Image.Image]


@cache
def _portraits() -> npt.NDArray[np.float64]:
    """Return 100 real faces of Labeled Faces in the Wild, 25 pixels a side, grey in [0, 1]."""
    from fetch import SKIMAGE, fetch

    (file,) = fetch(SKIMAGE).glob("**/lfw_subset.npy")
    return np.load(file)[:100]


def _pictured(draw: Picture) -> Callable[[Sample, float, Rng], Sample]:
    def change(sample: Sample, strength: float, rng: Rng) -> Sample:
        part = sample.parts["image"]
        picture = Image.open(io.BytesIO(part.data)).convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        out = io.BytesIO()
        draw(ground.convert("RGB"), strength, rng).save(out, "PNG")
        return sample.with_part("image", Part("image", out.getvalue(), part.uri))

    return change


def _with_face(picture: Image.Image, side: float, rng: Rng, angle: float = 0.0, blur: float = 0.0) -> Image.Image:
    """Paste a real face, `side` pixels high, somewhere into a picture, in an oval that fades out at its edge."""
    portraits = _portraits()
    grey = Image.fromarray((portraits[int(rng.integers(len(portraits)))] * 255).astype(np.uint8))
    size = min(round(side), *picture.size)
    face = grey.resize((size, size), Image.Resampling.BICUBIC).convert("RGB")
    if blur:
        face = face.filter(ImageFilter.GaussianBlur(blur))
    mask = Image.new("L", (size, size), 255)
    if angle:
        face, mask = (one.rotate(angle, Image.Resampling.BICUBIC, expand=True) for one in (face, mask))
    room = [max(1, whole - part + 1) for whole, part in zip(picture.size, face.size, strict=True)]
    picture.paste(face, (int(rng.integers(room[0])), int(rng.integers(room[1]))), mask)
    return picture


def _turned_face(picture: Image.Image, upright: float, rng: Rng) -> Image.Image:
    return _with_face(picture, PLAIN_SIDE, rng, angle=90.0 - upright)


def _blurred_face(picture: Image.Image, sharp: float, rng: Rng) -> Image.Image:
    return _with_face(picture, PLAIN_SIDE, rng, blur=1.0 / sharp)


def _written(picture: Image.Image, words: str, height: float, rng: Rng, contrast: float = 255.0) -> Image.Image:
    """Write a line on a label in the colour of paper, letters `height` pixels high."""
    font = ImageFont.load_default(size=round(height / 0.72))  # capitals are 0.72 of the size of this font
    box = font.getbbox(words)
    label = Image.new("RGB", (int(box[2] + height), int(box[3] + height)), (255, 255, 255))
    ink = round(255 - contrast)
    ImageDraw.Draw(label).text((height / 2, height / 2), words, (ink, ink, ink), font)
    wide, high = max(picture.width, label.width), max(picture.height, label.height)
    ground = Image.new("RGB", (wide, high), (255, 255, 255))
    ground.paste(picture, (0, 0))
    ground.paste(label, (int(rng.integers(wide - label.width + 1)), int(rng.integers(high - label.height + 1))))
    return ground


def _sign(picture: Image.Image, height: float, rng: Rng) -> Image.Image:
    words = ("Exit only", "Harbour Master", "Platform 12", "Fresh bread", "Invoice 2025")
    return _written(picture, words[int(rng.integers(len(words)))], height, rng)


def _faded_sign(picture: Image.Image, contrast: float, rng: Rng) -> Image.Image:
    return _written(picture, "Harbour Master", PLAIN_HEIGHT, rng, contrast)


def _business_card(picture: Image.Image, height: float, rng: Rng) -> Image.Image:
    kind = ("email", "phone_en", "card", "ssn")[int(rng.integers(4))]
    return _written(picture, ENGLISH[kind](rng)[3], height, rng)


def _header(sample: Sample, tags: float, rng: Rng) -> Sample:
    """Write the picture as a file with a header: who owns it, the camera's number, where it was taken."""
    part = sample.parts["image"]
    exif = Image.Exif()
    told = int(tags)
    if told in (1, 4, 5):
        exif[0x013B] = "Somebody"
    if told in (2, 4, 5):
        exif.get_ifd(0x8769)[0xA431] = "0012345678"
    if told in (3, 5):
        exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 39.0, 31.0), 3: "E", 4: (139.0, 44.0, 44.0)})
    out = io.BytesIO()
    form = ("JPEG", "PNG", "WEBP", "TIFF")[int(rng.integers(4))]
    Image.open(io.BytesIO(part.data)).convert("RGB").save(out, form, exif=exif.tobytes())
    decoded = read_image(out.getvalue(), Limits())
    facts = {f"image_{name}": value for name, value in decoded.facts.items()}
    return replace(sample.with_part("image", Part("image", decoded.data)), facts={**sample.facts, **facts})


def _said(forms: Forms, part: str) -> Callable[[Sample, float, Rng], Sample]:
    """Put an invented piece in form `form` into a text."""

    def change(sample: Sample, form: float, rng: Rng) -> Sample:
        held = sample.parts[part]
        piece = forms(rng)[int(form) - 1]
        end = "" if held.text.endswith((".", "。", "!", "?")) else "。" if held.lang == "ja" else "."
        text = f"{held.text}{end} {piece}" if rng.random() < 0.5 else f"{piece} {held.text}"
        return sample.with_part(part, Part.from_text(text, held.lang))

    return change


def _with_decoys(part: str, decoy: Callable[[Rng], str]) -> Callable[[Samples], Samples]:
    """Every text gets a sentence with numbers or words that only look like personal data."""

    def prepare(samples: Samples) -> Samples:
        made = []
        for sample in samples:
            held = sample.parts[part]
            text = f"{held.text} {decoy(rng_for(0, 'decoy', sample.id))}"
            made.append(sample.with_part(part, Part.from_text(text, held.lang)))
        return made

    return prepare


_seen: dict[str, Part] = {}


def _read(samples: Samples) -> Samples:
    """Read the text in pictures; most are the same at every strength, and are read once."""
    op, made = ReadText(), []
    for sample in samples:
        mark = sample.parts["image"].digest
        if mark not in _seen:
            (outcome,) = op.apply([sample], [rng_for(0, "read", sample.id)])
            assert isinstance(outcome, tuple)
            _seen[mark] = outcome[0].parts["read"]
        made.append(sample.with_part("read", _seen[mark]))
    return made


def _speaking(samples: Samples, seconds: float | None, seed: int) -> Samples:
    """Lay so many seconds of a real voice over one of the recordings (None: over none)."""
    if seconds is None:
        return samples
    rng = rng_for(seed, "speech", "place")
    place = int(rng.integers(len(samples)))
    # Some prompts are silence or a tone.
    voices = [one for one in source("asterisk-en") if "silence" not in one.id and len(one.parts["text"].text) > 20]
    voice, rate = decode_wave(voices[int(rng.integers(len(voices)))].parts["audio"])
    part = samples[place].parts["audio"]
    wave, own = decode_wave(part)
    assert own == rate
    said = voice[: round(seconds * rate)]
    longer = np.zeros(max(len(wave), len(said)), np.float32)
    longer[: len(wave)] += 0.1 * wave
    longer[: len(said)] += 0.9 * said
    changed = samples[place].with_part("audio", Part("audio", encode_wave(longer, rate), part.uri))
    return [*samples[:place], changed, *samples[place + 1 :]]


def _noted(forms: Forms) -> Callable[[Sample, float, Rng], Sample]:
    """Put an invented piece in form `form` into a fact."""
    return lambda sample, form, rng: replace(sample, facts={**sample.facts, "note": forms(rng)[int(form) - 1]})


def _in_cell(forms: Forms) -> Callable[[Sample, float, Rng], Sample]:
    """Put an invented piece in form `form` into a cell of its own."""

    def change(sample: Sample, form: float, rng: Rng) -> Sample:
        cells = {**decode_table(sample.parts["table"]), "note": forms(rng)[int(form) - 1]}
        return sample.with_part("table", Part("table", encode_table(cells)))

    return change


def _written_faults() -> list[Fault]:
    """Return the faults of records and of tables: every kind, as in texts."""
    kinds = {**ENGLISH, **JAPANESE}
    unit = "form, 1 hidden to 5 plain"
    records = [
        Fault(f"record_{name}", "personal_labels", "stamps", unit, FORMS, each(_noted(forms)), n=300)
        for name, forms in kinds.items()
    ]
    cells = [
        Fault(f"cell_{name}", "personal_cells", "wine", unit, FORMS, each(_in_cell(forms)))
        for name, forms in kinds.items()
    ]
    return [*records, *cells]


def _text_faults() -> list[Fault]:
    made = []
    for kinds, part, decoy in ((ENGLISH, "caption", hard_english), (JAPANESE, "caption_ja", hard_japanese)):
        for name, forms in kinds.items():
            made.append(
                Fault(
                    f"text_{name}",
                    "personal_text",
                    "stamps",
                    "form, 1 hidden to 5 plain",
                    FORMS,
                    each(_said(forms, part)),
                    {"text": part},
                    _with_decoys(part, decoy),
                )
            )
    return made


FAULTS = [
    Fault("face", "faces", "stamps", "pixels high", (16, 24, 32, 48, 64, 96, 128), each(_pictured(_with_face)), n=300),
    Fault("face_in_photo", "faces", "photos", "pixels high", (24, 32, 48, 64, 96), each(_pictured(_with_face)), n=150),
    Fault(
        "turned_face",
        "faces",
        "stamps",
        "90 - degrees turned",
        (0, 30, 45, 60, 75, 90),
        each(_pictured(_turned_face)),
        n=300,
    ),
    Fault(
        "blurred_face",
        "faces",
        "stamps",
        "1 / pixels (sd) of blur of a face 96 high",
        (0.05, 0.08, 0.12, 0.25, 0.5, 1.0),
        each(_pictured(_blurred_face)),
        n=300,
    ),
    Fault(
        "sign",
        "text_in_images",
        "photos",
        "pixels high",
        (5, 7, 9, 12, 16, 24),
        each(_pictured(_sign), 0.5),
        {},
        _read,
        40,
    ),
    Fault(
        "faded_sign",
        "text_in_images",
        "photos",
        "grey levels of contrast",
        (8, 16, 32, 64, 128),
        each(_pictured(_faded_sign), 0.5),
        {},
        _read,
        40,
    ),
    Fault(
        "business_card",
        "personal_text_in_images",
        "photos",
        "pixels high",
        (5, 7, 9, 12, 16, 24),
        each(_pictured(_business_card), 0.5),
        {"text": "read"},
        _read,
        40,
    ),
    Fault("header", "picture_header", "stamps", "tags (owner, number, place, two, all)", FORMS, each(_header), n=300),
    *_text_faults(),
    *_written_faults(),
]

WHOLE = [
    WholeFault(
        "speech",
        "speech_present",
        "farm animals",
        "seconds of speech in one recording",
        (0.1, 0.25, 0.5, 1.0, 2.0),
        _speaking,
        "privacy.speech",
        params={"audio": "audio"},
        seeds=20,
    )
]
