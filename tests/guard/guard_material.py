"""Calls, back ends and policies as the tests of the guard need them."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shisaku.core.back_end import BackEnd
from shisaku.core.policy import ANONYMISED, RAW, Policy
from shisaku.guard.call import Call, Sent
from shisaku.guard.hosts import Host
from shisaku.guard.permission import Finders

PICTURE = b"\x89PNG picture" * 100
NUMBER = re.compile(rb"\d{2,4}-\d{3,4}-\d{4}")

AWAY = BackEnd("painter", "openai", "big", url="https://api.example.com/v1")
OUTSIDE = Host("api.example.com", 443, ("203.0.113.7",), "outside", encrypted=True)
HERE = BackEnd("painter", "openai", "small", url="http://127.0.0.1:8000/v1")
GRANTED = Policy(
    RAW, models=("painter",), fields=("image",), purposes=("caption",), redacted=("faces",), consents=("signed",)
)
ANON = replace(GRANTED, level=ANONYMISED)


def numbers(data: bytes) -> Sequence[str]:
    return [found.decode() for found in NUMBER.findall(data)]


def nothing(data: bytes) -> Sequence[str]:
    return []


FINDERS: Finders = {"text": numbers, "image": nothing}


def part(**changes: Any) -> Sent:
    one = Sent("s1", "image", "image", PICTURE, "CC-BY-4.0", "signed", redactions=("faces",))
    return replace(one, **changes)


def call(*parts: Sent, prompt: str = "Say what is to be seen.", **changes: Any) -> Call:
    told = parts or (part(),)
    pictures = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(one.data).decode()}"}}
        for one in told
        if one.kind == "image"
    ]
    body = {"model": "big", "messages": [{"role": "user", "content": [{"type": "text", "text": prompt}, *pictures]}]}
    return replace(Call("painter", "chat/completions", "caption", "captions", "k1", told, body=body), **changes)
