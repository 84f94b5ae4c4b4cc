"""What each picture and each recording becomes: a record with its parts, labels, rights and facts."""

from __future__ import annotations

from collections.abc import Mapping

from shisaku.core.sample import UNKNOWN
from shisaku.message import Message, say
from shisaku.store.readers.reader import RawPart, Record
from shisaku_stamps.fetch import GCOMPRIS, TUXPAINT
from shisaku_stamps.pictures import Taken
from shisaku_stamps.speech import Spoken
from shisaku_stamps.stamps import Stamp

LABEL, WORD, GROUP = "class", "word", "group"
# Animals, plants and things: nobody had to be asked. In photographs of monuments people walk about far away.
NOBODY = "not-personal"


def stamp_record(stamp: Stamp, chained: bool) -> Record:
    """Return a stamp of the picture task."""
    return Record(
        f"stamps/{stamp.name}",
        {"image": RawPart("image", stamp.path), **_captions(stamp.english, stamp.japanese)},
        {LABEL: stamp.label},
        licence=stamp.licence,
        consent=NOBODY,
        facts={"role": "task", "package": TUXPAINT.name, "chain": _yes_or_no(chained)},
        problem=_unlicensed(stamp.licence),
    )


def picture_record(taken: Taken, facts: Mapping[str, str]) -> Record:
    """Return a photo, a cartoon or a background."""
    picture = taken.picture
    return Record(
        "gcompris/" + picture.file.replace("/resource/", "/").removesuffix(".webp"),
        {"image": RawPart("image", taken.path)},
        {LABEL: picture.label} if picture.label else {},
        group=picture.scene,
        licence=taken.licence,
        consent=UNKNOWN if picture.kind else NOBODY,
        facts={**facts, "package": GCOMPRIS.name},
        problem=_unlicensed(taken.licence),
    )


def catalogue_record(spoken: Spoken, chained: bool) -> Record:
    """Return what the catalogue says of a stamp that a recording may ask for: the text is known, no sound is."""
    picture = {"image": RawPart("image", spoken.picture)} if spoken.picture else {}
    return Record(
        f"catalogue/{spoken.name}",
        {**picture, **_captions(spoken.english, spoken.japanese)},
        {WORD: spoken.word, GROUP: spoken.group},
        licence=spoken.licence,
        consent=NOBODY,
        facts={"role": "catalogue", "package": TUXPAINT.name, "chain_ja": _yes_or_no(chained)},
        problem=_unlicensed(spoken.licence),
    )


def clip_record(spoken: Spoken, part: str) -> Record:
    """Return the recording itself, in slice `part` (dev or test). Whose voice it is and with what consent: unknown."""
    return Record(
        f"clips/{spoken.name}",
        {"speech": RawPart("audio", spoken.recording), "word": RawPart("text", spoken.word, "en")},
        {WORD: spoken.word, GROUP: spoken.group},
        licence=spoken.licence,
        consent=UNKNOWN,
        facts={"role": "clip", "package": TUXPAINT.name, "slice": part},
        problem=_unlicensed(spoken.licence),
    )


def _captions(english: str, japanese: str) -> dict[str, RawPart]:
    both = {"caption": (english, "en"), "caption_ja": (japanese, "ja")}
    return {name: RawPart("text", text, lang) for name, (text, lang) in both.items() if text}


def _unlicensed(licence: str) -> Message | None:
    return say("Its package states no licence for it") if licence == UNKNOWN else None


def _yes_or_no(marked: bool) -> str:
    return "yes" if marked else "no"
