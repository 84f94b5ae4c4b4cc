"""What LLaVA, ShareGPT and ChatML files have in common: turns, and the images that they point to."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.conversation import ASSISTANT, CONVERSATION, IMAGE, SYSTEM, USER, image_name, problem_of
from shisaku.store.readers.inside import inside, plain_name
from shisaku.store.readers.json_stream import Item, first_items, named_items
from shisaku.store.readers.plain_facts import plain_facts
from shisaku.store.readers.reader import RawPart, Record
from shisaku.store.readers.record_json import FIELD, record_from_json

ROLES = {"human": USER, "user": USER, "gpt": ASSISTANT, "assistant": ASSISTANT, "chatgpt": ASSISTANT, "system": SYSTEM}
MEANT = frozenset(("id", "conversations", "messages", "image", "images", "system", "mask", FIELD))
SUFFIXES = (".json", ".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Chats:
    """A file of conversations, or all such files of a folder. Images lie below `images` (default: beside the file)."""

    path: str
    images: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    def records(self) -> Iterator[Record]:
        """Give one record per conversation. Raises DataError if there is no file of them."""
        path = Path(self.path).expanduser()
        files = chat_files(path)
        if not files:
            raise DataError(
                say("There is no JSON file of conversations here"),
                str(path),
                next=say("Give the file, or the folder that holds it"),
            )
        for id_, item, file in named_items(files):
            yield self._record(id_, item, Path(self.images).expanduser() if self.images else file.parent)

    def _record(self, id_: str, item: Item, home: Path) -> Record:
        if item.problem:
            return Record(id_, problem=item.problem)
        turns, named = turns_of(item.held)
        sources = [_image(home, image) for image in named]
        problem = problem_of(turns, len(sources)) or next((one for one in sources if isinstance(one, Message)), None)
        if problem:
            return Record(id_, problem=problem)
        media = {image_name(n): one for n, one in enumerate(sources) if not isinstance(one, Message)}
        if FIELD in item.held:
            return _restored(id_, item.held[FIELD], {CONVERSATION: json.dumps(turns), **media})
        conversation = RawPart("table", json.dumps(turns, ensure_ascii=False), self.lang)
        return Record(
            id_,
            {CONVERSATION: conversation, **{name: RawPart("image", source) for name, source in media.items()}},
            # Several conversations about one picture are common, and a split must not part them.
            group=next((plain_name(name) for name in named if not name.startswith("data:")), ""),
            licence=self.licence,
            consent=self.consent,
            facts=plain_facts(item.held, MEANT),
        )


def chat_files(path: Path) -> list[Path]:
    """Return the files of conversations at `path`: itself, or those that lie right in it."""
    files = [path] if path.is_file() else sorted(path.iterdir())[:256] if path.is_dir() else []
    return [file for file in files if file.suffix.lower() in SUFFIXES and any(map(is_chat, first_items(file, 1)))]


def is_chat(held: Mapping[str, Any]) -> bool:
    """Say whether an object holds turns, in one of the two ways."""
    for key, role in (("conversations", "from"), ("messages", "role")):
        turns = held.get(key)
        if isinstance(turns, list) and turns and isinstance(turns[0], dict) and role in turns[0]:
            return True
    return False


def turns_of(held: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    """Return the turns in one form, and the images in the order of their placeholders. Nothing is checked here."""
    given = held.get("conversations") if "conversations" in held else held.get("messages")
    turns: list[Any] = []
    inline: list[str] = []
    for turn in given if isinstance(given, list) else ():
        turns.append(_turn(turn, inline) if isinstance(turn, dict) else turn)
    system = held.get("system")
    if isinstance(system, str) and system and not (turns and isinstance(turns[0], dict) and turns[0]["role"] == SYSTEM):
        turns.insert(0, {"role": SYSTEM, "content": system})
    beside = [image for key in ("image", "images") for image in _listed(held.get(key))]
    return turns, inline or [_name(image) for image in beside]


def _turn(turn: Mapping[str, Any], inline: list[str]) -> dict[str, Any]:
    keys = ("from", "value") if "from" in turn else ("role", "content")
    role, content = (turn.get(key) for key in keys)
    if isinstance(content, list):
        content = _joined(content, inline)
    others = {key: value for key, value in turn.items() if key not in (*keys, "role", "content")}
    return {"role": ROLES.get(str(role), role), "content": content, **others}


def _joined(content: Sequence[Any], inline: list[str]) -> str | None:
    """Return a content of parts (text, image) as one text with placeholders; None where a part is something else."""
    said = []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text" and isinstance(part.get("text"), str):
            said.append(part["text"])
        elif kind in ("image", "image_url"):
            said.append(IMAGE)
            inline += [_name(part[key]) for key in ("image", "image_url", "path", "url") if part.get(key)][:1]
        else:
            return None
    return "".join(said)


def _listed(images: Any) -> list[Any]:
    return images if isinstance(images, list) else [images] if images else []


def _name(image: Any) -> str:
    """Return the path or address of an image, however deep it is wrapped."""
    while isinstance(image, dict):
        image = next((image[key] for key in ("url", "path") if image.get(key)), "")
    return image if isinstance(image, str) else ""


def _image(home: Path, name: str) -> Path | bytes | Message:
    if name.startswith("data:"):
        try:
            return base64.b64decode(name.partition("base64,")[2], validate=True)
        except (binascii.Error, ValueError):
            return say("The image inside the file is damaged")
    if name.startswith(("http://", "https://")):
        return say("The image lies on the network, and nothing is fetched from there: {url}", url=name[:200])
    return inside(home, name) if name else say("An image has no file name")


def _restored(id_: str, about: Any, content: Mapping[str, Path | str | bytes]) -> Record:
    """Return a record that shisaku wrote, with the turns and images that are there now."""
    try:
        return record_from_json(about, content)
    except DataError as error:
        return Record(id_, problem=error.what)
