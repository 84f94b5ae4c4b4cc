"""How a program that reads texts aloud is called: a list of arguments with places for what an ask says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shisaku.core.back_end import BackEnd
from shisaku.errors import RecipeError
from shisaku.message import Message, say

# The text itself is no place: a command line can be read by every user of the machine.
PLACES: Final = ("file", "out", "voice", "speaker", "language", "seed", "speed", "stretch", "pace")
STDIN: Final = ("text", "none")
OWN: Final = frozenset({"program", "command", "stdin", "voice", "speaker", "speed"})
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A command without its program. `stdin` says whether the text goes in there.

    Places: ``{file}`` a file with the text, ``{out}`` the WAV file that is to be written, ``{voice}``, ``{speaker}``,
    ``{language}``, ``{seed}``, ``{speed}`` (1 is the voice's own), ``{stretch}`` (1 / speed) and ``{pace}`` (175 words
    a minute at speed 1). `voice_is_file` says that the recipe's voice is a file, and `takes` which place a voice that
    an ask names goes to.
    """

    arguments: tuple[str, ...]
    stdin: str = "none"
    voice: str = ""
    voice_is_file: bool = False
    takes: str = "voice"

    def filled(self, values: Mapping[str, str]) -> list[str]:
        """Return the arguments with everything in its place."""
        return [_PLACE.sub(lambda found: values[found.group(1)], one) for one in self.arguments]


KNOWN: Final[Mapping[str, Template]] = {
    "flite": Template(("-f", "{file}", "-voice", "{voice}", "--setf", "duration_stretch={stretch}", "-o", "{out}"),
                      voice="slt"),
    "espeak-ng": Template(("-b", "1", "-f", "{file}", "-v", "{voice}", "-s", "{pace}", "-w", "{out}"), voice="en"),
    # Without its noise piper says the same twice; it takes no seed.
    "piper": Template(("-m", "{voice}", "-s", "{speaker}", "--length_scale", "{stretch}", "--noise_scale", "0",
                       "--noise_w", "0", "-f", "{out}"), stdin="text", voice_is_file=True, takes="speaker"),
}  # fmt: skip


def template_of(back_end: BackEnd) -> Template:
    """Return how the program of a back end is called. Raises RecipeError for params that make no sense."""
    params = back_end.params
    if unknown := sorted(set(params) - OWN):
        raise wrong(back_end, say("A program has no parameter {name}", name=unknown[0]))
    if "command" in params:
        return _own(back_end, params["command"])
    name = Path(back_end.model).name
    if name not in KNOWN:
        raise wrong(
            back_end,
            say("{program} is not known here", program=name),
            say("Say how it is called: command: [{program}, -o, '{{out}}', '{{file}}']", program=name),
        )
    known = KNOWN[name]
    if known.voice_is_file:
        voice = str(params.get("voice", ""))
        if not Path(voice).expanduser().is_file():
            raise wrong(back_end, say("{program} needs the file of a voice under `voice`", program=name))
    return known


def wrong(back_end: BackEnd, what: Message, hint: Message | None = None) -> RecipeError:
    """Return the error about an entry of `models`."""
    return RecipeError(what, where=f"models.{back_end.name}", next=hint)


def _own(back_end: BackEnd, command: Any) -> Template:
    if not isinstance(command, list | tuple) or len(command) < 2 or not all(isinstance(one, str) for one in command):
        raise wrong(back_end, say("{name} must be a list of words, the program first", name="command"))
    # What runs must be what the recipe shows as the model.
    if Path(command[0]).name != Path(back_end.model).name:
        raise wrong(back_end, say("The command calls {program}, and the model is {model}", program=command[0],
                                  model=back_end.model))  # fmt: skip
    named = {found for one in command[1:] for found in _PLACE.findall(one)}
    if unknown := sorted(named - set(PLACES)):
        raise wrong(
            back_end,
            say("The command has no place {place}", place=unknown[0]),
            say("there are {places}; the text goes in through a file or the standard input", places=", ".join(PLACES)),
        )
    stdin = str(back_end.params.get("stdin", "none"))
    if stdin not in STDIN:
        raise wrong(back_end, say("{name} must be one of {allowed}", name="stdin", allowed=", ".join(STDIN)))
    if "out" not in named or ("file" not in named and stdin != "text"):
        raise wrong(back_end, say("The command must write to {{out}}, and read {{file}} or the standard input"))
    return Template(tuple(command[1:]), stdin)
