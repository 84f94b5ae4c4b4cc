"""What somebody wants to send to an endpoint, with all that is in it told field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shisaku.core.sample import Kind


@dataclass(frozen=True, slots=True)
class Sent:
    """One part of one sample that is in a call: `data` is exactly what leaves of it, after any redaction.

    `depth` is the sample's (0: real). `redactions` are the names of the redactions that its facts attest.
    """

    sample: str
    field: str
    kind: Kind
    data: bytes
    licence: str
    consent: str
    depth: int = 0
    redactions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One field of a multipart form; without `filename` a plain value."""

    name: str
    data: bytes
    filename: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Units:
    """What is charged for: tokens, images, seconds of sound, characters. Of a call before it is sent: at most."""

    tokens_in: int = 0
    tokens_out: int = 0
    images: int = 0
    audio_seconds: float = 0.0
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the model `model` of the recipe: POST to `path` below its URL.

    `body` is sent as JSON, or `form` as multipart. `key` is the fingerprint of everything that determines the answer
    (op and version, parameters, model, input, seed): what was answered under it is not paid again. `purpose` is why
    (``caption``, ``reword`` ...), `step` the recipe's step. `units` is an upper bound. `made_of` names what the key
    is made of (op, version, params, input, seed ...: short texts or digests), so that it can be told why an answer was
    not used again.
    """

    model: str
    path: str
    purpose: str
    step: str
    key: str
    sent: tuple[Sent, ...]
    body: Mapping[str, Any] | None = None
    form: tuple[Attachment, ...] = ()
    units: Units = field(default_factory=Units)
    made_of: Mapping[str, str] = field(default_factory=dict)
