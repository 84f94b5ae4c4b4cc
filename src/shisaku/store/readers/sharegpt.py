"""Reads conversations in ShareGPT's and in ChatML's form."""

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
class ShareGptReader:
    """Conversations as ShareGPT (``conversations`` of from/value) or ChatML (``messages`` of role/content) has them.

    A JSON list or JSON lines, one sample a conversation. The table part `conversation` holds the turns,
    ``{"role": "system|user|assistant", "content": ...}``. A content may be a list of text and image parts; images
    become the parts `image`, `image_1` ... and ``<image>`` in the turn. Image files lie below the folder `images`
    (default: beside the file); images on the network are not fetched. Roles out of order, an empty answer and
    another number of placeholders than images are drops.

    Example::

        data: {reader: sharegpt, with: {path: chats.jsonl, lang: en}}
    """

    path: str
    images: str = ""
    lang: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN

    @classmethod
    def recognise(cls, path: Path) -> Layout | None:
        """Return the layout if the first objects have turns and are not LLaVA's."""
        files = chat_files(path)
        if not files or any("image" in held and "conversations" in held for f in files for held in first_items(f)):
            return None
        chatml = "messages" in first_items(files[0], 1)[0]
        why = say(
            "{file} holds conversations in the form of {form}",
            file=files[0].name,
            form="ChatML (messages)" if chatml else "ShareGPT (conversations)",
        )
        return Layout("ChatML" if chatml else "ShareGPT", (why,), cls(str(path)), strength=CERTAIN)

    def records(self) -> Iterator[Record]:
        """Give one record per conversation. Raises DataError if there is no file of them."""
        return Chats(**asdict(self)).records()

    def fingerprint(self) -> str:
        """Return what changes with the parameters."""
        return fingerprint("sharegpt", asdict(self))
