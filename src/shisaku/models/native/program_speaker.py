"""Speaker: texts read aloud by a program of this machine."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.native.program import run
from shisaku.models.native.template import Template
from shisaku.models.openai.untrusted import as_sound
from shisaku.models.words import words_to_say

LONGEST: Final = 5_000  # characters
PACE: Final = 175  # words a minute
WHOLE: Final = 2**31
# An argument that begins with a dash is an option, and one with a slash a file.
_NAME = re.compile(r"[A-Za-z0-9_][\w.+@-]*")


class ProgramSpeaker:
    """Says `ask.prompt`, or the first text among the parts, in `options.voice` at `options.speed`.

    One process for each text, with the back end's `timeout`. What the program writes is decoded in the sandbox.
    """

    def __init__(self, back_end: BackEnd, program: Path, template: Template) -> None:
        self.backend = f"{program.name} (program of this machine)"
        self._back_end = back_end
        self._program = program
        self._template = template

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return each text as a recording. Raises MachineError where the program cannot be started."""
        return [self._answer(ask) for ask in asks]

    def _answer(self, ask: Ask) -> Answer:
        try:
            # Some programs take a line for a text of its own.
            text = " ".join(words_to_say(ask).replace("\0", " ").split())
            if len(text) > LONGEST:
                raise DataError(say("The text has {n} characters; the limit is {limit}", n=len(text), limit=LONGEST))
            return self._said(ask, text, self._values(ask))
        except DataError as error:
            return Failure(error.what)

    def _said(self, ask: Ask, text: str, values: dict[str, str]) -> Answer:
        with tempfile.TemporaryDirectory(prefix="shisaku-program-") as folder:
            script, out = Path(folder) / "text.txt", Path(folder) / "out.wav"
            script.write_text(text + "\n", encoding="utf-8")
            arguments = self._template.filled({**values, "file": str(script), "out": str(out)})
            spoken = f"{text}\n" if self._template.stdin == "text" else None
            failure = run(self._program, arguments, Path(folder), spoken, self._back_end.timeout)
            if failure is not None:
                return failure
            if not out.is_file() or out.is_symlink():
                return Failure(say("{program} wrote no recording", program=self._program.name))
            heard = as_sound(out.read_bytes(), "audio/wav", 0)
        if isinstance(heard, Failure):
            return heard
        voice = values[self._template.takes]
        return Part("audio", heard.data, uri=f"voice:{Path(voice).name}", lang=str(ask.options.get("language", "")))

    def _values(self, ask: Ask) -> dict[str, str]:
        """Return what goes into the places of the command. Raises DataError for a name that could be an option."""
        params, takes = self._back_end.params, self._template.takes
        speed = float(ask.options.get("speed", params.get("speed", 1.0)))
        if not 0.1 <= speed <= 10:
            raise DataError(say("The speed {speed} is not between 0.1 and 10", speed=speed))
        asked = {takes: str(ask.options.get("voice", "")), "language": str(ask.options.get("language", ""))}
        for value in filter(None, asked.values()):
            if not _NAME.fullmatch(value):
                raise DataError(say("{name} is no name of a voice or language", name=value))
        voice = str(params.get("voice", self._template.voice))
        if self._template.voice_is_file:
            voice = str(Path(voice).expanduser().absolute())
        told = {"voice": voice, "speaker": str(params.get("speaker", 0))}
        return {
            **told,
            **{name: value for name, value in asked.items() if value or name not in told},
            "seed": str(ask.seed % WHOLE),
            "speed": f"{speed:.4f}",
            "stretch": f"{1 / speed:.4f}",
            "pace": str(round(PACE * speed)),
        }
