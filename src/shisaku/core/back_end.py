"""A model that a recipe names: what stands behind the name, how to reach it, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Way = Literal["embedded", "openai", "torch", "native"]
WAYS: tuple[Way, ...] = get_args(Way)


@dataclass(frozen=True, slots=True)
class Prices:
    """What an endpoint charges: per million tokens in and out, per image, minute of sound, million characters, call."""

    tokens_in: float = 0.0
    tokens_out: float = 0.0
    image: float = 0.0
    audio_minute: float = 0.0
    characters: float = 0.0
    call: float = 0.0
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class BackEnd:
    """One entry of a recipe's `models`.

    `way` says what kind it is: ``embedded`` (weights of the lock; `model` is their name), ``openai`` (a server with
    that interface at `url`; `model` is its own name for the model), ``torch`` (a local folder; `model` is its path),
    ``native`` (a program on this machine; `model` is its name). `params` go to the model as they are (temperature,
    max_tokens, dtype, device ...). The key of a server is read from the environment variable `key_env` when it is
    needed and kept nowhere. `premises` says that the server stands on the user's own premises. `rpm` and `tpm` are
    requests and tokens per minute (0: no limit known), `timeout` seconds for one call, `attempts` how often one is
    tried at most. `idempotent` says that the server honours the header Idempotency-Key.
    """

    name: str
    way: Way
    model: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    key_env: str = ""
    premises: bool = False
    concurrency: int = 8
    rpm: int = 0
    tpm: int = 0
    timeout: float = 120.0
    attempts: int = 6
    idempotent: bool = False
    prices: Prices = Prices()

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells its answers from another's: not where it stands, nor how fast it may be asked."""
        return (self.way, self.model, tuple(sorted((key, repr(value)) for key, value in self.params.items())))
