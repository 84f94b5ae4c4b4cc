"""A sample, or some of its parts, in the form the page shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shisaku.report.words import Words, _
from shisaku.store.exhibits import voice_facts
from shisaku.store.miniature import data_uri, sound_picture

if TYPE_CHECKING:
    from shisaku.core.sample import Part, Sample

TEXT_CHARS = 400
MEDIA = re.compile(r"data:(image/jpeg|audio/mpeg|audio/wav);base64,[A-Za-z0-9+/=]*")
PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]*")


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound as a data URI; its spectrogram as another (may be empty), and what its axes span."""

    uri: str
    picture: str = ""
    axes: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One sample as the page shows it; images are data URIs, `voice` says who speaks in its sounds."""

    id: str
    label: str
    images: Sequence[str]
    sounds: Sequence[Sound]
    texts: Sequence[str]
    voice: Words | None = None

    @property
    def size(self) -> int:
        """Characters that its media add to the page."""
        return sum(map(len, self.images)) + sum(len(sound.uri) + len(sound.picture) for sound in self.sounds)


def shown_rows(id: str, rows: Sequence[Mapping[str, Any]]) -> Shown:
    """Return a sample from what a run put aside of it; what is not a data URI of a kind we write is left out."""
    first = rows[0]
    media = [row for row in rows if MEDIA.fullmatch(str(row["data_uri"]))]
    images = [str(row["data_uri"]) for row in media if _is_image(row)]
    sounds = [_sound(row) for row in media if not _is_image(row)]
    voice = voice_words(first.get("facts")) if sounds else None
    return Shown(
        id,
        str(first.get("label", "")),
        images,
        sounds,
        _texts(list(dict.fromkeys(str(row["text"]) for row in rows))),
        voice,
    )


def shown_parts(sample: Sample, names: Sequence[str]) -> Shown:
    """Return some parts of a sample; one that cannot be decoded is left out."""
    parts = [sample.parts[name] for name in names]
    texts = [part.data.decode("utf-8", "replace") for part in parts if part.kind == "text"]
    images = [uri for part in parts if part.kind == "image" and (uri := data_uri(part))]
    sounds = [_heard(part) for part in parts if part.kind == "audio"]
    voice = voice_words(voice_facts(sample)) if sounds else None
    label = ", ".join(sample.labels.values())
    return Shown(sample.id, label, images, [sound for sound in sounds if sound.uri], _texts(texts), voice)


def voice_words(facts: Any) -> Words | None:
    """Return who speaks, from the facts of a sample; None where they do not say."""
    if not isinstance(facts, Mapping) or not facts.get("voice"):
        return None
    voice, person = str(facts["voice"])[:TEXT_CHARS], str(facts.get("person") or "")[:TEXT_CHARS]
    if not person:
        return _("Voice {voice}", voice=voice)
    return _("Voice {voice}, person {person}", voice=voice, person=person)


def _heard(part: Part) -> Sound:
    picture, seconds = sound_picture(part)
    return Sound(data_uri(part), picture, _axes(seconds))


def _sound(row: Mapping[str, Any]) -> Sound:
    picture, seconds = str(row.get("spectrogram") or ""), row.get("seconds")
    if not PICTURE.fullmatch(picture) or not isinstance(seconds, int | float):
        return Sound(str(row["data_uri"]))
    return Sound(str(row["data_uri"]), picture, _axes(seconds))


def _axes(seconds: float) -> str:
    """Return what a spectrogram spans; symbols that every language of the page shares."""
    return f"0–{seconds:.1f} s, 0–8 kHz"


def _is_image(row: Mapping[str, Any]) -> bool:
    return str(row["data_uri"]).startswith("data:image/")


def _texts(texts: Sequence[str]) -> list[str]:
    return [text[:TEXT_CHARS] for text in texts if text]
