"""Running a program that nobody here wrote: no shell, a time limit, a group of its own, little of the environment."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from shisaku.core.drop import Failure
from shisaku.errors import MachineError
from shisaku.message import say

SAID: Final = 300  # bytes of a program's last words
HANDED: Final = ("PATH", "LD_LIBRARY_PATH", "ESPEAK_DATA_PATH", "SYSTEMROOT")


def found(program: str) -> Path:
    """Return the file of a program, by its path or its name. Raises MachineError where there is none."""
    place = shutil.which(str(Path(program).expanduser()))
    if place is None:
        raise MachineError(
            say("{program} is not on this machine", program=program),
            next=say("Install it, or say where it is under `program`"),
        )
    return Path(place).absolute()


def run(program: Path, arguments: Sequence[str], folder: Path, text: str | None, seconds: float) -> Failure | None:
    """Run a program in `folder`, with `text` on its standard input; return why it did not end well.

    When the time is over, it and what it started are ended. Raises MachineError where it cannot be started.
    """
    words = folder / "words"
    try:
        with words.open("wb") as last_words:
            process = subprocess.Popen(
                [str(program), *arguments],
                cwd=folder,
                env=_environment(folder),
                stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=last_words,
                start_new_session=True,
            )
    except OSError as error:
        raise MachineError(
            say("{program} cannot be started: {cause}", program=program.name, cause=str(error.strerror)),
            where=str(program),
        ) from error
    with process:
        try:
            process.communicate(None if text is None else text.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            return Failure(
                say("{program} did not finish within {seconds:.0f} s", program=program.name, seconds=seconds),
                passing=True,
            )
        finally:
            # Whatever it started must end with it, on every way out.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        said = words.read_bytes()[-SAID:].decode(errors="replace")
        cause = " ".join(said.split()) or f"exit code {process.returncode}"
        return Failure(say("{program} failed: {cause}", program=program.name, cause=cause))
    return None


def _environment(folder: Path) -> dict[str, str]:
    handed = {name: os.environ[name] for name in HANDED if name in os.environ}
    return {**handed, "LC_ALL": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)}
