"""Whether programs that a recipe names may run here: a recipe from elsewhere must not start anything by itself."""

from __future__ import annotations

import os
from typing import Final

from shisaku.errors import RecipeError
from shisaku.message import say

ALLOW: Final = "SHISAKU_ALLOW_COMMANDS"


def allow_commands() -> None:
    """Let programs that recipes name run in this process and in the processes that it starts from now on."""
    os.environ[ALLOW] = "1"


def check_commands_allowed(where: str) -> None:
    """Raise RecipeError unless the user said that programs of recipes may run."""
    if os.environ.get(ALLOW) != "1":
        raise RecipeError(
            say("The recipe names a program to train with, and programs of recipes are not allowed to run"),
            where=where,
            next=say("Read what it would run; then give --allow-commands, or set {variable}=1", variable=ALLOW),
        )
