"""Reads LLaVA's instruction files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.message import say
from shisaku.store.readers.chats import Chats, chat_files
from shisaku.store.readers.json_stream import first_items
from shisaku.store.readers.reader import Record
from shisaku.store.readers.recognition import CERTAIN, Layout


@dataclass(frozen=True)
class LlavaReader:
    """LLaVA's instruction files (a JSON list or JSON lines), one sample a conversation about images.

    The table part `conversation` holds the turns, ``{"role": "system|user|assistant", "content": ...}``; each
    ``<image>`` in them means the next of the parts `image`, `image_1` ... Images lie below the folder `images`
    (default: beside the file) and are the group. Roles out of order, an empty answer and another number of
    placeholders than images are drops.
    Format: https://github.com/haotian-liu/LLaVA/blob/main/docs/Finetune_Custom_Data.md

    Example::

        data: {reader: llava, with: {path: llava_instruct.json, images: coco/train2017}}
    """

    path: str
    images: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout if one of the first objects has turns and an image."""
        for file in chat_files(path):
            if any("image" in held and "conversations" in held for held in first_items(file)):
                why = say("{file} holds conversations about images, as LLaVA writes them", file=file.name)
                return Layout("LLaVA", (why,), cls(str(path)), strength=CERTAIN)
        return None

    def records(self) -> Iterator[Record]:
        """Give one record per conversation. Raises DataError if there is no file of them."""
        return Chats(**asdict(self)).records()

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("llava", asdict(self))
