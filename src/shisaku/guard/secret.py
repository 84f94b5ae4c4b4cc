"""The keys of endpoints: in the environment, read when they are needed, and kept nowhere."""

from __future__ import annotations

import os

from shisaku.core.back_end import BackEnd
from shisaku.errors import MachineError
from shisaku.message import say


def secret_of(back_end: BackEnd) -> str:
    """Return the key of a back end. Raises MachineError where there is none, or one that no header can hold."""
    secret = os.environ.get(back_end.key_env, "").strip()
    if not secret:
        raise MachineError(
            say(
                "The environment variable {name} with the key of {model} is not set",
                name=back_end.key_env,
                model=back_end.name,
            ),
            next=say("Set it to the key; the recipe only names the variable"),
        )
    if not (secret.isascii() and secret.isprintable()):
        raise MachineError(
            say("The environment variable {name} holds signs that no key can have", name=back_end.key_env)
        )
    return secret
