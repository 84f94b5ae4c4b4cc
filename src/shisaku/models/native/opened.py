"""The program behind a name in a recipe, and what tells it from another."""

from __future__ import annotations

from pathlib import Path

from shisaku.core.back_end import BackEnd
from shisaku.core.identity import fingerprint
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.models.ask import Role
from shisaku.models.folder_mark import folder_mark
from shisaku.models.native.program import found
from shisaku.models.native.program_speaker import ProgramSpeaker
from shisaku.models.native.template import template_of


def generator(role: Role, back_end: BackEnd) -> ProgramSpeaker:
    """Return a program in `role`, which can only be speaker.

    `params`: ``program`` the path of one that is not on the PATH; ``voice`` and ``speed`` unless an ask says another;
    ``speaker`` a number within piper's voice file, which is its ``voice``; ``command`` and ``stdin`` for a program that
    is not known here (see `Template`). A recipe that names a program runs it: read a stranger's recipe before you cook
    it. Raises RecipeError for params that make no sense, MachineError where the program is not there.
    """
    if role != "speaker":
        raise RecipeError(say("A program can be a speaker, and no {role}", role=role), where=f"models.{back_end.name}")
    return ProgramSpeaker(back_end, program_of(back_end), template_of(back_end))


def program_of(back_end: BackEnd) -> Path:
    """Return the program's file. Raises MachineError where it is not there."""
    command = back_end.params.get("command") or [back_end.model]
    return found(str(back_end.params.get("program") or command[0]))


def identity(back_end: BackEnd) -> str:
    """Return what tells what a program says from what another says: its file, its params and the files in them.

    A program's version is its file's content; what it loads beside that (libraries, dictionaries) is not seen. Raises
    RecipeError for params that make no sense, MachineError where the program is not there.
    """
    template = template_of(back_end)
    named = [str(back_end.params.get("voice", "")), *template.arguments]
    files = [Path(one).expanduser() for one in named if one]
    marks = [folder_mark(file) for file in files if file.is_file()]
    return fingerprint(back_end.identity, folder_mark(program_of(back_end)), marks)
