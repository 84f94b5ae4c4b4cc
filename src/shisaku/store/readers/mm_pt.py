"""Reads multimodal pre-training data: pairs of image and text, and interleaved documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.conversation import image_name
from shisaku.store.document import DOCUMENT
from shisaku.store.readers.inside import inside
from shisaku.store.readers.json_stream import Item, first_items, named_items
from shisaku.store.readers.plain_facts import plain_facts
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.recognition import CERTAIN, Layout
from shisaku.store.readers.record_json import FIELD, record_from_json

SUFFIXES = (".jsonl", ".ndjson", ".json")
MEANT = frozenset(("id", "image", "text", "texts", "images", "text_list", "image_info", FIELD))


@dataclass(frozen=True)
class MmPtReader:
    """JSON lines of image-text pairs that shisaku wrote, or of documents in which texts and images follow each other.

    Documents are read in OBELICS' form (`texts` and `images`, lists of one length with null where the other has
    something) and in MMC4's (`text_list`, and `image_info` with `image_name` and `matched_text_index`: an image
    stands before its text). A document becomes the table part `document`, ``{"text": ...}`` or ``{"image": part}``
    in order, with the parts `image`, `image_1` ... Images lie below the folder `images` (default: beside the file);
    nothing is fetched. Other keys are facts.

    Example::

        data: {reader: mm_pt, with: {path: pages.jsonl, images: pages, lang: en}}
    """

    path: str
    images: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout if the first object is a document, or a pair that shisaku wrote."""
        for file in _files(path):
            why = say("{file} holds pairs or documents of texts and images", file=file.name)
            return Layout("MM-PT", (why,), cls(str(path)), strength=CERTAIN)
        return None

    def records(self) -> Iterator[Record]:
        """Give one record per object. Raises DataError if there is no such file."""
        path = Path(self.path).expanduser()
        files = _files(path)
        if not files:
            raise DataError(
                say("There are no JSON lines with pairs or documents here"),
                str(path),
                next=say("Give the file, or the folder that holds it"),
            )
        for id_, item, file in named_items(files):
            yield self._record(id_, item, Path(self.images).expanduser() if self.images else file.parent)

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("mm_pt", asdict(self))

    def _record(self, id_: str, item: Item, home: Path) -> Record:
        entries = item.problem or _entries(item.held)
        if isinstance(entries, Message):
            return Record(id_, problem=entries)
        media: list[Path] = []
        for given in (value for kind, value in entries if kind == "image"):
            source = inside(home, given)
            if isinstance(source, Message):
                return Record(id_, problem=source)
            media.append(source)
        if FIELD in item.held:
            return _restored(id_, item.held[FIELD], entries, media)
        names = iter(range(len(media)))
        document = [{kind: image_name(next(names)) if kind == "image" else value} for kind, value in entries]
        return Record(
            id_,
            {
                DOCUMENT: RawPart("table", json.dumps(document, ensure_ascii=False), self.lang),
                **{image_name(n): RawPart("image", source) for n, source in enumerate(media)},
            },
            licence=self.licence,
            consent=self.consent,
            facts=plain_facts(item.held, MEANT),
        )


def _files(path: Path) -> list[Path]:
    files = [path] if path.is_file() else sorted(path.glob("*.json*"))[:256] if path.is_dir() else []
    return [file for file in files if file.suffix.lower() in SUFFIXES and any(map(_is_ours, first_items(file, 1)))]


def _is_ours(held: Mapping[str, Any]) -> bool:
    lists = [isinstance(held.get(key), list) for key in ("texts", "images", "text_list", "image_info")]
    return all(lists[:2]) or all(lists[2:]) or {"image", "text", FIELD} <= held.keys()


def _entries(held: Mapping[str, Any]) -> list[tuple[str, str]] | Message:
    """Return (kind, text or file) in the order of the document, or why there is none."""
    if "image_info" in held:
        found = _by_match(held.get("text_list"), held["image_info"])
    elif "texts" in held:
        found = _side_by_side(held["texts"], held.get("images"))
    else:
        found = [("image", held.get("image")), ("text", held.get("text"))]
    if found is None or not all(isinstance(value, str) for _, value in found):
        return say("The texts and images do not make a document")
    return [(kind, str(value)) for kind, value in found] or say("There is neither a text nor an image")


def _side_by_side(texts: Any, images: Any) -> list[tuple[str, Any]] | None:
    if not isinstance(texts, list) or not isinstance(images, list) or len(texts) != len(images):
        return None
    if any((text is None) == (image is None) for text, image in zip(texts, images, strict=True)):
        return None
    return [("image", i) if t is None else ("text", t) for t, i in zip(texts, images, strict=True)]


def _by_match(texts: Any, images: Any) -> list[tuple[str, Any]] | None:
    try:
        before = sorted((int(image["matched_text_index"]), n, image["image_name"]) for n, image in enumerate(images))
        if not all(0 <= at < len(texts) for at, _, _ in before):
            return None
        found: list[tuple[str, Any]] = []
        for number, text in enumerate(texts):
            found += [("image", name) for at, _, name in before if at == number]
            found.append(("text", text))
    except (TypeError, ValueError, KeyError):
        return None
    return found


def _restored(id_: str, about: Any, entries: list[tuple[str, str]], media: list[Path]) -> Record:
    """Return a record that shisaku wrote, with the texts and images that are there now."""
    try:
        kinds = {name: held["kind"] for name, held in about["parts"].items()}
        images = [name for name, kind in kinds.items() if kind == "image"]
        texts = [name for name, kind in kinds.items() if kind == "text"]
        content: dict[str, Path | str | bytes] = dict(zip(images, media, strict=True))
        left = iter(images)
        if DOCUMENT in kinds:
            content[DOCUMENT] = json.dumps([{k: next(left) if k == "image" else v} for k, v in entries])
        else:
            content |= zip(texts, (value for kind, value in entries if kind == "text"), strict=True)
        return record_from_json(about, content)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Record(id_, problem=say("The record that describes a sample does not fit its texts and images"))
    except DataError as error:
        return Record(id_, problem=error.what)
